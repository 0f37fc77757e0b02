import { describe, expect, test } from "vitest";
import type { Dot } from "./document/types";
import { itemsFirst, shownFirst } from "./folding";

const dot = (low: number | null, high: number | null): Dot => ({ label: "a", value: 0, low, high, n: 20, reference: null, reference_low: null, reference_high: null, tone: "plain", note: "" });
const [clear, open, bare] = [dot(1, 2), dot(-1, 1), dot(null, null)];
const dots = (...parts: [Dot, number][]): Dot[] => parts.flatMap(([d, n]) => Array.from({ length: n }, () => d));

describe("what is folded", () => {
  test("no dot that is told apart from the line, wherever it stands, and none for a few", () => {
    expect(shownFirst({ line: 0, dots: dots([open, 10], [clear, 1], [open, 10]) })).toBe(11);
    expect(shownFirst({ line: 0, dots: dots([open, 12]) })).toBe(12);
    expect(shownFirst({ line: 0, dots: dots([open, 13]) })).toBe(8);
    expect(shownFirst({ line: null, dots: dots([clear, 24]) })).toBe(24);
    expect(shownFirst({ line: null, dots: dots([clear, 25]) })).toBe(20);
  });

  test("a dot without an interval is not told apart", () => {
    expect(shownFirst({ line: 0, dots: dots([open, 8], [bare, 8]) })).toBe(8);
  });

  test("no statement that somebody has to act on", () => {
    expect((["over", "undecided", "stale"] as const).map((tone) => itemsFirst({ tone }, 40))).toEqual([40, 40, 40]);
    expect(itemsFirst({ tone: "plain" }, 12)).toBe(12);
    expect(itemsFirst({ tone: "plain" }, 13)).toBe(8);
  });
});
