import type { Field } from "../csv";

export interface Sorting {
  column: number;
  down: boolean;
}

const BELOW = /^(?:under|below|less than|up to|before|<)\s*[\d.]/i;

/** Texts as people look for them: numbers in them by size, and what lies below the first number before it (`under 25`, `25-34`, `65 and over`). */
export function compareTexts(a: string, b: string): number {
  return Number(BELOW.test(b)) - Number(BELOW.test(a)) || a.localeCompare(b, "en", { numeric: true });
}

/** Row numbers in order of one column: numbers by size, text by the alphabet, what is not known last. Equal rows keep their order. */
export function ordered(rows: readonly (readonly Field[])[], sorting: Sorting | null): number[] {
  const out = rows.map((_, i) => i);
  if (!sorting) return out;
  const sign = sorting.down ? -1 : 1;
  const key = (i: number): Field => rows[i]?.[sorting.column] ?? null;
  return out.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    if (typeof x === "number" && typeof y === "number") return sign * (x - y) || a - b;
    if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
    return sign * compareTexts(String(x), String(y)) || a - b;
  });
}

/** What a click on a heading does: numbers largest first and then smallest first, text from A and then from Z, then as it was. */
export function clicked(now: Sorting | null, column: number, numeric: boolean): Sorting | null {
  if (now?.column !== column) return { column, down: numeric };
  return now.down === numeric ? { column, down: !numeric } : null;
}
