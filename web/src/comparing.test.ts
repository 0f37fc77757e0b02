import { describe, expect, test } from "vitest";
import { asDots, atOne, columnNear, direction, finding, flipFinding, kindsOf, overThresholds, startOf, told } from "./comparing";
import type { Compared, Report, Verdict } from "./data";
import { Names } from "./words";

const names = new Names({ subject: { groups: [] } } as unknown as Pick<Report, "subject">);

// Everyone, women, men (too few), at two thresholds.
const METRIC: Compared = {
  name: "selection_rate", label: "Selection rate", direction: "none", scale: "share", thresholds: [0.4, 0.6], slices: [{}, { sex: "women" }, { sex: "men" }],
  value: [[0.01, 0.02], [-0.1, 0.03], [null, null]], low: [[-0.01, 0.01], [-0.14, -0.02], [null, null]], high: [[0.03, 0.03], [-0.06, 0.08], [null, null]],
  n: [[900, 900], [400, 400], [null, null]],
};

describe("a candidate beside a baseline", () => {
  test("slices stand by the columns they are of, everyone among each", () => {
    expect(kindsOf(METRIC)).toEqual([{ columns: "sex", slices: [0, 1, 2] }]);
    expect(kindsOf({ ...METRIC, slices: [{}] })).toEqual([{ columns: "everyone", slices: [0] }]);
  });

  test("the title is the largest change that is told apart, else that there is none", () => {
    expect(finding(METRIC, [0, 1, 2], 0, names, "new", "old")).toBe("Selection rate is 10 points [6, 14] lower with new than with old for women");
    expect(finding(METRIC, [0, 1, 2], 1, names, "new", "old")).toBe("Selection rate is 2.0 points [1.0, 3.0] higher with new than with old for Everyone");
    expect(finding(METRIC, [1, 2], 1, names, "new", "old")).toBe("Selection rate: new and old are not told apart in any group shown");
    expect(finding(METRIC, [2], 0, names, "new", "old")).toBe("Selection rate: not enough people to compare new with old");
  });

  test("the table is sorted by size, in points, and says what is unknown", () => {
    const grid = atOne(METRIC, [0, 1, 2], 0, names, "c", false);
    expect(grid.rows.map((r) => r.map((c) => c.text))).toEqual([
      ["women", "−10 [−14, −6]", "▼ lower", "400"], ["Everyone", "1 [−1, 3]", "not told apart", "900"], ["men", "too few to say", "", "fewer than 10"],
    ]);
    expect(grid.rows[0]?.[1]?.number).toBeCloseTo(-10, 9);
  });

  test("flips are shares of people, without a direction", () => {
    const flip = { ...METRIC, label: "Newly selected", value: [[0.05], [0.08], [null]], low: [[0.04], [0.06], [null]], high: [[0.06], [0.1], [null]], thresholds: null };
    expect(flipFinding(flip, [0, 1, 2], 0, names)).toBe("Newly selected: 5.0% [4.0, 6.0] for Everyone, most for women: 8% [6, 10]");
    expect(atOne(flip, [0, 1], 0, names, "c", true).columns).toEqual(["group", "newly selected, %", "n"]);
    expect(overThresholds(flip, [0], names, "c", true)).toBeNull();
  });

  test("over thresholds every point keeps its interval, in points", () => {
    const curve = overThresholds(METRIC, [1, 2], names, "c", false)!;
    expect(curve.lines[0]?.points.map((p) => p.y?.toFixed(6))).toEqual(["-10.000000", "3.000000"]);
    expect(curve.lines[1]?.points[0]).toMatchObject({ y: null, low: null });
    expect(columnNear(METRIC, 0.59)).toBe(1);
    expect(columnNear(METRIC, null)).toBe(0);
  });

  test("it starts at what a limit on the change speaks of, else at a measure that tells something", () => {
    const mean: Compared = { ...METRIC, name: "mean_prediction", scale: "value", thresholds: null };
    const error: Compared = { ...mean, name: "mean_absolute_error", direction: "lower", slices: [{}, { age: "old" }, { sex: "women" }] };
    const comparison = { baseline: "old", candidate: "new", metrics: [mean, error, METRIC] };
    const verdict = (of: Partial<Verdict>): Verdict => ({ statement: "max_rise", model: "new", against: "old", metric: "mean_prediction", slice: {}, ...of }) as Verdict;
    expect(startOf(comparison, [])).toEqual({ metric: 1, kind: 0 });
    expect(startOf(comparison, [verdict({ statement: "max_gap" }), verdict({ model: "third" })])).toEqual({ metric: 1, kind: 0 });
    expect(startOf(comparison, [verdict({})])).toEqual({ metric: 0, kind: 0 });
    expect(startOf(comparison, [verdict({ metric: "mean_absolute_error", slice: { sex: "women" } })])).toEqual({ metric: 1, kind: 1 });
    expect(startOf(comparison, [verdict({ metric: "recall" }), verdict({})])).toEqual({ metric: 0, kind: 0 }); // recall is not compared
    expect(startOf(comparison, [verdict({ against: "older" }), verdict({ metric: "mean_absolute_error" })])).toEqual({ metric: 1, kind: 0 });
    expect(startOf({ ...comparison, metrics: [mean] }, [])).toEqual({ metric: 0, kind: 0 });
  });

  test("without thresholds each group is a dot around no difference, in points; those too small are named", () => {
    const dots = asDots({ ...METRIC, thresholds: null }, [0, 1, 2], names, "c", false);
    expect(dots.dots.map((d) => [d.label, d.value, d.n])).toEqual([["women", -10, 400], ["Everyone", 1, 900]]);
    expect([dots.line, dots.text, dots.scale]).toEqual([0, "Too few people to say: men.", "value"]);
    expect(asDots({ ...METRIC, thresholds: null }, [0, 1], names, "c", true)).toMatchObject({ line: null, scale: "share", text: "" });
  });

  test("a clear change comes before a larger one that is not told apart from none", () => {
    const wide = { ...METRIC, thresholds: null, value: [[0.01], [-0.1], [0.3]], low: [[-0.01], [-0.14], [-0.1]], high: [[0.03], [-0.06], [0.7]] };
    expect(asDots(wide, [0, 1, 2], names, "c", false).dots.map((d) => d.label)).toEqual(["women", "men", "Everyone"]);
  });

  test("an interval that touches 0 tells nothing apart", () => {
    expect(direction({ value: 0.1, low: 0, high: 0.2 })).toBe("not told apart");
    expect(told(METRIC, 2, 0)).toBeNull();
  });
});
