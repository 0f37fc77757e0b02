import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { markdown, type Inline, type Piece } from "../../document/markdown";
import type { Prose } from "../../document/types";
import { count } from "../../numbers";
import { copy } from "../../parts/copy";
import { Fold } from "../../parts/Fold";
import { Sentence, Text } from "../../parts/Text";
import { visible } from "../../words";

const LONGEST = 16; // lines that are shown without being asked for

/** Paragraphs. People's own words are set apart and say whose they are. */
export function ProseBlock({ block }: { block: Prose }) {
  const body = block.markdown ? <Markdown text={block.text} /> : <Plain text={block.text} />;
  if (block.source === null) return <div class="prose">{body}</div>;
  return (
    <figure class="prose said">
      {body}
      <figcaption class="quiet">In the words of <Text most={80}>{block.source}</Text></figcaption>
    </figure>
  );
}

function Plain({ text }: { text: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter((p) => p.trim() !== "");
  return <>{paragraphs.map((p, i) => <p key={i} class="lines"><Long text={p.trim()} /></p>)}</>;
}

/** A paragraph; one far longer than anybody reads is folded by Text. */
function Long({ text }: { text: string }) {
  return text.length > 4000 ? <Text most={2000}>{text}</Text> : <bdi class="text">{visible(text)}</bdi>;
}

function Markdown({ text }: { text: string }) {
  const pieces = useMemo(() => markdown(text), [text]);
  return <>{pieces.map((p, i) => <PieceView key={i} piece={p} />)}</>;
}

function PieceView({ piece }: { piece: Piece }): ComponentChildren {
  switch (piece.kind) {
    // Headings of people's notes stand below those of the page, whatever their number of signs.
    case "heading": return <p class="note-heading"><Parts of={piece.children} /></p>;
    case "paragraph": return <p><Parts of={piece.children} /></p>;
    case "code": return <Code text={piece.text} />;
    case "rule": return <hr />;
    case "quote": return <blockquote>{piece.pieces.map((p, i) => <PieceView key={i} piece={p} />)}</blockquote>;
    case "list": {
      const items = piece.items.map((item, i) => <li key={i}>{item.map((p, k) => <PieceView key={k} piece={p} />)}</li>);
      return piece.ordered ? <ol class="numbered" start={piece.start}>{items}</ol> : <ul class="bullets">{items}</ul>;
    }
  }
}

/** What is to be copied; folded where it is longer than anybody reads here. */
function Code({ text }: { text: string }) {
  const lines = text.split("\n").length;
  const drawn = <pre class="command" tabIndex={0}><bdi>{visible(text)}</bdi></pre>;
  return lines <= LONGEST ? drawn : <Fold summary={<>{count(lines)} lines <span class="quiet">to copy into a file</span></>}>{() => <>{drawn}<Copying text={text} /></>}</Fold>;
}

function Copying({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  return (
    <p class="table-tools">
      <button type="button" onClick={() => void copy(text).then((ok) => setSaid(ok ? "Copied." : "The browser refused to copy: select the lines."))}>Copy</button>
      <span role="status" class="quiet">{said}</span>
    </p>
  );
}

function Parts({ of }: { of: Inline[] }) {
  return <>{of.map((part, i) => <PartView key={i} part={part} />)}</>;
}

function PartView({ part }: { part: Inline }): ComponentChildren {
  switch (part.kind) {
    case "text": return <Piecewise text={part.text} />;
    case "code": return <code><bdi>{visible(part.text)}</bdi></code>;
    case "bold": return <strong><Parts of={part.children} /></strong>;
    case "italic": return <em><Parts of={part.children} /></em>;
    case "link": return <><Parts of={part.children} />{part.address !== "" && <span class="address"> (<Text most={120}>{part.address}</Text>)</span>}</>;
  }
}

function Piecewise({ text }: { text: string }) {
  return text.length > 4000 ? <Sentence>{text}</Sentence> : <bdi class="text">{visible(text)}</bdi>;
}
