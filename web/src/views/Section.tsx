import type { Links } from "../document/anchors";
import { alike, rangeOf, standing } from "../document/beside";
import { isHeading } from "../document/headings";
import type { Block as AnyBlock, Section } from "../document/types";
import { Guard } from "../parts/Guard";
import { Icon } from "../parts/Icon";
import { Sentence } from "../parts/Text";
import { Block } from "./blocks/Block";
import { HeatMapBlock } from "./blocks/HeatMap";

/** A section of a document: heading, what it says in a sentence, its blocks. Stale ones say so before anything else. */
export function SectionView({ section, anchor, links }: { section: Section; anchor: string; links: Links }) {
  const groups = standing(section.blocks);
  return (
    <section id={anchor} class="section chapter">
      <h2 id={`${anchor}-title`} tabIndex={-1}><Sentence>{section.title}</Sentence></h2>
      {section.stale !== "" && (
        <p class="alert tone-stale" role="note"><Icon word="stale" /> <span><b>Out of date.</b> <Sentence>{section.stale}</Sentence></span></p>
      )}
      {section.lead !== "" && <p class="lead"><Sentence>{section.lead}</Sentence></p>}
      <div class="blocks">
        {groups.map((group, i) => (
          <Guard key={i} name="A part of this section"><Standing group={group} next={groups[i + 1]?.[0]} section={section} links={links} /></Guard>
        ))}
        {section.blocks.length === 0 && <p class="quiet">Nothing is recorded here.</p>}
      </div>
    </section>
  );
}

/** A block, a heading of what follows, or several heat maps beside each other. The first of those alike explains the colours of all. */
function Standing({ group, next, section, links }: { group: AnyBlock[]; next: AnyBlock | undefined; section: Section; links: Links }) {
  const [first] = group;
  if (!first) return null;
  if (first.block === "heatmap") {
    const maps = group.flatMap((b) => (b.block === "heatmap" ? [b] : []));
    const like = section.blocks.flatMap((b) => (b.block === "heatmap" && alike(b, first) ? [b] : []));
    const hatched = like.some((m) => m.cells.some((row) => row.some((c) => c.value === null)));
    const range = rangeOf(first, like);
    const drawn = maps.map((m, i) => (
      <Guard key={i} name="A part of this section"><HeatMapBlock block={m} range={range} explained={m === like[0]} hatched={hatched} /></Guard>
    ));
    return drawn.length > 1 ? <div class="heat-beside">{drawn}</div> : <>{drawn}</>;
  }
  return isHeading(first, next) ? <h3 class="block-heading"><Sentence>{first.text}</Sentence></h3> : <Block block={first} links={links} />;
}
