import { describe, expect, test } from "vitest";
import type { Cell } from "./decode";
import { difference, ratio } from "./intervals";

function wilson(hits: number, n: number): Cell {
  const z = 1.959963984540054;
  const p = hits / n;
  const centre = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  return { value: p, low: centre - half, high: centre + half, n };
}

describe("difference", () => {
  // Newcombe (1998), Statistics in Medicine 17, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1.0],
  ])("%i/%i - %i/%i", (a, m, b, n, low, high) => {
    const d = difference(wilson(a, m), wilson(b, n));
    expect(d.low).toBeCloseTo(low, 3);
    expect(d.high).toBeCloseTo(high, 3);
  });

  test("turning the groups round mirrors the interval", () => {
    const [a, b] = [wilson(30, 90), wilson(55, 110)];
    expect(difference(a, b).low).toBeCloseTo(-difference(b, a).high, 12);
  });
});

describe("parts of one whole", () => {
  const [a, b] = [wilson(30, 90), wilson(60, 90)];

  test("differ as a share differs from the rest: twice as far as it reaches itself", () => {
    const d = difference(a, b, true);
    expect(d.low).toBeCloseTo(2 * a.low - 1, 12);
    expect(d.high).toBeCloseTo(2 * a.high - 1, 12);
  });

  test("have the odds of a share as their ratio", () => {
    const r = ratio(a, b, true)!;
    expect(r.low).toBeCloseTo(a.low / (1 - a.low), 12);
    expect(r.high).toBeCloseTo(a.high / (1 - a.high), 12);
  });
});

describe("ratio", () => {
  test("bounds lie around the value and turn round with the groups", () => {
    const [a, b] = [wilson(30, 90), wilson(55, 110)];
    const [there, back] = [ratio(a, b)!, ratio(b, a)!];
    expect(there.low).toBeLessThan(there.value);
    expect(there.high).toBeGreaterThan(there.value);
    expect(there.low).toBeCloseTo(1 / back.high, 9);
  });

  test("agrees with the log interval for large n", () => {
    const [a, b] = [wilson(4000, 10000), wilson(5000, 10000)];
    const se = Math.sqrt(1 / 4000 - 1 / 10000 + 1 / 5000 - 1 / 10000);
    const r = ratio(a, b)!;
    expect(r.low).toBeCloseTo(0.8 * Math.exp(-1.96 * se), 3);
    expect(r.high).toBeCloseTo(0.8 * Math.exp(1.96 * se), 3);
  });

  test("nothing to divide by is null, nobody selected starts at 0, an endless bound is Infinity", () => {
    expect(ratio(wilson(3, 10), wilson(0, 10))).toBeNull();
    const none = ratio(wilson(0, 20), wilson(10, 20))!;
    expect(none.value).toBe(0);
    expect(none.low).toBe(0);
    expect(none.high).toBeGreaterThan(0);
    expect(ratio({ value: 0.5, low: 0.4, high: 0.6, n: 9 }, { value: 0.1, low: 0, high: 0.3, n: 9 })!.high).toBe(Infinity);
  });
});
