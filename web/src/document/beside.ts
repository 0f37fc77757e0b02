import type { Block, HeatMap } from "./types";

/** Heat maps of the same rows, columns and measure: small multiples, on one scale and beside each other. */
export function alike(a: HeatMap, b: HeatMap): boolean {
  return a.value_name === b.value_name && a.scale === b.scale && same(a.rows, b.rows) && same(a.columns, b.columns);
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** The blocks of a section in order, each alone but for heat maps that are alike and follow each other. */
export function standing(blocks: Block[]): Block[][] {
  const out: Block[][] = [];
  for (const block of blocks) {
    const before = out[out.length - 1]?.[0];
    if (block.block === "heatmap" && before?.block === "heatmap" && alike(before, block)) out[out.length - 1]?.push(block);
    else out.push([block]);
  }
  return out;
}

/** The least and the most that a heat map and those like it in its section hold; null when nothing is known. */
export function rangeOf(map: HeatMap, blocks: Block[]): [number, number] | null {
  let [least, most] = [Infinity, -Infinity];
  for (const block of blocks) {
    if (block.block !== "heatmap" || !alike(map, block)) continue;
    for (const cell of block.cells.flat()) {
      if (cell.value === null) continue;
      [least, most] = [Math.min(least, cell.value), Math.max(most, cell.value)];
    }
  }
  return least > most ? null : [least, most];
}
