import { baselines, lines, measures, modeOf, type Family, type Line, type Mode, type View } from "./board";
import type { Report } from "./data";
import { cell, type Cell, type Grid, type Grids } from "./decode";
import { difference, ratio } from "./intervals";
import { compareTexts } from "./parts/sorting";
import type { Names } from "./words";

/** One measure of the board and the marks that each row has for it. */
export interface Panel {
  metric: number;
  mode: Mode; // as the view asks, where the measure has it
  lines: Line[];
}

export interface Row {
  slice: number;
  name: string;
  n: number | null;
  withheld: boolean; // n is not told, since a smaller group could be worked out from it
  panels: Cells; // as the view shows them
  reference: Cells | null; // the baseline's own values, at the same models and thresholds
  baseline: boolean;
}

export type Cells = (Cell | null)[][]; // [panel][line]

export interface Selection {
  panels: Panel[];
  rows: Row[]; // sorted, all of them; draw FIRST of them unless view.all
  everyone: Row | null;
  tooSmall: { slice: number; name: string; n: number | null; withheld: boolean; needed: number | null }[];
  hidden: number; // left out by the minimum n
  shown: Family[];
  bases: Map<string, number>;
}

/** The first mark of a row's first measure. */
export function first(row: Row): Cell | null {
  return row.panels[0]?.[0] ?? null;
}

/** A group's estimate as the view shows it: itself, or against the baseline's at the same model and threshold. */
export function compare(mode: Mode, own: Cell | null, base: Cell | null, isBase: boolean, divided: boolean): Cell | null {
  if (mode === "value" || own === null) return own;
  if (base === null) return null;
  if (isBase) {
    const same = mode === "ratio" ? 1 : 0;
    return { value: same, low: same, high: same, n: own.n };
  }
  return mode === "difference" ? difference(own, base, divided) : ratio(own, base, divided);
}

/** Reads the estimates of a slice for every mark of every panel. */
export class Reader {
  readonly panels: Panel[];
  private readonly grids: (Grid | null)[][];
  private readonly kept = new Map<number, Cells>();

  constructor(report: Report, grids: Grids, view: View) {
    this.panels = measures(view).map((metric) => ({ metric, mode: modeOf(report.board.metrics[metric], view.mode), lines: lines(report, view, metric) }));
    this.grids = this.panels.map((p) => p.lines.map((l) => grids.get(l.model, p.metric)));
  }

  at(slice: number): Cells {
    return this.panels.map((p, i) => p.lines.map((l, k) => cell(this.grids[i]?.[k] ?? null, slice, l.column)));
  }

  /** As `at`, worked out once for each slice: for baselines. */
  base(slice: number | undefined): Cells | null {
    if (slice === undefined) return null;
    const known = this.kept.get(slice) ?? this.at(slice);
    this.kept.set(slice, known);
    return known;
  }
}

/** The rows of the board for a view: one pass over the slices, no copies of the arrays. */
export function select(report: Report, grids: Grids, names: Names, all: Family[], view: View): Selection {
  const shown = all.filter((f) => view.families.includes(f.id));
  const bases = baselines(report, shown, view.baseline);
  const reader = new Reader(report, grids, view);
  const wanted = view.search.trim().toLowerCase();
  const out: Selection = { panels: reader.panels, rows: [], everyone: null, tooSmall: [], hidden: 0, shown, bases };
  const everyone = report.board.slices[0];
  if (everyone && everyone.family.length === 0 && view.mode === "value") {
    out.everyone = { slice: 0, name: names.slice({}), n: everyone.n, withheld: false, panels: reader.at(0), reference: null, baseline: view.baseline === 0 };
  }
  for (const family of shown) {
    const base = bases.get(family.id);
    const reference = reader.base(base);
    for (const i of family.slices) {
      const slice = report.board.slices[i];
      if (!slice) continue;
      const name = names.slice(slice.key);
      if (wanted && !name.toLowerCase().includes(wanted)) continue;
      if (slice.status !== "ok") {
        out.tooSmall.push({ slice: i, name, n: slice.n, withheld: slice.withheld === true, needed: slice.n_needed });
        continue;
      }
      if (i !== base && view.minN > 0 && slice.withheld !== true && (slice.n ?? 0) < view.minN) {
        out.hidden++;
        continue;
      }
      const panels = reader.at(i).map((cells, p) => {
        const divided = report.board.metrics[out.panels[p]?.metric ?? -1]?.divided === true;
        return cells.map((c, k) => compare(out.panels[p]!.mode, c, reference?.[p]?.[k] ?? null, i === base, divided));
      });
      out.rows.push({ slice: i, name, n: slice.n, withheld: slice.withheld === true, panels, reference, baseline: i === base });
    }
  }
  if (view.held) return { ...out, rows: inOrder(out.rows, view.held) };
  const by = Math.max(out.panels.findIndex((p) => p.metric === view.by), 0);
  sortRows(out.rows, view, by, (r) => distance(out.panels[by]!.mode, r.panels[by]?.[0] ?? null, r.reference?.[by]?.[0] ?? null));
  return out;
}

function inOrder(rows: Row[], order: number[]): Row[] {
  const place = new Map(order.map((slice, k) => [slice, k]));
  return rows.sort((a, b) => (place.get(a.slice) ?? order.length) - (place.get(b.slice) ?? order.length) || a.slice - b.slice);
}

/** How far a group is from its baseline. */
function distance(mode: Mode, own: Cell | null, base: Cell | null): number {
  if (!own) return -1;
  if (mode === "difference") return Math.abs(own.value);
  if (mode === "ratio") return own.value > 0 ? Math.abs(Math.log(own.value)) : Infinity;
  return base ? Math.abs(own.value - base.value) : 0;
}

/** How far the marks of a row lie apart: two models, or the lowest and the highest threshold. */
function spread(cells: (Cell | null)[]): number {
  const known = cells.flatMap((c) => (c ? [c.value] : []));
  return known.length < 2 ? NaN : Math.max(...known) - Math.min(...known);
}

function sortRows(rows: Row[], view: View, by: number, far: (row: Row) => number): void {
  const value = (r: Row): number => r.panels[by]?.find((c) => c !== null)?.value ?? NaN;
  const byName = (a: Row, b: Row): number => compareTexts(a.name, b.name) || a.slice - b.slice;
  const numeric = (key: (r: Row) => number, sign: number) => {
    const keys = new Map(rows.map((r) => [r, key(r)]));
    return (a: Row, b: Row): number => {
      const [x, y] = [keys.get(a) ?? NaN, keys.get(b) ?? NaN];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || byName(a, b);
      return sign * (x - y) || byName(a, b);
    };
  };
  switch (view.sort) {
    case "high": rows.sort(numeric(value, -1)); break;
    case "low": rows.sort(numeric(value, 1)); break;
    case "far": rows.sort(numeric(far, -1)); break;
    case "apart": rows.sort(numeric((r) => spread(r.panels[by] ?? []), -1)); break;
    case "n": rows.sort(numeric((r) => r.n ?? 0, -1)); break;
    case "name": rows.sort(byName); break;
  }
}
