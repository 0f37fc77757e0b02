import { textWidth } from "./measure";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Labelled {
  x: number;
  y: number;
  text: string;
  far?: boolean; // may stand further off, with a line to its point
}

export interface Label {
  index: number; // of the point
  box: Box;
  leader: boolean; // far enough from its point to need a line to it
}

const HEIGHT = 15;
const DOT = 7;

/**
 * A place for the label of every point, the first points first: beside its point where that is free, else, where it may, further
 * off with a line to it, else none. Labels never lie on each other, on a point, on `taken`, or outside `room`; lines are avoided where possible.
 */
export function place(points: readonly Labelled[], room: Box, lines: readonly Box[] = [], taken: readonly Box[] = [], size = 11.5): Label[] {
  const dots = points.map((p): Box => ({ x: p.x - DOT, y: p.y - DOT, width: 2 * DOT, height: 2 * DOT }));
  const out: Label[] = [];
  points.forEach((point, index) => {
    const width = textWidth(point.text, size) + 4;
    let best: { label: Label; cost: number } | null = null;
    for (const [rank, { dx, dy, far }] of PLACES.entries()) {
      if (far && !point.far) continue;
      const box: Box = { x: point.x + (dx < 0 ? -width : dx === 0 ? -width / 2 : 0) + dx, y: point.y + dy - HEIGHT / 2, width, height: HEIGHT };
      if (!inside(box, room) || [...out.map((l) => l.box), ...taken].some((b) => overlap(b, box))) continue;
      if (dots.some((d) => overlap(d, box))) continue;
      const cost = 100 * Number(far) + 6 * lines.filter((l) => overlap(l, box)).length + rank * 0.1;
      if (!best || cost < best.cost) best = { label: { index, box, leader: far }, cost };
    }
    if (best !== null) out.push((best as { label: Label }).label);
  });
  return out;
}

/** Offsets tried: beside the point, then on two wider rings. */
const PLACES = [
  { dx: 9, dy: -11 }, { dx: 9, dy: 11 }, { dx: -9, dy: -11 }, { dx: -9, dy: 11 }, { dx: 10, dy: 0 }, { dx: -10, dy: 0 },
  { dx: 0, dy: -17 }, { dx: 0, dy: 17 },
].map((p) => ({ ...p, far: false })).concat(
  [30, 52, 78].flatMap((d) => [
    { dx: d, dy: -d * 0.6 }, { dx: d, dy: d * 0.6 }, { dx: -d, dy: -d * 0.6 }, { dx: -d, dy: d * 0.6 }, { dx: 0, dy: -d }, { dx: 0, dy: d },
  ].map((p) => ({ ...p, far: true }))),
);

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function inside(a: Box, b: Box): boolean {
  return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
}
