import type { Report, Verdict } from "./data";
import type { Row, Selection, View } from "./board";
import { columnOf, kindOf, matching } from "./board";
import { bracket, digitsFor, estimateText, quantity } from "./numbers";
import { capital, sameKey, short, type Names } from "./words";

/** The chart's title: what it shows, in a sentence. */
export function finding(report: Report, names: Names, view: View, selection: Selection): string {
  const metric = report.board.metrics[view.metric];
  if (!metric) return "Nothing was measured";
  const verdict = view.mode === "difference" ? null : matching(report, view, selection.shown);
  const drawn = (key: Verdict["slice"]): boolean => selection.rows.some((r) => sameKey(report.board.slices[r.slice]?.key ?? null, key));
  if (verdict && drawn(verdict.slice)) return verdict.sentence;
  const known = selection.rows.filter((r) => r.cells[0]);
  if (known.length === 0) {
    const c = selection.everyone?.cells[0];
    if (!c) return `${metric.label}: not enough people in any group to say`;
    return `${metric.label} for everyone: ${estimateText(kindOf(metric, "value"), c.value, c.low, c.high)}`;
  }
  if (view.mode !== "value") return farthest(report, names, view, known, selection);
  const [top, bottom] = ends(known);
  const kind = kindOf(metric, "value");
  const said = (r: Row): string => {
    const c = r.cells[0]!;
    return `${quantity(kind, c.value, digitsFor(kind, c.low, c.high))} for ${short(r.name, 40)}`;
  };
  const which = view.models.length > 1 ? ` (model ${short(report.models[view.models[0] ?? 0]?.name ?? "", 30)})` : "";
  if (top === bottom) return `${metric.label}: ${said(top)}${which}`;
  return `${metric.label} runs from ${said(bottom)} to ${said(top)}${which}`;
}

function ends(rows: Row[]): [Row, Row] {
  let [top, bottom] = [rows[0]!, rows[0]!];
  for (const r of rows) {
    if (r.cells[0]!.value > top.cells[0]!.value) top = r;
    if (r.cells[0]!.value < bottom.cells[0]!.value) bottom = r;
  }
  return [top, bottom];
}

function farthest(report: Report, names: Names, view: View, known: Row[], selection: Selection): string {
  const metric = report.board.metrics[view.metric]!;
  const others = known.filter((r) => !r.baseline);
  if (others.length === 0) return `${metric.label}: no other group to compare with`;
  const size = (r: Row): number =>
    view.mode === "ratio" ? Math.abs(Math.log(Math.max(r.cells[0]!.value, 1e-9))) : Math.abs(r.cells[0]!.value);
  const far = others.reduce((a, b) => (size(b) > size(a) ? b : a));
  const c = far.cells[0]!;
  const kind = kindOf(metric, view.mode);
  const digits = digitsFor(kind, c.low, c.high);
  const base = selection.bases.get(JSON.stringify(report.board.slices[far.slice]?.family));
  const versus = base === undefined ? "the baseline" : short(names.slice(report.board.slices[base]?.key ?? {}), 40);
  if (view.mode === "ratio") {
    return `${metric.label} of ${short(far.name, 40)} is ${quantity(kind, c.value, digits)} that of ${versus} ${bracket(kind, c.low, c.high, digits)}`;
  }
  const direction = c.value < 0 ? "lower" : "higher";
  const [low, high] = c.value < 0 ? [-c.high, -c.low] : [c.low, c.high];
  return `${metric.label} of ${short(far.name, 40)} is ${quantity(kind, Math.abs(c.value), digits)} ${direction} than that of ${versus} ${bracket(kind, low, high, digits)}`;
}

/** What is drawn, in which unit, for whom. */
export function subtitle(report: Report, view: View): string {
  const metric = report.board.metrics[view.metric];
  if (!metric) return "";
  const percent = `${Math.round(report.board.level * 100)}%`;
  const what =
    view.mode === "value" ? capital(metric.plain) : `${metric.label}, ${view.mode === "ratio" ? "as a ratio to" : "in points from"} the baseline`;
  return `${what}. A dot per group with its ${percent} interval; n is the number of ${report.subject.people} in the group.`;
}

export function thresholdText(report: Report, view: View): string {
  if (report.board.thresholds.length === 0) return "decisions as given";
  const metric = report.board.metrics[view.metric];
  if (metric && !metric.by_threshold) return "no threshold: uses the scores themselves";
  const used = view.models.map((m) => report.board.thresholds[columnOf(report, view, m)]);
  const distinct = [...new Set(used)];
  if (distinct.length === 1) return `threshold: a score of ${distinct[0]} or more`;
  return view.models.map((m, i) => `threshold of ${short(report.models[m]?.name ?? "", 20)}: ${used[i]} or more`).join("; ");
}
