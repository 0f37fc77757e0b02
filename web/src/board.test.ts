import { describe, expect, test } from "vitest";
import { families, limitMark, select, show, start, type View } from "./board";
import { colours } from "./colour";
import type { Report, Verdict } from "./data";
import { cell, Grids, nearest, unpack } from "./decode";
import { finding } from "./findings";
import { Names } from "./words";

function pack(values: number[]): string {
  const bytes = new Uint8Array(new Float32Array(values).buffer);
  return btoa(String.fromCharCode(...bytes));
}

// Everyone, white, Black, Asian (too small), not recorded; two thresholds.
const VALUES = [0.8, 0.6, 0.9, 0.7, 0.7, 0.5, NaN, NaN, 0.75, 0.55];

function verdict(more: Partial<Verdict> = {}): Verdict {
  return {
    ask: "gap", check: "FA001", model: "p", metric: "selection_rate", verdict: "over", sentence: "Black applicants are selected less often",
    slice: { race: "Black" }, versus: { race: "white" }, statement: "max_gap", limit: 0.05, limit_origin: "x", threshold: 0.4, scale: "points",
    value: 0.2, low: 0.1, high: 0.3, level: 0.95, n: 100, n_eligible: null, reason: "", power: null, hints: [], ...more,
  };
}

function report(verdicts: Verdict[] = []): Report {
  const key = (race: string | null) => ({ key: { race }, family: ["race"] });
  return {
    subject: { people: "people", groups: [{ column: "race", values: ["white", "Black", "Asian", null].map((value) => ({ value, n: 1, share: 0.2 })) }] },
    models: [{ name: "p", kind: "probability", threshold: 0.4 }],
    verdicts,
    board: {
      slices: [
        { key: {}, family: [], n: 1000, status: "ok", n_needed: null },
        { ...key("white"), n: 600, status: "ok", n_needed: null },
        { ...key("Black"), n: 300, status: "ok", n_needed: null },
        { ...key("Asian"), n: null, status: "insufficient", n_needed: 80 },
        { ...key(null), n: 900, status: "ok", n_needed: null },
      ],
      thresholds: [0.4, 0.6],
      metrics: [{ name: "selection_rate", label: "Selection rate", plain: "the share selected", eligible: "everyone", formula: "x", scale: "share", direction: "none", range: [0, 1], needs_label: false, by_threshold: true }],
      estimates: [[{ value: pack(VALUES), low: pack(VALUES.map((v) => v - 0.1)), high: pack(VALUES.map((v) => v + 0.05)), n_eligible: pack(VALUES.map(() => 10)) }]],
      level: 0.95, calibration: [], distribution: [],
    },
  } as unknown as Report;
}

function draw(r: Report, change: Partial<View> = {}) {
  const all = families(r);
  const view = { ...start(r, all), ...change };
  const grids = new Grids(r.board);
  const names = new Names(r);
  const selection = select(r, grids, names, all, view);
  return { all, view, grids, names, selection };
}

describe("decoding", () => {
  test("reads little-endian floats and refuses a torn array", () => {
    expect([...unpack(pack([1.5, -2]))]).toEqual([1.5, -2]);
    expect(() => unpack(btoa("abc"))).toThrow(/multiple of 4/);
  });

  test("an unknown estimate is null, never a number", () => {
    const { grids } = draw(report());
    expect(cell(grids.get(0, 0), 3, 0)).toBeNull();
    expect(cell(grids.get(0, 0), 2, 1)?.value).toBeCloseTo(0.5, 6);
  });

  test("nearest threshold", () => {
    expect(nearest([0.1, 0.5, 0.9], 0.64)).toBe(1);
    expect(nearest([], 1)).toBe(-1);
  });
});

describe("the groups chart", () => {
  test("lists groups with numbers, highest first, and the small one apart with what it needs", () => {
    const { selection } = draw(report());
    expect(selection.rows.map((r) => r.name)).toEqual(["white", "race not recorded", "Black"]);
    expect(selection.tooSmall).toEqual([{ slice: 3, name: "Asian", n: null, needed: 80 }]);
    expect(selection.everyone?.cells[0]?.value).toBeCloseTo(0.8, 6);
  });

  test("the missing value is never chosen as baseline, however large", () => {
    expect(draw(report()).selection.rows.find((r) => r.baseline)?.name).toBe("white");
  });

  test("differences and ratios are taken from the baseline at the chosen threshold", () => {
    const black = (mode: View["mode"]) => draw(report(), { mode, threshold: 1 }).selection.rows.find((r) => r.name === "Black")?.cells[0]?.value;
    expect(black("value")).toBeCloseTo(0.5, 6);
    expect(black("difference")).toBeCloseTo(-0.2, 6);
    expect(black("ratio")).toBeCloseTo(5 / 7, 6);
  });

  test("search and minimum n leave out, and say how many", () => {
    expect(draw(report(), { search: "bLa" }).selection.rows.map((r) => r.name)).toEqual(["Black"]);
    expect(draw(report(), { minN: 500 }).selection.hidden).toBe(1);
  });

  test.each([["low", "Black"], ["n", "race not recorded"], ["name", "Black"], ["far", "Black"]] as const)("order %s begins with %s", (sort, name) => {
    expect(draw(report(), { sort }).selection.rows[0]?.name).toBe(name);
  });

  test("a gap limit lies around the baseline, around 0 as a difference, and nowhere as a ratio", () => {
    const r = report([verdict()]);
    const mark = (mode: View["mode"]) => { const d = draw(r, { mode }); return limitMark(r, d.view, d.selection, d.grids); };
    expect(mark("value")?.low).toBeCloseTo(0.85, 6);
    expect(mark("difference")?.high).toBeCloseTo(0.05, 6);
    expect(mark("ratio")).toBeNull();
  });

  test("a floor is a line on values only; a ratio limit has a mirror", () => {
    const floor = report([verdict({ statement: "min", limit: 0.7 })]);
    const d = draw(floor);
    expect(limitMark(floor, d.view, d.selection, d.grids)).toMatchObject({ low: 0.7, high: null });
    const four = report([verdict({ statement: "min_ratio", limit: 0.8 })]);
    const e = draw(four);
    expect(e.view.mode).toBe("ratio");
    expect(limitMark(four, e.view, e.selection, e.grids)).toMatchObject({ low: 0.8, high: 1.25 });
  });

  test("the title is the verdict when the chart shows just that, and the range otherwise", () => {
    const r = report([verdict()]);
    const at = (change: Partial<View>) => { const d = draw(r, change); return finding(r, d.names, d.view, d.selection); };
    expect(at({})).toBe("Black applicants are selected less often");
    expect(at({ threshold: 1 })).toMatch(/^Selection rate runs from 50% for Black to 70% for white/);
    expect(at({ mode: "difference" })).toMatch(/Black is 20 points lower than that of white/);
    expect(at({ search: "nobody" })).toMatch(/^Selection rate for everyone: 80%/);
  });

  test("showing a verdict chooses its measure, groups, baseline and threshold", () => {
    const r = report([verdict({ threshold: 0.6 })]);
    const all = families(r);
    expect(show(r, all, start(r, all), r.verdicts[0]!)).toMatchObject({ metric: 0, threshold: 1, baseline: 1, families: ['["race"]'] });
  });
});

test("every named group has its own colour and the unrecorded are grey", () => {
  const c = colours(report().board);
  expect(new Set(c.slice(1, 4)).size).toBe(3);
  expect(c[4]).toBe("var(--group-other)");
  expect(c[0]).toBe("var(--ink)");
});
