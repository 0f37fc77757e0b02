import { describe, expect, it } from "vitest";
import { whisker } from "./BoardRow";

describe("a whisker", () => {
  const at = (v: number): number => Math.min(Math.max(v, 0), 100);
  const cell = (low: number, high: number): { value: number; low: number; high: number; n: number } => ({ value: 50, low, high, n: 30 });

  it("goes from end to end", () => expect(whisker(at, cell(40, 60), 5)).toBe("M40 5H60"));
  it("reaches the edge where an end is not known", () => {
    expect(whisker(at, cell(40, NaN), 5)).toBe("M40 5H100");
    expect(whisker(at, cell(NaN, 60), 5)).toBe("M0 5H60");
  });
  it("is not drawn where neither end is known", () => expect(whisker(at, cell(NaN, NaN), 5)).toBe(""));
});
