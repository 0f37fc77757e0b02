import { describe, expect, test } from "vitest";
import { heatStep } from "../heat";
import { children, depths, layBranches, lineage } from "./branches";
import { overlap } from "./labels";
import type { Branch, Tree } from "./types";

function tree(...parents: (number | null)[]): Tree {
  const nodes = parents.map((parent, i): Branch => ({
    condition: i % 3 ? `feature_${i} is one of several long values` : "age", parent, n: 100 - i, value: 0.1, low: 0, high: 0.2, coverage: 0.5, tone: "plain", note: "",
  }));
  return { block: "tree", caption: "c", text: "", value_name: "Error rate", nodes, scale: "share", coverage_name: "Share" };
}

const SEVEN = tree(null, 0, 0, 1, 1, 2, 2);
const LINE = tree(null, 0, 1, 0, 3, 3, 3, 0);

describe("a tree of slices", () => {
  test("knows depths, children and lineage", () => {
    expect(depths(SEVEN.nodes)).toEqual([0, 1, 1, 2, 2, 2, 2]);
    expect(children(SEVEN.nodes)[1]).toEqual([3, 4]);
    expect(lineage(SEVEN.nodes, 6)).toEqual([0, 2, 6]);
  });

  test.each([["full", SEVEN], ["uneven", LINE], ["one part", tree(null)]])("%s: no two parts overlap, all lie inside, every part is right of its own", (_, block) => {
    const laid = layBranches(block, 760)!;
    laid.nodes.forEach((a, i) => laid.nodes.slice(i + 1).forEach((b) => expect(overlap(a, b)).toBe(false)));
    for (const n of laid.nodes) {
      expect(n.x >= 0 && n.y >= 0 && n.x + n.width <= laid.width && n.y + n.height <= laid.height).toBe(true);
      if (n.parent !== null) expect(n.x).toBeGreaterThan(laid.nodes[n.parent]!.x + laid.nodes[n.parent]!.width);
    }
    expect(laid.width).toBeLessThanOrEqual(760);
  });

  test("is not drawn where its words would not fit, or where there is nothing", () => {
    expect(layBranches(SEVEN, 360)).toBeNull();
    expect(layBranches(tree(), 760)).toBeNull();
  });
});

test("shades run from least to most; equal values share the middle one", () => {
  expect([0, 0.5, 1].map((v) => heatStep(v, 0, 1))).toEqual([0, 3, 6]);
  expect(heatStep(5, 5, 5)).toBe(3);
});
