import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { toCsv, type Field } from "../csv";
import { count } from "../numbers";
import { Fold, usePrinting } from "./Fold";
import { Text } from "./Text";

export interface TableData {
  name: string; // file name without ending
  caption: string;
  header: string[];
  rows: Field[][];
}

const FIRST_ROWS = 100;
const PRINTED_ROWS = 30;

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
  link.download = `${name.replace(/[^\w.-]+/g, "-").slice(0, 60) || "table"}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The numbers behind a chart, at full precision, to read or to take away. */
export function DataTable({ name, caption, header, rows }: TableData) {
  const [all, setAll] = useState(false);
  const [said, setSaid] = useState("");
  const print = usePrinting();
  const shown = all && !print ? rows : rows.slice(0, print ? PRINTED_ROWS : FIRST_ROWS);
  const numeric = header.map((_, i) => rows.some((r) => typeof r[i] === "number"));
  const onCopy = async (): Promise<void> => {
    const done = await copy(toCsv(header, rows));
    setSaid(done ? `Copied ${count(rows.length)} rows.` : "The browser refused to copy. Use Save CSV.");
  };
  return (
    <div class="table-block">
      <div class="table-tools">
        <button type="button" onClick={() => void onCopy()}>Copy as CSV</button>
        <button type="button" onClick={() => save(name, toCsv(header, rows))}>Save CSV</button>
        <span role="status" class="quiet">{said}</span>
      </div>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption class="sr">{caption}</caption>
          <thead>
            <tr>{header.map((h, i) => <th key={i} scope="col" class={numeric[i] ? "num" : ""}><Text most={40}>{h}</Text></th>)}</tr>
          </thead>
          <tbody>
            {shown.map((r, y) => (
              <tr key={y}>{r.map((f, x) => <Datum key={x} field={f} first={x === 0} numeric={numeric[x] ?? false} />)}</tr>
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

function Datum({ field, first, numeric }: { field: Field; first: boolean; numeric: boolean }) {
  const body: ComponentChildren =
    field === null ? <span class="quiet">–</span> : typeof field === "number" ? String(field).replace("-", "\u2212") : <Text most={60}>{field.trim() === "" ? "(blank)" : field}</Text>;
  return first ? <th scope="row">{body}</th> : <td class={numeric ? "num" : ""}>{body}</td>;
}

export function TableFold({ make, rows, id }: { make: () => TableData; rows: number; id?: string }) {
  return (
    <Fold id={id} class="table-fold" summary={<>Table <span class="quiet">{count(rows)} rows, full precision, copy as CSV</span></>}>
      {() => <DataTable {...make()} />}
    </Fold>
  );
}
