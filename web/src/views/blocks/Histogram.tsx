import { atValues, axisOf, barsOf, drawnCount, outline, stairs, withheldLine, type Axis } from "../../document/overview";
import type { Bars, FacetRow, Series } from "../../document/types";
import { short } from "../../words";
import { seriesColour, type Look } from "./Overview";
import { ended } from "./OverviewRow";

const BOX = { width: 300, height: 44 };
const OVER = 2; // so many lie over each other; more stand under each other on the same scale
const STRIP = 24; // height of each of them, that of its line of numbers
const SPARE = 1.15; // so that the tallest bar does not touch the strip above
const NAMED = 12; // values that are written under their bars

/** What is drawn of a column: bars of each series on one axis; `at`: bars stand at whole numbers. */
export interface Spread { axis: Axis; at: boolean; bars: Map<number, Bars> }
interface Drawn { column: FacetRow; series: Series[]; look: Look; shown: number[] }
interface Known { i: number; found: Bars; rows: number }

export function spreadOf(c: FacetRow, look: Look, shown: readonly number[]): Spread | null {
  const values = atValues(c, shown);
  const bars = values ?? new Map(shown.flatMap((i) => {
    const f = c.facets[i];
    const found = f ? (look.equal ? (f.equal ?? f.even) : f.even) : null;
    return found ? [[i, found] as const] : [];
  }));
  const axis = axisOf([...bars.values()]);
  return axis === null ? null : { axis, at: values !== null, bars };
}

/** How a column is spread: one or two series over each other, more of them each on a strip of its own, all on one scale. */
export function Histogram({ column: c, series, look, shown, spread }: Drawn & { spread: Spread }) {
  const { axis, at, bars } = spread;
  const known: Known[] = shown.flatMap((i) => {
    const found = bars.get(i);
    return found ? [{ i, found, rows: (c.facets[i]?.n ?? 0) - (c.facets[i]?.missing ?? 0) }] : [];
  });
  const dense = look.equal && !at;
  const span = axis.high - axis.low;
  const value = (n: number, width: number, rows: number): number => (dense ? drawnCount(n, rows, true, false) / Math.max(width / span, 0.002) : drawnCount(n, rows, look.percent, look.log));
  const most = Math.max(...known.flatMap((k) => k.found.counts.map((n, j) => (n === null ? 0 : value(n, (k.found.edges[j + 1] ?? 0) - (k.found.edges[j] ?? 0), k.rows)))));
  const many = series.length > 1;
  const label = known.map((k) => `${many ? `${short(series[k.i]?.name ?? "", 40)}: ` : ""}${peak(k.found, c.kind, at)}`).join("; ");
  const draw = (k: Known, box: typeof BOX, line: boolean) => {
    const drawn = barsOf(k.found, axis, most * (box.height === STRIP ? SPARE : 1), box, (n, width) => value(n, width, k.rows));
    return (
      <g key={k.i} style={{ color: seriesColour(k.i, series) }} class={line ? "bars bars-line" : "bars"}>
        <path d={line && !at ? stairs(drawn, box.height) : outline(drawn, box.height, at ? 0.1 : 0)} />
        <path class="bars-withheld" d={withheldLine(drawn, box.height)} />
      </g>
    );
  };
  const name = `Histogram of ${short(c.name, 60)}. ${label}`;
  return (
    <div class={shown.length > OVER ? "histogram histogram-strips" : "histogram"} role="img" aria-label={name}>
      {shown.length > OVER
        ? shown.map((i) => {
          const k = known.find((one) => one.i === i);
          return <svg key={i} width="100%" height={STRIP} viewBox={`0 0 ${BOX.width} ${STRIP}`} preserveAspectRatio="none" aria-hidden="true">{k && draw(k, { ...BOX, height: STRIP }, false)}</svg>;
        })
        : <svg width="100%" height={BOX.height} viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none" aria-hidden="true">{known.map((k, order) => draw(k, BOX, order > 0))}</svg>}
      <Ends axis={axis} at={at} kind={c.kind} />
    </div>
  );
}

/** What the axis begins and ends with; every value where bars stand at a few. */
function Ends({ axis, at, kind }: { axis: Axis; at: boolean; kind: string }) {
  const steps = at ? Array.from({ length: Math.round(axis.high - axis.low) }, (_, k) => axis.low + 0.5 + k) : [];
  if (at && steps.length <= NAMED) return <p class="histogram-ends histogram-at" aria-hidden="true">{steps.map((v) => <span key={v}>{ended(v, kind)}</span>)}</p>;
  const [low, high] = at ? [axis.low + 0.5, axis.high - 0.5] : [axis.low, axis.high];
  return <p class="histogram-ends" aria-hidden="true"><span>{ended(low, kind)}</span><span class="quiet">{kind === "text" ? "characters" : ""}</span><span>{ended(high, kind)}</span></p>;
}

function peak(bars: Bars, kind: string, at: boolean): string {
  const best = bars.counts.reduce<number>((top, n, i) => ((n ?? 0) > (bars.counts[top] ?? 0) ? i : top), 0);
  const [from, to] = [bars.edges[best] ?? 0, bars.edges[best + 1] ?? 0];
  return at ? `the commonest value is ${ended(from + 0.5, kind)}` : `most values from ${ended(from, kind)} to ${ended(to, kind)}`;
}
