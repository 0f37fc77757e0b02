import { useState } from "preact/hooks";
import { measures, MOST_THRESHOLDS, operating } from "../board";
import { nearest } from "../decode";
import { useStore } from "../store";
import type { Set } from "./BoardControls";

/** One threshold to drag or type, and others kept beside it; nothing where people are not selected by a score. */
export function Thresholds({ set, hold }: { set: Set; hold: (threshold: number) => void }) {
  const { report, view } = useStore();
  const [typed, setTyped] = useState<string | null>(null);
  const all = report.board.thresholds;
  if (all.length < 2) return null;
  const now = view.value;
  const off = measures(now).every((m) => report.board.metrics[m]?.by_threshold === false);
  const at = now.threshold ?? operating(report, now.models[0] ?? 0);
  const distinct = new Set(now.models.map((m) => report.models[m]?.threshold)).size > 1;
  const wanted = typed === null ? [] : numbers(typed);
  const commit = (text: string): void => {
    const found = [...new Set(numbers(text).map((v) => nearest(all, v)))].slice(0, MOST_THRESHOLDS);
    if (found.length === 1) hold(found[0] ?? at);
    else if (found.length > 1) set({ threshold: found[0] ?? at, also: found.slice(1) });
  };
  const missed = wanted.filter((v) => Math.abs(v - (all[nearest(all, v)] ?? v)) > 1e-9);
  return (
    <fieldset class="control threshold wide" disabled={off}>
      <legend>Threshold: selected at or above</legend>
      <input type="range" name="threshold" aria-label="Threshold" min="0" max={all.length - 1} step="1" value={at}
        aria-valuetext={String(all[at])} onInput={(e) => { setTyped(null); hold(Number(e.currentTarget.value)); }} onChange={() => set({})} />
      <input type="text" name="threshold-typed" inputMode="decimal" aria-label="Threshold, typed; several with commas" title="One, or several with commas: 0.3, 0.5" size={6}
        value={typed ?? String(all[at])}
        onInput={(e) => { setTyped(e.currentTarget.value); commit(e.currentTarget.value); }}
        onChange={() => set({})} onBlur={() => setTyped(null)} />
      <Kept at={at} off={off} set={set} />
      {now.threshold !== null && (
        <button type="button" class="inline" onClick={() => { setTyped(null); set({ threshold: null }); }}>
          back to {distinct ? "each model’s own" : "the model’s own"}
        </button>
      )}
      {now.threshold === null && distinct && <span class="quiet">each model at its own threshold</span>}
      {off && <span class="quiet">not used by {now.more.length > 0 ? "these measures" : "this measure"}</span>}
      {missed.length > 0 && <span class="quiet" role="status">nearest computed: {missed.map((v) => all[nearest(all, v)]).join(", ")}</span>}
    </fieldset>
  );
}

/** The thresholds kept for comparison, and the button that keeps one more. */
function Kept({ at, off, set }: { at: number; off: boolean; set: Set }) {
  const { report, view } = useStore();
  const all = report.board.thresholds;
  const { also } = view.value;
  if (off) return null;
  const keep = (): void => set({ also: [...also, at].sort((a, b) => a - b) });
  const drop = (k: number): void => set({ also: also.filter((x) => x !== k) });
  return (
    <>
      {also.map((k) => (
        <button key={k} type="button" class="kept" onClick={() => drop(k)}>
          {all[k]} <span aria-hidden="true">×</span><span class="sr">: compare with it no longer</span>
        </button>
      ))}
      {!also.includes(at) && also.length < MOST_THRESHOLDS - 1 && (
        <button type="button" class="inline" onClick={keep}>Keep {all[at]} to compare with</button>
      )}
      {also.includes(at) && <span class="quiet">move the slider to compare</span>}
    </>
  );
}

/** The numbers somebody typed: decimals with a point or, where no point is, a comma; several with commas and spaces, or semicolons. */
export function numbers(text: string): number[] {
  const tokens = text.split(text.includes(".") ? /[;,\s]+/ : /;|,?\s+/);
  const parts = tokens.flatMap((t) => (/^\d*,\d+$/.test(t) ? [t.replace(",", ".")] : t.split(",")));
  return parts.filter((p) => p.trim() !== "").map(Number).filter(Number.isFinite);
}
