import { scaleLinear } from "d3-scale";
import { describe, expect, test } from "vitest";
import { textWidth } from "./document/measure";
import type { Dots } from "./document/types";
import { spaced, ticksFor } from "./ticks";
import { axis } from "./views/blocks/Dots";

describe("numbers under an axis", () => {
  const share = scaleLinear([0.494, 0.506], [0, 100]).nice(6);

  test("are as many as there is room for", () => {
    expect(ticksFor(share, 600, "share", false).map((t) => t.text)).toEqual(["49.4%", "49.6%", "49.8%", "50.0%", "50.2%", "50.4%", "50.6%"]);
    expect(ticksFor(share, 100, "share", true).length).toBeLessThan(4);
  });

  test.each([[358], [240], [150]])("never lie on each other in %i px, and stay inside", (room) => {
    for (const [low, high] of [[0.494, 0.506], [0, 0.000035], [-0.002, 0.008], [0, 1], [-25_000, 80_000]] as const) {
      const ticks = ticksFor(scaleLinear([low, high], [0, 100]).nice(6), room, high < 1 ? "share" : "value", true);
      const boxes = ticks.map(({ at, text, edge }) => {
        const wide = textWidth(text, 13);
        const from = (at / 100) * room - (edge === "edge-low" ? 0 : edge === "edge-high" ? wide : wide / 2);
        return [from, from + wide] as const;
      });
      expect(boxes.every(([from, to]) => from >= 0 && to <= room + 1)).toBe(true);
      expect(boxes.every(([from], i) => i === 0 || from > boxes[i - 1]![1])).toBe(true);
    }
  });

  test("say which way a difference goes", () => {
    expect(ticksFor(scaleLinear([-0.1, 0.1], [0, 100]), 600, "points", false).map((t) => t.text)).toContain("+5");
  });
});

describe("room around numbers", () => {
  test("passes none of -1, 0 and 1 where the numbers pass none", () => {
    expect(spaced(0.5, 0.995, 0.25)).toEqual([0.25, 1]);
    expect(spaced(0.01, 0.5, 0.02)).toEqual([0, 0.52]);
    expect(spaced(-0.99, 0.2, 0.05)).toEqual([-1, 0.25]);
    expect(spaced(-3, 4, 1)).toEqual([-4, 5]);
  });
});

describe("an axis of dots", () => {
  const dot = (value: number, low: number, high: number) => ({ label: "a", value, low, high, n: 100, note: "", tone: "plain", reference: null, reference_low: null, reference_high: null });
  const block = (dots: object[]): Dots => ({ block: "dots", caption: "", text: "", value_name: "AUC", dots, scale: "value", line: 0.5, line_name: "", reference_name: "" }) as unknown as Dots;

  test.each([[300], [358], [620]])("of AUCs ends at 1, its numbers under their lines in %i px", (room) => {
    const x = axis(block([dot(0.99, 0.98, 0.995), dot(0.36, 0.32, 0.4)]), room);
    expect(x.domain()[1]).toBe(1);
    const ticks = ticksFor(x, room, "value", true);
    expect(ticks.at(-1)?.text).toBe("1.0");
    expect(ticks.map((t) => t.edge)).toEqual(ticks.map(() => ""));
  });

  test("goes on past 1 where a number does", () => {
    expect(axis(block([dot(1.4, 1.1, 1.7)]), 300).domain()[1]).toBeGreaterThanOrEqual(1.7);
  });
});
