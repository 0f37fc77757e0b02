import type { Family, View } from "./board";
import { columnOf } from "./board";
import type { Report, SliceKey, Verdict } from "./data";
import { cell, type Grids } from "./decode";
import { changed } from "./parts/Strip";
import type { Panel, Selection } from "./selection";

export function sameColumns(key: SliceKey, family: Family | undefined): boolean {
  const columns = Object.keys(key);
  return family !== undefined && columns.length === family.columns.length && family.columns.every((c) => columns.includes(c));
}

/** The verdict that speaks of exactly what the chart shows, if there is one. */
export function matching(report: Report, view: View, shown: Family[]): Verdict | null {
  const metric = report.board.metrics[view.metric]?.name;
  if (shown.length !== 1 || view.models.length !== 1 || view.also.length > 0) return null;
  const model = view.models[0] ?? 0;
  const used = report.board.thresholds[columnOf(report, view, model)];
  return (
    report.verdicts.find(
      (v) =>
        v.metric === metric &&
        !changed(v) &&
        v.slice !== null &&
        sameColumns(v.slice, shown[0]) &&
        (v.model === null || v.model === report.models[model]?.name) &&
        (v.threshold === null || used === undefined || Math.abs(v.threshold - used) < 1e-9) &&
        (v.verdict === "over" || v.verdict === "undecided" || v.verdict === "within" || v.verdict === "unjudged"),
    ) ?? null
  );
}

export interface LimitMark {
  low: number | null; // what lies outside [low, high] is past the limit; null = no bound on that side
  high: number | null;
  verdict: Verdict;
}

/** Where the limit lies on a panel's axis, when one family is shown and a limit on this metric speaks of it. */
export function limitMark(report: Report, selection: Selection, panel: Panel, grids: Grids): LimitMark | null {
  const metric = report.board.metrics[panel.metric];
  const family = selection.shown[0];
  if (!metric || selection.shown.length !== 1 || !family) return null;
  const candidates = report.verdicts.filter((v) => v.limit !== null && v.metric === metric.name && !changed(v));
  const verdict = candidates.find((v) => v.slice !== null && sameColumns(v.slice, family)) ?? candidates.find((v) => v.slice === null);
  if (!verdict || verdict.limit === null) return null;
  const limit = verdict.limit;
  if (verdict.statement === "min" || verdict.statement === "max") {
    if (panel.mode !== "value") return null;
    return verdict.statement === "min" ? { low: limit, high: null, verdict } : { low: null, high: limit, verdict };
  }
  const gap = verdict.statement === "max_gap";
  if (panel.mode === "difference") return gap ? { low: -limit, high: limit, verdict } : null;
  if (panel.mode === "ratio") return gap ? null : { low: limit, high: limit > 0 ? 1 / limit : null, verdict };
  // With several marks in a row there is a baseline for each, and no one place for a line around it.
  const [line, ...others] = panel.lines;
  const base = selection.bases.get(family.id);
  if (!line || others.length > 0 || base === undefined) return null;
  const reference = cell(grids.get(line.model, panel.metric), base, line.column);
  if (!reference) return null;
  if (gap) return { low: reference.value - limit, high: reference.value + limit, verdict };
  return { low: reference.value * limit, high: limit > 0 ? reference.value / limit : null, verdict };
}
