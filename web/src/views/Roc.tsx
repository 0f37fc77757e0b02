import { line } from "d3-shape";
import type { Apart } from "../apart";
import { operating } from "../board";
import { cell, eligible, type Cell } from "../decode";
import { count, estimateText, full } from "../numbers";
import { Source } from "../parts/Source";
import { TableFold } from "../parts/Table";
import { useStore, type Store } from "../store";
import { levelText, nText, short } from "../words";
import type { Shown } from "./Curves";
import { NotDrawn, type Absent } from "./NotDrawn";

interface Curve {
  slice: number;
  name: string;
  points: { threshold: number; tpr: Cell; fpr: Cell }[];
  at: { tpr: Cell; fpr: Cell } | null; // at the operating threshold
  auc: Cell | null;
}

const RATES = [["true_positive_rate", "positive"], ["false_positive_rate", "negative"]] as const;
const SIZE = 320;
const EDGE = { left: 60, top: 12, right: 24, bottom: 44 };

function curves(store: Store, { model, slices }: Shown): Curve[] {
  const { report, grids, names } = store;
  const find = (name: string): number => report.board.metrics.findIndex((m) => m.name === name);
  const [t, f, a] = [find("true_positive_rate"), find("false_positive_rate"), find("auc")];
  if (t < 0 || f < 0) return [];
  const [tprs, fprs] = [grids.get(model, t), grids.get(model, f)];
  return slices.flatMap((slice) => {
    const points = report.board.thresholds.flatMap((threshold, k) => {
      const [tpr, fpr] = [cell(tprs, slice, k), cell(fprs, slice, k)];
      return tpr && fpr ? [{ threshold, tpr, fpr }] : [];
    });
    if (points.length === 0) return [];
    const own = operating(report, model);
    const [tpr, fpr] = [cell(tprs, slice, own), cell(fprs, slice, own)];
    const auc = a >= 0 ? cell(grids.get(model, a), slice, 0) : null;
    return [{ slice, name: names.slice(report.board.slices[slice]?.key ?? {}), points, at: tpr && fpr ? { tpr, fpr } : null, auc }];
  });
}

/** Groups that were asked for and have no curve: which label too few of them have. */
function missing(store: Store, { model, slices }: Shown, drawn: Curve[]): Absent[] {
  const { report, grids } = store;
  const known = new Set(drawn.map((c) => c.slice));
  const needed = report.board.min_n;
  return slices.filter((s) => !known.has(s)).map((slice) => {
    const few = RATES.flatMap(([name, label]) => {
      const grid = grids.get(model, report.board.metrics.findIndex((m) => m.name === name));
      if (cell(grid, slice, operating(report, model))) return [];
      const n = eligible(grid, slice, operating(report, model));
      const held = n === null ? (report.board.slices[slice]?.withheld ? "too few" : "fewer than 10") : count(n);
      return [`${held} with a ${label} label`];
    });
    return { slice, why: `${few.join(" and ") || "no rate at any threshold"}${needed === undefined || few.length === 0 ? "" : `, ${count(needed)} needed`}` };
  });
}

/** Selected among positive labels against selected among negative ones, as the threshold moves. */
export function Roc({ shown }: { shown: Shown }) {
  const store = useStore();
  const { report, colours } = store;
  const slices = shown.slices.length > 0 ? shown.slices : [0];
  const all = curves(store, { ...shown, slices });
  const absent = report.subject.label === null ? [] : missing(store, { ...shown, slices }, all);
  if (all.length === 0) {
    const rates = RATES.every(([name]) => report.board.metrics.some((m) => m.name === name && m.by_threshold));
    return rates && absent.length > 0 ? <figure class="chart" id="roc"><h3>No ROC curve can be drawn</h3><NotDrawn absent={absent} /><Source /></figure> : null;
  }
  const threshold = report.board.thresholds[operating(report, shown.model)];
  const title = finding(all, threshold, store.apart);
  const x = (v: number): number => EDGE.left + v * SIZE;
  const y = (v: number): number => EDGE.top + (1 - v) * SIZE;
  const draw = line<[number, number]>().x((p) => x(p[0])).y((p) => y(p[1]));
  const path = (c: Curve): string =>
    draw([[1, 1], ...c.points.map((p): [number, number] => [p.fpr.value, p.tpr.value]), [0, 0]]) ?? "";
  return (
    <figure class="chart" id="roc">
      <div class="whole">
      <h3>{title}</h3>
      <p class="subtitle">ROC curves: true positive rate against false positive rate at {report.board.thresholds.length} thresholds. The dot is the threshold in use, with its {levelText(report)} intervals; n is how many {report.subject.people} the group has.</p>
      <div class="side">
        <svg class="plot" viewBox={`0 0 ${SIZE + EDGE.left + EDGE.right} ${SIZE + EDGE.top + EDGE.bottom}`} role="img" aria-label={`${title} Every point is in the table below.`}>
          {[0, 0.25, 0.5, 0.75, 1].map((v) => (
            <g key={v}>
              <line class="grid" x1={x(v)} x2={x(v)} y1={y(0)} y2={y(1)} />
              <line class="grid" x1={x(0)} x2={x(1)} y1={y(v)} y2={y(v)} />
              <text class="tick" x={x(v)} y={y(0) + 16} text-anchor="middle">{v * 100}%</text>
              <text class="tick" x={x(0) - 8} y={y(v) + 4} text-anchor="end">{v * 100}%</text>
            </g>
          ))}
          <line class="diagonal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          <text class="note" transform={`translate(${x(0.62)} ${y(0.62) + 15}) rotate(-45)`} text-anchor="middle">no better than chance</text>
          {all.map((c) => <path key={c.slice} class="curve" d={path(c)} style={{ stroke: colours[c.slice] }} />)}
          {all.map((c) => c.at && (
            <g key={c.slice} style={{ color: colours[c.slice] }}>
              <line class="whisker thin" x1={x(c.at.fpr.low)} x2={x(c.at.fpr.high)} y1={y(c.at.tpr.value)} y2={y(c.at.tpr.value)} />
              <line class="whisker thin" x1={x(c.at.fpr.value)} x2={x(c.at.fpr.value)} y1={y(c.at.tpr.low)} y2={y(c.at.tpr.high)} />
              <circle class="shape" cx={x(c.at.fpr.value)} cy={y(c.at.tpr.value)} r="5"><title>{short(c.name, 300)}</title></circle>
            </g>
          ))}
          <text class="axis-title" x={x(0.5)} y={y(0) + 36} text-anchor="middle">label negative, yet selected (false positive rate)</text>
          <text class="axis-title" transform={`translate(14 ${y(0.5)}) rotate(-90)`} text-anchor="middle">label positive and selected (true positive rate)</text>
        </svg>
        <Legend curves={all} />
      </div>
      </div>
      <NotDrawn absent={absent} />
      <Source extra={threshold === undefined ? undefined : `Threshold in use: ${threshold}`} />
      <TableFold rows={all.reduce((s, c) => s + c.points.length, 0)} make={() => ({
        name: `${report.title}-roc`, caption: "ROC points by group",
        header: ["group", "threshold", "false_positive_rate", "low", "high", "true_positive_rate", "low", "high"],
        rows: all.flatMap((c) => c.points.map((p) => [c.name, p.threshold, full(p.fpr.value), full(p.fpr.low), full(p.fpr.high), full(p.tpr.value), full(p.tpr.low), full(p.tpr.high)])),
      })} />
    </figure>
  );
}

function Legend({ curves: all }: { curves: Curve[] }) {
  const { report, apart, colours } = useStore();
  return (
    <ul class="legend">
      {all.map((c) => (
        <li key={c.slice}>
          <i class="swatch" style={{ background: colours[c.slice] }} /> <b title={short(c.name, 300)}><bdi>{apart.brief(c.name, 48)}</bdi></b>
          <span>n {nText(report.board.slices[c.slice] ?? { n: null })}</span>
          {c.at && <span>TPR {estimateText("share", c.at.tpr.value, c.at.tpr.low, c.at.tpr.high)}<br />FPR {estimateText("share", c.at.fpr.value, c.at.fpr.low, c.at.fpr.high)}</span>}
          {c.auc && <span>AUC {estimateText("value", c.auc.value, c.auc.low, c.auc.high)}</span>}
        </li>
      ))}
    </ul>
  );
}

function finding(all: Curve[], threshold: number | undefined, apart: Apart): string {
  const known = all.filter((c) => c.at !== null);
  if (known.length < 2 || threshold === undefined) return "How errors trade off as the threshold moves";
  const sorted = [...known].sort((a, b) => (a.at?.tpr.value ?? 0) - (b.at?.tpr.value ?? 0));
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  const said = (c: Curve): string => `${Math.round((c.at?.tpr.value ?? 0) * 100)}% for ${apart.brief(c.name, 48)}`;
  return `At ${threshold}, the true positive rate runs from ${said(low)} to ${said(high)}.`;
}
