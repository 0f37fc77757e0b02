import { describe, expect, test } from "vitest";
import type { MetricInfo, Verdict } from "../data";
import { verdictKind } from "./Strip";

const share = [{ name: "accuracy", scale: "share" }] as MetricInfo[];
const of = (more: Partial<Verdict>): Verdict => ({ metric: "accuracy", scale: "value", statement: null, value: 0.1, ...more }) as Verdict;

describe("how a verdict's numbers are written", () => {
  test("as they were found, whatever the limit", () => {
    expect(verdictKind(of({ scale: "share" }), share)).toBe("share");
    expect(verdictKind(of({ scale: "points", statement: "min" }), share)).toBe("points");
    expect(verdictKind(of({ scale: "ratio" }), share)).toBe("ratio");
  });
  test("a limit of a share that met no number is a percentage", () => {
    expect(verdictKind(of({ value: null, statement: "min" }), share)).toBe("share");
    expect(verdictKind(of({ value: null, statement: "max_gap" }), share)).toBe("value");
  });
});
