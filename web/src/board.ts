import type { MetricInfo, Report, Verdict } from "./data";
import { cell, nearest, type Cell, type Grids } from "./decode";
import { difference, ratio } from "./intervals";
import type { Kind } from "./numbers";
import { familyName, sameKey, type Names } from "./words";

export type Mode = "value" | "difference" | "ratio";
export type Sort = "high" | "low" | "far" | "n" | "name";
export type Baseline = "largest" | number;

/** Everything a reader can choose about the groups chart. */
export interface View {
  metric: number;
  threshold: number | null; // index into board.thresholds; null = each model's own operating threshold
  models: number[];
  families: string[]; // ids of the families shown
  mode: Mode;
  baseline: Baseline;
  sort: Sort;
  minN: number;
  search: string;
  all: boolean;
  held: number[] | null; // order of slices kept while the threshold is being dragged, so that rows stay under the eye
}

export interface Row {
  slice: number;
  name: string;
  n: number | null;
  cells: (Cell | null)[]; // per chosen model
  baseline: boolean;
}

export interface Family {
  id: string;
  columns: string[];
  name: string;
  slices: number[];
}

export const FIRST = 50;

export function families(report: Report): Family[] {
  const out = new Map<string, Family>();
  report.board.slices.forEach((slice, i) => {
    if (slice.family.length === 0) return;
    const id = JSON.stringify(slice.family);
    const known = out.get(id) ?? { id, columns: slice.family, name: familyName(slice.family), slices: [] };
    known.slices.push(i);
    out.set(id, known);
  });
  return [...out.values()];
}

/** Column of a model at the view's threshold. */
export function columnOf(report: Report, view: View, model: number): number {
  if (view.threshold !== null) return view.threshold;
  return operating(report, model);
}

export function operating(report: Report, model: number): number {
  const own = report.models[model]?.threshold;
  return own === null || own === undefined ? 0 : Math.max(nearest(report.board.thresholds, own), 0);
}

export function kindOf(metric: MetricInfo, mode: Mode): Kind {
  if (mode === "ratio") return "ratio";
  if (metric.scale === "value") return "value";
  return mode === "difference" || metric.range[0] < 0 ? "points" : "share";
}

/** The slice each family is compared with, by family id; a chosen slice serves every family. */
export function baselines(report: Report, shown: Family[], choice: Baseline): Map<string, number> {
  const out = new Map<string, number>();
  for (const family of shown) {
    if (choice !== "largest") {
      out.set(family.id, choice);
      continue;
    }
    const size = (i: number): number => {
      const s = report.board.slices[i];
      return s && s.status === "ok" && !Object.values(s.key).includes(null) ? (s.n ?? 0) : -1;
    };
    const best = [...family.slices].sort((a, b) => size(b) - size(a) || a - b)[0];
    if (best !== undefined && size(best) > 0) out.set(family.id, best);
  }
  return out;
}

function compare(mode: Mode, own: Cell | null, base: Cell | null, isBase: boolean): Cell | null {
  if (mode === "value" || own === null) return own;
  if (base === null) return null;
  if (isBase) {
    const same = mode === "ratio" ? 1 : 0;
    return { value: same, low: same, high: same, n: own.n };
  }
  return mode === "difference" ? difference(own, base) : ratio(own, base);
}

export interface Selection {
  rows: Row[]; // sorted, all of them; draw FIRST of them unless view.all
  everyone: Row | null;
  tooSmall: { slice: number; name: string; n: number | null; needed: number | null }[];
  hidden: number; // left out by the minimum n
  shown: Family[];
  bases: Map<string, number>;
}

/** The rows of the chart for a view: one pass over the slices, no copies of the arrays. */
export function select(report: Report, grids: Grids, names: Names, all: Family[], view: View): Selection {
  const shown = all.filter((f) => view.families.includes(f.id));
  const bases = baselines(report, shown, view.baseline);
  const picked = view.models.map((m) => ({ grid: grids.get(m, view.metric), column: columnOf(report, view, m) }));
  const wanted = view.search.trim().toLowerCase();
  const at = (slice: number): (Cell | null)[] => picked.map(({ grid, column }) => cell(grid, slice, column));
  const baseCells = new Map<number, (Cell | null)[]>();
  for (const b of bases.values()) if (!baseCells.has(b)) baseCells.set(b, at(b));
  const out: Selection = { rows: [], everyone: null, tooSmall: [], hidden: 0, shown, bases };
  const everyone = report.board.slices[0];
  if (everyone && everyone.family.length === 0 && view.mode === "value") {
    out.everyone = { slice: 0, name: names.slice({}), n: everyone.n, cells: at(0), baseline: view.baseline === 0 };
  }
  for (const family of shown) {
    const base = bases.get(family.id);
    for (const i of family.slices) {
      const slice = report.board.slices[i];
      if (!slice) continue;
      const name = names.slice(slice.key);
      if (wanted && !name.toLowerCase().includes(wanted)) continue;
      if (slice.status !== "ok") {
        out.tooSmall.push({ slice: i, name, n: slice.n, needed: slice.n_needed });
        continue;
      }
      if (i !== base && view.minN > 0 && (slice.n ?? 0) < view.minN) {
        out.hidden++;
        continue;
      }
      const own = at(i);
      const reference = base === undefined ? [] : (baseCells.get(base) ?? []);
      const cells = own.map((c, k) => compare(view.mode, c, reference[k] ?? null, i === base));
      out.rows.push({ slice: i, name, n: slice.n, cells, baseline: i === base });
    }
  }
  if (view.held) return { ...out, rows: inOrder(out.rows, view.held) };
  sortRows(out.rows, view, (r) => distance(view.mode, r, baseCells, bases, report));
  return out;
}

function inOrder(rows: Row[], order: number[]): Row[] {
  const place = new Map(order.map((slice, k) => [slice, k]));
  return rows.sort((a, b) => (place.get(a.slice) ?? order.length) - (place.get(b.slice) ?? order.length) || a.slice - b.slice);
}

function distance(
  mode: Mode,
  row: Row,
  baseCells: Map<number, (Cell | null)[]>,
  bases: Map<string, number>,
  report: Report,
): number {
  const c = row.cells[0];
  if (!c) return -1;
  if (mode === "difference") return Math.abs(c.value);
  if (mode === "ratio") return c.value > 0 ? Math.abs(Math.log(c.value)) : Infinity;
  const base = bases.get(JSON.stringify(report.board.slices[row.slice]?.family));
  const reference = base === undefined ? null : (baseCells.get(base)?.[0] ?? null);
  return reference ? Math.abs(c.value - reference.value) : 0;
}

function sortRows(rows: Row[], view: View, far: (row: Row) => number): void {
  const value = (r: Row): number => r.cells.find((c) => c !== null)?.value ?? NaN;
  const byName = (a: Row, b: Row): number => a.name.localeCompare(b.name) || a.slice - b.slice;
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
    case "n": rows.sort(numeric((r) => r.n ?? 0, -1)); break;
    case "name": rows.sort(byName); break;
  }
}

/** The verdict that speaks of exactly what the chart shows, if there is one. */
export function matching(report: Report, view: View, shown: Family[]): Verdict | null {
  const metric = report.board.metrics[view.metric]?.name;
  if (shown.length !== 1 || view.models.length !== 1) return null;
  const model = view.models[0] ?? 0;
  const used = report.board.thresholds[columnOf(report, view, model)];
  return (
    report.verdicts.find(
      (v) =>
        v.metric === metric &&
        v.slice !== null &&
        sameColumns(v.slice, shown[0]) &&
        (v.model === null || v.model === report.models[model]?.name) &&
        (v.threshold === null || used === undefined || Math.abs(v.threshold - used) < 1e-9) &&
        (v.verdict === "over" || v.verdict === "undecided" || v.verdict === "within" || v.verdict === "unjudged"),
    ) ?? null
  );
}

function sameColumns(key: Record<string, string | null>, family: Family | undefined): boolean {
  const columns = Object.keys(key);
  return family !== undefined && columns.length === family.columns.length && family.columns.every((c) => columns.includes(c));
}

export interface LimitMark {
  low: number | null; // what lies outside [low, high] is past the limit; null = no bound on that side
  high: number | null;
  verdict: Verdict;
}

/** Where the limit lies on the chart's axis, when one family is shown and a limit on this metric speaks of it. */
export function limitMark(report: Report, view: View, selection: Selection, grids: Grids): LimitMark | null {
  const metric = report.board.metrics[view.metric];
  const family = selection.shown[0];
  if (!metric || selection.shown.length !== 1 || !family) return null;
  const candidates = report.verdicts.filter((v) => v.limit !== null && v.metric === metric.name);
  const verdict = candidates.find((v) => v.slice !== null && sameColumns(v.slice, family)) ?? candidates.find((v) => v.slice === null);
  if (!verdict || verdict.limit === null) return null;
  const limit = verdict.limit;
  if (verdict.statement === "min" || verdict.statement === "max") {
    if (view.mode !== "value") return null;
    return verdict.statement === "min" ? { low: limit, high: null, verdict } : { low: null, high: limit, verdict };
  }
  const gap = verdict.statement === "max_gap";
  if (view.mode === "difference") return gap ? { low: -limit, high: limit, verdict } : null;
  if (view.mode === "ratio") return gap ? null : { low: limit, high: limit > 0 ? 1 / limit : null, verdict };
  const base = selection.bases.get(family.id);
  const model = view.models[0] ?? 0;
  const reference = base === undefined ? null : cell(grids.get(model, view.metric), base, columnOf(report, view, model));
  if (!reference) return null;
  if (gap) return { low: reference.value - limit, high: reference.value + limit, verdict };
  return { low: reference.value * limit, high: limit > 0 ? reference.value / limit : null, verdict };
}

/** Where the page starts: at the first verdict that can be drawn and was measured, else at the first that can be drawn. */
export function start(report: Report, all: Family[]): View {
  const drawable = report.verdicts.filter((v) => v.slice !== null && Object.keys(v.slice).length > 0);
  const first = drawable.find((v) => v.value !== null) ?? drawable[0] ?? null;
  const view: View = {
    metric: 0, threshold: null, models: report.models.map((_, i) => i).slice(0, 2), families: [], mode: "value",
    baseline: "largest", sort: "high", minN: 0, search: "", all: false, held: null,
  };
  const single = all.filter((f) => f.columns.length === 1);
  view.families = (single[0] ?? all[0]) ? [(single[0] ?? all[0])!.id] : [];
  if ((all[0]?.slices.length ?? 0) > FIRST) view.sort = "far";
  return first ? show(report, all, view, first) : view;
}

/** The view that shows a verdict. */
export function show(report: Report, all: Family[], view: View, verdict: Verdict): View {
  const metric = report.board.metrics.findIndex((m) => m.name === verdict.metric);
  const family = all.find((f) => verdict.slice !== null && sameColumns(verdict.slice, f));
  const base = report.board.slices.findIndex((s) => sameKey(s.key, verdict.versus));
  const model = report.models.findIndex((m) => m.name === verdict.model);
  const at = verdict.threshold === null ? -1 : nearest(report.board.thresholds, verdict.threshold);
  const own = at >= 0 && operating(report, Math.max(model, 0)) === at;
  const many = (family?.slices.length ?? 0) > FIRST;
  return {
    ...view,
    metric: metric >= 0 ? metric : view.metric,
    families: family ? [family.id] : view.families,
    models: model >= 0 && report.models.length > 2 ? [model] : view.models,
    threshold: own || at < 0 ? null : at,
    baseline: base >= 0 ? base : "largest",
    mode: verdict.statement === "min_ratio" ? "ratio" : "value",
    sort: many ? "far" : "high",
    search: "",
    minN: 0,
    held: null,
  };
}
