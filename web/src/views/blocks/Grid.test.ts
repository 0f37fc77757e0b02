import { expect, test } from "vitest";
import type { Grid } from "../../document/types";
import { sortKeys } from "./Grid";

function grid(...columns: string[][]): Grid {
  const rows = (columns[0] ?? []).map((_, y) => columns.map((c) => ({ text: c[y] ?? "", number: null, interval: null, tone: "plain", image: "" })));
  return { kind: "grid", caption: "", columns: columns.map((_, i) => `c${i}`), rows } as unknown as Grid;
}

test("a column of numbers written as text is put in order by size", () => {
  const keys = sortKeys(grid(["9.9%", "84.5%", ""], ["1,681", "\u221212", "7"], ["15", "fewer than 10", "2026-11-30"]));
  expect(keys).toEqual([[9.9, 1681, "15"], [84.5, -12, "fewer than 10"], [null, 7, "2026-11-30"]]);
});
