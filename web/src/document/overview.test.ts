import { describe, expect, it } from "vitest";
import { arranged, atValues, axisOf, barsOf, difference, drawnCount, outline, stairs, unevenness, withheldLine } from "./overview";
import { readBlock } from "./read";
import type { Facet, FacetRow, Overview } from "./types";

const facet = (more: Partial<Facet> = {}): Facet => ({
  n: 100, missing: 0, distinct: 5, distinct_error: 0, zeros: 0, mean: null, std: null, quantiles: [], even: null, equal: null, top: [], rest: null, facts: [], ...more,
});
const row = (name: string, facets: (Facet | null)[], more: Partial<FacetRow> = {}): FacetRow => ({
  name, type: "Int64", kind: "number", role: "", facets, associations: [], changes: [], notes: [], ...more,
});
const block = (...columns: FacetRow[]): Overview => ({ block: "overview", caption: "c", text: "", series: [{ name: "a", rows: 100, exact: true, part: false }], columns });
const bins = (...counts: (number | null)[]) => ({ edges: counts.map((_, i) => i).concat(counts.length), counts });

describe("orders", () => {
  it("puts the least even first and keeps the table's order among equals", () => {
    const b = block(row("even", [facet({ even: bins(50, 50) })]), row("one", [facet({ even: bins(100, 0) })]), row("same", [facet({ even: bins(50, 50) })]));
    expect(arranged(b, "interest", "", "all")).toEqual([1, 0, 2]);
    expect(unevenness(facet({ even: bins(100, 0) }))).toBe(1);
    expect(unevenness(facet({ even: bins(25, 25, 25, 25) }))).toBeCloseTo(0);
    expect(unevenness(null)).toBe(0);
  });

  it("puts most missing first, and finds by name, type and role", () => {
    const b = block(row("a", [facet({ missing: 1 })]), row("b", [facet({ missing: 9 })], { role: "label" }));
    expect(arranged(b, "missing", "", "all")).toEqual([1, 0]);
    expect(arranged(b, "order", " LAB", "all")).toEqual([1]);
    expect(arranged(b, "order", "int64", "date")).toEqual([]);
  });

  it("orders names with numbers as people do", () => {
    expect(arranged(block(row("x10", []), row("x2", [])), "name", "", "all")).toEqual([1, 0]);
  });
});

describe("difference", () => {
  it("is 0 for equal columns and 1 for one that is missing on one side", () => {
    const f = facet({ quantiles: [[0, 0], [1, 10]] });
    expect(difference(row("a", [f, f]))).toBe(0);
    expect(difference(row("a", [f, null]))).toBe(1);
  });

  it("compares values by their shares of what is there", () => {
    const a = facet({ top: [{ text: "x", count: 50 }, { text: "y", count: 50 }] });
    const b = facet({ n: 200, top: [{ text: "x", count: 50 }, { text: "y", count: 150 }] });
    expect(difference(row("a", [a, b]))).toBeCloseTo(0.25);
  });

  it("puts what a test calls a change before all else", () => {
    const change = { name: "o", measure: "ks", value: 0.1, low: 0, high: 0.2, n: 9, tone: "note" as const, note: "" };
    expect(difference(row("a", [facet(), facet()], { changes: [change] }))).toBe(1);
  });
});

describe("bars at whole numbers", () => {
  const label = (zeros: number, ones: number, more: Partial<Facet> = {}) => facet({ n: zeros + ones, distinct: 2, rest: 0, top: [{ text: "0", count: zeros }, { text: "1", count: ones }], ...more });

  it("stand at 0 and 1, not from 0 to 2", () => {
    const found = atValues(row("label", [label(70, 30)], { kind: "integer" }), [0]);
    expect(found?.get(0)).toEqual({ edges: [-0.5, 0.5, 1.5], counts: [70, 30] });
  });

  it("leave room for numbers that nobody has, and withhold what a small slice does not name", () => {
    const all = facet({ n: 60, distinct: 2, rest: 0, top: [{ text: "1", count: 40 }, { text: "3", count: 20 }] });
    const few = facet({ n: 25, distinct: 2, rest: 4, top: [{ text: "1", count: 21 }] });
    const found = atValues(row("n", [all, few], { kind: "integer" }), [0, 1]);
    expect(found?.get(0)?.counts).toEqual([40, 0, 20]);
    expect(found?.get(1)?.counts).toEqual([21, 0, null]);
  });

  it("are not drawn where values are withheld, many, far apart or no whole numbers", () => {
    const drawn = (f: Facet, kind = "integer") => atValues(row("n", [f], { kind }), [0]);
    expect(drawn(label(70, 30, { rest: 3 }))).toBeNull();
    expect(drawn(label(70, 30), "number")).toBeNull();
    expect(drawn(facet({ rest: 0, top: [{ text: "0", count: 50 }, { text: "4000", count: 50 }] }))).toBeNull();
    expect(drawn(facet({ rest: 0, top: [{ text: "x", count: 100 }] }))).toBeNull();
    expect(drawn(facet({ missing: 100 }))).toBeNull();
  });
});

describe("bars", () => {
  it("can be a line in steps that begins and ends on the floor", () => {
    expect(stairs([{ x: 0, width: 10, height: 4 }, { x: 10, width: 10, height: null }], 20)).toBe("M0.0 20V16.0H10.0V20.0H20.0V20");
    expect(stairs([], 20)).toBe("");
  });

  it("stand on one axis for all series", () => {
    expect(axisOf([bins(1, 2), { edges: [-1, 5], counts: [1] }])).toEqual({ low: -1, high: 5 });
    expect(axisOf([null])).toBeNull();
    expect(axisOf([{ edges: [3, 3], counts: [9] }])).toEqual({ low: 2.5, high: 3.5 });
  });

  it("are as high as their count, and no bar where it is withheld", () => {
    const drawn = barsOf(bins(10, null, 5), { low: 0, high: 3 }, 10, { width: 300, height: 40 }, (n) => n);
    expect(drawn).toEqual([{ x: 0, width: 100, height: 40 }, { x: 100, width: 100, height: null }, { x: 200, width: 100, height: 20 }]);
    expect(outline(drawn, 40).match(/M/g)).toHaveLength(2);
    expect(withheldLine(drawn, 40)).toBe("M100.0 38.5h100.0");
  });

  it("are counts or shares, on a plain or a logarithmic axis", () => {
    expect(drawnCount(50, 200, false, false)).toBe(50);
    expect(drawnCount(50, 200, true, false)).toBe(25);
    expect(drawnCount(0, 0, true, true)).toBe(0);
    expect(drawnCount(99, 200, false, true)).toBe(2);
  });
});

describe("reading", () => {
  const good = { block: "overview", caption: "c", text: "", series: [{ name: "a", rows: 1, exact: true }], columns: [{ name: "x", type: "", kind: "number", role: "", facets: [facet()] }] };

  it("takes a block as it was written", () => {
    expect(readBlock(good, "b")).toMatchObject({ block: "overview", columns: [{ name: "x", associations: [], notes: [] }] });
  });

  it.each([
    [{ ...good, columns: [{ ...good.columns[0], facets: [] }] }, "1 facets"],
    [{ ...good, columns: [{ ...good.columns[0], facets: [{ ...facet(), even: { edges: [1], counts: [1] } }] }] }, "2 edges"],
    [{ ...good, series: [{ name: 1 }] }, "text"],
    [{ block: "dots", caption: "c", value_name: "v", dots: [{ label: "a", value: "1" }] }, "a number or null"],
    [{ block: "findings", findings: [{ text: "a", tone: "loud" }] }, "one of plain"],
    [{ block: "grid", caption: "", columns: ["a"], rows: [[{ text: "a", image: "https://example.org/x.png" }]] }, "data address"],
    [{ block: "grid", caption: "", columns: ["a"], rows: [[{ text: "a", image: "data:image/svg+xml;base64,AAAA" }]] }, "data address"],
  ])("says where it is wrong, without the value", (wrong, expected) => {
    expect(() => readBlock(wrong, "b")).toThrow(expected);
  });
});
