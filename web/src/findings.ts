import type { Report, Verdict } from "./data";
import { kindOf, lines, modeOf, type View } from "./board";
import { matching } from "./limit";
import { first, type Row, type Selection } from "./selection";
import { apartFrom, bracket, digitsFor, estimateText, LEVEL, quantity } from "./numbers";
import { capital, levelText, sameKey, short, type Names } from "./words";

/** The chart's title: what it shows, in a sentence. */
export function finding(report: Report, names: Names, view: View, selection: Selection): string {
  const metric = report.board.metrics[view.metric];
  if (!metric) return "Nothing was measured";
  const mode = modeOf(metric, view.mode);
  const verdict = mode === "difference" ? null : matching(report, view, selection.shown);
  const drawn = (key: Verdict["slice"]): boolean => selection.rows.some((r) => sameKey(report.board.slices[r.slice]?.key ?? null, key));
  if (verdict && drawn(verdict.slice)) return verdict.sentence;
  const known = selection.rows.filter((r) => first(r));
  if (known.length === 0) {
    const c = selection.everyone && first(selection.everyone);
    if (!c) return `${metric.label}: not enough people in any group to say`;
    return `${metric.label} for everyone: ${estimateText(kindOf(metric, "value"), c.value, c.low, c.high)}`;
  }
  if (mode !== "value") return farthest(report, names, view, known, selection);
  const [top, bottom] = ends(known);
  const kind = kindOf(metric, "value");
  const said = (r: Row): string => {
    const c = first(r)!;
    return `${quantity(kind, c.value, digitsFor(kind, c.low, c.high))} for ${short(r.name, 40)}`;
  };
  const which = firstMark(report, view);
  if (top === bottom) return `${metric.label}: ${said(top)}${which}`;
  return `${metric.label} runs from ${said(bottom)} to ${said(top)}${which}`;
}

/** Which of a row's marks a sentence speaks of, where there are several. */
function firstMark(report: Report, view: View): string {
  const [line, ...others] = lines(report, view, view.metric);
  if (!line || others.length === 0) return "";
  const model = view.models.length > 1 ? [`model ${short(report.models[line.model]?.name ?? "", 30)}`] : [];
  const at = view.also.length > 0 && line.at !== null ? [`threshold ${line.at}`] : [];
  return model.length + at.length === 0 ? "" : ` (${[...model, ...at].join(", ")})`;
}

function ends(rows: Row[]): [Row, Row] {
  let [top, bottom] = [rows[0]!, rows[0]!];
  for (const r of rows) {
    if (first(r)!.value > first(top)!.value) top = r;
    if (first(r)!.value < first(bottom)!.value) bottom = r;
  }
  return [top, bottom];
}

function farthest(report: Report, names: Names, view: View, known: Row[], selection: Selection): string {
  const metric = report.board.metrics[view.metric]!;
  const others = known.filter((r) => !r.baseline);
  if (others.length === 0) return `${metric.label}: no other group to compare with`;
  const mode = modeOf(metric, view.mode);
  const size = (r: Row): number =>
    mode === "ratio" ? Math.abs(Math.log(Math.max(first(r)!.value, 1e-9))) : Math.abs(first(r)!.value);
  const far = others.reduce((a, b) => (size(b) > size(a) ? b : a));
  const c = first(far)!;
  const kind = kindOf(metric, mode);
  const digits = digitsFor(kind, c.low, c.high);
  const base = selection.bases.get(JSON.stringify(report.board.slices[far.slice]?.family));
  const versus = base === undefined ? "the baseline" : short(names.slice(report.board.slices[base]?.key ?? {}), 40);
  if (mode === "ratio") {
    return `${metric.label} of ${short(far.name, 40)} is ${quantity(kind, c.value, digits)} that of ${versus} ${bracket(kind, c.low, c.high, digits, apartFrom(LEVEL.ratio, c.low, c.high))}`;
  }
  const direction = c.value < 0 ? "lower" : "higher";
  const [low, high] = c.value < 0 ? [-c.high, -c.low] : [c.low, c.high];
  return `${metric.label} of ${short(far.name, 40)} is ${quantity(kind, Math.abs(c.value), digits)} ${direction} than that of ${versus} ${bracket(kind, low, high, digits, apartFrom(LEVEL.difference, low, high))}`;
}

/** What is drawn, in which unit, for whom. */
export function subtitle(report: Report, view: View): string {
  const metric = report.board.metrics[view.metric];
  if (!metric) return "";
  const percent = levelText(report);
  const mode = modeOf(metric, view.mode);
  const unit = mode === "ratio" ? "as a ratio to" : metric.scale === "share" ? "in points from" : "as a difference from";
  const what = mode === "value" ? capital(metric.plain) : `${metric.label}, ${unit} the baseline`;
  const marks = lines(report, view, view.metric).length > 1 ? "Marks" : "A dot";
  return `${what}. ${marks} per group with ${marks === "Marks" ? "their" : "its"} ${percent} interval${marks === "Marks" ? "s" : ""}; n is the number of ${report.subject.people} in the group.`;
}

/** At which threshold people were selected; empty where nothing is selected by one. */
export function thresholdText(report: Report, view: View): string {
  const metric = report.board.metrics[view.metric];
  if (report.board.thresholds.length === 0) return report.models.every((m) => m.kind === "prediction") && decides(report) ? "decisions as given" : "";
  if (metric && !metric.by_threshold) return "no threshold: uses the scores themselves";
  const used = lines(report, view, view.metric);
  const distinct = [...new Set(used.map((l) => l.at))];
  if (distinct.length === 1) return `threshold: a score of ${distinct[0]} or more`;
  if (view.also.length > 0) return `thresholds: a score of ${distinct.join(", ")} or more`;
  return used.map((l) => `threshold of ${short(report.models[l.model]?.name ?? "", 20)}: ${l.at} or more`).join("; ");
}

/** Whether the models say yes or no. */
function decides(report: Report): boolean {
  return (report.subject.task ?? "binary") === "binary";
}
