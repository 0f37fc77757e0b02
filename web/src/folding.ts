import type { Dot, Dots, Items } from "./document/types";

const [FEWEST, FIRST] = [8, 20]; // rows that are drawn without being asked for; of those told apart from a line, none are left out up to FIRST
const SPARED = 4; // no more than these are not worth a fold
const NEVER: Items["tone"][] = ["over", "undecided", "stale"]; // what somebody has to act on is not folded away

/** How many items stand there without being asked for. */
export function itemsFirst({ tone }: Pick<Items, "tone">, items: number): number {
  return NEVER.includes(tone) || items <= FEWEST + SPARED ? items : FEWEST;
}

/** How many dots are drawn without being asked for: to the last that is told apart from the line, and none are folded for a few. */
export function shownFirst(block: Pick<Dots, "line" | "dots">): number {
  const { line, dots } = block;
  const last = dots.reduce((found, d, i) => (clear(line, d) ? i + 1 : found), 0);
  const first = line === null ? FIRST : Math.min(Math.max(last, FEWEST), FIRST);
  return dots.length <= first + SPARED ? dots.length : first;
}

/** Whether a number is not told apart from the line that all are read against. */
export function open({ line }: Pick<Dots, "line">, { low, high }: Pick<Dot, "low" | "high">): boolean {
  return line !== null && low !== null && high !== null && low <= line && high >= line;
}

function clear(line: number | null, dot: Dot): boolean {
  return dot.low !== null && dot.high !== null && !open({ line }, dot);
}
