import { Graph as Dagre, layout as arrange } from "@dagrejs/dagre";
import { curveMonotoneX, curveMonotoneY, line } from "d3-shape";
import { Apart } from "../apart";
import { visible } from "../words";
import { fit, lettered } from "./measure";
import type { Graph, GraphNode } from "./types";

export type Direction = "across" | "down";

export interface Placed {
  node: GraphNode;
  x: number; // left
  y: number; // top
  width: number;
  height: number;
  lines: string[];
  detail: string;
}

export interface Drawn {
  from: number; // indices of nodes
  to: number;
  path: string;
  head: string; // the arrow's transform
}

export interface Layout {
  direction: Direction;
  width: number;
  height: number;
  nodes: Placed[];
  edges: Drawn[];
}

export const LABEL_SIZE = 12.5;
export const DETAIL_SIZE = 11;
export const LINE = 16;
const PAD = { x: 12, y: 8 };
const WIDTH = { least: 148, most: 172 }; // px of a node
const LEAST_SCALE = 0.9;
/** More nodes than this are listed and not drawn: nobody could follow them, and laying them out takes seconds. */
export const MOST_DRAWN = 250;

/** A layout in one direction. Equal graphs give equal layouts; ids are only ever keys of maps. */
export function lay(graph: Graph, direction: Direction, nodeWidth = WIDTH.most): Layout {
  const dagre = new Dagre();
  const across = direction === "across";
  dagre.setGraph({ rankdir: across ? "LR" : "TB", nodesep: across ? 16 : nodeWidth < WIDTH.most ? 12 : 20, ranksep: across ? 40 : 30, marginx: 2, marginy: 2 });
  dagre.setDefaultEdgeLabel(() => ({}));
  const index = new Map(graph.nodes.map((n, i) => [n.id, i]));
  const among = new Apart(() => graph.nodes.map((n) => n.label));
  const boxes = graph.nodes.map((node) => box(node, nodeWidth, among));
  boxes.forEach((b, i) => dagre.setNode(`n${i}`, { width: b.width, height: b.height }));
  const edges = distinct(graph, index);
  for (const [from, to] of edges) dagre.setEdge(`n${from}`, `n${to}`);
  arrange(dagre);
  const size = dagre.graph() as { width?: number; height?: number };
  return {
    direction,
    width: Math.ceil(size.width ?? 0),
    height: Math.ceil(size.height ?? 0),
    nodes: boxes.map((b, i) => {
      const at = dagre.node(`n${i}`) as { x?: number; y?: number };
      return { ...b, x: round((at.x ?? 0) - b.width / 2), y: round((at.y ?? 0) - b.height / 2) };
    }),
    edges: edges.map(([from, to]) => drawn(from, to, (dagre.edge(`n${from}`, `n${to}`) as { points?: XY[] }).points ?? [], direction)),
  };
}

/** The direction that fits the room: across where it does, else down, with narrower nodes if need be; where none does, what sticks out least. */
export function layFor(graph: Graph, room: number): Layout {
  const across = room < 520 ? null : lay(graph, "across");
  if (across && across.width <= room) return across;
  const down = room < 520 ? null : lay(graph, "down");
  if (down && down.width <= room) return down;
  const narrow = lay(graph, "down", WIDTH.least);
  return across && narrow.width * LEAST_SCALE > room && across.width < narrow.width ? across : narrow;
}

/** How much a drawing is made smaller so that it fits; one that would become illegible stays as it is and is scrolled. */
export function scaleFor(width: number, room: number): number {
  return width > room && width * LEAST_SCALE <= room ? room / width : 1;
}

function box(node: GraphNode, width: number, among: Apart): Omit<Placed, "x" | "y"> {
  const inner = width - 2 * PAD.x;
  const lines = lettered(node.label, among, LABEL_SIZE, inner, 2);
  const detail = node.detail === "" ? "" : fit(visible(node.detail), DETAIL_SIZE, inner);
  const rows = Math.max(lines.length, 1) + (detail === "" ? 0 : 1);
  return { node, width, height: rows * LINE + 2 * PAD.y, lines, detail };
}

function distinct(graph: Graph, index: Map<string, number>): [number, number][] {
  const seen = new Map<string, [number, number]>();
  for (const [a, b] of graph.edges) {
    const [from, to] = [index.get(a), index.get(b)];
    if (from !== undefined && to !== undefined && from !== to) seen.set(`${from}/${to}`, [from, to]);
  }
  return [...seen.values()];
}

interface XY {
  x: number;
  y: number;
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

function drawn(from: number, to: number, points: XY[], direction: Direction): Drawn {
  const end = points[points.length - 1] ?? { x: 0, y: 0 };
  const before = points[points.length - 2] ?? end;
  const turn = Math.round((Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI);
  const draw = line<XY>().x((p) => round(p.x)).y((p) => round(p.y)).curve(direction === "across" ? curveMonotoneX : curveMonotoneY);
  return { from, to, path: draw(points) ?? "", head: `translate(${round(end.x)} ${round(end.y)}) rotate(${turn})` };
}

/** The nodes before and after each node, by index. */
export function neighbours(layout: Pick<Layout, "nodes" | "edges">): { before: number[][]; after: number[][] } {
  const before: number[][] = layout.nodes.map(() => []);
  const after: number[][] = layout.nodes.map(() => []);
  for (const { from, to } of layout.edges) {
    after[from]?.push(to);
    before[to]?.push(from);
  }
  return { before, after };
}

/** Everything that a node comes from and everything that comes from it, itself included. */
export function connected(near: { before: number[][]; after: number[][] }, start: number): Set<number> {
  const out = new Set([start]);
  for (const side of [near.before, near.after]) {
    const queue = [start];
    const seen = new Set([start]);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const next of side[at] ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        out.add(next);
        queue.push(next);
      }
    }
  }
  return out;
}

/** The node nearest in the direction of an arrow key; null when there is none. */
export function towards(nodes: readonly Pick<Placed, "x" | "y" | "width" | "height">[], from: number, key: string): number | null {
  const own = nodes[from];
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!own || !way) return null;
  const [dx, dy] = way as [number, number];
  let best: { index: number; cost: number } | null = null;
  nodes.forEach((other, index) => {
    const x = other.x + other.width / 2 - own.x - own.width / 2;
    const y = other.y + other.height / 2 - own.y - own.height / 2;
    const ahead = x * dx + y * dy;
    if (index === from || ahead <= 1) return;
    const cost = ahead + 2 * Math.abs(x * dy + y * dx);
    if (!best || cost < best.cost) best = { index, cost };
  });
  return (best as { index: number } | null)?.index ?? null;
}
