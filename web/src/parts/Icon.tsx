import type { VerdictWord } from "../data";
import { VERDICTS } from "../words";

/** Verdicts, and two more that documents use: a note, and what no longer fits what it speaks of. */
export type Mark = VerdictWord | "note" | "stale";

const PATHS: Record<Mark, string> = {
  over: "M6 6 L14 14 M14 6 L6 14",
  undecided: "M7.2 7.6 a2.9 2.9 0 1 1 4.4 2.5 c-1.1 .7 -1.6 1.1 -1.6 2.2 M10 14.6 v.6",
  within: "M5.6 10.4 L8.8 13.4 L14.4 6.8",
  insufficient: "M6 10 h.4 M9.8 10 h.4 M13.6 10 h.4",
  error: "M10 5.4 v6 M10 14.4 v.4",
  not_applicable: "M6 10 h8",
  unjudged: "M10 9.9 v.2",
  note: "M10 9.2 v5.2 M10 5.8 v.3",
  stale: "M10 5.6 V10.4 L13 12.4",
};

export function markWord(mark: Mark): string {
  return mark === "note" ? "Note" : mark === "stale" ? "Out of date" : VERDICTS[mark].word;
}

/** The shape of a verdict: told apart without colour, named for those who can't see it. */
export function Icon({ word }: { word: Mark }) {
  return (
    <svg class={`icon icon-${word}`} viewBox="0 0 20 20" width="20" height="20" role="img" aria-label={markWord(word)}>
      <circle cx="10" cy="10" r="9" />
      <path d={PATHS[word]} />
    </svg>
  );
}
