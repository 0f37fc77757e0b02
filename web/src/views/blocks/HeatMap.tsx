import { useMemo, useRef, useState } from "preact/hooks";
import { Apart } from "../../apart";
import type { HeatCell, HeatMap } from "../../document/types";
import { HEAT_STEPS, heatStep } from "../../heat";
import { count, digitsFor, full, measuredText, quantity, scaleKind } from "../../numbers";
import { TableFold } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";
import { SIDEWAYS, useWider } from "../../parts/useWider";
import { short } from "../../words";

interface Spot {
  row: number;
  column: number;
}

interface Props {
  block: HeatMap;
  range?: [number, number] | null; // what the colours reach from and to; the map's own values unless it is one of several
  explained?: boolean; // whether the colours are explained over it; of several beside each other the first does
  hatched?: boolean; // whether the explanation says what hatching is
}

/** A table whose cells are shaded by their value, in one hue; what is not known is hatched. */
export function HeatMapBlock({ block, range = null, explained = true, hatched = block.cells.some((r) => r.some((c) => c.value === null)) }: Props) {
  const [at, setAt] = useState<Spot | null>(null);
  const [stop, setStop] = useState<Spot>({ row: 0, column: 0 }); // the cell that Tab reaches
  const { place, wider } = useWider<HTMLDivElement>();
  const table = useRef<HTMLTableElement>(null);
  const values = block.cells.flat().flatMap((c) => c.value ?? []);
  const [least, most] = range ?? [Math.min(...values), Math.max(...values)];
  const digits = useMemo(() => digitsOf(block), [block]);
  const same = block.rows.length > 1 && block.rows.length === block.columns.length && block.rows.every((r, i) => r === block.columns[i]);
  const onKey = (e: KeyboardEvent): void => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    if (!way) return;
    const next = { row: stop.row + (way[0] ?? 0), column: stop.column + (way[1] ?? 0) };
    if (!block.cells[next.row]?.[next.column]) return;
    e.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row}/${next.column}"]`)?.focus();
  };
  const look = (spot: Spot) => ({
    tabIndex: spot.row === stop.row && spot.column === stop.column ? 0 : -1,
    "data-cell": `${spot.row}/${spot.column}`,
    onFocus: () => { setStop(spot); setAt(spot); },
    onBlur: () => setAt(null),
    onMouseEnter: () => setAt(spot),
    onMouseLeave: () => setAt(null),
  });
  const [rows, columns] = [new Apart(() => block.rows), new Apart(() => block.columns)];
  if (block.rows.length === 0 || block.columns.length === 0) return <p class="quiet">No cells.</p>;
  return (
    <figure class="heat-block">
      <figcaption><Sentence>{block.caption}</Sentence></figcaption>
      {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
      {explained ? <Legend block={block} least={least} most={most} wider={wider} hatched={hatched} diagonal={same} />
        : wider && <p class="heat-key"><span class="quiet sideways">{SIDEWAYS}</span></p>}
      <div ref={place} class="table-scroll heat-scroll" role="group" tabIndex={0} aria-label={`Heat map: ${short(block.caption, 200)}`}>
        <table ref={table} class="heat" onKeyDown={onKey}>
          <thead>
            {block.column_name !== "" && <tr><td class="heat-corner" /><th class="heat-over" scope="colgroup" colSpan={block.columns.length}><Text most={60}>{block.column_name}</Text></th></tr>}
            <tr>
              {block.row_name === "" ? <td class="heat-corner" /> : <th scope="col" class="heat-corner"><Text most={40}>{block.row_name}</Text></th>}
              {block.columns.map((c, i) => <th key={i} scope="col"><Text most={30} among={columns}>{named(c)}</Text></th>)}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((r, row) => (
              <tr key={row}>
                <th scope="row"><Text most={40} among={rows}>{named(r)}</Text></th>
                {(block.cells[row] ?? []).map((c, column) => (
                  <td key={column} {...look({ row, column })} title={said(block, { row, column })}
                    class={`${c.value === null ? "heat-none" : `heat-${heatStep(c.value, least, most)}`}${same && row === column ? " heat-same" : ""}`}>
                    {short(shown(block, c, digits), 24)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="graph-said" role="status">{at === null ? explained && <span class="quiet on-screen">Point at a cell, or go through them with the arrow keys, for its interval and n.</span> : <bdi class="text">{said(block, at)}</bdi>}</p>
      <TableFold rows={values.length === 0 ? 0 : block.rows.length * block.columns.length} make={() => ({
        name: block.caption || "heat map", caption: `Cells: ${block.caption}`,
        header: [block.row_name || "row", block.column_name || "column", block.value_name, "low", "high", "n", "note"],
        rows: block.cells.flatMap((cells, y) => cells.map((c, x) => [block.rows[y] ?? "", block.columns[x] ?? "", full(c.value), full(c.low), full(c.high), c.n, c.note || null])),
      })} />
    </figure>
  );
}

function named(name: string): string {
  return name.trim() === "" ? "(blank)" : name;
}

/** A cell's value as short as it can be said; the dash of what is not known is read out in the line below. */
function shown(block: HeatMap, c: HeatCell, digits: number): string {
  if (c.value === null) return "–";
  if (block.scale === "count") return count(c.value);
  return quantity(scaleKind(block.scale), c.value, digits);
}

/** Decimals that three quarters of the cells support, the same in all of them; each cell's own are in the line below. */
function digitsOf(block: HeatMap): number {
  const kind = scaleKind(block.scale);
  const each = block.cells.flat().filter((c) => c.value !== null).map((c) => digitsFor(kind, c.low, c.high)).sort((a, b) => a - b);
  return each[Math.floor((each.length - 1) / 4)] ?? 0;
}

function said(block: HeatMap, { row, column }: Spot): string {
  const c = block.cells[row]?.[column];
  if (!c) return "";
  const name = (of: string, value: string | undefined): string => `${of === "" ? "" : `${short(of, 40)} `}${short(value ?? "", 300)}`;
  const where = [name(block.row_name, block.rows[row]), name(block.column_name, block.columns[column])].filter((t) => t.trim() !== "").join(", ");
  const parts = [`${short(block.value_name, 60).toLowerCase()} ${measuredText(block.scale, c.value, c.low, c.high)}`, ...(c.n === null ? [] : [`n ${count(c.n)}`]), ...(c.note === "" ? [] : [short(c.note, 200)])];
  return `${where}: ${parts.join(", ")}`;
}

function Legend({ block, least, most, wider, hatched, diagonal }: { block: HeatMap; least: number; most: number; wider: boolean; hatched: boolean; diagonal: boolean }) {
  const end = (v: number): string => (block.scale === "count" ? count(v) : quantity(scaleKind(block.scale), v, digitsFor(scaleKind(block.scale), least, most)));
  return (
    <p class="heat-key">
      {most >= least && (
        <span><Text most={60}>{block.value_name}</Text> {end(least)} <span class="heat-ramp" aria-hidden="true">{Array.from({ length: HEAT_STEPS }, (_, i) => <i key={i} class={`heat-${i}`} />)}</span> {end(most)}</span>
      )}
      {diagonal && <span><i class="heat-same heat-swatch" aria-hidden="true" /> both agree</span>}
      {hatched && <span><i class="heat-none heat-swatch" aria-hidden="true" /> too few, or not known</span>}
      {wider && <span class="quiet sideways">{SIDEWAYS}</span>}
    </p>
  );
}
