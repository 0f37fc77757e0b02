import { describe, expect, test } from "vitest";
import { overlap, place, type Labelled } from "./labels";
import { connected, lay, layFor, neighbours, scaleFor, towards } from "./layout";
import { fit, textWidth, wrap } from "./measure";
import type { Graph } from "./types";

function graph(nodes: number, edges: [number, number][], id = (i: number) => `node ${i}`): Graph {
  return {
    block: "graph", caption: "c", text: "t", edges: edges.map(([a, b]) => [id(a), id(b)]),
    nodes: Array.from({ length: nodes }, (_, i) => ({ id: id(i), label: `Step ${i}`, kind: i % 2 ? "step" : "artifact", detail: i % 3 ? "" : "some detail", tone: "plain", link: null })),
  };
}

/** Sixty nodes in layers, each made from two of the layer before. */
const SIXTY = graph(60, Array.from({ length: 60 }, (_, i) => i).flatMap((i): [number, number][] => (i < 6 ? [] : [[i - 6, i], [i - 5 - (i % 2), i]])));

function random(seed: number): (below: number) => number {
  let at = seed;
  return (below) => (at = (at * 48271) % 2147483647) % below;
}

describe("a graph", () => {
  test("is laid out the same every time, and whatever its ids are called", () => {
    const other = graph(60, SIXTY.edges.map(([a, b]): [number, number] => [Number(a.slice(5)), Number(b.slice(5))]), (i) => (i === 0 ? "__proto__" : `x${99 - i}`));
    const shape = (g: Graph): unknown => { const l = lay(g, "across"); return [l.nodes.map((n) => [n.x, n.y]), l.edges, l.width]; };
    expect(shape(SIXTY)).toEqual(shape(SIXTY));
    expect(shape(other)).toEqual(shape(SIXTY));
  });

  test.each(["across", "down"] as const)("%s: no two nodes overlap, all lie inside, and every edge runs forward", (direction) => {
    const at = lay(SIXTY, direction);
    at.nodes.forEach((a, i) => at.nodes.slice(i + 1).forEach((b) => expect(overlap(a, b)).toBe(false)));
    for (const n of at.nodes) expect(n.x >= 0 && n.y >= 0 && n.x + n.width <= at.width && n.y + n.height <= at.height).toBe(true);
    for (const e of at.edges) {
      const [a, b] = [at.nodes[e.from]!, at.nodes[e.to]!];
      expect(direction === "across" ? b.x > a.x : b.y > a.y).toBe(true);
    }
  });

  test("that is a little too wide is made smaller, one that is far too wide is not", () => {
    expect(scaleFor(1000, 950)).toBe(0.95);
    expect(scaleFor(1000, 1200)).toBe(1);
    expect(scaleFor(1000, 700)).toBe(1);
  });

  test("takes the direction that fits", () => {
    const chain = graph(4, [[0, 1], [1, 2], [2, 3]]);
    expect(layFor(chain, 900).direction).toBe("across");
    expect(layFor(chain, 600).direction).toBe("down");
    expect(layFor(chain, 340).nodes[0]!.width).toBeLessThan(172);
  });

  test("bears loops, doubled edges and circles", () => {
    const odd = lay(graph(3, [[0, 0], [0, 1], [0, 1], [1, 2], [2, 0]]), "down");
    expect(odd.edges.length).toBe(3);
    expect(odd.nodes.every((n) => Number.isFinite(n.x))).toBe(true);
  });

  test("knows what a node comes from and what comes from it", () => {
    const near = neighbours(lay(graph(6, [[0, 2], [1, 2], [2, 3], [2, 4], [5, 4]]), "down"));
    expect([...connected(near, 3)].sort()).toEqual([0, 1, 2, 3]);
    expect([...connected(near, 1)].sort()).toEqual([1, 2, 3, 4]);
  });

  test("arrow keys go to the neighbour on that side and come back", () => {
    const at = lay(graph(3, [[0, 1], [1, 2]]), "across").nodes;
    expect(towards(at, 0, "ArrowRight")).toBe(1);
    expect(towards(at, 1, "ArrowLeft")).toBe(0);
    expect(towards(at, 0, "ArrowLeft")).toBe(null);
    expect(towards(at, 0, "Home")).toBe(null);
  });
});

describe("labels", () => {
  test("never overlap each other or a point, and stay inside", () => {
    const next = random(11);
    for (let round = 0; round < 200; round++) {
      const points: Labelled[] = Array.from({ length: 1 + next(25) }, (_, i) => ({ x: 40 + next(600), y: 20 + next(300), text: `candidate ${"x".repeat(next(20))}${i}`, far: i < 5 }));
      const room = { x: 0, y: 0, width: 700, height: 340 };
      const found = place(points, room, [], [{ x: 0, y: 100, width: 700, height: 3 }]);
      found.forEach((l, i) => {
        expect(l.box.x >= 0 && l.box.x + l.box.width <= 700 && l.box.y >= 0 && l.box.y + l.box.height <= 340).toBe(true);
        found.slice(i + 1).forEach((o) => expect(overlap(l.box, o.box)).toBe(false));
        points.forEach((p) => expect(overlap(l.box, { x: p.x - 6, y: p.y - 6, width: 12, height: 12 })).toBe(false));
        expect(overlap(l.box, { x: 0, y: 100, width: 700, height: 3 })).toBe(false);
      });
      expect(place(points, room, [], [{ x: 0, y: 100, width: 700, height: 3 }])).toEqual(found);
    }
  });

  test("the first point is always named where there is any room; a hidden label is left out, not squeezed in", () => {
    const crowd: Labelled[] = Array.from({ length: 30 }, (_, i) => ({ x: 300 + (i % 3), y: 150 + (i % 2), text: `candidate number ${i}`, far: i < 12 }));
    const found = place(crowd, { x: 0, y: 0, width: 600, height: 300 });
    expect(found[0]?.index).toBe(0);
    expect(found.length).toBeLessThan(30);
    expect(found.some((l) => l.leader)).toBe(true);
    expect(found.every((l) => !l.leader || l.index < 12)).toBe(true);
  });
});

describe("text is measured", () => {
  test("and cut or broken to fit", () => {
    expect(fit("short", 12, 200)).toBe("short");
    expect(textWidth(fit("a rather long label that goes on", 12, 100), 12)).toBeLessThanOrEqual(100);
    expect(wrap("alternatives_search_candidates_table", 12, 120, 3).join("")).toBe("alternatives_search_candidates_table");
    for (const line of wrap("x".repeat(10_000), 12, 120, 2)) expect(textWidth(line, 12)).toBeLessThanOrEqual(121);
    expect(wrap("", 12, 100, 2)).toEqual([]);
  });
});
