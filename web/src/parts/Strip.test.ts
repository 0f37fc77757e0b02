import { describe, expect, test } from "vitest";
import type { MetricInfo, Verdict } from "../data";
import { decisive, domainId, domains, stripTicks, verdictKind } from "./Strip";

const share = [{ name: "accuracy", scale: "share" }] as MetricInfo[];
const of = (more: Partial<Verdict>): Verdict => ({ metric: "accuracy", scale: "value", statement: null, value: 0.1, ...more }) as Verdict;

describe("how a verdict's numbers are written", () => {
  test("as they were found, whatever the limit", () => {
    expect(verdictKind(of({ scale: "share" }), share)).toBe("share");
    expect(verdictKind(of({ scale: "points", statement: "min" }), share)).toBe("points");
    expect(verdictKind(of({ scale: "ratio" }), share)).toBe("ratio");
  });
  test("a strip has a scale in the unit of its number, which makes room for the limit's words", () => {
    expect(stripTicks([-0.01, 0.25], "points", null).map((t) => t.text)).toEqual(["0", "10", "20"]);
    expect(stripTicks([-0.01, 0.25], "points", 40).map((t) => t.text)).toEqual(["0", "20"]);
    expect(stripTicks([0.6, 1], "share", null).map((t) => t.text)).toContain("80%");
    expect(stripTicks([-0.4, 0.1], "value", null).map((t) => t.text)).toEqual(["\u22120.2", "0"]);
  });
  test("an end is kept off the limit, and off no difference where the interval leaves that out", () => {
    const gap = of({ scale: "points", statement: "max_gap", limit: 0.05, low: 0.01, high: 0.2 });
    expect(decisive(gap, "points")).toEqual([0, 0.05]);
    expect(decisive({ ...gap, low: -0.01 }, "points")).toEqual([0.05]);
  });
  test("a number's own scale is not that of differences of it", () => {
    const auc = (more: Partial<Verdict>): Verdict => of({ metric: "auc", low: null, high: null, versus: null, limit: null, ...more });
    const floor = auc({ statement: "min", value: 0.8, limit: 0.7 });
    const drop = auc({ statement: "max_drop", value: 0.02, limit: 0.05 });
    const gap = auc({ statement: "max_gap", value: 0.1, versus: { race: "b" }, limit: 0.05 });
    const scale = domains([floor, drop, gap, auc({ value: 0.75 })], []);
    expect(scale.get(domainId(drop))![1]).toBeLessThan(0.12);
    expect(domainId(gap)).toBe(domainId(drop));
    expect(domainId(auc({ value: 0.75 }))).toBe(domainId(floor));
    expect(scale.get(domainId(floor))![0]).toBeGreaterThan(0.6);
  });
  test("a limit of a share that met no number is a percentage", () => {
    expect(verdictKind(of({ value: null, statement: "min" }), share)).toBe("share");
    expect(verdictKind(of({ value: null, statement: "max_gap" }), share)).toBe("value");
  });
});
