import { scaleLinear, type ScaleLinear } from "d3-scale";
import { useId, useState } from "preact/hooks";
import { Apart } from "../../apart";
import { SLOTS } from "../../colour";
import type { Dot, Dots } from "../../document/types";
import { open, shownFirst } from "../../folding";
import { count, full, measuredText } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { Icon } from "../../parts/Icon";
import { TableFold } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";
import { useWidth } from "../../parts/useWidth";
import { spaced, ticksFor, type Tick } from "../../ticks";
import { short } from "../../words";

type Scale = ScaleLinear<number, number>;
const COLOURED = 8; // more of them would make seven look chosen
const PRINTED = 270; // px of the axis on paper, which stands between names and numbers
const INSET = 20; // px at either end of the axis, so that the outermost numbers stand under their lines

/** Groups or columns under each other, each a dot with its interval, on one axis that fits them. */
export function DotsBlock({ block }: { block: Dots }) {
  const id = useId();
  const { place, width } = useWidth<HTMLSpanElement>(300);
  const [all, setAll] = useState(false);
  const print = usePrinting();
  if (block.dots.length === 0) return <p class="quiet">Nothing could be measured.</p>;
  const among = new Apart(() => block.dots.map((d) => d.label));
  const room = print ? PRINTED : width;
  const x = axis(block, room);
  const shown = all || print ? block.dots : block.dots.slice(0, shownFirst(block));
  const colour = (i: number): string => (block.dots.length <= COLOURED && block.reference_name === "" && block.line_name === "" ? `var(--group-${SLOTS[i % SLOTS.length] ?? "other"})` : "var(--ink)");
  const ticks = ticksFor(x, room, block.scale === "share" ? "share" : "value", true);
  return (
    <figure class="dots-block">
      <figcaption id={id}><Sentence>{block.caption}</Sentence></figcaption>
      {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
      <p class="dots-key quiet">
        <span>Dot and line: {short(block.value_name, 80)} with its interval</span>
        {block.reference_name !== "" && <span><i class="dots-tick" aria-hidden="true" /> {short(block.reference_name, 80)}</span>}
        {block.dots.some((d) => open(block, d)) && <span><svg class="dots-open" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><circle class="dots-dot" r="4.5" /></svg> hollow: the interval holds the line</span>}
        {block.line !== null && block.line_name !== "" && <span><i class="dots-line" aria-hidden="true" /> {short(block.line_name, 80)}</span>}
      </p>
      <ol class="dots" aria-labelledby={id}>
        {shown.map((d, i) => <Row key={i} dot={d} among={among} block={block} x={x} colour={colour(i)} ticks={ticks} />)}
      </ol>
      <div class="dots-axis" aria-hidden="true"><span /><span ref={place} class="axis-plot">{ticks.map((t) => <span key={t.value} class={t.edge} style={{ left: `${t.at}%` }}>{t.text}</span>)}</span><span /></div>
      {shown.length < block.dots.length && <button type="button" class="more" onClick={() => setAll(true)}>Show all {count(block.dots.length)}</button>}
      <TableFold rows={block.dots.length} make={() => ({
        name: block.caption || "numbers", caption: block.caption, header: ["name", block.value_name, "low", "high", "n", block.reference_name || "reference", "note"],
        rows: block.dots.map((d) => [d.label, full(d.value), full(d.low), full(d.high), d.n, full(d.reference), d.note || null]),
      })} />
    </figure>
  );
}

function Row({ dot: d, among, block, x, colour, ticks }: { dot: Dot; among: Apart; block: Dots; x: Scale; colour: string; ticks: Tick[] }) {
  const at = (v: number): string => `${x(v)}%`;
  return (
    <li class={`dots-row tone-${d.tone}${open(block, d) ? " dots-open" : ""}`}>
      <span class="dots-name">{d.tone !== "plain" && <><Icon word={d.tone} /> </>}<Text most={60} among={among}>{d.label.trim() === "" ? "(no name)" : d.label}</Text> {d.n !== null && <span class="quiet dots-n">n {count(d.n)}</span>}</span>
      <svg width="100%" height="24" aria-hidden="true" style={{ color: colour }}>
        {ticks.map(({ value }) => <line key={value} class="grid" x1={at(value)} x2={at(value)} y1="0" y2="24" />)}
        {block.line !== null && <line class="dots-at" x1={at(block.line)} x2={at(block.line)} y1="0" y2="24" />}
        {d.reference_low !== null && d.reference_high !== null && <rect class="dots-reference-band" x={at(d.reference_low)} width={`${Math.max(x(d.reference_high) - x(d.reference_low), 0)}%`} y="5" height="14" />}
        {d.reference !== null && <line class="dots-reference" x1={at(d.reference)} x2={at(d.reference)} y1="4" y2="20" />}
        {d.low !== null && d.high !== null && <line class="dots-whisker" x1={at(d.low)} x2={at(d.high)} y1="12" y2="12" />}
        {d.value !== null && <circle class="dots-dot" cx={at(d.value)} cy="12" r="5" />}
      </svg>
      <span class="dots-value">{measuredText(block.scale, d.value, d.low, d.high, block.line === null ? [] : [block.line])}{d.reference !== null && <span class="quiet"> · {measuredText(block.scale, d.reference, d.reference_low, d.reference_high)}<span class="sr"> {short(block.reference_name, 60)}</span></span>}</span>
      {d.note !== "" && <span class="dots-note"><Sentence>{d.note}</Sentence></span>}
    </li>
  );
}

export function axis(block: Dots, room: number): Scale {
  const inset = Math.min((INSET / room) * 100, 10);
  const range = [inset, 100 - inset];
  const known = block.dots.flatMap((d) => [d.value, d.low, d.high, d.reference, d.reference_low, d.reference_high]).filter((v): v is number => v !== null);
  const all = [...known, ...(block.line === null ? [] : [block.line])];
  if (all.length === 0) return scaleLinear([0, 1], range);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const spare = (high - low || Math.abs(high) || 1) * 0.04;
  return scaleLinear(spaced(low, high, spare), range).nice(5).clamp(true);
}
