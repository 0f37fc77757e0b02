import type { Board } from "./data";

/** Okabe and Ito's palette in the order used here: red and green hues are never neighbours. Values live in base.css. */
export const SLOTS = ["blue", "orange", "purple", "green", "sky", "vermillion", "yellow"] as const;
export const NEUTRAL = "var(--group-other)";

/**
 * A fixed colour for each slice, the same in every chart: columns share out the seven slots in order, largest group
 * first; a family that does not fit begins again. Missing values and groups past the seventh are grey.
 */
export function colours(board: Board): string[] {
  const out = board.slices.map(() => NEUTRAL);
  const families = new Map<string, number[]>();
  board.slices.forEach((slice, i) => {
    if (slice.family.length === 0) {
      out[i] = "var(--ink)";
      return;
    }
    const id = JSON.stringify(slice.family);
    families.set(id, [...(families.get(id) ?? []), i]);
  });
  let next = 0;
  for (const members of families.values()) {
    const named = members.filter((i) => !Object.values(board.slices[i]?.key ?? {}).includes(null));
    named.sort((a, b) => (board.slices[b]?.n ?? 0) - (board.slices[a]?.n ?? 0) || a - b);
    const wanted = Math.min(named.length, SLOTS.length);
    if (next + wanted > SLOTS.length) next = 0;
    named.slice(0, SLOTS.length).forEach((i, rank) => {
      out[i] = `var(--group-${SLOTS[(next + rank) % SLOTS.length]})`;
    });
    next = (next + wanted) % SLOTS.length;
  }
  return out;
}
