import { useMemo, useState } from "preact/hooks";
import { measures, FIRST } from "../board";
import { address } from "../address";
import { finding, subtitle, thresholdText } from "../findings";
import { limitMark } from "../limit";
import { count } from "../numbers";
import { copy } from "../parts/copy";
import { TableFold } from "../parts/Table";
import { Sentence, Text } from "../parts/Text";
import { select, type Selection } from "../selection";
import { useStore } from "../store";
import { capital, peopleText, plural, short, WITHHELD } from "../words";
import { Controls } from "./BoardControls";
import { BoardRows } from "./BoardRows";
import { boardTable } from "./boardTable";
import { AboutMeasures } from "./Measures";

const TALL = 4; // marks in a row from which fewer rows are drawn at first

/** The board: any measures at any thresholds, every group, one axis for each measure. */
export function Board() {
  const store = useStore();
  const { report } = store;
  const view = store.view.value;
  const selection = useMemo(() => select(report, store.grids, store.names, store.families, view), [view]);
  const marks = useMemo(() => selection.panels.map((p) => limitMark(report, selection, p, store.grids)), [selection]);
  const metric = report.board.metrics[view.metric];
  const title = finding(report, store.names, view, selection);
  // Rows of many marks are tall: fewer of them fill as many screens, and answer as fast.
  const first = Math.max(...selection.panels.map((p) => p.lines.length)) > TALL ? FIRST / 2 : FIRST;
  const shownRows = view.all ? selection.rows : selection.rows.slice(0, first);
  const drawn = selection.rows.length + (selection.everyone ? 1 : 0);
  if (!metric) return null;
  return (
    <section id="groups" class="section" aria-labelledby="groups-title">
      <p class="kicker">Groups</p>
      <h2 id="groups-title" tabIndex={-1}><Sentence>{title}</Sentence></h2>
      <p class="subtitle"><Sentence>{subtitle(report, view)}</Sentence></p>
      <Controls selection={selection} />
      {store.families.length === 0 && report.subject.inferred.length > 0 && (
        <p class="empty">No group was recorded. What can be said of <Text most={80}>{report.subject.inferred.join(", ")}</Text> stands under <a href="#inferred-groups">Groups that were not recorded</a>.</p>
      )}
      {store.families.length === 0 && report.subject.inferred.length === 0 && (
        <p class="empty"><strong>No groups given.</strong> Add <code>--groups COLUMN</code> to see this measure by group.</p>
      )}
      {selection.rows.length > 0 && <p class="quiet board-hint">Choose a group’s name for every measure of it{report.rows && ", and its rows"}.</p>}
      <BoardRows selection={selection} rows={shownRows} marks={marks} title={title} />
      {selection.rows.length > shownRows.length && (
        <button type="button" class="more" onClick={() => (store.view.value = { ...view, all: true })}>
          Show all {count(selection.rows.length)} groups
        </button>
      )}
      {view.all && selection.rows.length > first && (
        <button type="button" class="more" onClick={() => (store.view.value = { ...view, all: false })}>Show the first {first} only</button>
      )}
      <TooSmall items={selection.tooSmall} />
      <Source />
      <TableFold id="groups-table" rows={drawn * selection.panels.reduce((n, p) => n + p.lines.length, 0)} make={() => boardTable(store, view, selection)} />
      <AboutMeasures metrics={measures(view)} />
    </section>
  );

  function Source() {
    const label = report.subject.label;
    const labelled = selection.panels.some((p) => report.board.metrics[p.metric]?.needs_label);
    const at = thresholdText(report, view);
    return (
      <p class="source">
        {labelled && label && <span>Label: <Text>{label.words}</Text>{label.agreement && <> (<Text>{label.agreement}</Text>)</>}</span>}
        {at !== "" && <span>{capital(at)}</span>}
        {[...selection.rows, ...selection.tooSmall].some((r) => r.withheld) && <span>{WITHHELD}</span>}
        <span>Data: <Text most={40}>{report.run.data.map((d) => d.name).join(", ") || "given in memory"}</Text></span>
        <span><a href="#method">How this is computed</a></span>
        <span><a href="#reading">How to read it</a></span>
        <CopyLink />
      </p>
    );
  }
}

/** The page's own address with what was chosen here: whoever opens the same file with it sees the same. */
function CopyLink() {
  const store = useStore();
  const [said, setSaid] = useState("");
  const link = (): string => `${location.href.replace(/#.*$/s, "")}#${address(store.report, store.families, store.view.peek(), store.begin)}`;
  const onClick = async (): Promise<void> => setSaid((await copy(link())) ? "copied" : "not copied: the browser refused; the address bar holds it");
  return (
    <span class="on-screen">
      <button type="button" class="inline" onClick={() => void onClick()}>Copy a link to this view</button>
      <span role="status" class="quiet">{said && ` ${said}`}</span>
    </span>
  );
}

function TooSmall({ items }: { items: Selection["tooSmall"] }) {
  const { report, apart } = useStore();
  if (items.length === 0) return null;
  const shown = items.slice(0, 12);
  return (
    <div class="too-small">
      <h3>{count(items.length)} {plural(items.length, "group is", "groups are")} too small to say</h3>
      <ul>
        {shown.map((s) => (
          <li key={s.slice}>
            <Text most={60} among={apart}>{s.name}</Text>: {peopleText(s)} {short(report.subject.people, 24)}
            {s.needed !== null && <>, {count(s.needed)} needed</>}
          </li>
        ))}
        {items.length > shown.length && <li>and {count(items.length - shown.length)} more, listed in “Who is in the data”</li>}
      </ul>
    </div>
  );
}
