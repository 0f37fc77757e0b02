import type { Apart } from "../apart";
import { operating } from "../board";
import type { Report } from "../data";
import { cell } from "../decode";
import { count } from "../numbers";
import { Source } from "../parts/Source";
import { TableFold } from "../parts/Table";
import { useStore, type Store } from "../store";
import { nText, short } from "../words";
import type { Shown } from "./Curves";
import { NotDrawn } from "./NotDrawn";

const WIDTH = 240;
const HEIGHT = 96;
const EDGE = { left: 6, top: 6, right: 6, bottom: 22 };
type Counts = (number | null)[];

interface Shape {
  slice: number;
  name: string;
  positive: Counts;
  negative: Counts;
  total: number;
  median: number | null;
}

/** How scores are spread, by group and label: small multiples on a shared scale, as shares of the group. */
export function Distribution({ shown }: { shown: Shown }) {
  const store = useStore();
  const { report, names, apart, colours } = store;
  const d = report.board.distribution[shown.model];
  if (!d || d.edges.length < 2) return null;
  const labelled = report.subject.label !== null;
  const wanted = shown.slices.length > 0 ? shown.slices : [0];
  const shapes = wanted.flatMap((slice): Shape[] => {
    const known = d.counts[slice];
    if (!known || [...known.positive, ...known.negative].every((v) => v === null)) return [];
    const { positive, negative } = known;
    const sum = (c: Counts): number => c.reduce<number>((s, v) => s + (v ?? 0), 0);
    return [{ slice, name: names.slice(report.board.slices[slice]?.key ?? {}), positive, negative, total: report.board.slices[slice]?.n ?? sum(positive) + sum(negative), median: median(store, shown.model, slice) }];
  });
  const drawn = new Set(shapes.map((s) => s.slice));
  const absent = wanted.filter((s) => !drawn.has(s)).map((slice) => ({ slice, why: unfit(report, d.counts[slice]?.negative.length ?? 0, slice) }));
  if (shapes.length === 0) return <figure class="chart" id="distribution"><h3>No spread of scores can be drawn</h3><NotDrawn absent={absent} /><Source /></figure>;
  const top = Math.max(...shapes.flatMap((s) => [...s.positive, ...s.negative].map((v) => (v ?? 0) / Math.max(s.total, 1))), 1e-9);
  const hidden = shapes.some((s) => [...s.positive, ...s.negative].includes(null));
  const threshold = report.board.thresholds[operating(report, shown.model)];
  const title = finding(shapes, threshold, apart);
  const [low, high] = [d.edges[0] ?? 0, d.edges[d.edges.length - 1] ?? 1];
  const x = (v: number): number => EDGE.left + ((v - low) / (high - low || 1)) * WIDTH;
  const half = labelled ? HEIGHT / 2 : HEIGHT;
  const base = EDGE.top + half;
  const bars = (c: Counts, s: Shape, up: boolean) => c.map((v, i) => {
    const [from, to] = [x(d.edges[i] ?? 0), x(d.edges[i + 1] ?? 0)];
    if (v === null) return <rect key={i} class="suppressed" x={from} width={Math.max(to - from - 1, 0.5)} y={up ? base - 3 : base + 1} height="2" />;
    const h = (v / Math.max(s.total, 1) / top) * (half - 2);
    return <rect key={i} class={up ? "bar-up" : "bar-down"} x={from} width={Math.max(to - from - 1, 0.5)} y={up ? base - h : base + 1} height={h} />;
  });
  return (
    <figure class="chart" id="distribution">
      <div class="whole">
      <h3>{title}</h3>
      <p class="subtitle">
        How scores are spread in each group, as shares of the group on one scale; n is how many {report.subject.people} it has.
        {labelled && " Above the line: positive label; below: negative."}
        {threshold !== undefined && " The upright line is the threshold in use."}
        {hidden && " Flat grey marks at the line: fewer than 10 people, or a bar by which such a one could be worked out."}
      </p>
      <div class="panels">
        {shapes.map((s) => (
          <div class="panel" key={s.slice}>
            <h4 title={short(s.name, 300)}><i class="swatch" style={{ background: colours[s.slice] }} /> <bdi>{apart.brief(s.name, 48)}</bdi> <span class="quiet panel-n">n {nText(report.board.slices[s.slice] ?? { n: null })}</span></h4>
            <svg class="plot" viewBox={`0 0 ${WIDTH + EDGE.left + EDGE.right} ${HEIGHT + EDGE.top + EDGE.bottom}`} role="img" style={{ color: colours[s.slice] }}
              aria-label={`Scores of ${short(s.name, 300)}: ${count(s.total)} counted. ${s.median === null ? "" : `Half score ${said(s.median)} or more.`}`}>
              {labelled ? <>{bars(s.positive, s, true)}{bars(s.negative, s, false)}</> : bars(s.negative, s, true)}
              <line class="rail" x1={x(low)} x2={x(high)} y1={base} y2={base} />
              {threshold !== undefined && <line class="reference" x1={x(threshold)} x2={x(threshold)} y1={EDGE.top} y2={EDGE.top + HEIGHT} />}
              {[low, (low + high) / 2, high].map((v, i) => <text key={v} class="tick" x={x(v)} y={EDGE.top + HEIGHT + 16} text-anchor={i === 0 ? "start" : i === 2 ? "end" : "middle"}>{Number(v.toPrecision(3))}</text>)}
            </svg>
          </div>
        ))}
      </div>
      </div>
      <NotDrawn absent={absent} />
      <Source />
      <TableFold rows={shapes.length * (d.edges.length - 1)} make={() => ({
        name: `${report.title}-scores`, caption: "Scores by group",
        header: labelled ? ["group", "score from", "score to", "positive label", "negative label"] : ["group", "score from", "score to", "people"],
        rows: shapes.flatMap((s) => s.negative.map((v, i) => {
          const known = (c: number | null | undefined): string | number => c ?? "too few to show";
          return labelled
            ? [s.name, d.edges[i] ?? null, d.edges[i + 1] ?? null, known(s.positive[i]), known(v)]
            : [s.name, d.edges[i] ?? null, d.edges[i + 1] ?? null, known(v)];
        })),
      })} />
    </figure>
  );
}

function unfit({ board }: Report, bins: number, slice: number): string {
  if (board.slices[slice]?.withheld) return "by its counts a group of fewer than 10 could be worked out";
  return bins === 0 ? "left out of a page of so many groups" : "no bar stands for 10 people or more";
}

/** The score that half the group reaches, from the selection rates: the histogram may have hidden cells, these have none. */
function median(store: Store, model: number, slice: number): number | null {
  const { board } = store.report;
  const grid = store.grids.get(model, board.metrics.findIndex((m) => m.name === "selection_rate"));
  if (board.thresholds.length < 10) return null;
  let last: number | null = null;
  for (let k = 0; k < board.thresholds.length; k++) {
    const c = cell(grid, slice, k);
    if (!c || c.value < 0.5) break;
    last = board.thresholds[k] ?? null;
  }
  return last;
}

function said(m: number): string {
  return String(Number(m.toPrecision(2)));
}

function finding(shapes: Shape[], threshold: number | undefined, apart: Apart): string {
  const known = shapes.flatMap((s) => (s.median === null ? [] : [{ name: s.name, m: s.median }])).sort((a, b) => a.m - b.m);
  const [low, high] = [known[0], known[known.length - 1]];
  if (!low || !high || low === high || low.m === high.m) return "How the scores are spread";
  return `The middle score runs from ${said(low.m)} (${apart.brief(low.name, 48)}) to ${said(high.m)} (${apart.brief(high.name, 48)})${threshold === undefined ? "" : `; the threshold is ${threshold}`}.`;
}
