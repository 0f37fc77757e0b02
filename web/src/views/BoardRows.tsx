import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { SLOTS } from "../colour";
import { textWidth } from "../document/measure";
import type { LimitMark } from "../limit";
import { usePrinting } from "../parts/Fold";
import { useWidth } from "../parts/useWidth";
import { first, type Cells, type Row, type Selection } from "../selection";
import { useStore } from "../store";
import { ticksFor } from "../ticks";
import { nText, short } from "../words";
import { Axis, Back, drawnPanel, limitWords, spoken, useBaseNames, type Drawn } from "./BoardAxis";
import { BoardRow, STEP } from "./BoardRow";
import { Key, PanelHead } from "./BoardKey";
import { useTip } from "./Tip";

const NARROW = 680; // px below which a row's numbers stand above its marks; paper is wider
const LONG = 16; // rows from which those off the screen wait
const SHEET = 24; // rows that stand together on paper: what lies behind them can't be broken between two sheets
const MOST_GLIDING = 30; // rows that an eye can follow
const NAME = 220; // px
const N = 64; // px at least, for the number of people
const TEXT = 13; // px of its letters
const GAP = 12; // px between columns, as in groups.css
const SPARE = 16; // px kept free beside names and n
const PANEL = 230; // px that a panel needs
const WORDY = 340; // px from which a panel has room for its intervals as numbers
const NUMBERS: Record<Layout["numbers"], number> = { whole: 168, interval: 144, value: 48 }; // px

interface Props {
  selection: Selection;
  rows: Row[];
  marks: (LimitMark | null)[];
  title: string;
}

/** How a part of the board is laid out; the same object as long as nothing of it changes. */
export interface Layout {
  part: number;
  columns: string | undefined; // of the grid that head, axis and rows share; undefined: as the style sheet says, for narrow screens
  height: number; // of a row's marks
  plot: number; // px across which marks are placed
  numbers: "whole" | "interval" | "value"; // beside the marks
  labelled: boolean; // each mark of a row is named by its threshold
}

/** Dots with intervals, one axis for each measure. As many measures stand side by side as there is room for; more go below. */
export function BoardRows({ selection, rows, marks, title }: Props) {
  const { report, open, colours } = useStore();
  const { place, width } = useWidth<HTMLDivElement>(1032);
  const print = usePrinting();
  const drawn = selection.everyone ? [selection.everyone, ...rows] : rows;
  const panels = useMemo(() => selection.panels.flatMap((p, i) => {
    const info = report.board.metrics[p.metric];
    return info ? [drawnPanel(selection, i, info, drawn, marks[i] ?? null)] : [];
  }), [selection, rows, marks]);
  const crowded = selection.shown.some((f) => f.slices.length > SLOTS.length + 1);
  const colourOf = (slice: number): string => (crowded && slice > 0 ? "var(--ink-2)" : (colours[slice] ?? "var(--ink)"));
  const n = Math.max(N, ...drawn.map((r) => Math.ceil(textWidth(`n ${nText(r)}`, TEXT)) + 4));
  const fits = width < NARROW ? 1 : Math.max(Math.min(Math.floor((width - NAME - n - SPARE) / PANEL), 4), 1);
  const parts = split(panels, fits);
  const sheets = print && rows.length > SHEET ? split(rows, SHEET) : [rows];
  const empty = drawn.every((r) => r.panels.every((cells) => cells.every((c) => c === null)));
  const toggle = (slice: number, part: number): void => {
    const same = open.value?.slice === slice && open.value.part === part;
    open.value = same ? null : { slice, part };
  };
  return (
    <figure class={`board${rows.length > LONG ? " board-long" : ""}`} aria-label="Groups chart">
      <div ref={place} />
      {empty && <p class="empty"><strong>Nothing to draw.</strong> {rows.length === 0 ? "No group matches what you chose." : "Nobody is counted in this measure at this threshold."}</p>}
      {!empty && <Key panels={panels} selection={selection} />}
      {!empty && parts.map((shown, part) => sheets.map((some, sheet) => (
        <Part key={`${part}/${sheet}`} part={part} panels={shown} several={panels.length > 1} width={width} n={n} selection={selection} rows={some} everyone={sheet === 0 ? selection.everyone : null}
          title={title} colourOf={colourOf} opened={open.value?.part === part ? open.value.slice : null} toggle={toggle} />
      )))}
    </figure>
  );
}

/** Parts as even as can be, none with more than `most`. */
function split<T>(items: T[], most: number): T[][] {
  const count = Math.ceil(items.length / most);
  const size = Math.ceil(items.length / Math.max(count, 1));
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

interface PartProps {
  part: number;
  panels: Drawn[];
  several: boolean;
  width: number;
  n: number; // px of the column that says how many people a group has
  selection: Selection;
  rows: Row[];
  everyone: Row | null;
  title: string;
  colourOf: (slice: number) => string;
  opened: number | null;
  toggle: (slice: number, part: number) => void;
}

/** The measures that stand side by side, over one list of groups. */
function Part({ part, panels, several, width, n, selection, rows, everyone, title, colourOf, opened, toggle }: PartProps) {
  const { view } = useStore();
  const now = view.value;
  const list = useRef<HTMLOListElement>(null);
  const marks = Math.max(...panels.map((p) => p.lines.length));
  const labelled = now.also.length > 0 && panels.some((p) => p.info.by_threshold && p.lines.length > 1);
  const narrow = width < NARROW;
  const numbers = panels.length === 1 ? "whole" : (width - NAME - n - SPARE) / panels.length >= WORDY ? "interval" : "value";
  const layout = useMemo((): Layout => {
    const each = `minmax(0, 1fr) ${NUMBERS[numbers]}px`;
    const columns = `minmax(120px, ${NAME}px) ${n}px ${panels.map(() => each).join(" ")}`;
    const plot = (width - NAME - n - GAP * (1 + 2 * panels.length)) / panels.length - NUMBERS[numbers];
    return { part, columns: narrow ? undefined : columns, height: marks > 1 ? STEP * marks + 8 : 32, plot: narrow ? width : Math.round(plot), numbers, labelled };
  }, [part, panels.length, marks, numbers, labelled, narrow, width, n]);
  useGlide(list, `${now.sort}${now.by}${now.mode}${now.metric}${now.families.join()}${now.held === null ? now.threshold : "held"}`);
  const tip = useTip(panels, layout, selection);
  const [base] = useBaseNames(selection);
  const ticks = panels.map((p) => ticksFor(p.x, layout.plot, p.kind, narrow));
  const grid = { gridTemplateColumns: layout.columns };
  const at = (k: number, span = 1) => ({ gridColumn: narrow ? undefined : `${3 + 2 * k} / span ${span}` });
  const line = (r: Row) => (
    <BoardRow key={r.slice} row={r} panels={panels} layout={layout} colour={colourOf(r.slice)} open={opened === r.slice} toggle={toggle} domain={domain} cellsKey={cellsKey(r, panels)} />
  );
  const domain = panels.map((p) => `${p.metric}/${p.kind}/${p.x.domain().join()}`).join(" ");
  const axis = (
    <div class="board-grid axis" style={grid} aria-hidden="true">
      {panels.map((p, k) => <div key={p.metric} class="axis-place" style={at(k)}><Axis panel={p} ticks={ticks[k] ?? []} /></div>)}
    </div>
  );
  return (
    <div class={`board-part${marks > 1 ? " board-tall" : ""}${narrow ? " board-narrow" : ""}`} style={{ "--row": `${layout.height}px` }}>
      {several && (
        <div class="board-grid board-head" style={grid}>
          {panels.map((p, k) => <PanelHead key={p.metric} panel={p} place={at(k, 2)} limit={limitWords(p, base)} />)}
        </div>
      )}
      {axis}
      <div class="board-body" {...tip.watch}>
        <div class="board-grid board-back" style={grid}>
          {panels.map((p, k) => (
            <div key={p.metric} class="back-place" style={at(k)}>
              <Back panel={p} ticks={ticks[k] ?? []} reference={reference(p, selection)}
                label={spoken(several ? `${p.info.label} by group.` : `${short(title, 300)}.`, p)} />
            </div>
          ))}
        </div>
        {everyone && <ol class="board-rows board-everyone">{line(everyone)}</ol>}
        <ol class="board-rows" ref={list}>{rows.map(line)}</ol>
        {tip.box}
      </div>
      {rows.length > 15 && axis}
    </div>
  );
}

/** Where the baseline stands, when all marks of a measure share it. */
function reference(panel: Drawn, selection: Selection): number | null {
  if (panel.mode === "difference") return 0;
  if (panel.mode === "ratio") return 1;
  if (panel.lines.length > 1 || selection.shown.length > 1) return null;
  return selection.rows.find((r) => r.reference)?.reference?.[panel.index]?.[0]?.value ?? null;
}

const kept = new WeakMap<Cells, string[]>();

/** What a row's drawing depends on, as a text; worked out once for cells that are shared. */
function cellsKey(row: Row, panels: Drawn[]): string {
  const text = (cells: Cells): string[] => cells.map((c) => c.map((x) => (x ? `${x.value}/${x.low}/${x.high}` : "-")).join());
  const own = text(row.panels);
  let base: string[] = [];
  if (row.reference) {
    base = kept.get(row.reference) ?? text(row.reference);
    kept.set(row.reference, base);
  }
  return panels.map((p) => `${own[p.index]}|${base[p.index] ?? ""}`).join(";") + String(row.baseline) + String(first(row) === null);
}

/** Moves rows from where they were to where they are when the order was changed on purpose; never while a slider is dragged. */
function useGlide(list: { current: HTMLOListElement | null }, order: string): void {
  const before = useRef<{ order: string; tops: Map<string, number> }>({ order, tops: new Map() });
  useLayoutEffect(() => {
    const changed = before.current.order !== order;
    const items = list.current ? (Array.from(list.current.children) as HTMLElement[]) : [];
    if (items.length > MOST_GLIDING || (!changed && before.current.tops.size > 0)) {
      before.current.order = order;
      if (items.length <= MOST_GLIDING) return;
      before.current.tops = new Map();
      return;
    }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const tops = new Map(items.map((el) => [el.dataset["slice"] ?? "", el.offsetTop]));
    if (changed && !still) {
      for (const el of items) {
        const old = before.current.tops.get(el.dataset["slice"] ?? "");
        const now = tops.get(el.dataset["slice"] ?? "") ?? 0;
        if (old !== undefined && old !== now) {
          el.animate([{ transform: `translateY(${old - now}px)` }, { transform: "none" }], { duration: 220, easing: "ease-out" });
        }
      }
    }
    before.current = { order, tops };
  });
}
