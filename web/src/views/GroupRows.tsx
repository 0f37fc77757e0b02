import { scaleLinear, type ScaleLinear } from "d3-scale";
import { useLayoutEffect, useRef } from "preact/hooks";
import { FIRST, kindOf, type LimitMark, type Row, type Selection } from "../board";
import { SLOTS } from "../colour";
import type { Cell } from "../decode";
import { asTyped, count, estimateText, fixed, quantity, unitFactor, type Kind } from "../numbers";
import { memo } from "../parts/memo";
import { Text } from "../parts/Text";
import { useStore } from "../store";
import { short } from "../words";
import { Shape } from "./GroupControls";
import { RowDetail } from "./RowDetail";

type Scale = ScaleLinear<number, number>;

interface Props {
  selection: Selection;
  rows: Row[];
  mark: LimitMark | null;
  title: string;
}

/** Dots with intervals on one shared axis. The list is the accessible form; the drawing behind it carries the finding as its name. */
export function GroupRows({ selection, rows, mark, title }: Props) {
  const store = useStore();
  const { report, view, colours, open } = store;
  const metric = report.board.metrics[view.value.metric];
  const list = useRef<HTMLOListElement>(null);
  useGlide(list, `${view.value.sort}${view.value.mode}${view.value.metric}${view.value.families.join()}${view.value.held === null ? view.value.threshold : "held"}`);
  if (!metric) return null;
  const kind = kindOf(metric, view.value.mode);
  const drawn = selection.everyone ? [selection.everyone, ...rows] : rows;
  const x = axis(drawn, mark, kind, view.value.mode === "value" ? metric.range : kind === "ratio" ? [0, null] : [-Infinity, null]);
  if (drawn.every((r) => r.cells.every((c) => c === null))) {
    return <p class="empty"><strong>Nothing to draw.</strong> {rows.length === 0 ? "No group matches what you chose." : "Nobody is counted in this rate at this threshold."}</p>;
  }
  const crowded = selection.shown.some((f) => f.slices.length > SLOTS.length + 1);
  const colourOf = (slice: number): string => (crowded && slice > 0 ? "var(--ink-2)" : (colours[slice] ?? "var(--ink)"));
  const toggle = (slice: number): void => void (open.value = open.value === slice ? null : slice);
  const line = (r: Row) => (
    <GroupRow key={r.slice} row={r} x={x} domain={x.domain().join()} kind={kind} colour={colourOf(r.slice)} models={view.value.models}
      open={open.value === r.slice} toggle={toggle} cellsKey={cellsKey(r)} />
  );
  return (
    <figure class={`board${view.value.models.length > 1 ? " board-tall" : ""}${rows.length > FIRST ? " board-long" : ""}`} aria-label="Groups chart">
      <Key kind={kind} mark={mark} selection={selection} />
      <Axis x={x} kind={kind} />
      <div class="board-body">
        <div class="board-grid board-back">
          <svg class="plot-back" role="img" aria-label={`${short(title, 300)}. The table below the chart holds every number.`} width="100%" height="100%">
            <Past x={x} mark={mark} />
            {x.ticks(6).map((t) => <line key={t} class="grid" x1={`${x(t)}%`} x2={`${x(t)}%`} y1="0" y2="100%" />)}
            <Reference x={x} kind={kind} selection={selection} />
            {mark?.low != null && <line class="limit" x1={`${x(mark.low)}%`} x2={`${x(mark.low)}%`} y1="0" y2="100%" />}
            {mark?.high != null && <line class="limit" x1={`${x(mark.high)}%`} x2={`${x(mark.high)}%`} y1="0" y2="100%" />}
          </svg>
        </div>
        {selection.everyone && <ol class="board-rows board-everyone">{line(selection.everyone)}</ol>}
        <ol class="board-rows" ref={list}>{rows.map(line)}</ol>
      </div>
      {drawn.length > 16 && <Axis x={x} kind={kind} />}
    </figure>
  );
}

const cellsKey = (r: Row): string => r.cells.map((c) => (c ? `${c.value}/${c.low}/${c.high}` : "-")).join() + String(r.baseline);

function axis(rows: Row[], mark: LimitMark | null, kind: Kind, range: [number, number | null]): Scale {
  let [low, high] = [Infinity, -Infinity];
  const take = (v: number | null | undefined): void => {
    if (v === null || v === undefined || !Number.isFinite(v)) return;
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  for (const r of rows) for (const c of r.cells) if (c) [c.value, c.low, c.high].forEach(take);
  if (kind === "points") take(0);
  if (kind === "ratio") take(1);
  const span = high - low || 0.1;
  for (const m of [mark?.low, mark?.high]) if (m != null && m > low - span && m < high + span) take(m);
  const pad = span * 0.04;
  const [floor, roof] = [range[0], range[1] ?? Infinity];
  const scale = scaleLinear([Math.max(low - pad, floor), Math.min(high + pad, roof)], [0, 100]).nice(6);
  const [a = 0, b = 1] = scale.domain();
  return scale.domain([Math.max(a, floor), Math.min(b, roof)]).clamp(true);
}

function Axis({ x, kind }: { x: Scale; kind: Kind }) {
  const ticks = x.ticks(6);
  const f = unitFactor(kind);
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) * f;
  const digits = step >= 1 || step === 0 ? 0 : Math.min(Math.ceil(-Math.log10(step) - 1e-9), 4);
  const unit = kind === "share" ? "%" : kind === "ratio" ? "×" : "";
  return (
    <div class="board-grid axis" aria-hidden="true">
      <div class="axis-plot">
        {ticks.map((t) => (
          <span key={t} class={x(t) < 4 ? "edge-low" : x(t) > 96 ? "edge-high" : ""} style={{ left: `${x(t)}%` }}>{kind === "points" && t > 0 ? "+" : ""}{fixed(t * f, digits)}{unit}</span>
        ))}
      </div>
    </div>
  );
}

function Key({ kind, mark, selection }: { kind: Kind; mark: LimitMark | null; selection: Selection }) {
  const { report, view, names } = useStore();
  const bases = [...new Set(selection.bases.values())].map((b) => short(names.slice(report.board.slices[b]?.key ?? {}), 30));
  const compared = view.value.mode !== "value" && bases.length > 0;
  const v = mark?.verdict;
  const said = v && v.limit !== null ? {
    max_gap: `within ${asTyped(kind === "value" ? "value" : "points", v.limit)}${kind === "value" ? "" : " points"} of ${bases[0] ?? "the baseline"}`,
    min_ratio: `at least ${asTyped("ratio", v.limit)} times ${bases[0] ?? "the baseline"}`,
    min: `at least ${asTyped(kind, v.limit)}${kind === "share" ? "%" : ""}`,
    max: `at most ${asTyped(kind, v.limit)}${kind === "share" ? "%" : ""}`,
  }[v.statement ?? "max"] : null;
  if (!compared && !said && view.value.models.length < 2) return null;
  return (
    <figcaption class="key">
      {compared && <span>{kind === "ratio" ? "Times" : kind === "points" ? "Points from" : "Difference from"} <bdi>{bases.join(", ")}</bdi></span>}
      {said && <span class="key-limit"><svg width="14" height="14" aria-hidden="true"><line class="limit" x1="7" x2="7" y1="0" y2="14" /></svg> your limit: <bdi>{said}</bdi>; past it is shaded</span>}
      {view.value.models.length > 1 && view.value.models.map((m) => (
        <span key={m}><svg class="mark" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><Shape index={m} /></svg> <Text most={30}>{report.models[m]?.name ?? ""}</Text></span>
      ))}
    </figcaption>
  );
}

function Past({ x, mark }: { x: Scale; mark: LimitMark | null }) {
  return (
    <>
      {mark?.low != null && <rect class="past" x="0" width={`${x(mark.low)}%`} y="0" height="100%" />}
      {mark?.high != null && <rect class="past" x={`${x(mark.high)}%`} width={`${100 - x(mark.high)}%`} y="0" height="100%" />}
    </>
  );
}

function Reference({ x, kind, selection }: { x: Scale; kind: Kind; selection: Selection }) {
  const at = kind === "points" ? 0 : kind === "ratio" ? 1 : (selection.rows.find((r) => r.baseline)?.cells[0]?.value ?? null);
  return at === null ? null : <line class="reference" x1={`${x(at)}%`} x2={`${x(at)}%`} y1="0" y2="100%" />;
}

interface RowProps {
  row: Row;
  x: Scale;
  domain: string;
  kind: Kind;
  colour: string;
  models: number[];
  open: boolean;
  toggle: (slice: number) => void;
  cellsKey: string;
}

const GroupRow = memo(
  function GroupRow({ row, x, kind, colour, models, open, toggle }: RowProps) {
    const two = models.length > 1;
    const height = two ? 16 * models.length + 8 : 32;
    return (
      <li data-slice={row.slice} class={row.baseline ? "is-baseline" : ""}>
        <div class="board-grid row">
          <button type="button" class="row-name" aria-expanded={open} onClick={() => toggle(row.slice)} title={short(row.name, 300)}>
            <bdi>{short(row.name, 80)}</bdi>
            {row.baseline && <span class="tag">baseline</span>}
          </button>
          <span class="row-n">{row.n === null ? "< 10" : count(row.n)}</span>
          <svg class="row-plot" width="100%" height={height} style={{ color: colour }} aria-hidden="true" onClick={() => toggle(row.slice)}>
            {row.cells.map((c, k) => c && <Whisker key={k} c={c} x={x} y={two ? 12 + 16 * k : 16} model={models[k] ?? 0} />)}
          </svg>
          <span class="row-value">
            {row.cells.map((c, k) => <span key={k}>{said(kind, c, row.baseline)}</span>)}
          </span>
        </div>
        {open && <RowDetail slice={row.slice} name={row.name} />}
      </li>
    );
  },
  (a, b) => a.cellsKey === b.cellsKey && a.domain === b.domain && a.colour === b.colour && a.open === b.open && a.kind === b.kind && a.models === b.models && a.row.name === b.row.name,
);

function said(kind: Kind, c: Cell | null, baseline: boolean): string {
  if (c === null) return "too few to say";
  // The baseline against itself is what it is, without doubt and without decimals.
  return baseline && c.low === c.high ? quantity(kind, c.value, 0) : estimateText(kind, c.value, c.low, c.high);
}

function Whisker({ c, x, y, model }: { c: Cell; x: Scale; y: number; model: number }) {
  const [low, high] = [x(c.low), x(c.high)];
  return (
    <>
      <line class="whisker" x1={`${low}%`} x2={`${high}%`} y1={y} y2={y} />
      <Point at={`${x(c.value)}%`} y={y} model={model} />
    </>
  );
}

/** The shapes of `Shape`, placed in percent: hundreds of nested drawings would cost more than these. */
function Point({ at, y, model }: { at: string; y: number; model: number }) {
  const shape = model % 4;
  if (shape === 1 || shape === 2) {
    return <rect class={shape === 1 ? "shape diamond" : "shape square"} x={at} y={y} width="8" height="8" />;
  }
  return <circle class={shape === 3 ? "shape hollow" : "shape"} cx={at} cy={y} r={shape === 3 ? 4 : 4.6} />;
}

/** Moves rows from where they were to where they are when the order was changed on purpose; never while a slider is dragged. */
function useGlide(list: { current: HTMLOListElement | null }, order: string): void {
  const before = useRef<{ order: string; tops: Map<string, number> }>({ order, tops: new Map() });
  useLayoutEffect(() => {
    const changed = before.current.order !== order;
    const items = list.current ? (Array.from(list.current.children) as HTMLElement[]) : [];
    if (items.length > 80 || (!changed && before.current.tops.size > 0)) {
      before.current.order = order;
      if (items.length <= 80) return;
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
