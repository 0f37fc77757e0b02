import { expect, test } from "vitest";
import { holding } from "./Rows";

const ROWS = [["Black", 0.25, null], ["white", 0.5, "Black hills"], [null, 25, "x"]];

test("rows are found by what a column holds, or any", () => {
  expect(holding(ROWS, "", -1)).toBe(ROWS);
  expect(holding(ROWS, " bLaCk", -1)).toEqual([ROWS[0], ROWS[1]]);
  expect(holding(ROWS, "black", 0)).toEqual([ROWS[0]]);
  expect(holding(ROWS, "25", 1)).toEqual([ROWS[0], ROWS[2]]);
  expect(holding(ROWS, "null", -1)).toEqual([]);
});
