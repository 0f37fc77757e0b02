import { Misread, list, number, numberOrNull, numbers, object, own, scale, text, textOrNull, tone, word, type Fields } from "./read";
import type { Bars, Dots, Facet, FacetRow, Findings, Overview, Strength } from "./types";

/** The blocks that show a table, read as strictly as the others. */
export function readOverview(f: Fields, at: string): Overview {
  const series = list(own(f, "series"), `${at}.series`, (value, where) => {
    const s = object(value, where);
    return { name: text(s, "name", where), rows: number(own(s, "rows"), `${where}.rows`), exact: own(s, "exact") !== false, part: own(s, "part") === true };
  });
  const columns = list(own(f, "columns"), `${at}.columns`, (value, where): FacetRow => {
    const c = object(value, where);
    const facets = list(own(c, "facets"), `${where}.facets`, (v, w) => (v === null ? null : readFacet(v, w)));
    if (facets.length !== series.length) throw new Misread(`${where}.facets`, `${series.length} facets, one for each series`, facets);
    const strengths = (name: string): Strength[] => list(own(c, name) ?? [], `${where}.${name}`, readStrength);
    return {
      name: text(c, "name", where), type: text(c, "type", where, ""), kind: text(c, "kind", where, "other"), role: text(c, "role", where, ""),
      facets, associations: strengths("associations"), changes: strengths("changes"), notes: list(own(c, "notes") ?? [], `${where}.notes`, word),
    };
  });
  return { block: "overview", caption: text(f, "caption", at), text: text(f, "text", at, ""), series, columns };
}

function readFacet(value: unknown, at: string): Facet {
  const f = object(value, at);
  const n = (name: string): number => number(own(f, name), `${at}.${name}`);
  return {
    n: n("n"), missing: n("missing"), distinct: n("distinct"), distinct_error: number(own(f, "distinct_error") ?? 0, `${at}.distinct_error`),
    zeros: number(own(f, "zeros") ?? 0, `${at}.zeros`), ...numbers(f, at, "mean", "std", "rest"),
    quantiles: list(own(f, "quantiles") ?? [], `${at}.quantiles`, (q, w): [number, number | null] => {
      const [p, v] = pair(q, w);
      return [number(p, `${w}[0]`), numberOrNull(v, `${w}[1]`)];
    }),
    even: readBars(own(f, "even") ?? null, `${at}.even`), equal: readBars(own(f, "equal") ?? null, `${at}.equal`),
    top: list(own(f, "top") ?? [], `${at}.top`, (t, w) => {
      const s = object(t, w);
      return { text: text(s, "text", w), count: number(own(s, "count"), `${w}.count`) };
    }),
    facts: list(own(f, "facts") ?? [], `${at}.facts`, (t, w): [string, string] => {
      const [name, said] = pair(t, w);
      return [word(name, `${w}[0]`), word(said, `${w}[1]`)];
    }),
  };
}

function pair(value: unknown, at: string): [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw new Misread(at, "two values", value);
  return [value[0], value[1]];
}

function readBars(value: unknown, at: string): Bars | null {
  if (value === null) return null;
  const f = object(value, at);
  const edges = list(own(f, "edges"), `${at}.edges`, number);
  const counts = list(own(f, "counts"), `${at}.counts`, numberOrNull);
  if (edges.length !== counts.length + 1) throw new Misread(`${at}.edges`, `${counts.length + 1} edges`, edges);
  return { edges, counts };
}

function readStrength(value: unknown, at: string): Strength {
  const f = object(value, at);
  return {
    name: text(f, "name", at), measure: text(f, "measure", at, ""), n: number(own(f, "n"), `${at}.n`), tone: tone(f, at), note: text(f, "note", at, ""),
    ...numbers(f, at, "value", "low", "high"),
  };
}

export function readFindings(f: Fields, at: string): Findings {
  return {
    block: "findings", caption: text(f, "caption", at, ""),
    findings: list(own(f, "findings"), `${at}.findings`, (value, where) => {
      const s = object(value, where);
      return {
        text: text(s, "text", where), tone: tone(s, where), shown: text(s, "shown", where, ""), limit_shown: text(s, "limit_shown", where, ""),
        upward: own(s, "upward") !== false, scale: scale(s, "scale", where, "share"), of: text(s, "of", where, "rows"),
        detail: text(s, "detail", where, ""), link: textOrNull(s, "link", where), ...numbers(s, where, "value", "low", "high", "limit", "n"),
      };
    }),
  };
}

export function readDots(f: Fields, at: string): Dots {
  return {
    block: "dots", caption: text(f, "caption", at), text: text(f, "text", at, ""), value_name: text(f, "value_name", at),
    scale: scale(f, "scale", at, "share"), line: numberOrNull(own(f, "line"), `${at}.line`), line_name: text(f, "line_name", at, ""),
    reference_name: text(f, "reference_name", at, ""),
    dots: list(own(f, "dots"), `${at}.dots`, (value, where) => {
      const d = object(value, where);
      return {
        label: text(d, "label", where), tone: tone(d, where), note: text(d, "note", where, ""),
        ...numbers(d, where, "value", "low", "high", "n", "reference", "reference_low", "reference_high"),
      };
    }),
  };
}
