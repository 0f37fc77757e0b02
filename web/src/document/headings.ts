import type { Block, Prose } from "./types";

/** A short line of Sterling's own without a full stop, with another block after it, names what follows: it is drawn as a heading. */
export function isHeading(block: Block, next: Block | undefined): block is Prose {
  if (block.block !== "prose" || block.markdown || block.source !== null || next === undefined) return false;
  const text = block.text.trim();
  return text.length > 0 && text.length <= 60 && !/[.!?:;…\n]/.test(text);
}
