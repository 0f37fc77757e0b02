import type { Line } from "../board";
import type { Cell } from "../decode";
import { bareText, digitsFor, estimateText, fixed, LEVEL, quantity, unitFactor } from "../numbers";
import { memo } from "../parts/memo";
import { Name } from "../parts/Text";
import type { Row } from "../selection";
import { useStore } from "../store";
import { nText, short } from "../words";
import type { Drawn } from "./BoardAxis";
import type { Layout } from "./BoardRows";
import { RowDetail } from "./RowDetail";

export const STEP = 16; // px from one mark of a row to the next

interface RowProps {
  row: Row;
  panels: Drawn[];
  layout: Layout;
  colour: string;
  open: boolean;
  toggle: (slice: number, part: number) => void;
  domain: string;
  cellsKey: string;
}

/** Where the first of `marks` stands in a row of that height, so that they are in its middle. */
export function firstAt(height: number, marks: number): number {
  return (height - STEP * (marks - 1)) / 2;
}

/** A group: its name, and for each measure its marks and numbers. */
export const BoardRow = memo(
  function BoardRow({ row, panels, layout, colour, open, toggle }: RowProps) {
    const { part } = layout;
    const named = panels.find((p) => p.info.by_threshold) ?? panels[0];
    const models = new Set(named?.lines.map((l) => l.model)).size > 1;
    const { apart } = useStore();
    return (
      <li data-slice={row.slice} class={row.baseline ? "is-baseline" : ""}>
        <div class="board-grid row" style={{ gridTemplateColumns: layout.columns }}>
          <button type="button" class="row-name" aria-expanded={open} onClick={() => toggle(row.slice, part)} title={short(row.name, 300)}>
            <Name among={apart}>{row.name}</Name>
            {row.baseline && <span class="tag">baseline</span>}
            {layout.labelled && <span class="row-n-below">n {nText(row)}</span>}
          </button>
          {layout.labelled ? (
            <span class="row-lines">{named?.lines.map((l) => lineName(l, models)).join("\n")}</span>
          ) : <span class="row-n">{nText(row)}</span>}
          {panels.map((p, k) => <PanelCells key={p.metric} row={row} panel={p} layout={layout} colour={colour} column={k} toggle={toggle} />)}
        </div>
        {open && <RowDetail slice={row.slice} name={row.name} />}
      </li>
    );
  },
  (a, b) => a.cellsKey === b.cellsKey && a.domain === b.domain && a.colour === b.colour && a.open === b.open && a.layout === b.layout && a.row.name === b.row.name,
);

/** From end to end; an end that is not known lies at the edge. */
export function whisker(at: (v: number) => number, { low, high }: Cell, y: number): string {
  if (Number.isNaN(low) && Number.isNaN(high)) return "";
  return `M${at(Number.isNaN(low) ? -Infinity : low)} ${y}H${at(Number.isNaN(high) ? Infinity : high)}`;
}

function PanelCells({ row, panel, layout, colour, column, toggle }: {
  row: Row; panel: Drawn; layout: Layout; colour: string; column: number; toggle: RowProps["toggle"];
}) {
  const cells = row.panels[panel.index] ?? [];
  const { height, plot } = layout;
  const from = firstAt(height, cells.length);
  const own = row.reference?.[panel.index];
  // In a row of several marks each has the baseline's own as a tick; a single one has the line through all rows.
  const ticks = cells.length > 1 && own && !row.baseline && panel.mode === "value" ? own : [];
  const at = (v: number): number => Math.round(panel.x(v) * plot) / 100;
  const path = (of: (Cell | null)[], draw: (c: Cell, y: number, k: number) => string): string =>
    of.map((c, k) => (c ? draw(c, from + STEP * k, k) : "")).join("");
  const models = [...new Set(panel.lines.map((l) => l.model))];
  const numbers = cells.map((c, k) => (c ? said(panel, c, row.baseline, layout.numbers) : unsaid(row, panel, k, layout.numbers === "whole")));
  // Few elements for many marks: hundreds of rows are drawn anew at every step of a slider.
  return (
    <>
      <svg class="row-plot" data-panel={column} width="100%" height={height} viewBox={`0 0 ${plot} ${height}`} preserveAspectRatio="none" style={{ color: colour }} aria-hidden="true" onClick={() => toggle(row.slice, layout.part)}>
        {ticks.length > 0 && <path class="base-tick" d={path(ticks, (c, y) => `M${at(c.value)} ${y - 5}v10`)} />}
        <path class="whisker" d={path(cells, (c, y) => whisker(at, c, y))} />
        {models.map((m) => (
          <path key={m} class={m % 4 === 3 ? "shape hollow" : "shape"} data-model={m} d={path(cells, (c, y, k) => (panel.lines[k]?.model === m ? shape(m, at(c.value), y) : ""))} />
        ))}
      </svg>
      {layout.labelled && !layout.columns
        ? <span class="row-value">{numbers.map((text, k) => <span key={k}><span class="quiet">{lineName(panel.lines[k], models.length > 1)}</span> {text}</span>)}</span>
        : <span class="row-value">{numbers.join("\n")}</span>}
    </>
  );
}

const GLYPHS = ["●", "◆", "■", "○"];

/** A mark of a row in a few letters: its model's shape, where there are several, and its threshold. */
function lineName(line: Line | undefined, models: boolean): string {
  if (!line) return "";
  return `${models ? `${GLYPHS[line.model % 4]} ` : ""}${line.at ?? ""}`;
}

/** A mark's number, with as much beside it as there is room for; the rest is in the tooltip, the row and the table. */
function said({ kind, mode }: Drawn, c: Cell, baseline: boolean, numbers: Layout["numbers"]): string {
  const whole = numbers === "whole";
  // The baseline against itself is what it is, without doubt and without decimals.
  const same = baseline && c.low === c.high;
  const digits = same ? 0 : digitsFor(kind, c.low, c.high);
  if (same && whole) return quantity(kind, c.value, 0);
  if (numbers === "value" || same) return fixed(c.value * unitFactor(kind), digits);
  return whole ? estimateText(kind, c.value, c.low, c.high, LEVEL[mode]) : bareText(kind, c.value, c.low, c.high, LEVEL[mode]);
}

/** Why a mark has no number: nothing is a multiple of 0; else too few count. */
export function unsaid(row: Row, panel: Drawn, k: number, whole = true): string {
  const base = row.reference?.[panel.index]?.[k];
  if (panel.mode === "ratio" && base && !(base.value > 0)) return whole ? "no ratio to 0" : "–";
  return whole ? "too few to say" : "too few";
}

/** The shapes of `Shape` as parts of a path. */
function shape(model: number, x: number, y: number): string {
  if (model % 4 === 1) return `M${x} ${y - 5.6}l5.6 5.6l-5.6 5.6l-5.6 -5.6Z`;
  if (model % 4 === 2) return `M${x - 4.2} ${y - 4.2}h8.4v8.4h-8.4Z`;
  const r = model % 4 === 3 ? 4 : 4.6;
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}
