import type { MetricInfo, Report, Verdict } from "./data";
import { nearest } from "./decode";
import { sameColumns } from "./limit";
import type { Kind } from "./numbers";
import { familyName, sameKey } from "./words";

export type Mode = "value" | "difference" | "ratio";
export const SORTS = ["high", "low", "far", "apart", "n", "name"] as const;
export type Sort = (typeof SORTS)[number];
export type Baseline = "largest" | number;

/** Everything a reader can choose about the board. */
export interface View {
  metric: number; // the first measure: the title speaks of it
  more: number[]; // further measures, drawn beside it in the board's own order
  threshold: number | null; // index into board.thresholds; null = each model's own operating threshold
  also: number[]; // further thresholds, drawn in the same row
  models: number[];
  families: string[]; // ids of the families shown
  mode: Mode;
  baseline: Baseline;
  sort: Sort;
  by: number | null; // the measure that the order follows; null = the first
  minN: number;
  search: string;
  all: boolean;
  held: number[] | null; // order of slices kept while the threshold is being dragged, so that rows stay under the eye
}

/** One mark of a row: a model at a threshold. */
export interface Line {
  model: number;
  column: number; // of the metric's grid
  at: number | null; // the threshold; null where the measure needs none
}

export interface Family {
  id: string;
  columns: string[];
  name: string;
  slices: number[];
}

export const FIRST = 50;
/** More measures or thresholds than these at once could not be told apart. */
export const MOST_MEASURES = 9;
export const MOST_THRESHOLDS = 5;

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

/** The measures drawn, the first one first. */
export function measures(view: View): number[] {
  return [view.metric, ...view.more.filter((m) => m !== view.metric)];
}

/** The marks of every row for a measure: thresholds in order, at each one the models in order. */
export function lines(report: Report, view: View, metric: number): Line[] {
  const info = report.board.metrics[metric];
  if (!info?.by_threshold || report.board.thresholds.length === 0) {
    return view.models.map((model) => ({ model, column: 0, at: null }));
  }
  const out = view.models.flatMap((model) => {
    const columns = new Set([columnOf(report, view, model), ...view.also]);
    return [...columns].map((column): Line => ({ model, column, at: report.board.thresholds[column] ?? null }));
  });
  return out.sort((a, b) => a.column - b.column || view.models.indexOf(a.model) - view.models.indexOf(b.model));
}

/** How a measure is shown: a ratio of numbers that may be negative says nothing, so these are shown as differences. */
export function modeOf(metric: MetricInfo | undefined, mode: Mode): Mode {
  return mode === "ratio" && metric?.signed ? "difference" : mode;
}

/** How a measure's own values are written; a share that may be negative is in points. */
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

/** Other kinds of groups; a baseline that is none of them, nor everyone, would compare what nobody asked to compare. */
export function withFamilies(all: Family[], view: View, ids: string[]): Partial<View> {
  const { baseline } = view;
  const fits = baseline === "largest" || baseline === 0 || all.some((f) => ids.includes(f.id) && f.slices.includes(baseline));
  return { families: ids, baseline: fits ? baseline : "largest" };
}

/** Where the page starts: at the first verdict that can be drawn and was measured, else at the first that can be drawn. */
export function start(report: Report, all: Family[]): View {
  const drawable = report.verdicts.filter((v) => v.slice !== null && Object.keys(v.slice).length > 0);
  const first = drawable.find((v) => v.value !== null) ?? drawable[0] ?? null;
  const view: View = {
    metric: 0, more: [], threshold: null, also: [], models: report.models.map((_, i) => i).slice(0, 2), families: [],
    mode: "value", baseline: "largest", sort: "high", by: null, minN: 0, search: "", all: false, held: null,
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
  const largest = family && baselines(report, [family], "largest").get(family.id);
  return {
    ...view,
    metric: metric >= 0 ? metric : view.metric,
    more: [],
    families: family ? [family.id] : view.families,
    models: model >= 0 && report.models.length > 2 ? [model] : view.models,
    threshold: own || at < 0 ? null : at,
    also: [],
    baseline: base >= 0 && base !== largest ? base : "largest",
    mode: verdict.statement === "min_ratio" ? "ratio" : "value",
    sort: many ? "far" : "high",
    by: null,
    search: "",
    minN: 0,
    held: null,
  };
}
