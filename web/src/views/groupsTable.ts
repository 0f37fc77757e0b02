import { columnOf, kindOf, type Selection, type View } from "../board";
import type { Field } from "../csv";
import { full } from "../numbers";
import type { TableData } from "../parts/Table";
import type { Store } from "../store";

/** The rows of the groups chart at full precision, one line per group and model. */
export function groupsTable(store: Store, view: View, selection: Selection): TableData {
  const { report } = store;
  const metric = report.board.metrics[view.metric];
  const unit = metric && view.mode !== "ratio" && kindOf(metric, view.mode) !== "value" ? " (share, 0 to 1)" : "";
  const what = view.mode === "value" ? `${metric?.name}${unit}` : `${view.mode} of ${metric?.name}${unit}`;
  const header = ["group", "model", "threshold", what, "low", "high", "n", "counted in the rate", "baseline"];
  const rows: Field[][] = [];
  const all = selection.everyone ? [selection.everyone, ...selection.rows] : selection.rows;
  for (const row of all) {
    const base = selection.bases.get(JSON.stringify(report.board.slices[row.slice]?.family));
    row.cells.forEach((c, k) => {
      const model = view.models[k] ?? 0;
      const threshold = metric?.by_threshold ? (report.board.thresholds[columnOf(report, view, model)] ?? null) : null;
      const versus = base === undefined || row.slice === 0 ? null : store.names.slice(report.board.slices[base]?.key ?? {});
      rows.push([
        row.name, report.models[model]?.name ?? "", threshold, full(c?.value ?? null), full(c?.low ?? null),
        full(c?.high ?? null), row.n, full(c?.n ?? null), row.baseline ? "this is the baseline" : versus,
      ]);
    });
  }
  return { name: `${report.title}-${metric?.name ?? "groups"}`, caption: `${metric?.label ?? ""} by group`, header, rows };
}
