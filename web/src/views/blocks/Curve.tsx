import { scaleLinear, type ScaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { Apart } from "../../apart";
import { SLOTS } from "../../colour";
import { fit } from "../../document/measure";
import type { CellScale, Curve, CurveLine } from "../../document/types";
import { count, fixed, full, measuredText, scaleKind, unitFactor } from "../../numbers";
import { TableFold } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";
import { useWidth } from "../../parts/useWidth";
import { spaced } from "../../ticks";
import { short, visible } from "../../words";

const EDGE = { left: 60, top: 14, right: 14, bottom: 46 };

interface Spot {
  x: number;
  y: number;
  low: number;
  high: number;
  n: number | null;
}

type Scale = ScaleLinear<number, number>;

/** Lines with the bands of their intervals over one measure: calibration, residuals, a difference over thresholds. */
export function CurveBlock({ block, colours }: { block: Curve; colours?: string[] }) {
  const { place, width } = useWidth<HTMLDivElement>();
  const lines = block.lines.map((l) => ({ label: l.label, spots: spots(l) }));
  const among = new Apart(() => block.lines.map((l) => l.label));
  const known = lines.some((l) => l.spots.length > 0);
  return (
    <figure class="curve-block">
      <div class="whole">
        <figcaption><Sentence>{block.caption}</Sentence></figcaption>
        {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
        <p class="frontier-key">
          {lines.length > 1 && lines.map((l, i) => <span key={i}><i class={`swatch line-${slot(i)}`} style={colours && { background: colours[i] }} /> <Text most={40} among={among}>{l.label}</Text></span>)}
          <span class="quiet">Bands are intervals.{block.reference === "diagonal" && " On the dashed line both are equal."}</span>
        </p>
        {known && <p class="quiet axis-above" aria-hidden="true">↑ <bdi>{short(visible(block.y_name), 80)}</bdi></p>}
        <div ref={place} class="frontier-room">{known ? <Plot block={block} lines={lines} colours={colours} width={Math.min(width, 760)} /> : <p class="quiet">Nothing could be measured.</p>}</div>
      </div>
      <TableFold rows={block.lines.reduce((n, l) => n + l.points.length, 0)} make={() => ({
        name: block.caption || "curve", caption: `Points: ${block.caption}`, header: ["line", block.x_name, block.y_name, "low", "high", "n"],
        rows: block.lines.flatMap((l) => l.points.map((p) => [l.label, full(p.x), full(p.y), full(p.low), full(p.high), p.n])),
      })} />
    </figure>
  );
}

function slot(i: number): string {
  return SLOTS[i % SLOTS.length] ?? "other";
}

function spots(l: CurveLine): Spot[] {
  return l.points.flatMap((p) => (p.x === null || p.y === null ? [] : [{ x: p.x, y: p.y, low: p.low ?? p.y, high: p.high ?? p.y, n: p.n }])).sort((a, b) => a.x - b.x);
}

function Plot({ block, lines, colours, width }: { block: Curve; lines: { label: string; spots: Spot[] }[]; colours: string[] | undefined; width: number }) {
  const height = Math.round(Math.min(Math.max(width * 0.55, 260), 400));
  const all = lines.flatMap((l) => l.spots);
  const diagonal = block.reference === "diagonal";
  const ys = [...all.flatMap((p) => [p.low, p.high]), ...(block.reference === "zero" ? [0] : []), ...(diagonal ? all.map((p) => p.x) : [])];
  const x = domain(all.map((p) => p.x), 0, [EDGE.left, width - EDGE.right]);
  const y = domain(ys, 0.03, [height - EDGE.bottom, EDGE.top]);
  const [bottom, right] = [height - EDGE.bottom, width - EDGE.right];
  const [from, to] = [Math.max(x.domain()[0] ?? 0, y.domain()[0] ?? 0), Math.min(x.domain()[1] ?? 1, y.domain()[1] ?? 1)];
  const path = line<Spot>((p) => x(p.x), (p) => y(p.y));
  const band = area<Spot>((p) => x(p.x), (p) => y(p.low), (p) => y(p.high));
  return (
    <svg class="frontier" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${short(block.caption, 200)} ${short(block.text, 300)} Every point is in the table below.`}>
      {x.ticks(width < 480 ? 4 : 7).map((t) => <g key={t}><line class="grid" x1={x(t)} x2={x(t)} y1={EDGE.top} y2={bottom} /><text class="tick" x={x(t)} y={bottom + 16} text-anchor="middle">{tick(t, x, block.x_scale)}</text></g>)}
      {y.ticks(5).map((t) => <g key={t}><line class="grid" x1={EDGE.left} x2={right} y1={y(t)} y2={y(t)} /><text class="tick" x={EDGE.left - 8} y={y(t) + 4} text-anchor="end">{tick(t, y, block.y_scale)}</text></g>)}
      {diagonal && to > from && <line class="diagonal" x1={x(from)} y1={y(from)} x2={x(to)} y2={y(to)} />}
      {block.reference === "zero" && <line class="reference" x1={EDGE.left} x2={right} y1={y(0)} y2={y(0)} />}
      {lines.map((l, i) => <path key={`b${i}`} class={`band line-${slot(i)}`} style={colours && { color: colours[i] }} d={band(l.spots) ?? ""} />)}
      {lines.map((l, i) => (
        <g key={i} class={`line-${slot(i)}`} style={colours && { color: colours[i] }}>
          <path class="curve current" d={path(l.spots) ?? ""} />
          {l.spots.length <= 40 && l.spots.map((p, k) => (
            <circle key={k} class="shape" cx={x(p.x)} cy={y(p.y)} r="3.6">
              <title>{`${short(l.label, 300)}, ${block.x_name} ${measuredText(block.x_scale, p.x)}: ${measuredText(block.y_scale, p.y, p.low, p.high)}${p.n === null ? "" : `, n ${count(p.n)}`}`}</title>
            </circle>
          ))}
        </g>
      ))}
      <text class="axis-title" x={(EDGE.left + right) / 2} y={height - 8} text-anchor="middle">{fit(visible(block.x_name), 11.5, right - EDGE.left)}</text>
    </svg>
  );
}

function domain(values: number[], spare: number, room: [number, number]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = high > low ? (high - low) * spare : Math.abs(high) * 0.1 || 1;
  return scaleLinear(spaced(low, high, pad), room).nice(5);
}

function tick(v: number, of: Scale, scale: CellScale): string {
  const f = unitFactor(scaleKind(scale));
  const [a = 0, b = 1] = of.ticks(5);
  const step = Math.abs(b - a) * f;
  return `${fixed(v * f, step >= 1 || step === 0 ? 0 : Math.min(Math.ceil(-Math.log10(step) - 1e-9), 6))}${scale === "share" ? "%" : ""}`;
}
