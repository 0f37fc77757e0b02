import { describe, expect, test } from "vitest";
import { anchors, Links } from "./anchors";
import { isHeading } from "./headings";
import { readBlock, readCard, readSection, readSections } from "./read";

const CELL = { text: "71%", number: 0.71, interval: [0.6, 0.8], tone: "over" };
const GRAPH = { block: "graph", caption: "c", text: "t", nodes: [{ id: "a", label: "A", kind: "step" }, { id: "b", label: "B", kind: "person", link: "#x" }], edges: [["a", "b"]] };

describe("a block", () => {
  test.each([
    { block: "prose", text: "x", source: null, markdown: false },
    { block: "items", items: ["a"], tone: "note" },
    { block: "facts", facts: [{ name: "rows", value: "3", evidence: null }] },
    { block: "grid", caption: "c", columns: ["a"], rows: [[CELL]] },
    { block: "frontier", caption: "c", text: "t", x_name: "x", y_name: "y", limit_y: null, points: [{ label: "p", role: "kept", note: "", x: 1, x_low: null, x_high: 2, y: null, y_low: 0, y_high: 1 }] },
    { block: "prompt", question: "q", where: "w" },
    { block: "alert", text: "a", tone: "stale" },
  ])("$block is read as it was written", (block) => expect(readBlock(block, "b")).toEqual(block));

  test("a graph's optional words are filled in", () => {
    expect(readBlock(GRAPH, "b")).toEqual({ ...GRAPH, nodes: [
      { id: "a", label: "A", kind: "step", detail: "", tone: "plain", link: null }, { id: "b", label: "B", kind: "person", detail: "", tone: "plain", link: "#x" },
    ] });
  });

  test.each([
    [{ block: "video" }, /b\.block: expected a kind of block that this page knows/],
    [{ block: "__proto__" }, /b\.block/],
    [null, /b: expected an object, got null/],
    [[], /b: expected an object, got a list of 0/],
    [{ block: "prose" }, /b\.text: expected text, got nothing/],
    [{ block: "items", items: "abc" }, /b\.items: expected a list, got text of 3 characters/],
    [{ block: "items", items: [1] }, /b\.items\[0\]/],
    [{ block: "alert", text: "x", tone: "loud" }, /b\.tone: expected one of plain, over/],
    [{ block: "facts", facts: [{ name: "a", value: 3 }] }, /b\.facts\[0\]\.value: expected text, got number/],
    [{ block: "grid", caption: "c", columns: ["a", "b"], rows: [[CELL]] }, /b\.rows\[0\]: expected 2 cells/],
    [{ block: "grid", caption: "c", columns: ["a"], rows: [[{ ...CELL, interval: [1] }]] }, /interval: expected two numbers/],
    [{ block: "grid", caption: "c", columns: ["a"], rows: [[{ ...CELL, number: "1" }]] }, /number: expected a number or null/],
    [{ ...GRAPH, edges: [["a", "z"]] }, /b\.edges\[0\]: expected the ids of two nodes/],
    [{ ...GRAPH, edges: [["a", "b", "a"]] }, /b\.edges\[0\]: expected two ids/],
    [{ ...GRAPH, nodes: [GRAPH.nodes[0], GRAPH.nodes[0]] }, /every id once/],
    [{ block: "frontier", caption: "", text: "", x_name: "", y_name: "", points: [{ label: "p", role: "best" }] }, /role: expected one of current, kept, rejected/],
  ])("that is not one is refused, with the place: %j", (value, message) => {
    expect(() => readBlock(value, "b")).toThrow(message);
  });

  test("a refusal never repeats the value", () => {
    expect(() => readBlock({ block: "prompt", question: "q", where: ["secret-4711"] }, "b")).toThrow(/^(?!.*4711)/);
  });

  test("fields of the prototype are not fields", () => {
    const inherited = Object.create({ text: "from afar" }) as Record<string, unknown>;
    inherited["block"] = "prose";
    expect(() => readBlock(inherited, "b")).toThrow(/b\.text/);
  });
});

describe("sections and cards", () => {
  test("one broken chapter leaves the others", () => {
    const good = { id: "risks", title: "Risks", blocks: [] };
    const found = readSections([good, { id: 3 }, good]);
    expect(found.map((f) => f.section?.id ?? f.problem)).toEqual(["risks", "chapters[1].id: expected text, got number", "risks"]);
    expect(readSection(good, "s")).toEqual({ ...good, lead: "", stale: "" });
    expect(readSections(undefined)).toEqual([]);
    expect(readSections("x")[0]?.problem).toContain("expected a list");
  });

  test("a card is read whole or not at all", () => {
    const document = { kind: "data_card", title: "T", lead: "L", sections: [], seal: [{ name: "head", value: "1", evidence: null }], front_matter: "---" };
    expect(readCard({ format: "sterling.card", version: 1, document }).document.seal.length).toBe(1);
    expect(readCard({ format: "sterling.card", document: { ...document, kind: "outcome_table" } }).document.kind).toBe("outcome_table");
    expect(() => readCard({ format: "sterling.card", document: { ...document, kind: "letter" } })).toThrow(/document\.kind: expected one of model_card/);
    expect(() => readCard({ format: "sterling.card" })).toThrow(/document: expected an object, got nothing/);
  });
});

describe("trees, heat maps and curves", () => {
  const branch = (more = {}) => ({ condition: "all", parent: null, n: 9, value: 0.1, low: null, high: null, ...more });
  const tree = (...nodes: object[]) => ({ block: "tree", caption: "c", value_name: "Error rate", nodes });
  const cell = { value: null, note: "too few" };
  const heat = (more = {}) => ({ block: "heatmap", caption: "c", value_name: "v", rows: ["a"], columns: ["b", "c"], cells: [[cell, cell]], ...more });
  const curve = (more = {}) => ({ block: "curve", caption: "c", x_name: "x", y_name: "y", lines: [{ label: "l", points: [{ x: 1, y: null }] }], ...more });

  test("are read with what they leave out", () => {
    expect(readBlock(tree(branch(), branch({ parent: 0 })), "b")).toMatchObject({ scale: "share", coverage_name: "Share of all errors", nodes: [{ coverage: null, tone: "plain" }, { parent: 0 }] });
    expect(readBlock(heat(), "b")).toMatchObject({ scale: "share", row_name: "", cells: [[{ value: null, n: null, note: "too few" }, {}]] });
    expect(readBlock(curve(), "b")).toMatchObject({ reference: "none", x_scale: "value", lines: [{ points: [{ x: 1, y: null, low: null, n: null }] }] });
  });

  test.each([
    [tree(branch({ parent: 1 }), branch({ parent: 0 })), /nodes\[0\].parent: expected null, got number/],
    [tree(branch(), branch({ parent: 1 })), /nodes\[1\].parent: expected the place of a node before it/],
    [tree(branch(), branch({ parent: 0.5 })), /nodes\[1\].parent/],
    [heat({ cells: [[cell]] }), /cells\[0\]: expected 2 cells, one for each column, got a list of 1/],
    [heat({ cells: [] }), /cells: expected 1 rows of cells/],
    [heat({ scale: "percent" }), /scale: expected one of share, value, count/],
    [curve({ reference: "y = x" }), /reference: expected one of none, diagonal, zero/],
    [curve({ lines: [{ label: "l", points: [{ x: "1" }] }] }), /points\[0\].x: expected a number or null, got text/],
  ])("%o is refused where it is wrong", (value, message) => {
    expect(() => readBlock(value, "b")).toThrow(message);
  });
});

describe("a line that names what follows", () => {
  const prose = (text: string, more = {}) => ({ block: "prose" as const, text, source: null, markdown: false, ...more });
  const next = prose("More.");

  test("is a heading; a sentence, people's words and a last line are not", () => {
    expect(isHeading(prose("Who is affected"), next)).toBe(true);
    for (const block of [prose("There is no label."), prose("Seed: 3"), prose(""), prose("x".repeat(61)), prose("Ours", { source: "scope.toml" }), prose("Ours", { markdown: true })]) {
      expect(isHeading(block, next)).toBe(false);
    }
    expect(isHeading(prose("Who is affected"), undefined)).toBe(false);
  });
});

describe("anchors", () => {
  const of = (...ids: string[]): string[] => anchors(ids.map((id) => ({ id })));

  test("are the sections' own ids where those can be, and never the page's", () => {
    expect(of("risks", "groups", "risks", "a b", "__proto__", "part-1", "")).toEqual(["risks", "part-2", "part-3", "part-4", "part-5", "part-6", "part-7"]);
  });

  test("links lead to sections of this page and nowhere else", () => {
    const links = new Links([{ id: "data" }, { id: "groups" }, { id: "constructor" }], ["method"]);
    expect([links.to("data"), links.to("#data"), links.to("groups"), links.to("#method")]).toEqual(["#data", "#data", "#part-2", "#method"]);
    expect([links.to(null), links.to("https://a.example"), links.to("javascript:x"), links.to("toString")]).toEqual([null, null, null, null]);
  });
});
