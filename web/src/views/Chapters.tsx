import { useMemo } from "preact/hooks";
import { anchors, Links } from "../document/anchors";
import { readSections } from "../document/read";
import type { Section } from "../document/types";
import { Contents } from "../parts/Contents";
import { useStore } from "../store";
import { chaptersName } from "../words";
import { SectionView } from "./Section";

const PAGE = ["findings", "groups", "comparison", "people", "method", "reading", "run"];

const LEAST_LISTED = 3; // sections from which contents beside them help

/** What the project adds to the page: its purpose, data, alternatives, risks, review and lineage, with their contents beside them. */
export function Chapters({ raw }: { raw: unknown }) {
  const { report } = useStore();
  const read = useMemo(() => readSections(raw), [raw]);
  const sections = useMemo(() => read.map((r) => r.section).filter((s): s is Section => s !== null), [read]);
  const ids = useMemo(() => anchors(sections), [sections]);
  const links = useMemo(() => new Links(sections, PAGE), [sections]);
  if (read.length === 0) return null;
  const problems = read.flatMap((r) => (r.problem === null ? [] : [r.problem]));
  const few = sections.length < LEAST_LISTED;
  return (
    <div class={few ? "chapters-few" : "with-contents"} id="chapters">
      {!few && <Contents label={chaptersName(report)} entries={sections.map((s, i) => ({ anchor: ids[i] ?? "", title: s.title, stale: s.stale !== "" }))} />}
      <div class="chapters">
        {problems.map((p, i) => (
          <section key={i} class="problem" role="alert"><h2>A chapter could not be read</h2><p>{p}</p><p>Make the report again with this version of Sterling.</p></section>
        ))}
        {sections.map((s, i) => <SectionView key={ids[i]} section={s} anchor={ids[i] ?? ""} links={links} />)}
      </div>
    </div>
  );
}
