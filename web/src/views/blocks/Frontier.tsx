import { scaleLinear } from "d3-scale";
import { useMemo } from "preact/hooks";
import { Apart } from "../../apart";
import { place, type Box } from "../../document/labels";
import { fit, lettered, textWidth } from "../../document/measure";
import type { Frontier, Point, Role } from "../../document/types";
import { bracket, digitsFor, fixed, full } from "../../numbers";
import { TableFold } from "../../parts/Table";
import { Sentence } from "../../parts/Text";
import { useWidth } from "../../parts/useWidth";
import { spaced } from "../../ticks";
import { short, visible } from "../../words";

const EDGE = { left: 56, top: 14, right: 14, bottom: 46 };
const ROLES: Record<Role, string> = { current: "in use now", kept: "kept", rejected: "rejected" };
const ORDER: Role[] = ["current", "kept", "rejected"];
const LABEL = 170; // px of a label on the drawing; the table holds the whole name

interface Spot extends Point {
  x: number;
  y: number;
}

/** Candidates by two measures, each with its intervals. What is in use, kept and rejected differs by shape and word. */
export function FrontierBlock({ block }: { block: Frontier }) {
  const { place: room, width } = useWidth<HTMLDivElement>();
  const spots = useMemo(() => block.points.filter((p): p is Spot => p.x !== null && p.y !== null)
    .sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role)), [block]);
  const left = block.points.length - spots.length;
  const roles = ORDER.filter((r) => block.points.some((p) => p.role === r));
  return (
    <figure class="frontier-block">
      <div class="whole">
        <figcaption><Sentence>{block.caption}</Sentence></figcaption>
      {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
      <p class="frontier-key">
        {roles.map((r) => <span key={r}><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" class={`spot spot-${r}`}><Shape role={r} /></svg> {ROLES[r]}</span>)}
        <span class="quiet">Lines are intervals.</span>
      </p>
      <div ref={room} class="frontier-room">{spots.length > 0 && <Plot block={block} spots={spots} width={Math.min(width, 820)} />}</div>
      </div>
      {left > 0 && <p class="quiet">{left} of {block.points.length} could not be measured in both ways and are in the table only.</p>}
      <TableFold rows={block.points.length} make={() => ({
        name: block.caption || "candidates", caption: block.caption || "Candidates",
        header: ["candidate", "outcome", block.x_name, "low", "high", block.y_name, "low", "high", "why"],
        rows: block.points.map((p) => [p.label, ROLES[p.role], ...[p.x, p.x_low, p.x_high, p.y, p.y_low, p.y_high].map(full), p.note]),
      })} />
    </figure>
  );
}

function Plot({ block, spots, width }: { block: Frontier; spots: Spot[]; width: number }) {
  const height = Math.round(Math.min(Math.max(width * 0.6, 300), 440));
  const x = scaleLinear(domain(spots.flatMap((p) => [p.x, p.x_low, p.x_high])), [EDGE.left, width - EDGE.right]).nice(5);
  const y = scaleLinear(domain([...spots.flatMap((p) => [p.y, p.y_low, p.y_high]), block.limit_y]), [height - EDGE.bottom, EDGE.top]).nice(5);
  const [xs, ys] = [x.ticks(width < 480 ? 4 : 7), y.ticks(5)];
  const [bottom, right] = [height - EDGE.bottom, width - EDGE.right];
  const limit = block.limit_y === null ? null : y(block.limit_y);
  const limitText = `limit ${visible(String(Number(block.limit_y?.toPrecision(6))))}`;
  const limitBox: Box | null = limit === null ? null : { x: right - textWidth(limitText, 11.5) - 8, y: limit > EDGE.top + 18 ? limit - 17 : limit + 3, width: textWidth(limitText, 11.5) + 8, height: 14 };
  const rest = spots.filter((p) => width < 480 && p.role === "rejected").map((p): Box => ({ x: x(p.x) - 6, y: y(p.y) - 6, width: 12, height: 12 }));
  const named = width < 480 ? spots.filter((p) => p.role !== "rejected") : spots;
  const among = new Apart(() => spots.map((p) => p.label));
  const labels = place(
    named.map((p) => ({ x: x(p.x), y: y(p.y), text: lettered(p.label, among, 11.5, LABEL, 1)[0] ?? "", far: p.role !== "rejected" })),
    { x: EDGE.left + 2, y: EDGE.top, width: right - EDGE.left, height: bottom - EDGE.top },
    spots.flatMap((p) => crosses(p, x, y)),
    limitBox === null || limit === null ? rest : [...rest, limitBox, { x: EDGE.left, y: limit - 2, width: right - EDGE.left, height: 4 }],
  );
  return (
    <svg class="frontier" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${short(block.caption, 200)} ${short(block.text, 300)} Every candidate is in the table below.`}>
      {xs.map((t) => <g key={t}><line class="grid" x1={x(t)} x2={x(t)} y1={EDGE.top} y2={bottom} /><text class="tick" x={x(t)} y={bottom + 16} text-anchor="middle">{tick(t)}</text></g>)}
      {ys.map((t) => <g key={t}><line class="grid" x1={EDGE.left} x2={right} y1={y(t)} y2={y(t)} /><text class="tick" x={EDGE.left - 8} y={y(t) + 4} text-anchor="end">{tick(t)}</text></g>)}
      {limit !== null && limitBox && <><line class="limit" x1={EDGE.left} x2={right} y1={limit} y2={limit} /><text class="note limit-text" x={right - 4} y={limitBox.y + 11} text-anchor="end">{limitText}</text></>}
      {[...spots].reverse().map((p, i) => <SpotView key={i} spot={p} x={x} y={y} />)}
      {labels.map((l) => {
        const p = named[l.index]!;
        const [text] = lettered(p.label, among, 11.5, LABEL, 1);
        return (
          <g key={l.index} class={`spot-label spot-${p.role}`}>
            {l.leader && <line class="leader" x1={x(p.x)} y1={y(p.y)} x2={Math.min(Math.max(x(p.x), l.box.x), l.box.x + l.box.width)} y2={l.box.y + (l.box.y > y(p.y) ? 0 : l.box.height)} />}
            <text x={l.box.x + 2} y={l.box.y + 11}>{text}</text>
          </g>
        );
      })}
      <text class="axis-title" x={(EDGE.left + right) / 2} y={height - 8} text-anchor="middle">{fit(visible(block.x_name), 11.5, right - EDGE.left)}</text>
      <text class="axis-title" transform={`translate(13 ${(EDGE.top + bottom) / 2}) rotate(-90)`} text-anchor="middle">{fit(visible(block.y_name), 11.5, bottom - EDGE.top)}</text>
    </svg>
  );
}

type Scale = (v: number) => number;

function SpotView({ spot: p, x, y }: { spot: Spot; x: Scale; y: Scale }) {
  const said = (low: number | null, value: number, high: number | null): string => {
    const digits = digitsFor("value", low, high);
    return low === null || high === null ? fixed(value, digits) : `${fixed(value, digits)} ${bracket("value", low, high, digits)}`;
  };
  return (
    <g class={`spot spot-${p.role}`}>
      <line class="whisker thin" x1={x(p.x_low ?? p.x)} x2={x(p.x_high ?? p.x)} y1={y(p.y)} y2={y(p.y)} />
      <line class="whisker thin" x1={x(p.x)} x2={x(p.x)} y1={y(p.y_low ?? p.y)} y2={y(p.y_high ?? p.y)} />
      <g transform={`translate(${x(p.x)} ${y(p.y)})`}><Shape role={p.role} />
        <title>{`${short(p.label, 300)}, ${ROLES[p.role]}: ${said(p.x_low, p.x, p.x_high)}; ${said(p.y_low, p.y, p.y_high)}`}</title>
      </g>
    </g>
  );
}

function Shape({ role }: { role: Role }) {
  if (role === "current") return <path class="spot-shape" d="M0 -6.4 L6.4 0 L0 6.4 L-6.4 0 Z" />;
  if (role === "kept") return <circle class="spot-shape" r="5" />;
  return <path class="spot-shape" d="M-3.6 -3.6 L3.6 3.6 M3.6 -3.6 L-3.6 3.6" />;
}

/** The boxes of a point's two intervals, for labels to keep off. */
function crosses(p: Spot, x: Scale, y: Scale): Box[] {
  const [x1, x2] = [x(p.x_low ?? p.x), x(p.x_high ?? p.x)];
  const [y1, y2] = [y(p.y_high ?? p.y), y(p.y_low ?? p.y)];
  return [{ x: x1, y: y(p.y) - 1, width: x2 - x1, height: 2 }, { x: x(p.x) - 1, y: y1, width: 2, height: y2 - y1 }];
}

function domain(values: (number | null)[]): [number, number] {
  const known = values.filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return spaced(low, high, pad);
}

function tick(v: number): string {
  return String(Number(v.toPrecision(6))).replace("-", "\u2212");
}
