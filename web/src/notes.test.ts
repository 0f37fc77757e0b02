import { expect, test } from "vitest";
import { notesByAsk } from "./notes";

test("notes stand under the ask that they speak of; what holds for all stands first and once", () => {
  const asks = [
    { ask: "selected alike", notes: ["Black: 72% by weighting", "values may be biased"] },
    { ask: "found alike", notes: ["Black: 93% by weighting", "values may be biased"] },
  ];
  expect(notesByAsk(asks)).toEqual([
    { asks: [], notes: ["values may be biased"] },
    { asks: ["selected alike"], notes: ["Black: 72% by weighting"] },
    { asks: ["found alike"], notes: ["Black: 93% by weighting"] },
  ]);
});

test("a note of one ask alone needs no name where there is one ask, and of some of several it names them", () => {
  expect(notesByAsk([{ ask: "a", notes: ["x", "y"] }])).toEqual([{ asks: [], notes: ["x", "y"] }]);
  const some = [{ ask: "a", notes: ["x"] }, { ask: "b", notes: ["x"] }, { ask: "c", notes: [] }];
  expect(notesByAsk(some)).toEqual([{ asks: ["a", "b"], notes: ["x"] }]);
  expect(notesByAsk([])).toEqual([]);
});
