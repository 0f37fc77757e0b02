import type {
  Block, Branch, Card, CardKind, CellScale, Curve, CurveLine, CurveReference, Fact, Graph, GraphNode, Grid, GridCell, HeatCell, HeatMap, NodeKind, Point, Role, Section, Tone, Tree,
} from "./types";
import { readDots, readFindings, readOverview } from "./readTable";

/** Where reading stopped: the path of the value, what was expected there, and what kind of thing came. Never the value itself. */
export class Misread extends Error {
  constructor(at: string, expected: string, got: unknown) {
    super(`${at}: expected ${expected}, got ${kindOf(got)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : typeof value === "string" ? `text of ${value.length} characters` : typeof value;
}

export type Fields = Record<string, unknown>;

export function object(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misread(at, "an object", value);
  return value as Fields;
}

/** An own field: what stands on the prototype was never sent. */
export function own(from: Fields, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

export function text(from: Fields, name: string, at: string, otherwise?: string): string {
  const value = own(from, name) ?? otherwise;
  if (typeof value !== "string") throw new Misread(`${at}.${name}`, "text", value);
  return value;
}

export function textOrNull(from: Fields, name: string, at: string): string | null {
  const value = own(from, name) ?? null;
  if (value !== null && typeof value !== "string") throw new Misread(`${at}.${name}`, "text or null", value);
  return value;
}

/** A number, or null for what JSON cannot hold. */
export function numberOrNull(value: unknown, at: string): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Misread(at, "a number or null", value);
  return value;
}

export function oneOf<T extends string>(value: unknown, words: readonly T[], at: string): T {
  const found = words.find((w) => w === value);
  if (found === undefined) throw new Misread(at, `one of ${words.join(", ")}`, value);
  return found;
}

export function list<T>(value: unknown, at: string, read: (item: unknown, at: string) => T): T[] {
  if (!Array.isArray(value)) throw new Misread(at, "a list", value);
  return value.map((item, i) => read(item, `${at}[${i}]`));
}

export function word(value: unknown, at: string): string {
  if (typeof value !== "string") throw new Misread(at, "text", value);
  return value;
}

const TONES: readonly Tone[] = ["plain", "over", "undecided", "within", "note", "stale"];
const KINDS: readonly NodeKind[] = ["artifact", "step", "person"];
const ROLES: readonly Role[] = ["current", "kept", "rejected"];
const SCALES: readonly CellScale[] = ["share", "value", "count"];
const REFERENCES: readonly CurveReference[] = ["none", "diagonal", "zero"];
const CARDS: readonly CardKind[] = ["model_card", "data_card", "dag_card", "outcome_table", "data_profile"];
/** A small picture inside the page; nothing that a browser would fetch, and no SVG, which may hold more than a picture. */
const PICTURE = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/;

export function tone(from: Fields, at: string): Tone {
  return oneOf(own(from, "tone") ?? "plain", TONES, `${at}.tone`);
}

export function readFact(value: unknown, at: string): Fact {
  const f = object(value, at);
  return { name: text(f, "name", at), value: text(f, "value", at), evidence: textOrNull(f, "evidence", at) };
}

function readCell(value: unknown, at: string): GridCell {
  const f = object(value, at);
  const interval = own(f, "interval") ?? null;
  if (interval !== null && (!Array.isArray(interval) || interval.length !== 2)) throw new Misread(`${at}.interval`, "two numbers or null", interval);
  const ends = interval as [unknown, unknown] | null;
  return {
    text: text(f, "text", at),
    number: numberOrNull(own(f, "number"), `${at}.number`),
    interval: ends && [numberOrNull(ends[0], `${at}.interval[0]`), numberOrNull(ends[1], `${at}.interval[1]`)],
    tone: tone(f, at),
    ...picture(f, at),
  };
}

function picture(f: Fields, at: string): { image?: string } {
  const found = textOrNull(f, "image", at);
  if (found !== null && !PICTURE.test(found)) throw new Misread(`${at}.image`, "a picture as a data address", found);
  return found === null ? {} : { image: found };
}

function readGrid(f: Fields, at: string): Grid {
  const columns = list(own(f, "columns"), `${at}.columns`, word);
  const rows = list(own(f, "rows"), `${at}.rows`, (row, where) => {
    const cells = list(row, where, readCell);
    if (cells.length !== columns.length) throw new Misread(where, `${columns.length} cells, one for each column`, row);
    return cells;
  });
  return { block: "grid", caption: text(f, "caption", at), columns, rows };
}

function readNode(value: unknown, at: string): GraphNode {
  const f = object(value, at);
  return {
    id: text(f, "id", at), label: text(f, "label", at).trim() || "unnamed", kind: oneOf(own(f, "kind"), KINDS, `${at}.kind`),
    detail: text(f, "detail", at, ""), tone: tone(f, at), link: textOrNull(f, "link", at),
  };
}

function readGraph(f: Fields, at: string): Graph {
  const nodes = list(own(f, "nodes"), `${at}.nodes`, readNode);
  const known = new Set(nodes.map((n) => n.id));
  if (known.size !== nodes.length) throw new Misread(`${at}.nodes`, "every id once", nodes);
  const edges = list(own(f, "edges"), `${at}.edges`, (edge, where): [string, string] => {
    const [from, to, ...more] = list(edge, where, word);
    if (from === undefined || to === undefined || more.length > 0) throw new Misread(where, "two ids", edge);
    if (!known.has(from) || !known.has(to)) throw new Misread(where, "the ids of two nodes", edge);
    return [from, to];
  });
  return { block: "graph", caption: text(f, "caption", at), text: text(f, "text", at), nodes, edges };
}

function readPoint(value: unknown, at: string): Point {
  const f = object(value, at);
  const n = (name: string): number | null => numberOrNull(own(f, name), `${at}.${name}`);
  return {
    label: text(f, "label", at), role: oneOf(own(f, "role") ?? "rejected", ROLES, `${at}.role`), note: text(f, "note", at, ""),
    x: n("x"), x_low: n("x_low"), x_high: n("x_high"), y: n("y"), y_low: n("y_low"), y_high: n("y_high"),
  };
}

export function number(value: unknown, at: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Misread(at, "a number", value);
  return value;
}

export function scale(from: Fields, name: string, at: string, otherwise: CellScale): CellScale {
  return oneOf(own(from, name) ?? otherwise, SCALES, `${at}.${name}`);
}

/** Named numbers of an object, each of them a number or null. */
export function numbers<K extends string>(f: Fields, at: string, ...names: K[]): Record<K, number | null> {
  return Object.fromEntries(names.map((name) => [name, numberOrNull(own(f, name), `${at}.${name}`)])) as Record<K, number | null>;
}

function readTree(f: Fields, at: string): Tree {
  const nodes = list(own(f, "nodes"), `${at}.nodes`, (value, where): Branch => {
    const b = object(value, where);
    return {
      condition: text(b, "condition", where), n: number(own(b, "n"), `${where}.n`), tone: tone(b, where), note: text(b, "note", where, ""),
      ...numbers(b, where, "parent", "value", "low", "high", "coverage"),
    };
  });
  nodes.forEach((n, i) => {
    const fits = n.parent === null ? i === 0 : Number.isInteger(n.parent) && n.parent >= 0 && n.parent < i;
    if (!fits) throw new Misread(`${at}.nodes[${i}].parent`, i === 0 ? "null" : "the place of a node before it", n.parent);
  });
  return {
    block: "tree", caption: text(f, "caption", at), text: text(f, "text", at, ""), value_name: text(f, "value_name", at), nodes,
    scale: scale(f, "scale", at, "share"), coverage_name: text(f, "coverage_name", at, "Share of all errors"),
  };
}

function readHeatMap(f: Fields, at: string): HeatMap {
  const [rows, columns] = (["rows", "columns"] as const).map((name) => list(own(f, name), `${at}.${name}`, word)) as [string[], string[]];
  const cells = list(own(f, "cells"), `${at}.cells`, (row, where) => {
    const found = list(row, where, (value, place): HeatCell => {
      const c = object(value, place);
      return { ...numbers(c, place, "value", "low", "high", "n"), note: text(c, "note", place, "") };
    });
    if (found.length !== columns.length) throw new Misread(where, `${columns.length} cells, one for each column`, row);
    return found;
  });
  if (cells.length !== rows.length) throw new Misread(`${at}.cells`, `${rows.length} rows of cells`, cells);
  return {
    block: "heatmap", caption: text(f, "caption", at), text: text(f, "text", at, ""), row_name: text(f, "row_name", at, ""),
    column_name: text(f, "column_name", at, ""), value_name: text(f, "value_name", at), rows, columns, cells, scale: scale(f, "scale", at, "share"),
  };
}

function readCurve(f: Fields, at: string): Curve {
  const lines = list(own(f, "lines"), `${at}.lines`, (value, where): CurveLine => {
    const line = object(value, where);
    const points = list(own(line, "points"), `${where}.points`, (p, place) => numbers(object(p, place), place, "x", "y", "low", "high", "n"));
    return { label: text(line, "label", where), points };
  });
  return {
    block: "curve", caption: text(f, "caption", at), text: text(f, "text", at, ""), x_name: text(f, "x_name", at), y_name: text(f, "y_name", at), lines,
    reference: oneOf(own(f, "reference") ?? "none", REFERENCES, `${at}.reference`), x_scale: scale(f, "x_scale", at, "value"), y_scale: scale(f, "y_scale", at, "value"),
  };
}

export function readBlock(value: unknown, at: string): Block {
  const f = object(value, at);
  const kind = own(f, "block");
  switch (kind) {
    case "prose": return { block: kind, text: text(f, "text", at), source: textOrNull(f, "source", at), markdown: own(f, "markdown") === true };
    case "items": return { block: kind, items: list(own(f, "items"), `${at}.items`, word), tone: tone(f, at) };
    case "facts": return { block: kind, facts: list(own(f, "facts"), `${at}.facts`, readFact) };
    case "grid": return readGrid(f, at);
    case "graph": return readGraph(f, at);
    case "frontier": return {
      block: kind, caption: text(f, "caption", at), text: text(f, "text", at), x_name: text(f, "x_name", at), y_name: text(f, "y_name", at),
      points: list(own(f, "points"), `${at}.points`, readPoint), limit_y: numberOrNull(own(f, "limit_y"), `${at}.limit_y`),
    };
    case "tree": return readTree(f, at);
    case "heatmap": return readHeatMap(f, at);
    case "curve": return readCurve(f, at);
    case "prompt": return { block: kind, question: text(f, "question", at), where: text(f, "where", at) };
    case "overview": return readOverview(f, at);
    case "findings": return readFindings(f, at);
    case "dots": return readDots(f, at);
    case "alert": return { block: kind, text: text(f, "text", at), tone: tone(f, at) };
    default: throw new Misread(`${at}.block`, "a kind of block that this page knows", kind);
  }
}

export function readSection(value: unknown, at: string): Section {
  const f = object(value, at);
  return {
    id: text(f, "id", at), title: text(f, "title", at).trim() || "Untitled", lead: text(f, "lead", at, ""), stale: text(f, "stale", at, ""),
    blocks: list(own(f, "blocks"), `${at}.blocks`, readBlock),
  };
}

/** A card from its JSON. Throws Misread naming the first place that is not as document/types.ts says. */
export function readCard(value: unknown): Card {
  const f = object(value, "card");
  const d = object(own(f, "document"), "document");
  const at = "document";
  return {
    format: oneOf(own(f, "format"), ["sterling.card"], "format"),
    version: 1,
    document: {
      kind: oneOf(own(d, "kind"), CARDS, `${at}.kind`), title: text(d, "title", at), lead: text(d, "lead", at, ""),
      sections: list(own(d, "sections"), `${at}.sections`, readSection), seal: list(own(d, "seal"), `${at}.seal`, readFact),
    },
  };
}

/** A section that could be read, or the sentence that says why not: one broken chapter must not take the page with it. */
export type Read = { section: Section; problem: null } | { section: null; problem: string };

export function readSections(value: unknown): Read[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [{ section: null, problem: new Misread("chapters", "a list", value).message }];
  return value.map((item, i): Read => {
    try {
      return { section: readSection(item, `chapters[${i}]`), problem: null };
    } catch (error) {
      return { section: null, problem: error instanceof Error ? error.message : String(error) };
    }
  });
}
