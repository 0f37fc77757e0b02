import type { ScaleLinear } from "d3-scale";
import { textWidth } from "./document/measure";
import { fixed, unitFactor, type Kind } from "./numbers";

/** A number under an axis that runs from 0 to 100 percent of its place. */
export interface Tick {
  value: number;
  at: number; // percent
  text: string;
  edge: "edge-low" | "edge-high" | ""; // where it begins or ends at its place, because it would stick out of the axis
}

const SIZE = 13; // px of its letters
const GAP = 8; // px from one number to the next
const MOST = 6;

/** As many round numbers as fit under `room` px, none on the next; with `inside` none sticks out at the ends. */
export function ticksFor(x: ScaleLinear<number, number>, room: number, kind: Kind, inside: boolean): Tick[] {
  for (let wanted = MOST; wanted > 1; wanted--) {
    const found = written(x, x.ticks(wanted), room, kind, inside);
    if (clear(found, room)) return found;
  }
  return written(x, x.ticks(1), room, kind, inside);
}

/** Numbers with `spare` room around them that passes none of -1, 0 and 1 where they pass none: a share or an AUC is never beyond. */
export function spaced(low: number, high: number, spare: number): [number, number] {
  const floor = low >= 0 ? 0 : low >= -1 ? -1 : -Infinity;
  return [Math.max(low - spare, floor), high <= 1 ? Math.min(high + spare, 1) : high + spare];
}

function written(x: ScaleLinear<number, number>, values: number[], room: number, kind: Kind, inside: boolean): Tick[] {
  const f = unitFactor(kind);
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0)) * f;
  const digits = step >= 1 || step === 0 ? 0 : Math.min(Math.ceil(-Math.log10(step) - 1e-9), 6);
  const unit = kind === "share" ? "%" : kind === "ratio" ? "×" : "";
  return values.map((value): Tick => {
    const text = `${kind === "points" && value > 0 ? "+" : ""}${fixed(value * f, digits)}${unit}`;
    const at = x(value);
    const [px, half] = [(at / 100) * room, textWidth(text, SIZE) / 2];
    return { value, at, text, edge: inside && px < half ? "edge-low" : inside && room - px < half ? "edge-high" : "" };
  });
}

function clear(ticks: Tick[], room: number): boolean {
  let before = -Infinity;
  for (const { at, text, edge } of ticks) {
    const wide = textWidth(text, SIZE);
    const from = (at / 100) * room - (edge === "edge-low" ? 0 : edge === "edge-high" ? wide : wide / 2);
    if (from < before + GAP) return false;
    before = from + wide;
  }
  return true;
}
