import { describe, expect, it } from "vitest";
import { rangeOf, standing } from "./beside";
import type { Block, HeatMap } from "./types";

const map = (caption: string, values: (number | null)[], columns = ["a", "b"]): HeatMap => ({
  block: "heatmap", caption, text: "", row_name: "", column_name: "", value_name: "share", rows: ["x"], columns, scale: "share",
  cells: [values.map((value) => ({ value, low: null, high: null, n: null, note: "" }))],
});
const words: Block = { block: "prose", text: "By group", source: null, markdown: false };

describe("heat maps beside each other", () => {
  it("stand together where they are alike and follow each other", () => {
    const [all, women, men, other] = [map("all", [0, 1]), map("women", [0.2, 0.4]), map("men", [0.1, null]), map("other", [0, 0], ["a", "c"])];
    expect(standing([all, words, women, men, other])).toEqual([[all], [words], [women, men], [other]]);
    expect(standing([])).toEqual([]);
  });

  it("share one scale with those like them, also further off", () => {
    const [all, women, other] = [map("all", [0, 0.9]), map("women", [0.2, 0.4]), map("other", [0, 5], ["a", "c"])];
    expect(rangeOf(women, [all, words, women, other])).toEqual([0, 0.9]);
    expect(rangeOf(other, [all, other])).toEqual([0, 5]);
    expect(rangeOf(map("none", [null, null]), [])).toBeNull();
  });
});
