import type { Section } from "./types";

/** Ids that the page itself uses; a chapter of the same name gets another. */
const TAKEN = new Set([
  "findings", "groups", "groups-title", "groups-table", "scores", "people", "method", "reading", "run", "roc", "measures", "next-title",
  "unknown-title", "notice-title", "findings-title", "sterling", "sterling-data", "chapters", "seal", "contents", "top",
]);
const PLAIN = /^[a-z][a-z0-9_-]{0,59}$/i;

/** An element id for every section, in order: its own where that is a plain word used once, else `part-3`. */
export function anchors(sections: readonly Pick<Section, "id">[]): string[] {
  const used = new Set(TAKEN);
  return sections.map(({ id }, i) => {
    const mine = PLAIN.test(id) && !used.has(id) && !/^(part|verdicts|check)-/.test(id) ? id : `part-${i + 1}`;
    used.add(mine);
    return mine;
  });
}

/** Where links of a document lead: from the id that a section was given, and from the page's own sections, to an anchor. */
export class Links {
  private readonly known: Map<string, string>;

  constructor(sections: readonly Pick<Section, "id">[], pages: readonly string[] = []) {
    const made = anchors(sections);
    this.known = new Map([...pages.map((p): [string, string] => [p, p]), ...sections.map((s, i): [string, string] => [s.id, made[i] ?? ""])]);
  }

  /** `#anchor` for a link to a section of this page; null for anything else, so that no link leads away from the page. */
  to(link: string | null): string | null {
    if (link === null) return null;
    const anchor = this.known.get(link.replace(/^#/, ""));
    return anchor ? `#${anchor}` : null;
  }
}
