import { scaleLinear, type ScaleLinear } from "d3-scale";
import { kindOf } from "../board";
import type { MetricInfo } from "../data";
import type { LimitMark } from "../limit";
import { asTyped, type Kind } from "../numbers";
import type { Panel, Row, Selection } from "../selection";
import { useStore } from "../store";
import type { Tick } from "../ticks";

export type Scale = ScaleLinear<number, number>;

/** A measure as it is drawn: its marks, its axis from 0 to 100 percent of its place, how its numbers are written, its limit. */
export interface Drawn extends Panel {
  info: MetricInfo;
  index: number; // of the panel in a row's cells
  x: Scale;
  kind: Kind;
  mark: LimitMark | null;
  limits: number[]; // bounds of the limit that the axis holds
  beyond: Beyond[]; // bounds too far off for it
}

/** A bound that lies outside the axis, and behind which of its ends. */
interface Beyond {
  at: number;
  end: "low" | "high";
}

const WIDEST = 3; // times what the marks span that an axis may be, for a limit to be on it

/** The axis that holds every mark of a measure, and its limit where the marks keep enough of the width for that. */
export function drawnPanel(selection: Selection, index: number, info: MetricInfo, rows: Row[], mark: LimitMark | null): Drawn {
  const panel = selection.panels[index]!;
  const kind = kindOf(info, panel.mode);
  const range: [number, number | null] = panel.mode === "value" ? info.range : kind === "ratio" ? [0, null] : [-Infinity, null];
  let [low, high] = [Infinity, -Infinity];
  const take = (v: number | null | undefined): void => {
    if (v === null || v === undefined || !Number.isFinite(v)) return;
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  for (const r of rows) for (const c of r.panels[index] ?? []) if (c) [c.value, c.low, c.high].forEach(take);
  if (panel.mode === "difference") take(0);
  if (kind === "ratio") take(1);
  if (low > high) [low, high] = [range[0] === -Infinity ? 0 : range[0], range[1] ?? 1];
  const span = high - low || 0.1;
  const [floor, roof] = [range[0], range[1] ?? Infinity];
  // A bound that the measure can't reach, such as 3% less 5 points, is nowhere.
  const bounds = [mark?.low, mark?.high].filter((m): m is number => m != null && m >= floor && m <= roof);
  const off = (m: number): number => Math.max(low - m, m - high);
  for (const m of bounds.sort((a, b) => off(a) - off(b))) if (Math.max(high, m) - Math.min(low, m) <= WIDEST * span) take(m);
  const pad = span * 0.04;
  const scale = scaleLinear([Math.max(low - pad, floor), Math.min(high + pad, roof)], [0, 100]).nice(6);
  const [a = 0, b = 1] = scale.domain();
  const x = scale.domain([Math.max(a, floor), Math.min(b, roof)]).clamp(true);
  const limits = bounds.filter((m) => holds(x, m));
  const beyond = bounds.filter((m) => !holds(x, m)).map((at): Beyond => ({ at, end: at < (x.domain()[0] ?? 0) ? "low" : "high" }));
  return { ...panel, info, index, kind, mark, limits, beyond, x };
}

/** Whether a number has a place on an axis; one that has none would be drawn at its end, as another number. */
function holds(x: Scale, at: number): boolean {
  const [a = 0, b = 1] = x.domain();
  return at >= a && at <= b;
}

/** A limit that the axis doesn't hold, at the end behind which it lies. */
function beyondWords({ at, end }: Beyond, kind: Kind): string {
  const said = `limit ${beyondAt(at, kind)}, outside the chart`;
  return end === "low" ? `← ${said}` : `${said} →`;
}

function beyondAt(at: number, kind: Kind): string {
  return `${asTyped(kind, Number(at.toPrecision(kind === "value" ? 5 : 3)))}${{ share: "%", points: " points", ratio: "×", value: "" }[kind]}`;
}

/** What a chart is to those who hear it: its label, a limit that it doesn't show, and where the numbers are. */
export function spoken(label: string, { beyond, kind }: Drawn): string {
  const limits = beyond.map(({ at, end }) => `The limit ${beyondAt(at, kind)} lies outside the chart, ${end === "low" ? "below" : "above"} all that is drawn.`);
  return [label, ...limits, "The table below the chart holds every number."].join(" ");
}

export function Axis({ panel: { kind, beyond }, ticks }: { panel: Drawn; ticks: Tick[] }) {
  return (
    <>
      {beyond.map((b) => <div key={b.end} class={`limit-beyond ${b.end}`}>{beyondWords(b, kind)}</div>)}
      <div class="axis-plot">
        {ticks.map(({ value, at, text, edge }) => <span key={value} class={edge} style={{ left: `${at}%` }}>{text}</span>)}
      </div>
    </>
  );
}

/** What lies behind the rows of one measure: grid, what is past the limit, the limit, and the baseline where there is one. */
export function Back({ panel, ticks, label, reference }: { panel: Drawn; ticks: Tick[]; label: string; reference: number | null }) {
  const { x, mark, limits } = panel;
  const upright = (name: string, at: number) => <line key={`${name}${at}`} class={name} x1={`${x(at)}%`} x2={`${x(at)}%`} y1="0" y2="100%" />;
  return (
    <svg class="plot-back" role="img" aria-label={label} width="100%" height="100%">
      {mark?.low != null && <rect class="past" x="0" width={`${x(mark.low)}%`} y="0" height="100%" />}
      {mark?.high != null && <rect class="past" x={`${x(mark.high)}%`} width={`${100 - x(mark.high)}%`} y="0" height="100%" />}
      {ticks.map((t) => upright("grid", t.value))}
      {reference !== null && holds(x, reference) && upright("reference", reference)}
      {limits.map((at) => upright("limit", at))}
    </svg>
  );
}

/** The limit of a measure in words, as it is drawn. */
export function limitWords({ mark, kind }: Drawn, base: string | undefined): string | null {
  const v = mark?.verdict;
  if (!v || v.limit === null) return null;
  const unit = kind === "share" ? "%" : "";
  switch (v.statement) {
    case "max_gap": return `within ${asTyped(kind === "value" ? "value" : "points", v.limit)}${kind === "value" ? "" : " points"} of ${base ?? "the baseline"}`;
    case "min_ratio": return `at least ${asTyped("ratio", v.limit)} times ${base ?? "the baseline"}`;
    case "min": return `at least ${asTyped(kind, v.limit)}${unit}`;
    case "max": return `at most ${asTyped(kind, v.limit)}${unit}`;
    default: return null;
  }
}

/** The names of the slices that others are compared with. */
export function useBaseNames(selection: Selection): string[] {
  const { report, names, apart } = useStore();
  return [...new Set(selection.bases.values())].map((b) => apart.brief(names.slice(report.board.slices[b]?.key ?? {}), 40));
}
