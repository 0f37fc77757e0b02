import { Apart } from "../apart";
import { lettered } from "./measure";
import type { Branch, Tree } from "./types";

/** A branch where it is drawn, in CSS pixels. */
export interface Sprig {
  branch: Branch;
  index: number;
  parent: number | null;
  depth: number;
  x: number;
  y: number;
  width: number;
  height: number;
  lines: string[]; // its condition, broken to its width
}

export interface Branches {
  nodes: Sprig[];
  width: number;
  height: number;
}

const SIZE = 12.5; // px of a condition's letters
const LINE = 16;
const BODY = 54; // px below the condition: number, strip, n
const GAP = { x: 34, y: 12 };
const CARD = { least: 140, most: 200 };

/** Depth of every branch; the root has 0. */
export function depths(nodes: readonly Branch[]): number[] {
  const out: number[] = [];
  for (const node of nodes) out.push(node.parent === null ? 0 : (out[node.parent] ?? 0) + 1);
  return out;
}

/** The branches below each one, in order. */
export function children(nodes: readonly Branch[]): number[][] {
  const out: number[][] = nodes.map(() => []);
  nodes.forEach((node, i) => {
    if (node.parent !== null) out[node.parent]?.push(i);
  });
  return out;
}

/**
 * The tree laid out from left to right: leaves under each other, every other branch at the middle of its own. Null when a level
 * would be too narrow for words in that room.
 */
export function layBranches(tree: Tree, room: number): Branches | null {
  const level = depths(tree.nodes);
  const below = children(tree.nodes);
  const levels = Math.max(...level, 0) + 1;
  const fits = Math.floor((room - GAP.x * (levels - 1)) / levels);
  if (tree.nodes.length === 0 || fits < CARD.least) return null;
  const width = Math.min(fits, CARD.most);
  const among = new Apart(() => tree.nodes.map((n) => n.condition));
  const lines = tree.nodes.map((n) => lettered(n.condition, among, SIZE, width - 20, 3));
  const heights = lines.map((l) => 16 + Math.max(l.length, 1) * LINE + BODY);
  const tops: number[] = tree.nodes.map(() => 0);
  let next = 0;
  const put = (i: number): void => {
    const under = below[i] ?? [];
    const start = next;
    under.forEach(put);
    const own = heights[i] ?? 0;
    const [first, last] = [under[0], under[under.length - 1]];
    if (first === undefined || last === undefined) {
      tops[i] = next;
      next += own + GAP.y;
      return;
    }
    const middle = ((tops[first] ?? 0) + (tops[last] ?? 0) + (heights[last] ?? 0)) / 2;
    tops[i] = Math.max(middle - own / 2, start);
    next = Math.max(next, (tops[i] ?? 0) + own + GAP.y);
  };
  put(0);
  const nodes = tree.nodes.map((branch, index): Sprig => ({
    branch, index, parent: branch.parent, depth: level[index] ?? 0, x: (level[index] ?? 0) * (width + GAP.x), y: Math.round(tops[index] ?? 0),
    width, height: heights[index] ?? 0, lines: lines[index] ?? [],
  }));
  return { nodes, width: levels * width + (levels - 1) * GAP.x, height: Math.max(...nodes.map((n) => n.y + n.height)) };
}

/** A branch and all above it, the root first. */
export function lineage(nodes: readonly Branch[], index: number): number[] {
  const out: number[] = [];
  for (let at: number | null = index; at !== null; at = nodes[at]?.parent ?? null) out.unshift(at);
  return out;
}
