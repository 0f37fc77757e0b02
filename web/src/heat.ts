/** Steps of the one-hue palette of base.css, from least to most; the words on each of them are legible in light and dark. */
export const HEAT_STEPS = 7;

/** The step of a value between the least and the most that are drawn; the middle one where all are equal. */
export function heatStep(value: number, least: number, most: number): number {
  if (!(most > least)) return Math.floor(HEAT_STEPS / 2);
  return Math.min(Math.max(Math.floor(((value - least) / (most - least)) * HEAT_STEPS), 0), HEAT_STEPS - 1);
}
