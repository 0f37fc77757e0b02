import type { Bars, Facet, FacetRow, Overview } from "./types";

/** How rows of an overview can be put in order. */
export const ORDERS = ["interest", "missing", "difference", "order", "name", "kind"] as const;
export type Order = (typeof ORDERS)[number];

/** Kinds of columns as people look for them. */
export const KINDS = ["number", "text", "date", "other"] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(row: FacetRow): Kind {
  if (row.kind === "number" || row.kind === "integer") return "number";
  if (row.kind === "text" || row.kind === "boolean") return "text";
  return row.kind === "date" || row.kind === "datetime" || row.kind === "time" ? "date" : "other";
}

export function missingShare(f: Facet | null): number {
  return f === null || f.n === 0 ? 0 : f.missing / f.n;
}

/** How far counts are from being spread evenly over their bins: 0 even, 1 all in one. A place in an order, never a number that is shown. */
export function unevenness(f: Facet | null): number {
  if (f === null) return 0;
  const counts = f.even ? f.even.counts.map((c) => c ?? 1) : [...f.top.map((t) => t.count), ...(f.rest !== null && f.rest > 0 ? [f.rest] : [])];
  const total = counts.reduce((a, b) => a + b, 0);
  if (counts.length < 2 || total <= 0) return counts.length === 1 ? 1 : 0;
  const entropy = counts.reduce((h, c) => (c > 0 ? h - (c / total) * Math.log(c / total) : h), 0);
  return 1 - entropy / Math.log(counts.length);
}

/** How far two facets are apart, from 0 to 1: values by their shares, numbers by their quantiles, and what is missing. */
function apart(a: Facet | null, b: Facet | null): number {
  if (a === null || b === null) return a === b ? 0 : 1;
  return Math.max(Math.abs(missingShare(a) - missingShare(b)), a.top.length + b.top.length > 0 ? ofValues(a, b) : ofNumbers(a, b));
}

function ofValues(a: Facet, b: Facet): number {
  const shares = (f: Facet): Map<string, number> => {
    const known = Math.max(f.n - f.missing, 1);
    return new Map(f.top.map((t) => [t.text, t.count / known]));
  };
  const [x, y] = [shares(a), shares(b)];
  let sum = 0;
  for (const key of new Set([...x.keys(), ...y.keys()])) sum += Math.abs((x.get(key) ?? 0) - (y.get(key) ?? 0));
  return Math.min(sum / 2, 1);
}

function ofNumbers(a: Facet, b: Facet): number {
  const known = (f: Facet): number[] => f.quantiles.flatMap(([, v]) => (v === null ? [] : [v]));
  const [x, y] = [known(a), known(b)];
  const all = [...x, ...y];
  const spread = Math.max(...all) - Math.min(...all);
  if (x.length === 0 || x.length !== y.length || !(spread > 0)) return 0;
  return Math.min((2 * x.reduce((s, v, i) => s + Math.abs(v - (y[i] ?? v)), 0)) / x.length / spread, 1);
}

/** The largest distance of any series from the first. */
export function difference(row: FacetRow): number {
  const [first = null, ...rest] = row.facets;
  const changed = row.changes.some((c) => c.tone === "note") ? 1 : 0; // what a test calls a change stands before what only looks like one
  return changed + Math.max(0, ...rest.map((f) => apart(first, f)));
}

/** The places of the rows that are wanted, in the order asked for; equal ones keep the table's order. */
export function arranged(block: Overview, order: Order, search: string, kind: Kind | "all"): number[] {
  const wanted = search.trim().toLowerCase();
  const places = block.columns.flatMap((c, i) => {
    const fits = (kind === "all" || kindOf(c) === kind) && (wanted === "" || `${c.name}\n${c.role}\n${c.type}`.toLowerCase().includes(wanted));
    return fits ? [i] : [];
  });
  if (order === "order") return places;
  const row = (i: number): FacetRow => block.columns[i]!;
  if (order === "name") return places.sort((a, b) => row(a).name.localeCompare(row(b).name, "en", { numeric: true }) || a - b);
  if (order === "kind") return places.sort((a, b) => KINDS.indexOf(kindOf(row(a))) - KINDS.indexOf(kindOf(row(b))) || a - b);
  const keys = new Map(places.map((i) => [i, keyOf(row(i), order)]));
  return places.sort((a, b) => (keys.get(b) ?? 0) - (keys.get(a) ?? 0) || a - b);
}

function keyOf(row: FacetRow, order: Order): number {
  if (order === "missing") return Math.max(...row.facets.map(missingShare));
  return order === "difference" ? difference(row) : Math.max(...row.facets.map(unevenness));
}

/** Where every bar of a histogram stands, in a box of `width` by `height`; null: the count is withheld. */
export interface Bar { x: number; width: number; height: number | null }

export interface Axis { low: number; high: number }

/** One axis for all series of a row; null where nothing has bins. */
export function axisOf(bars: readonly (Bars | null)[]): Axis | null {
  const edges = bars.flatMap((b) => (b && b.edges.length > 1 ? [b.edges[0] ?? 0, b.edges[b.edges.length - 1] ?? 0] : []));
  if (edges.length === 0) return null;
  const [low, high] = [Math.min(...edges), Math.max(...edges)];
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

const MOST_STEPS = 40; // integers from the smallest value to the largest

/**
 * Bars at the values themselves, for whole numbers of which there are few: [0, 2) says nothing of a label that is 0 or 1. A value that
 * one facet names and another does not is withheld there, unless that one names all it has. Null where values are not all known.
 */
export function atValues(row: FacetRow, shown: readonly number[]): Map<number, Bars> | null {
  if (row.kind !== "integer") return null;
  const facets = shown.flatMap((i) => { const f = row.facets[i]; return f && f.n > f.missing ? [[i, f] as const] : []; });
  if (facets.length === 0 || !facets.some(([, f]) => f.rest === 0)) return null;
  const values = new Set(facets.flatMap(([, f]) => f.top.map((t) => Number(t.text))));
  for (const [, f] of facets) if (f.distinct > MOST_STEPS || f.distinct_error > 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (![...values].every(Number.isSafeInteger) || high - low >= MOST_STEPS) return null;
  const steps = Array.from({ length: high - low + 1 }, (_, k) => low + k);
  const edges = [...steps.map((v) => v - 0.5), high + 0.5];
  return new Map(facets.map(([i, f]) => {
    const held = new Map(f.top.map((t) => [Number(t.text), t.count]));
    return [i, { edges, counts: steps.map((v) => held.get(v) ?? (f.rest === 0 || !values.has(v) ? 0 : null)) }];
  }));
}

/** A count as it is drawn: a share of its rows or the count itself, on a logarithmic axis if asked. */
export function drawnCount(count: number, rows: number, percent: boolean, log: boolean): number {
  const value = percent ? (100 * count) / Math.max(rows, 1) : count;
  return log ? Math.log10(1 + (percent ? 100 * value : value)) : value;
}

/**
 * Bars of one series. With bins of equal counts it is the density (count by width) that is high where values crowd; bins without a width
 * are drawn two units wide.
 */
export function barsOf(bars: Bars, axis: Axis, most: number, size: { width: number; height: number }, value: (count: number, width: number) => number): Bar[] {
  const at = (v: number): number => ((v - axis.low) / (axis.high - axis.low)) * size.width;
  return bars.counts.map((count, i) => {
    const [a, b] = [bars.edges[i] ?? 0, bars.edges[i + 1] ?? 0];
    const x = b > a ? at(a) : Math.max(at(a) - 1, 0);
    const height = count === null ? null : most > 0 ? Math.min((value(count, b - a) / most) * size.height, size.height) : 0;
    return { x, width: Math.max(b > a ? at(b) - at(a) : 2, 0.5), height };
  });
}

/** The outline of bars as one path: cheap to draw, however many there are. */
export function outline(bars: readonly Bar[], height: number, space = 0): string {
  return bars.filter((b) => (b.height ?? 0) > 0).map((b) => {
    const gap = Math.max(b.width > 3 ? 0.5 : 0, space * b.width);
    return `M${(b.x + gap).toFixed(1)} ${height}v${(-(b.height ?? 0)).toFixed(1)}h${(b.width - 2 * gap).toFixed(1)}V${height}z`;
  }).join("");
}

/** The upper edge of bars as a line in steps, so that it can lie over another series' bars. */
export function stairs(bars: readonly Bar[], height: number): string {
  let at = "";
  for (const b of bars) {
    const top = (height - Math.max(b.height ?? 0, 0)).toFixed(1);
    at += `${at === "" ? `M${b.x.toFixed(1)} ${height}` : ""}V${top}H${(b.x + b.width).toFixed(1)}`;
  }
  return at === "" ? "" : `${at}V${height}`;
}

/** A line along the floor under every bar whose count is withheld. */
export function withheldLine(bars: readonly Bar[], height: number): string {
  return bars.filter((b) => b.height === null).map((b) => `M${b.x.toFixed(1)} ${height - 1.5}h${b.width.toFixed(1)}`).join("");
}
