import { scaleLinear } from "d3-scale";
import { useMemo, useRef, useState } from "preact/hooks";
import { children, layBranches, lineage, type Branches, type Sprig } from "../../document/branches";
import { towards } from "../../document/layout";
import { fit } from "../../document/measure";
import type { Branch, Tree } from "../../document/types";
import { heatStep } from "../../heat";
import { count, full, measuredText } from "../../numbers";
import { Fold, usePrinting } from "../../parts/Fold";
import { Icon, markWord } from "../../parts/Icon";
import { DataTable } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";
import { useWidth } from "../../parts/useWidth";
import { plural, short } from "../../words";
import { ToneMark } from "./Graph";

const STRIP = 20; // px left and right of the strip inside a card

/** Rows split again and again, each part with its number: a drawing where there is room, else a nested list. */
export function TreeBlock({ block }: { block: Tree }) {
  const { place, width } = useWidth<HTMLDivElement>();
  const print = usePrinting();
  const laid = useMemo(() => layBranches(block, width), [block, width]);
  const drawn = laid !== null && !print;
  return (
    <figure class="tree-block">
      <figcaption><Sentence>{block.caption}</Sentence></figcaption>
      {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
      <div ref={place}>{drawn && <Picture block={block} laid={laid} />}</div>
      {!drawn && block.nodes.length > 0 && <Nested block={block} />}
      {block.nodes.length === 0 && <p class="quiet">Nothing was split.</p>}
      {drawn && <Fold class="table-fold" summary={<>As a list <span class="quiet">{block.nodes.length} {plural(block.nodes.length, "part", "parts")}</span></>}>{() => <Nested block={block} />}</Fold>}
      <Fold class="table-fold" summary={<>Table <span class="quiet">{count(block.nodes.length)} rows, full precision, copy as CSV</span></>}>{() => <Behind block={block} />}</Fold>
    </figure>
  );
}

function Picture({ block, laid }: { block: Tree; laid: Branches }) {
  const [at, setAt] = useState<number | null>(null); // the part looked at
  const [stop, setStop] = useState(0); // the part that Tab reaches
  const svg = useRef<SVGSVGElement>(null);
  const path = new Set(at === null ? [] : lineage(block.nodes, at));
  const known = block.nodes.flatMap((n) => [n.value, n.low, n.high].filter((v): v is number => v !== null));
  const values = block.nodes.flatMap((n) => n.value ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = scaleLinear([Math.min(...known), Math.max(...known)], [STRIP, (laid.nodes[0]?.width ?? 0) - STRIP]).clamp(true);
  const onKey = (e: KeyboardEvent): void => {
    if (e.key === "Escape") return setAt(null);
    const next = towards(laid.nodes, stop, e.key);
    if (next === null) return;
    e.preventDefault();
    svg.current?.querySelector<SVGElement>(`[data-node="${next}"]`)?.focus();
  };
  const largest = Math.max(...block.nodes.map((n) => n.n), 1);
  return (
    <>
      <div class="graph-scroll">
        <svg ref={svg} class={at === null ? "tree" : "tree looking"} width={laid.width} height={laid.height + 4} viewBox={`-2 -2 ${laid.width + 4} ${laid.height + 4}`}
          role="group" aria-label={`${short(block.caption, 200)} Arrow keys go from part to part; the same is listed below.`} onKeyDown={onKey}>
          {laid.nodes.map((s) => s.parent !== null && (
            <path key={`e${s.index}`} class={path.has(s.index) ? "twig lit" : "twig"} d={twig(laid.nodes[s.parent]!, s)} stroke-width={1 + 7 * (s.branch.n / largest)} aria-hidden="true" />
          ))}
          {laid.nodes.map((s) => (
            <g key={s.index} class={`sprig tone-${s.branch.tone}${path.has(s.index) ? " lit" : ""}`} transform={`translate(${s.x} ${s.y})`} role="img" aria-label={words(block, s.index)}
              data-node={s.index} tabindex={s.index === stop ? 0 : -1} onFocus={() => { setStop(s.index); setAt(s.index); }} onBlur={() => setAt(null)}
              onMouseEnter={() => setAt(s.index)} onMouseLeave={() => setAt(null)}>
              <Card block={block} sprig={s} x={x} step={s.branch.value === null ? null : heatStep(s.branch.value, least, most)} />
            </g>
          ))}
        </svg>
      </div>
      <p class="graph-said" role="status">{at === null ? <Key block={block} /> : <bdi class="text">{words(block, at)}</bdi>}</p>
    </>
  );
}

/** The line from a part to one of its own, as thick as the people in it are many. */
function twig(from: Sprig, to: Sprig): string {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

function Card({ block, sprig: s, x, step }: { block: Tree; sprig: Sprig; x: (v: number) => number; step: number | null }) {
  const { branch: b, width, height } = s;
  const top = 8 + s.lines.length * 16;
  const root = block.nodes[0]?.value ?? null;
  const y = top + 27;
  return (
    <>
      <rect class="node-shape" width={width} height={height} rx="3" />
      <rect class={step === null ? "heat-none" : `heat-${step}`} x="1" y="1" width="6" height={height - 2} />
      {b.tone !== "plain" && <ToneMark tone={b.tone} x={width} />}
      {s.lines.map((text, i) => <text key={i} class="sprig-condition" x="14" y={20 + i * 16}>{text}</text>)}
      <text class="sprig-value" x="14" y={top + 15}>{fit(measuredText(block.scale, b.value, b.low, b.high), 13, width - 20)}</text>
      {b.value !== null && (
        <>
          <line class="rail" x1={STRIP - 4} x2={width - STRIP + 4} y1={y} y2={y} />
          {root !== null && s.depth > 0 && <line class="base-tick" x1={x(root)} x2={x(root)} y1={y - 5} y2={y + 5} />}
          {b.low !== null && b.high !== null && <line class="whisker" x1={x(b.low)} x2={x(b.high)} y1={y} y2={y} />}
          <circle class="shape" cx={x(b.value)} cy={y} r="4" />
        </>
      )}
      <text class="node-detail" x="14" y={height - 9} font-size="11">n {count(b.n)}</text>
      {b.coverage !== null && <text class="node-detail" x={width - 8} y={height - 9} text-anchor="end" font-size="11">{Math.round(b.coverage * 100)}%</text>}
      {b.coverage !== null && <rect class="coverage" x="7" y={height - 4} width={Math.max((width - 8) * Math.min(b.coverage, 1), 0)} height="3" />}
    </>
  );
}

function Key({ block }: { block: Tree }) {
  const covered = block.nodes.some((n) => n.coverage !== null);
  return (
    <span class="graph-key">
      <span>{short(block.value_name, 80)}: number and interval; the stronger the edge, the more</span>
      {block.nodes.length > 1 && <span><svg width="8" height="14" aria-hidden="true"><line class="base-tick" x1="4" x2="4" y1="1" y2="13" /></svg> all rows</span>}
      {covered && <span><svg width="26" height="10" aria-hidden="true"><rect class="coverage" width="26" height="3" y="5" /></svg> and its percent: {short(block.coverage_name.toLowerCase(), 60)}</span>}
      <span>thicker lines lead to more rows</span>
    </span>
  );
}

/** All that a part says, its conditions from the root on. */
function words(block: Tree, index: number): string {
  const b = block.nodes[index];
  if (!b) return "";
  const path = lineage(block.nodes, index).slice(1).map((i) => short(block.nodes[i]?.condition ?? "", 80));
  const where = path.length > 0 ? path.join(" and ") : short(b.condition, 80);
  return [`${where}: ${block.value_name.toLowerCase()} ${measuredText(block.scale, b.value, b.low, b.high)}`, ...rest(block, b)].join(", ");
}

function rest(block: Tree, b: Branch): string[] {
  const share = b.coverage === null ? [] : [`${block.coverage_name.toLowerCase()} ${Math.round(b.coverage * 100)}%`];
  return [`n ${count(b.n)}`, ...share, ...(b.tone === "plain" ? [] : [markWord(b.tone).toLowerCase()]), ...(b.note === "" ? [] : [short(b.note, 200)])];
}

function Nested({ block }: { block: Tree }) {
  const below = useMemo(() => children(block.nodes), [block]);
  const item = (i: number) => {
    const b = block.nodes[i];
    if (!b) return null;
    return (
      <li key={i}>
        {b.tone !== "plain" && <><Icon word={b.tone} /> </>}<b><Text most={120}>{b.condition}</Text></b>{" "}
        <span>{measuredText(block.scale, b.value, b.low, b.high)}</span> <span class="quiet">{rest(block, { ...b, tone: "plain" }).join(", ")}</span>
        {(below[i]?.length ?? 0) > 0 && <ul>{below[i]?.map(item)}</ul>}
      </li>
    );
  };
  return <ul class="nested-tree">{item(0)}</ul>;
}

function Behind({ block }: { block: Tree }) {
  return (
    <DataTable name={block.caption || "tree"} caption={`Parts: ${block.caption}`} whole
      header={["part", block.value_name, "low", "high", "n", block.coverage_name, "note"]}
      rows={block.nodes.map((b, i) => [
        lineage(block.nodes, i).slice(i === 0 ? 0 : 1).map((k) => block.nodes[k]?.condition ?? "").join(" and "),
        full(b.value), full(b.low), full(b.high), b.n, full(b.coverage), b.note || null,
      ])} />
  );
}
