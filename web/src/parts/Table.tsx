import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Apart } from "../apart";
import { toCsv, type Field } from "../csv";
import { count } from "../numbers";
import { short } from "../words";
import { copy } from "./copy";
import { Fold, usePrinting } from "./Fold";
import { clicked, ordered, type Sorting } from "./sorting";
import { Text } from "./Text";
import { SIDEWAYS, useFitting } from "./useWider";

export interface TableData {
  name: string; // file name without ending
  caption: string;
  header: string[];
  rows: Field[][]; // what is sorted, and shown unless `draw` says otherwise
}

interface Drawing {
  draw?: (row: number, column: number) => ComponentChildren; // a cell's content, by its place in `rows`
  csv?: { header: string[]; rows: Field[][] }; // what is copied and saved, when it is more than what is shown
  labelledBy?: string; // id of a caption that is shown elsewhere
  whole?: boolean; // every row is printed
}

const FIRST_ROWS = 100;
const PRINTED_ROWS = 30;
/** What a table that is wider than its place gives up, one after the other: strips beside numbers, then intervals beside values. */
const FITTINGS = [" strips-below", " intervals-below"];
const WIDE = 10; // columns from which paper needs smaller letters

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
  link.download = `${name.replace(/[^\w.-]+/g, "-").slice(0, 60) || "table"}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The numbers behind a chart, at full precision, to sort, to read or to take away. */
export function DataTable({ name, caption, header, rows, draw, csv, labelledBy, whole = false }: TableData & Drawing) {
  const [all, setAll] = useState(false);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const print = usePrinting();
  const { place, fitting, wider } = useFitting<HTMLDivElement>(FITTINGS.length);
  const order = useMemo(() => ordered(rows, sorting), [rows, sorting]);
  const most = print ? (whole ? rows.length : PRINTED_ROWS) : all ? rows.length : FIRST_ROWS;
  const shown = order.slice(0, most);
  const among = useMemo(() => header.map((_, i) => new Apart(() => rows.flatMap((r) => (typeof r[i] === "string" ? [r[i]] : [])))), [header, rows]);
  const numeric = header.map((_, i) => rows.some((r) => typeof r[i] === "number"));
  const label = labelledBy ? { "aria-labelledby": labelledBy } : { "aria-label": caption };
  const taken = csv ?? { header, rows };
  return (
    <div class={`table-block${FITTINGS.slice(0, fitting).join("")}`}>
      <Tools name={name} text={() => toCsv(taken.header, taken.rows)} rows={rows.length} wider={wider} />
      <div ref={place} class="table-scroll" tabIndex={0} role="group" {...label}>
        <table aria-labelledby={labelledBy} class={header.length > WIDE ? "table-wide" : undefined}>
          {!labelledBy && <caption class="sr">{caption}</caption>}
          <thead>
            <tr>{header.map((h, i) => (
              <Heading key={i} title={h} numeric={numeric[i] ?? false} down={sorting?.column === i ? sorting.down : null}
                sort={rows.length > 2 ? () => setSorting(clicked(sorting, i, numeric[i] ?? false)) : null} />
            ))}</tr>
          </thead>
          <tbody>
            {shown.map((y) => (
              <tr key={y}>{header.map((_, x) => {
                const body = draw ? draw(y, x) : <Datum field={rows[y]?.[x] ?? null} among={among[x]} />;
                return x === 0 ? <th key={x} scope="row">{body}</th> : <td key={x} class={numeric[x] ? "num" : ""}>{body}</td>;
              })}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {print && shown.length < rows.length && <p class="quiet">The first {PRINTED_ROWS} of {count(rows.length)} rows; the page itself holds them all.</p>}
      {shown.length < rows.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>Show all {count(rows.length)} rows</button>
      )}
    </div>
  );
}

function Tools({ name, text, rows, wider }: { name: string; text: () => string; rows: number; wider: boolean }) {
  const [said, setSaid] = useState("");
  const onCopy = async (): Promise<void> => setSaid((await copy(text())) ? `Copied ${count(rows)} rows.` : "The browser refused to copy. Use Save CSV.");
  return (
    <div class="table-tools">
      <button type="button" onClick={() => void onCopy()}>Copy as CSV</button>
      <button type="button" onClick={() => save(name, text())}>Save CSV</button>
      <span role="status" class="quiet">{said}</span>
      {wider && <span class="quiet sideways">{SIDEWAYS}</span>}
    </div>
  );
}

function Heading({ title, numeric, down, sort }: { title: string; numeric: boolean; down: boolean | null; sort: (() => void) | null }) {
  if (!sort) return <th scope="col" class={numeric ? "num" : ""}><Text most={40}>{title}</Text></th>;
  return (
    <th scope="col" class={numeric ? "num" : ""} aria-sort={down === null ? undefined : down ? "descending" : "ascending"}>
      <button type="button" class="sort" onClick={sort}>
        <bdi>{short(title, 60)}</bdi><span class="sort-mark" aria-hidden="true">{down === null ? "↕" : down ? "↓" : "↑"}</span>
      </button>
    </th>
  );
}

function Datum({ field, among }: { field: Field; among: Apart | undefined }) {
  if (field === null) return <span class="quiet">–</span>;
  if (typeof field === "number") return <>{String(field).replace("-", "\u2212")}</>;
  return <Text most={60} among={among}>{field.trim() === "" ? "(blank)" : field}</Text>;
}

export function TableFold({ make, rows, id }: { make: () => TableData; rows: number; id?: string }) {
  return (
    <Fold id={id} class="table-fold" summary={<>Table <span class="quiet">{count(rows)} {rows === 1 ? "row" : "rows"}, full precision, copy as CSV</span></>}>
      {() => <DataTable {...make()} />}
    </Fold>
  );
}
