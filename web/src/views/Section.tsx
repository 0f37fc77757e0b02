import type { Links } from "../document/anchors";
import { isHeading } from "../document/headings";
import type { Section } from "../document/types";
import { Guard } from "../parts/Guard";
import { Icon } from "../parts/Icon";
import { Sentence } from "../parts/Text";
import { Block } from "./blocks/Block";

/** A section of a document: heading, what it says in a sentence, its blocks. Stale ones say so before anything else. */
export function SectionView({ section, anchor, links }: { section: Section; anchor: string; links: Links }) {
  return (
    <section id={anchor} class="section chapter">
      <h2 id={`${anchor}-title`} tabIndex={-1}><Sentence>{section.title}</Sentence></h2>
      {section.stale !== "" && (
        <p class="alert tone-stale" role="note"><Icon word="stale" /> <span><b>Out of date.</b> <Sentence>{section.stale}</Sentence></span></p>
      )}
      {section.lead !== "" && <p class="lead"><Sentence>{section.lead}</Sentence></p>}
      <div class="blocks">
        {section.blocks.map((block, i) => (
          <Guard key={i} name="A part of this section">
            {isHeading(block, section.blocks[i + 1]) ? <h3 class="block-heading"><Sentence>{block.text}</Sentence></h3> : <Block block={block} links={links} />}
          </Guard>
        ))}
        {section.blocks.length === 0 && <p class="quiet">Nothing is recorded here.</p>}
      </div>
    </section>
  );
}
