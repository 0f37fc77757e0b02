import { useMemo, useRef, useState } from "preact/hooks";
import type { Links } from "../../document/anchors";
import { connected, DETAIL_SIZE, LABEL_SIZE, layFor, LINE, MOST_DRAWN, neighbours, scaleFor, towards, type Layout, type Placed } from "../../document/layout";
import type { Graph, GraphNode, NodeKind } from "../../document/types";
import { Fold } from "../../parts/Fold";
import { markWord } from "../../parts/Icon";
import { Sentence, Text } from "../../parts/Text";
import { useWidth } from "../../parts/useWidth";
import { SIDEWAYS, useWider } from "../../parts/useWider";
import { plural, short, visible } from "../../words";

const MARGIN = 9; // px free at the right of a drawing, for the marks on its nodes
const KIND: Record<NodeKind, string> = { artifact: "Artifact", step: "Step", person: "Person" };

/** A directed graph: what came from what. Looking at a node shows all that it comes from and all that comes from it. */
export function GraphBlock({ block, links }: { block: Graph; links: Links }) {
  const { place, width } = useWidth<HTMLDivElement>();
  const drawable = block.nodes.length > 0 && block.nodes.length <= MOST_DRAWN;
  const layout = useMemo(() => (drawable ? layFor(block, width) : null), [block, drawable, width]);
  const near = useMemo(() => listed(block), [block]);
  return (
    <figure class="graph-block">
      <div class="whole">
        <figcaption><Sentence>{block.caption}</Sentence></figcaption>
        {block.text !== "" && (drawable ? <p class="sr"><bdi>{visible(block.text)}</bdi></p> : <p class="subtitle"><Sentence>{block.text}</Sentence></p>)}
        <div ref={place} class="graph-room">{layout && <Picture block={block} layout={layout} scale={scaleFor(layout.width, width - MARGIN)} links={links} />}</div>
      </div>
      {!drawable && block.nodes.length > 0 && <p class="quiet">{block.nodes.length} nodes are too many to follow in a drawing; they are listed below.</p>}
      <Fold class="table-fold" open={!drawable} summary={<>As a list <span class="quiet">{block.nodes.length} {plural(block.nodes.length, "node", "nodes")}, what each is made from and what it leads to</span></>}>
        {() => <ListView block={block} near={near} links={links} />}
      </Fold>
    </figure>
  );
}

function Picture({ block, layout, scale, links }: { block: Graph; layout: Layout; scale: number; links: Links }) {
  const near = useMemo(() => neighbours(layout), [layout]);
  const [at, setAt] = useState<number | null>(null); // the node looked at
  const [stop, setStop] = useState(0); // the node that Tab reaches
  const shown = useMemo(() => (at === null ? null : connected(near, at)), [near, at]);
  const { place, wider } = useWider<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const onKey = (e: KeyboardEvent): void => {
    const next = e.key === "Escape" ? null : towards(layout.nodes, stop, e.key);
    if (e.key === "Escape") setAt(null);
    if (next === null) return;
    e.preventDefault();
    svg.current?.querySelector<SVGElement>(`[data-node="${next}"]`)?.focus();
  };
  const look = (i: number) => ({
    onFocus: () => { setStop(i); setAt(i); },
    onBlur: () => setAt(null),
    onMouseEnter: () => setAt(i),
    onMouseLeave: () => setAt(null),
  });
  return (
    <>
      {wider && <p class="quiet sideways on-screen">The drawing {SIDEWAYS}</p>}
      <div ref={place} class="graph-scroll">
        <svg ref={svg} class={shown ? "graph looking" : "graph"} width={layout.width * scale} height={layout.height * scale} viewBox={`0 0 ${layout.width} ${layout.height}`}
          role="group" aria-label={`${short(block.caption, 200)} Arrow keys go from node to node; the same is listed below.`} onKeyDown={onKey}>
          {layout.edges.map((e) => (
            <g key={`${e.from}/${e.to}`} class={shown?.has(e.from) && shown.has(e.to) ? "edge lit" : "edge"} aria-hidden="true">
              <path d={e.path} /><path class="arrow" d="M0 0 L-7 -3.6 L-7 3.6 Z" transform={e.head} />
            </g>
          ))}
          {layout.nodes.map((n, i) => (
            <NodeView key={i} placed={n} index={i} link={links.to(n.node.link)} lit={shown?.has(i) ?? false} stop={i === stop} on={look(i)} />
          ))}
        </svg>
      </div>
      <p class="graph-said" role="status">{at === null ? <Key block={block} /> : <Said block={block} layout={layout} index={at} near={near} />}</p>
    </>
  );
}

interface Watch {
  onFocus: () => void;
  onBlur: () => void;
  onMouseEnter: () => void;
  onMouseLeave: () => void;
}

function NodeView({ placed: p, index, link, lit, stop, on }: { placed: Placed; index: number; link: string | null; lit: boolean; stop: boolean; on: Watch }) {
  const { node } = p;
  const rows = p.lines.length + (p.detail === "" ? 0 : 1);
  const first = p.height / 2 - ((rows - 1) * LINE) / 2 + LABEL_SIZE * 0.36;
  const body = (
    <g transform={`translate(${p.x} ${p.y})`}>
      <path class="node-shape" d={outline(node.kind, p.width, p.height)} />
      {p.lines.map((text, i) => <text key={i} class="node-label" x={p.width / 2} y={first + i * LINE} text-anchor="middle" font-size={LABEL_SIZE}>{text}</text>)}
      {p.detail !== "" && <text class="node-detail" x={p.width / 2} y={first + p.lines.length * LINE} text-anchor="middle" font-size={DETAIL_SIZE}>{p.detail}</text>}
      {node.tone !== "plain" && <ToneMark tone={node.tone} x={p.width} />}
    </g>
  );
  const common = { class: `node node-${node.kind} tone-${node.tone}${lit ? " lit" : ""}`, "data-node": index, tabindex: stop ? 0 : -1, ...on };
  // A link is named by what it shows, so that it can be spoken to; its kind and tone describe it.
  if (link) return <a href={link} {...common} aria-description={nodeWords(node)}>{body}</a>;
  return <g role="img" aria-label={nodeWords(node)} {...common}>{body}</g>;
}

/** A sheet with a folded corner, a pill, or a box with a bar: told apart without colour. */
function outline(kind: NodeKind, w: number, h: number): string {
  if (kind === "step") {
    const r = h / 2 - 0.75;
    return `M${r + 0.75} .75 H${w - r - 0.75} a${r} ${r} 0 0 1 0 ${2 * r} H${r + 0.75} a${r} ${r} 0 0 1 0 ${-2 * r} Z`;
  }
  if (kind === "person") return `M.75 .75 H${w - 0.75} V${h - 0.75} H.75 Z M5 .75 V${h - 0.75}`;
  return `M.75 .75 H${w - 11} L${w - 0.75} 11 V${h - 0.75} H.75 Z M${w - 11} .75 V11 H${w - 0.75}`;
}

/** The first letters of a tone stand on the node's corner; its word is in the name that is read aloud and in the line below. */
export function ToneMark({ tone, x }: { tone: Exclude<GraphNode["tone"], "plain">; x: number }) {
  const sign = { over: "×", undecided: "?", within: "✓", note: "i", stale: "!" }[tone];
  return (
    <g class={`tone-mark tone-${tone}`} aria-hidden="true" transform={`translate(${x - 2} 2)`}>
      <circle r="8" /><text y="4" text-anchor="middle" font-size="11.5">{sign}</text>
    </g>
  );
}

function nodeWords(node: GraphNode): string {
  const tone = node.tone === "plain" ? "" : `, ${markWord(node.tone).toLowerCase()}`;
  return `${KIND[node.kind]}: ${short(node.label, 120)}${node.detail === "" ? "" : `, ${short(node.detail, 120)}`}${tone}`;
}

function Key({ block }: { block: Graph }) {
  const kinds = (["artifact", "step", "person"] as const).filter((k) => block.nodes.some((n) => n.kind === k));
  return (
    <span class="graph-key">
      {kinds.map((k) => (
        <span key={k}><svg width="26" height="16" aria-hidden="true"><path class="node-shape" d={k === "artifact" ? "M.75 .75 H20 L25 6 V15 H.75 Z M20 .75 V6 H25" : outline(k, 26, 16)} /></svg> {KIND[k].toLowerCase()}</span>
      ))}
      <span class="on-screen">Point at a node to see what it comes from and what comes from it.</span>
    </span>
  );
}

function Said({ block, layout, index, near }: { block: Graph; layout: Layout; index: number; near: { before: number[][]; after: number[][] } }) {
  const node = block.nodes[index];
  const names = (found: number[] | undefined): string => (found ?? []).map((i) => short(layout.nodes[i]?.node.label ?? "", 60)).join(", ");
  if (!node) return null;
  const [from, to] = [names(near.before[index]), names(near.after[index])];
  return (
    <bdi class="text">
      <b>{short(node.label, 120)}</b> ({KIND[node.kind].toLowerCase()}{node.tone !== "plain" && `, ${markWord(node.tone).toLowerCase()}`}){node.detail !== "" && `: ${short(node.detail, 200)}`}
      {from !== "" && `; from ${from}`}{to !== "" && `; to ${to}`}
    </bdi>
  );
}

interface Near {
  from: string[];
  to: string[];
}

function listed(block: Graph): Map<string, Near> {
  const out = new Map(block.nodes.map((n): [string, Near] => [n.id, { from: [], to: [] }]));
  const names = new Map(block.nodes.map((n) => [n.id, n.label]));
  for (const [a, b] of block.edges) {
    out.get(a)?.to.push(names.get(b) ?? "");
    out.get(b)?.from.push(names.get(a) ?? "");
  }
  return out;
}

function ListView({ block, near, links }: { block: Graph; near: Map<string, Near>; links: Links }) {
  return (
    <ul class="plain graph-list">
      {block.nodes.map((n) => {
        const { from, to } = near.get(n.id) ?? { from: [], to: [] };
        const link = links.to(n.link);
        const name = <Text most={120}>{n.label}</Text>;
        return (
          <li key={n.id}>
            <b>{link ? <a href={link}>{name}</a> : name}</b> <span class="quiet">{KIND[n.kind].toLowerCase()}{n.tone !== "plain" && `, ${markWord(n.tone).toLowerCase()}`}</span>
            {n.detail !== "" && <> <Text most={200}>{n.detail}</Text></>}
            {from.length > 0 && <span class="graph-way"> from <Names of={from} /></span>}
            {to.length > 0 && <span class="graph-way"> to <Names of={to} /></span>}
          </li>
        );
      })}
    </ul>
  );
}

function Names({ of }: { of: string[] }) {
  return <>{of.map((name, i) => <span key={i}>{i > 0 && ", "}<Text most={60}>{name}</Text></span>)}</>;
}
