import type { Board } from "./data";

/** One metric of one model: row-major [slice][column], NaN where nothing is known. */
export interface Grid {
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;
  n: Float32Array;
  columns: number;
}

export interface Cell {
  value: number;
  low: number;
  high: number;
  n: number;
}

const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Base64 of little-endian Float32 to numbers. A length that is no multiple of four is an error, not a guess. */
export function unpack(text: string): Float32Array {
  const raw = atob(text);
  if (raw.length % 4 !== 0) throw new Error(`packed numbers: expected a multiple of 4 bytes, got ${raw.length}`);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  if (LITTLE) return new Float32Array(bytes.buffer);
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Decodes each metric the first time it is asked for and keeps it: the page opens without touching the rest. */
export class Grids {
  private readonly kept = new Map<string, Grid | null>();

  constructor(private readonly board: Board) {}

  /** Decodes the rest while the reader reads, one metric at a time. */
  warm(): void {
    const queue = this.board.estimates.flatMap((row, model) => row.map((_, metric) => [model, metric] as const));
    const step = (): void => {
      const next = queue.shift();
      if (!next) return;
      this.get(...next);
      requestIdleCallback(step);
    };
    if (typeof requestIdleCallback === "function") requestIdleCallback(step);
  }

  get(model: number, metric: number): Grid | null {
    const key = `${model}/${metric}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const packed = this.board.estimates[model]?.[metric];
    const info = this.board.metrics[metric];
    let grid: Grid | null = null;
    if (packed && info) {
      const value = unpack(packed.value);
      const slices = Math.max(this.board.slices.length, 1);
      grid = {
        value,
        low: unpack(packed.low),
        high: unpack(packed.high),
        n: unpack(packed.n_eligible),
        columns: Math.max(Math.round(value.length / slices), 1),
      };
    }
    this.kept.set(key, grid);
    return grid;
  }
}

/** The estimate of a slice at a threshold column; null when it is not known. */
export function cell(grid: Grid | null, slice: number, column: number): Cell | null {
  if (!grid) return null;
  const at = slice * grid.columns + Math.min(Math.max(column, 0), grid.columns - 1);
  const value = grid.value[at];
  if (value === undefined || Number.isNaN(value)) return null;
  return { value, low: grid.low[at] ?? NaN, high: grid.high[at] ?? NaN, n: grid.n[at] ?? NaN };
}

/** How many people enter the estimate of a slice; null when that is not told. */
export function eligible(grid: Grid | null, slice: number, column: number): number | null {
  const n = grid?.n[slice * grid.columns + Math.min(Math.max(column, 0), grid.columns - 1)];
  return n === undefined || Number.isNaN(n) ? null : n;
}

/** Index of the threshold nearest to `wanted`; -1 when there are none. */
export function nearest(thresholds: readonly number[], wanted: number): number {
  let best = -1;
  let distance = Infinity;
  thresholds.forEach((t, i) => {
    const d = Math.abs(t - wanted);
    if (d < distance) [best, distance] = [i, d];
  });
  return best;
}
