import { kindOf, type View } from "../board";
import type { Field } from "../csv";
import { difference, ratio } from "../intervals";
import { full } from "../numbers";
import type { TableData } from "../parts/Table";
import { Reader, type Row, type Selection } from "../selection";
import type { Store } from "../store";
import type { Cell } from "../decode";

const HEADER = ["group", "measure", "model", "threshold", "value", "low", "high", "n", "counted", "baseline"];

/** What is drawn, at full precision: one line for each group, measure and mark, with its difference or ratio to the baseline. */
export function boardTable(store: Store, view: View, selection: Selection): TableData {
  const { report, names } = store;
  const all = selection.everyone ? [selection.everyone, ...selection.rows] : selection.rows;
  const words = new Set(selection.panels.map((p) => (p.mode === "ratio" ? "ratio" : "difference")));
  const word = [...words].sort().join(" or ");
  const reader = new Reader(report, store.grids, view);
  const line = (row: Row, p: number, k: number, own: Cell | null): Field[] => {
    const panel = selection.panels[p]!;
    const mark = panel.lines[k]!;
    const metric = report.board.metrics[panel.metric];
    const base = selection.bases.get(JSON.stringify(report.board.slices[row.slice]?.family));
    const reference = row.reference?.[p]?.[k] ?? null;
    const apart = own && reference && !row.baseline ? (panel.mode === "ratio" ? ratio : difference)(own, reference, metric?.divided === true) : null;
    const versus = base === undefined || row.slice === 0 ? null : row.baseline ? "this is the baseline" : names.slice(report.board.slices[base]?.key ?? {});
    return [
      row.name, metric?.label ?? "", report.models[mark.model]?.name ?? "", mark.at, full(own?.value ?? null), full(own?.low ?? null), full(own?.high ?? null),
      row.n ?? (row.withheld ? "not shown" : null), full(own?.n ?? null), versus, full(apart?.value ?? null), full(apart?.low ?? null), full(apart?.high ?? null), arrow(apart, panel.mode === "ratio" ? 1 : 0),
    ];
  };
  const rows = all.flatMap((row) => reader.at(row.slice).flatMap((cells, p) => cells.map((own, k) => line(row, p, k, own))));
  const shares = selection.panels.some((p) => {
    const metric = report.board.metrics[p.metric];
    return metric && kindOf(metric, "value") !== "value";
  });
  const labelled = selection.panels.some((p) => report.board.metrics[p.metric]?.needs_label);
  const agreement = report.subject.label?.agreement;
  const named = selection.panels.map((p) => report.board.metrics[p.metric]);
  return {
    name: `${report.title}-${named.length === 1 ? named[0]?.name : "groups"}`,
    caption: `${named.map((m) => m?.label ?? "").join(", ")} by group${shares ? "; shares from 0 to 1" : ""}${labelled && agreement ? `; ${agreement}` : ""}`, header: [...HEADER, word, `${word}: low`, `${word}: high`, "against the baseline"], rows,
  };
}

/** A difference or ratio as an arrow and a word; the interval decides, not the point. */
export function arrow(apart: Cell | null, same: number): string | null {
  if (!apart || Number.isNaN(apart.low) || Number.isNaN(apart.high)) return null;
  return apart.low > same ? "▲ higher" : apart.high < same ? "▼ lower" : "not told apart";
}
