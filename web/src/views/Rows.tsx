import { useState } from "preact/hooks";
import type { Report } from "../data";
import { count } from "../numbers";
import { Fold } from "../parts/Fold";
import { DataTable } from "../parts/Table";
import { Text } from "../parts/Text";
import { useStore } from "../store";
import { short } from "../words";

type Row = (string | number | null)[];

/** The rows that hold a text, in capitals or not, in one column (its place) or in any (-1). */
export function holding(rows: Row[], text: string, column: number): Row[] {
  const sought = text.trim().toLowerCase();
  if (sought === "") return rows;
  const holds = (value: Row[number] | undefined): boolean => value != null && String(value).toLowerCase().includes(sought);
  return rows.filter((row) => (column < 0 ? row.some(holds) : holds(row[column])));
}

/** All rows, where the page carries them; those of one group are under its name in the groups chart. */
export function Rows() {
  const { report } = useStore();
  const { rows } = report;
  if (!rows) return null;
  return (
    <section class="section" aria-labelledby="rows-title">
      <p class="kicker">Rows</p>
      <h2 id="rows-title">The rows of the table</h2>
      <p class="subtitle">As they were read, without identifiers. Those of one group are under its name in <a href="#groups">the groups chart</a>.</p>
      <Fold id="rows" summary={<>{count(rows.records.length)} <Text most={40}>{report.subject.people}</Text></>}>
        {() => <Found rows={rows} people={report.subject.people} />}
      </Fold>
    </section>
  );
}

function Found({ rows, people }: { rows: NonNullable<Report["rows"]>; people: string }) {
  const [text, setText] = useState("");
  const [column, setColumn] = useState(-1);
  const found = holding(rows.records, text, column);
  return (
    <>
      <form class="controls" aria-label="Rows" onSubmit={(e) => e.preventDefault()}>
        <label class="control">
          <span>Find</span>
          <input type="search" name="rows-search" value={text} onInput={(e) => setText(e.currentTarget.value)} />
        </label>
        <label class="control">
          <span>In</span>
          <select name="rows-column" value={column} onChange={(e) => setColumn(Number(e.currentTarget.value))}>
            <option value={-1}>any column</option>
            {rows.columns.map((c, i) => <option key={i} value={i}>{short(c, 60)}</option>)}
          </select>
        </label>
        <output class="quiet" aria-live="polite">{count(found.length)} of {count(rows.records.length)} <Text most={40}>{people}</Text></output>
      </form>
      <DataTable name="rows" caption="Rows" header={rows.columns} rows={found} />
    </>
  );
}
