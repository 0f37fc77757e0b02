import type { Fact } from "../../document/types";
import { Digest, isDigest } from "../../parts/Digest";
import { Sentence, Text } from "../../parts/Text";

/** Names and values, with the digest of the evidence where there is one. */
export function FactsBlock({ facts }: { facts: Fact[] }) {
  if (facts.length === 0) return null;
  return <dl class="facts block-facts">{facts.map((f, i) => <FactRow key={i} fact={f} />)}</dl>;
}

export function FactRow({ fact, whole = false }: { fact: Fact; whole?: boolean }) {
  return (
    <>
      <dt><Text most={60}>{fact.name}</Text></dt>
      <dd>
        {isDigest(fact.value) ? <Digest value={fact.value} of={fact.name} whole={whole} />
          : fact.value.trim() === "" ? <span class="quiet">not known</span> : <Sentence>{fact.value}</Sentence>}
        {fact.evidence !== null && fact.evidence !== "" && fact.evidence !== fact.value && (
          <span class="fact-evidence"> evidence {isDigest(fact.evidence) ? <Digest value={fact.evidence} of={`evidence of ${fact.name}`} /> : <code><Text most={40}>{fact.evidence}</Text></code>}</span>
        )}
      </dd>
    </>
  );
}
