import { anchors, Links } from "../document/anchors";
import type { Card, CardKind } from "../document/types";
import { Contents } from "../parts/Contents";
import { Sentence, Text } from "../parts/Text";
import { capital } from "../words";
import { FactRow } from "./blocks/Facts";
import { SectionView } from "./Section";

const KINDS: Record<CardKind, string> = { model_card: "Model card", data_card: "Data card", dag_card: "Pipeline card", outcome_table: "Table of outcomes", data_profile: "Profile of data" };

/** A card: a document to read, to print and to check. */
export function CardPage({ card }: { card: Card }) {
  const { document: doc } = card;
  const ids = anchors(doc.sections);
  const links = new Links(doc.sections, ["seal"]);
  const entries = doc.sections.map((s, i) => ({ anchor: ids[i] ?? "", title: s.title, stale: s.stale !== "" }));
  const stale = entries.filter((e) => e.stale).length;
  return (
    <div class="card">
      <a class="skip" href={`#${ids[0] ?? "seal"}`}>Skip to the first section</a>
      <header class="head card-head">
        <div class="head-what">
          {!doc.title.toLowerCase().startsWith(KINDS[doc.kind].toLowerCase()) && <p class="kicker">{KINDS[doc.kind]}</p>}
          <h1><Text>{capital(doc.title)}</Text></h1>
          {doc.lead !== "" && <p class="lead"><Sentence>{doc.lead}</Sentence></p>}
          {stale > 0 && <p class="card-stale"><b>{stale === 1 ? "One section is" : `${stale} sections are`} out of date</b> and marked below.</p>}
        </div>
      </header>
      <main class="with-contents">
        <Contents label="Contents" entries={[...entries, { anchor: "seal", title: checking(card), stale: false }]} />
        <div class="chapters">
          {doc.sections.map((s, i) => <SectionView key={ids[i]} section={s} anchor={ids[i] ?? ""} links={links} />)}
          <Seal card={card} />
        </div>
      </main>
      <footer class="foot">Made by Sterling. This {thing(card)} is one file, works offline and sends nothing anywhere.</footer>
    </div>
  );
}

const THINGS: Partial<Record<CardKind, string>> = { outcome_table: "table", data_profile: "page" };
const thing = (card: Card): string => THINGS[card.document.kind] ?? "card";
const checking = (card: Card): string => `How to check this ${thing(card)}`;

/** What this card or table was made from, and how to see that nothing was changed since. */
function Seal({ card }: { card: Card }) {
  return (
    <section id="seal" class="section chapter seal" aria-labelledby="seal-title">
      <h2 id="seal-title">{checking(card)}</h2>
      {card.document.kind === "outcome_table" ? <OfFile /> : card.document.kind === "data_profile" ? <OfProfile /> : <OfLedger />}
      {card.document.seal.length > 0 && <dl class="facts block-facts">{card.document.seal.map((f, i) => <FactRow key={i} fact={f} whole />)}</dl>}
    </section>
  );
}

function OfFile() {
  return <p class="lead">The data are known by the digest of their file, the rule by its version and day. The same table made again of the same file holds the same numbers.</p>;
}

function OfProfile() {
  return <p class="lead">The same files, questions and seed give the same evidence, whatever the order of the rows: its digest below is then the same too. It is in the JSON of the run as <code>evidence_hash</code>.</p>;
}

function OfLedger() {
  return (
    <>
      <p class="lead">The ledger that this card was made from is a chain: every record holds the digest of the one before it. In the project’s folder, run</p>
      <pre class="command" tabIndex={0}>sterling verify</pre>
      <p>It works every digest out again and names the first record that does not fit. A ledger that holds the head below, and verifies, is the one this card speaks of; evidence is found there by its digest.</p>
    </>
  );
}
