import type { Apart } from "../apart";
import { full } from "../numbers";
import type { Board, Report } from "../data";
import { Source } from "../parts/Source";
import { TableFold } from "../parts/Table";
import { useStore } from "../store";
import { levelText, nText, short } from "../words";
import type { Shown } from "./Curves";
import { NotDrawn } from "./NotDrawn";

const SIZE = 180;
const EDGE = { left: 42, top: 8, right: 8, bottom: 24 };
type Bins = Board["calibration"][number][number];

/** Does a score of 0.7 mean 70 in 100, in every group? One panel a group, on one scale. */
export function Calibration({ shown }: { shown: Shown }) {
  const { report, names, apart, colours } = useStore();
  const model = report.board.calibration[shown.model] ?? [];
  const wanted = shown.slices.length > 0 ? shown.slices : [0];
  const slices = wanted.filter((s) => (model[s] ?? []).length > 0);
  const absent = wanted.filter((s) => !slices.includes(s)).map((slice) => ({ slice, why: unfit(report, slice) }));
  if (slices.length === 0) {
    return model.some((bins) => bins.length > 0) ? <figure class="chart" id="calibration"><h3>No calibration can be drawn</h3><NotDrawn absent={absent} /><Source /></figure> : null;
  }
  const name = (s: number): string => names.slice(report.board.slices[s]?.key ?? {});
  const title = finding(slices.map((s) => ({ name: name(s), bins: model[s] ?? [] })), apart);
  const high = Math.max(1, ...slices.flatMap((s) => (model[s] ?? []).map((b) => b.mean_score)));
  const low = Math.min(0, ...slices.flatMap((s) => (model[s] ?? []).map((b) => b.mean_score)));
  return (
    <figure class="chart" id="calibration">
      <div class="whole">
      <h3>{title}</h3>
      <p class="subtitle">Calibration: for each score (across) the share of {report.subject.people} with a positive label (up), with {levelText(report)} intervals; n is how many {report.subject.people} the group has. On the diagonal the score means what it says; above it the score is too low.</p>
      <div class="panels">
        {slices.map((s) => (
          <Panel key={s} name={name(s)} n={report.board.slices[s]?.n ?? null} bins={model[s] ?? []} colour={colours[s] ?? "var(--ink)"} domain={[low, high]} />
        ))}
      </div>
      </div>
      <NotDrawn absent={absent} />
      <Source />
      <TableFold rows={slices.reduce((n, s) => n + (model[s]?.length ?? 0), 0)} make={() => ({
        name: `${report.title}-calibration`, caption: "Calibration by group",
        header: ["group", "mean score", "observed share", "low", "high", "n"],
        rows: slices.flatMap((s) => (model[s] ?? []).map((b) => [name(s), full(b.mean_score), full(b.observed), full(b.low), full(b.high), b.n])),
      })} />
    </figure>
  );
}

function unfit({ board }: Report, slice: number): string {
  const known = board.slices[slice];
  if (known?.withheld) return "by its counts a group of fewer than 10 could be worked out";
  return known?.status === "ok" ? "no score band holds 10 people with a label" : "too few people";
}

function Panel({ name, n, bins, colour, domain }: { name: string; n: number | null; bins: Bins; colour: string; domain: [number, number] }) {
  const { apart } = useStore();
  const x = (v: number): number => EDGE.left + ((v - domain[0]) / (domain[1] - domain[0])) * SIZE;
  const y = (v: number): number => EDGE.top + (1 - v) * SIZE;
  const off = bins.filter((b) => b.low > b.mean_score || b.high < b.mean_score).length;
  const alt = `${short(name, 300)}: ${off} of ${bins.length} score bands ${off === 1 ? "lies" : "lie"} off the diagonal beyond their interval.`;
  return (
    <div class="panel">
      <h4 title={short(name, 300)}><i class="swatch" style={{ background: colour }} /> <bdi>{apart.brief(name, 48)}</bdi> <span class="quiet panel-n">n {nText({ n })}</span></h4>
      <svg class="plot" viewBox={`0 0 ${SIZE + EDGE.left + EDGE.right} ${SIZE + EDGE.top + EDGE.bottom}`} role="img" aria-label={alt} style={{ color: colour }}>
        {[0, 0.5, 1].map((v) => (
          <g key={v}>
            <line class="grid" x1={x(domain[0])} x2={x(domain[1])} y1={y(v)} y2={y(v)} />
            <text class="tick" x={EDGE.left - 6} y={y(v) + 4} text-anchor="end">{v * 100}%</text>
            <text class="tick" x={x(domain[0] + v * (domain[1] - domain[0]))} y={y(0) + 16} text-anchor="middle">{Number((domain[0] + v * (domain[1] - domain[0])).toPrecision(3))}</text>
          </g>
        ))}
        <line class="diagonal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {bins.map((b, i) => (
          <g key={i}>
            <line class="whisker thin" x1={x(b.mean_score)} x2={x(b.mean_score)} y1={y(b.low)} y2={y(b.high)} />
            <circle class="shape" cx={x(b.mean_score)} cy={y(b.observed)} r="3.5"><title>{`score ${b.mean_score.toFixed(2)}: ${(b.observed * 100).toFixed(0)}%, n ${b.n}`}</title></circle>
          </g>
        ))}
      </svg>
    </div>
  );
}

function finding(groups: { name: string; bins: Bins }[], apart: Apart): string {
  const off = (bins: Bins): number => bins.filter((b) => b.low > b.mean_score || b.high < b.mean_score).length;
  const worst = groups.reduce((a, b) => (off(b.bins) / b.bins.length > off(a.bins) / a.bins.length ? b : a));
  const n = off(worst.bins);
  if (n === 0) return "In every group shown, the scores agree with what was observed, as far as the intervals can tell.";
  return `The score fits ${apart.brief(worst.name, 48)} least well: ${n} of ${worst.bins.length} bands ${n === 1 ? "lies" : "lie"} off what was observed.`;
}
