import { useMemo } from "preact/hooks";
import { FIRST, limitMark, select } from "../board";
import { finding, subtitle, thresholdText } from "../findings";
import { count } from "../numbers";
import { TableFold } from "../parts/Table";
import { Sentence, Text } from "../parts/Text";
import { useStore } from "../store";
import { capital, plural, short } from "../words";
import { Controls } from "./GroupControls";
import { GroupRows } from "./GroupRows";
import { groupsTable } from "./groupsTable";

/** The board: one measure, every group, one axis. */
export function Groups() {
  const store = useStore();
  const { report } = store;
  const view = store.view.value;
  const selection = useMemo(() => select(report, store.grids, store.names, store.families, view), [view]);
  const mark = useMemo(() => limitMark(report, view, selection, store.grids), [selection]);
  const metric = report.board.metrics[view.metric];
  const title = finding(report, store.names, view, selection);
  const shownRows = view.all ? selection.rows : selection.rows.slice(0, FIRST);
  if (!metric) return null;
  return (
    <section id="groups" class="section" aria-labelledby="groups-title">
      <p class="kicker">Groups</p>
      <h2 id="groups-title" tabIndex={-1}><Sentence>{title}</Sentence></h2>
      <p class="subtitle"><Sentence>{subtitle(report, view)}</Sentence></p>
      <Controls selection={selection} />
      {store.families.length === 0 && (
        <p class="empty"><strong>No groups given.</strong> Add <code>--groups COLUMN</code> to see this measure by group.</p>
      )}
      <GroupRows selection={selection} rows={shownRows} mark={mark} title={title} />
      {selection.rows.length > shownRows.length && (
        <button type="button" class="more" onClick={() => (store.view.value = { ...view, all: true })}>
          Show all {count(selection.rows.length)} groups
        </button>
      )}
      {view.all && selection.rows.length > FIRST && (
        <button type="button" class="more" onClick={() => (store.view.value = { ...view, all: false })}>Show the first {FIRST} only</button>
      )}
      <TooSmall items={selection.tooSmall} />
      <Source />
      <TableFold id="groups-table" rows={selection.rows.length + (selection.everyone ? 1 : 0)} make={() => groupsTable(store, view, selection)} />
    </section>
  );

  function Source() {
    const label = report.subject.label;
    return (
      <p class="source">
        {metric?.needs_label && label && <span>Label: <Text>{label.words}</Text>{label.agreement && <> (<Text>{label.agreement}</Text>)</>}</span>}
        <span>{capital(thresholdText(report, view))}</span>
        <span>Data: <Text most={40}>{report.run.data.map((d) => d.name).join(", ") || "given in memory"}</Text></span>
        <span><a href="#method">How this is computed</a></span>
        <span><a href="#reading">How to read it</a></span>
      </p>
    );
  }
}

function TooSmall({ items }: { items: { slice: number; name: string; n: number | null; needed: number | null }[] }) {
  const { report } = useStore();
  if (items.length === 0) return null;
  const shown = items.slice(0, 12);
  return (
    <div class="too-small">
      <h3>{count(items.length)} {plural(items.length, "group is", "groups are")} too small to say</h3>
      <ul>
        {shown.map((s) => (
          <li key={s.slice}>
            <Text most={60}>{s.name}</Text>: {s.n === null ? "fewer than 10" : count(s.n)} {short(report.subject.people, 24)}
            {s.needed !== null && <>, {count(s.needed)} needed</>}
          </li>
        ))}
        {items.length > shown.length && <li>and {count(items.length - shown.length)} more, listed in “Who is in the data”</li>}
      </ul>
    </div>
  );
}
