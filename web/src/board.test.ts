import { describe, expect, test } from "vitest";
import { address, fromAddress } from "./address";
import { families, lines, modeOf, show, start, type View } from "./board";
import { colours } from "./colour";
import type { Report, Verdict } from "./data";
import { cell, Grids, nearest, unpack } from "./decode";
import { finding } from "./findings";
import { limitMark } from "./limit";
import { select } from "./selection";
import { Names } from "./words";
import { drawnPanel, spoken } from "./views/BoardAxis";
import { unsaid } from "./views/BoardRow";
import { arrow, boardTable } from "./views/boardTable";
import type { Store } from "./store";
import { numbers } from "./views/Thresholds";

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
    expect(selection.tooSmall).toEqual([{ slice: 3, name: "Asian", n: null, withheld: false, needed: 80 }]);
    expect(selection.everyone?.panels[0]?.[0]?.value).toBeCloseTo(0.8, 6);
  });

  test("the missing value is never chosen as baseline, however large", () => {
    expect(draw(report()).selection.rows.find((r) => r.baseline)?.name).toBe("white");
  });

  test("differences and ratios are taken from the baseline at the chosen threshold", () => {
    const black = (mode: View["mode"]) => draw(report(), { mode, threshold: 1 }).selection.rows.find((r) => r.name === "Black")?.panels[0]?.[0]?.value;
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
    const mark = (mode: View["mode"]) => { const d = draw(r, { mode }); return limitMark(r, d.selection, d.selection.panels[0]!, d.grids); };
    expect(mark("value")?.low).toBeCloseTo(0.85, 6);
    expect(mark("difference")?.high).toBeCloseTo(0.05, 6);
    expect(mark("ratio")).toBeNull();
  });

  test("a floor is a line on values only; a ratio limit has a mirror", () => {
    const floor = report([verdict({ statement: "min", limit: 0.7 })]);
    const d = draw(floor);
    expect(limitMark(floor, d.selection, d.selection.panels[0]!, d.grids)).toMatchObject({ low: 0.7, high: null });
    const four = report([verdict({ statement: "min_ratio", limit: 0.8 })]);
    const e = draw(four);
    expect(e.view.mode).toBe("ratio");
    expect(limitMark(four, e.selection, e.selection.panels[0]!, e.grids)).toMatchObject({ low: 0.8, high: 1.25 });
  });

  // The marks, with their intervals, lie between 60% and 95%.
  function panel(limit: Partial<Verdict>, change: Partial<View> = {}) {
    const r = report([verdict(limit)]);
    const { selection, grids } = draw(r, change);
    const mark = limitMark(r, selection, selection.panels[0]!, grids);
    return drawnPanel(selection, 0, r.board.metrics[0]!, selection.rows, mark);
  }

  test("the axis is widened for a limit that leaves the marks a third of it", () => {
    const drawn = panel({ statement: "min", limit: 0.1 });
    expect(drawn).toMatchObject({ limits: [0.1], beyond: [] });
    expect(drawn.x.domain()[0]).toBeLessThanOrEqual(0.1);
    expect(drawn.x(0.95) - drawn.x(0.6)).toBeGreaterThan(100 / 3);
  });

  test("a limit further off is no line at the end of the axis: it is said there, and to those who hear the chart", () => {
    const drawn = panel({ statement: "min_ratio", limit: 0.2 }, { mode: "ratio" });
    expect(drawn.limits).toEqual([0.2]);
    expect(drawn.beyond).toEqual([{ at: 5, end: "high" }]);
    expect(drawn.x.domain()[1]).toBeLessThan(5);
    expect(spoken("Black is lower.", drawn)).toBe("Black is lower. The limit 5× lies outside the chart, above all that is drawn. The table below the chart holds every number.");
  });

  test("a measure that can be negative has no ratio: its differences are shown, also beside one that has", () => {
    const r = two();
    r.board.metrics[1] = { ...r.board.metrics[1]!, signed: true };
    expect(modeOf(r.board.metrics[1], "ratio")).toBe("difference");
    const d = draw(r, { metric: 0, more: [1], mode: "ratio", models: [0] });
    expect(d.selection.panels.map((p) => p.mode)).toEqual(["ratio", "difference"]);
    const black = d.selection.rows.find((x) => x.name === "Black")!;
    expect(black.panels[0]![0]!.value).toBeCloseTo(0.7 / 0.9, 5);
    expect(black.panels[1]![0]!.value).toBeCloseTo(0.3 - 0.2, 5);
    const alone = draw(r, { metric: 1, mode: "ratio", models: [0] });
    expect(finding(r, alone.names, alone.view, alone.selection)).toMatch(/higher than that of white/);
  });

  test("where the baseline is 0 there is no ratio, which is not too few people", () => {
    const r = report();
    r.board.estimates[0]![0]!.value = pack([0.8, 0.6, 0, 0, 0.7, 0.5, NaN, NaN, 0.75, 0.55]);
    const d = draw(r, { mode: "ratio", baseline: 1 });
    const drawn = drawnPanel(d.selection, 0, r.board.metrics[0]!, d.selection.rows, null);
    const black = d.selection.rows.find((x) => x.name === "Black")!;
    expect(black.panels[0]![0]).toBeNull();
    expect(unsaid(black, drawn, 0)).toBe("no ratio to 0");
  });

  test("a limit that the measure can't reach is nowhere", () => {
    expect(panel({ limit: 0.95 }, { mode: "value" })).toMatchObject({ limits: [], beyond: [] });
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
    expect(show(r, all, start(r, all), r.verdicts[0]!)).toMatchObject({ metric: 0, threshold: 1, baseline: "largest", families: ['["race"]'] });
    const other = report([verdict({ slice: { race: "white" }, versus: { race: "Black" } })]);
    expect(start(other, families(other)).baseline).toBe(2);
  });
});

/** Two models; the second measure, which needs no threshold, is 0.1 for everyone, 0.2 for white and so on. */
function two(): Report {
  const r = report([verdict()]);
  r.models = [{ name: "p", kind: "probability", threshold: 0.4 }, { name: "q", kind: "probability", threshold: 0.6 }];
  r.board.metrics = [...r.board.metrics, { ...r.board.metrics[0]!, name: "auc", label: "AUC", scale: "value", by_threshold: false }];
  const own = r.board.estimates[0]![0]!;
  const auc = [0.1, 0.2, 0.3, NaN, 0.25];
  const once = { value: pack(auc), low: pack(auc), high: pack(auc), n_eligible: pack(auc.map(() => 10)) };
  r.board.estimates = [[own, once], [own, once]];
  return r;
}

describe("several at once", () => {
  test("marks: every kept threshold of every model, each once, and one for a measure that needs none", () => {
    const r = two();
    const view = { ...start(r, families(r)), also: [1] };
    expect(lines(r, view, 0).map((l) => [l.model, l.at])).toEqual([[0, 0.4], [0, 0.6], [1, 0.6]]);
    expect(lines(r, { ...view, threshold: 0 }, 0).map((l) => [l.model, l.at])).toEqual([[0, 0.4], [1, 0.4], [0, 0.6], [1, 0.6]]);
    expect(lines(r, view, 1).map((l) => [l.model, l.at])).toEqual([[0, null], [1, null]]);
  });

  test("each mark is compared with the baseline's own at its model and threshold", () => {
    const black = draw(two(), { mode: "difference", also: [1], more: [1] }).selection.rows.find((r) => r.name === "Black")!;
    expect(black.panels.map((cells) => cells.map((c) => Number(c?.value.toFixed(6))))).toEqual([[-0.2, -0.2, -0.2], [0.1, 0.1]]);
  });

  test("the order follows the measure asked for, and marks that lie apart", () => {
    const order = (change: Partial<View>) => draw(two(), { more: [1], ...change }).selection.rows.map((r) => r.name);
    expect(order({ sort: "high", by: 1 })).toEqual(["Black", "race not recorded", "white"]);
    expect(order({ sort: "high", by: null })).toEqual(["white", "race not recorded", "Black"]);
    expect(order({ sort: "apart" })[2]).toBe("white"); // 0.9 to 0.7 is no nearer than the rest; equal ones go by name
  });

  test("around the baseline a limit has one place only with one mark in a row", () => {
    const d = draw(two(), { models: [0] });
    expect(limitMark(two(), d.selection, d.selection.panels[0]!, d.grids)?.high).toBeCloseTo(0.95, 6);
    const both = draw(two());
    expect(limitMark(two(), both.selection, both.selection.panels[0]!, both.grids)).toBeNull();
  });

  test("the table holds every mark with its difference to the baseline, or its ratio", () => {
    const r = two();
    const table = (change: Partial<View>) => {
      const d = draw(r, { models: [0], ...change });
      return boardTable({ report: r, grids: d.grids, names: d.names } as unknown as Store, d.view, d.selection);
    };
    const { header, rows } = table({ also: [1], more: [1] });
    expect(rows).toHaveLength(4 * 3);
    const black = rows.find((row) => row[0] === "Black" && row[1] === "Selection rate")!;
    expect(black.slice(header.indexOf("baseline"), header.indexOf("difference") + 1)).toEqual(["white", -0.2]);
    expect(table({ mode: "ratio" }).header).toContain("ratio: low");
    expect(table({ mode: "difference" }).rows[0]?.[4]).toBe(0.9); // the value itself, whatever is drawn
  });

  test("an arrow follows the interval, never the point alone", () => {
    const at = (low: number, high: number) => arrow({ value: (low + high) / 2, low, high, n: 9 }, 0);
    expect([at(0.1, 0.2), at(-0.2, -0.1), at(-0.1, 0.2), arrow(null, 0)]).toEqual(["▲ higher", "▼ lower", "not told apart", null]);
  });

  test("typed thresholds: one with point or comma, or several", () => {
    expect([numbers("0.5"), numbers("0,5"), numbers("0.3, 0.5;0.7"), numbers("0,3 0,5"), numbers("x")]).toEqual([[0.5], [0.5], [0.3, 0.5, 0.7], [0.3, 0.5], []]);
  });
});

describe("the address of a view", () => {
  const r = two();
  const all = families(r);
  const begin = start(r, all);
  const views: Partial<View>[] = [
    {}, { metric: 1, more: [0] }, { threshold: 1 }, { threshold: null, also: [1] }, { threshold: 1, also: [0] }, { models: [1] }, { families: [] },
    { mode: "ratio", baseline: "largest" }, { baseline: 2 }, { sort: "apart", by: 1, more: [1] }, { minN: 50, search: "a & b=c#?é" },
  ];
  test.each(views)("%o comes back from its address", (change) => {
    const view = { ...begin, ...change };
    const text = address(r, all, view, begin);
    expect(fromAddress(r, all, `#${text}`, begin) ?? begin).toEqual(view);
  });

  test("names, not places: what is not known stays as the page starts", () => {
    expect(address(r, all, begin, begin)).toBe("groups");
    expect(address(r, all, { ...begin, metric: 1 }, begin)).toBe("groups?measure=auc");
    const odd = "#groups?measure=nothing&at=x&model=&by=%5B%22no%22%5D&baseline=%7Bbad&order=up&least=-3&show=__proto__";
    expect(fromAddress(r, all, odd, begin)).toEqual({ ...begin, families: [] });
    expect(fromAddress(r, all, "#method", begin)).toBeNull();
  });
});

test("every named group has its own colour and the unrecorded are grey", () => {
  const c = colours(report().board);
  expect(new Set(c.slice(1, 4)).size).toBe(3);
  expect(c[4]).toBe("var(--group-other)");
  expect(c[0]).toBe("var(--ink)");
});
