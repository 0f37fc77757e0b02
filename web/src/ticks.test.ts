import { scaleLinear } from "d3-scale";
import { describe, expect, test } from "vitest";
import { textWidth } from "./document/measure";
import { ticksFor } from "./ticks";

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
