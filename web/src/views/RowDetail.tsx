import { columnOf, kindOf } from "../board";
import { cell } from "../decode";
import { count, estimateText } from "../numbers";
import { DataTable } from "../parts/Table";
import { Text } from "../parts/Text";
import { SIDEWAYS, useWider } from "../parts/useWider";
import { useStore } from "../store";
import { nText, WITHHELD } from "../words";

/** Everything measured of one group, and its rows when the page carries them. */
export function RowDetail({ slice, name }: { slice: number; name: string }) {
  const store = useStore();
  const { report, grids } = store;
  const view = store.view.value;
  const withheld = report.board.slices[slice]?.withheld;
  const agreement = report.subject.label?.agreement;
  const { place, wider } = useWider<HTMLDivElement>();
  return (
    <div class="row-detail">
      <h3><Text>{name}</Text>: every measure{wider && <span class="quiet sideways"> {SIDEWAYS}</span>}</h3>
      <div ref={place} class="table-scroll" tabIndex={0} role="group" aria-label="Every measure of this group">
        <table>
          <thead>
            <tr>
              <th scope="col">measure</th>
              {view.models.map((m) => <th key={m} scope="col" class="num"><Text most={24}>{report.models[m]?.name ?? ""}</Text></th>)}
              <th scope="col" class="num">counted</th>
            </tr>
          </thead>
          <tbody>
            {report.board.metrics.map((metric, i) => {
              const cells = view.models.map((m) => cell(grids.get(m, i), slice, columnOf(report, view, m)));
              const n = cells.find((c) => c !== null)?.n;
              return (
                <tr key={metric.name}>
                  <th scope="row">{metric.label}</th>
                  {cells.map((c, k) => <td key={k} class="num">{c ? estimateText(kindOf(metric, "value"), c.value, c.low, c.high) : "not known"}</td>)}
                  <td class="num">{n === undefined ? "–" : Number.isNaN(n) ? nText({ n: null, withheld }) : count(n)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {agreement && <p class="quiet">Where a measure needs the label, it is {agreement}.</p>}
      {withheld && <p class="quiet">{WITHHELD}.</p>}
      {report.rows && <SliceRows slice={slice} name={name} />}
    </div>
  );
}

function SliceRows({ slice, name }: { slice: number; name: string }) {
  const { report } = useStore();
  const rows = report.rows;
  const key = report.board.slices[slice]?.key;
  if (!rows || !key) return null;
  const wanted = Object.entries(key).map(([column, value]) => [rows.columns.indexOf(column), value] as const);
  if (wanted.some(([at]) => at < 0)) return <p class="quiet">The rows in this page do not carry the columns of this group.</p>;
  const found = rows.records.filter((r) => wanted.every(([at, value]) => (value === null ? r[at] === null : r[at] !== null && String(r[at]) === value)));
  return (
    <>
      <h3>{count(found.length)} rows of this group</h3>
      <DataTable name={`rows-${name}`} caption="Rows of this group" header={rows.columns} rows={found} />
    </>
  );
}
