import { expect, test } from "vitest";
import { clicked, ordered } from "./sorting";

const ROWS = [["b", 2], ["a", null], ["region 10", -1], ["region 9", 2], [null, 0.5]];

test("numbers by size, text as people read it, the unknown last, equal rows as they stood", () => {
  expect(ordered(ROWS, null)).toEqual([0, 1, 2, 3, 4]);
  expect(ordered(ROWS, { column: 1, down: true })).toEqual([0, 3, 4, 2, 1]);
  expect(ordered(ROWS, { column: 1, down: false })).toEqual([2, 4, 0, 3, 1]);
  expect(ordered(ROWS, { column: 0, down: false })).toEqual([1, 0, 3, 2, 4]);
});

test("three clicks come back to where they began", () => {
  for (const numeric of [true, false]) {
    const one = clicked(null, 1, numeric);
    expect(one).toEqual({ column: 1, down: numeric });
    expect(clicked(clicked(one, 1, numeric), 1, numeric)).toBe(null);
    expect(clicked(one, 0, numeric)?.column).toBe(0);
  }
});
