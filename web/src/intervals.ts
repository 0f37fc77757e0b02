import type { Cell } from "./decode";

/** How far two tails reach together: of independent estimates, or of those of which one may gain what the other loses. */
function reach(a: number, b: number, divided: boolean): number {
  return divided ? Math.abs(a) + Math.abs(b) : Math.hypot(a, b);
}

/**
 * Difference of two estimates by square-and-add (Zou and Donner 2008, MOVER; with Wilson intervals this is
 * Newcombe's hybrid score interval): each bound takes the nearer tail of one and the farther tail of the other.
 * `divided`: they may be anything but independent, down to a correlation of -1, for which tails add up.
 */
export function difference(a: Cell, b: Cell, divided = false): Cell {
  const value = a.value - b.value;
  return {
    value,
    low: value - reach(a.value - a.low, b.high - b.value, divided),
    high: value + reach(a.high - a.value, b.value - b.low, divided),
    n: a.n,
  };
}

/**
 * Ratio a / b by the same idea (Donner and Zou 2012, MOVER-R). Null when the base is 0; an upper bound that no data
 * supports is Infinity. `divided`: as of a difference; the bounds are those of both at their ends.
 */
export function ratio(a: Cell, b: Cell, divided = false): Cell | null {
  if (!(b.value > 0) || a.value < 0) return null;
  if (divided) return { value: a.value / b.value, low: Math.max(a.low, 0) / b.high, high: b.low > 0 ? a.high / b.low : Infinity, n: a.n };
  const product = a.value * b.value;
  const lowTail = a.low * (2 * a.value - a.low);
  const highTail = a.high * (2 * a.value - a.high);
  const baseHigh = b.high * (2 * b.value - b.high);
  const baseLow = b.low * (2 * b.value - b.low);
  const root = (x: number): number => Math.sqrt(Math.max(product * product - x, 0));
  const low =
    Math.abs(baseHigh) < 1e-12 ? lowTail / (2 * product || 1) : (product - root(lowTail * baseHigh)) / baseHigh;
  const high = baseLow <= 0 ? Infinity : (product + root(highTail * baseLow)) / baseLow;
  return { value: a.value / b.value, low: Math.max(low, 0), high, n: a.n };
}
