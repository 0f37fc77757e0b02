import { count } from "./numbers";
import type { Report, SliceKey, VerdictWord } from "./data";

/** Control characters and direction overrides made visible; everything else as it is. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E]/g, (c) => {
    const code = c.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** A text cut before and after each option of the command line, `--label-kind`; those of 40 letters and more are no options. */
export function options(text: string): string[] {
  return text.split(/(?<![\w-])(--[a-z][a-z-]{0,38})(?![\w-])/).filter((part) => part !== "");
}

const NEAR = 0.75; // of a text that is left when it is cut between two words

/** At most `most` characters, by code point, for places that can't unfold; cut between two words where they are near. */
export function short(text: string, most = 60): string {
  const clean = visible(text);
  if (clean.length <= most) return clean;
  const head = Array.from(clean.slice(0, most * 2)).slice(0, most - 1).join("");
  const space = clean.charAt(head.length) === " " ? head.length : head.lastIndexOf(" ");
  return `${space >= NEAR * head.length ? head.slice(0, space).trimEnd() : head}…`;
}


export const VERDICTS: Record<VerdictWord, { one: string; many: string; word: string }> = {
  over: { one: "over your limit", many: "over your limit", word: "Over" },
  undecided: { one: "undecided", many: "undecided", word: "Undecided" },
  within: { one: "within your limit", many: "within your limits", word: "Within" },
  insufficient: { one: "comparison that cannot be made", many: "comparisons that cannot be made", word: "Too small" },
  error: { one: "check stopped by an error", many: "checks stopped by an error", word: "Error" },
  not_applicable: { one: "does not apply", many: "do not apply", word: "Does not apply" },
  unjudged: { one: "measured, no limit set", many: "measured, no limit set", word: "No limit" },
};

/** What so many verdicts of a word are; of minimums *over* says that they are not reached (report/words.py). */
export function counted(report: Pick<Report, "counts" | "verdicts">, word: VerdictWord): string {
  const n = report.counts[word] ?? 0;
  const { one, many } = VERDICTS[word];
  const under = report.verdicts.filter((v) => v.verdict === "over" && (v.statement === "min" || v.statement === "min_ratio")).length;
  if (word !== "over" || under === 0) return plural(n, one, many);
  return under < n ? "over your limits or under your minimums" : plural(n, "under your minimum", "under your minimums");
}

/** As in the terminal and every export (report/words.py). */
export const ORDER: VerdictWord[] = [
  "over", "undecided", "insufficient", "error", "within", "not_applicable", "unjudged",
];

function plainValue(value: string | null): string {
  if (value === null) return "not recorded";
  if (value === "") return "“” (empty text)";
  return value.trim() === "" ? `“${value}” (blank)` : visible(value);
}

const LONG = 24;
const MADE = /^(?:cut|quantiles|bins)\((?:`([^`]*)`|"([^"]*)"|'([^']*)'|([A-Za-z_]\w*)),/;

/** The column whose ranges a group column holds (core/grouping.py); null for any other column. */
function madeFrom(column: string): string | null {
  const found = MADE.exec(column);
  return found ? visible(found.slice(1).find((name) => name !== undefined) ?? column) : null;
}

/** Names of slices as the data names them; the column is added where the value alone would not be understood. */
export class Names {
  private readonly ambiguous = new Set<string>();
  private readonly kept = new WeakMap<SliceKey, string>();

  constructor(report: Pick<Report, "subject">) {
    const seen = new Map<string, string>();
    for (const { column, values } of report.subject.groups) {
      for (const { value } of values) {
        const text = value ?? "";
        const other = seen.get(text);
        const bare = value === null || /^[\s\d.,+-]*$/.test(text) || /^(true|false|yes|no|y|n|t|f|other|unknown)$/i.test(text);
        if (bare || (other !== undefined && other !== column)) this.ambiguous.add(text);
        seen.set(text, column);
      }
    }
  }

  part(column: string, value: string | null): string {
    const source = madeFrom(column);
    if (value === null) return `${source ?? visible(column)} not recorded`;
    if (this.ambiguous.has(value)) {
      // Long names are cut at their end: what tells the groups of a column apart stands before one.
      return column.length > LONG ? `${plainValue(value)}: ${visible(column)}` : `${visible(column)}: ${plainValue(value)}`;
    }
    return source === null ? plainValue(value) : `${source} ${plainValue(value)}`;
  }

  slice(key: SliceKey): string {
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const name = Object.entries(key).map(([column, value]) => this.part(column, value)).join(", ") || "Everyone";
    this.kept.set(key, name);
    return name;
  }
}

export function familyName(family: readonly string[]): string {
  return family.length ? family.map(visible).join(" × ") : "everyone";
}

export function sameKey(a: SliceKey | null, b: SliceKey | null): boolean {
  if (a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && a[k] === b[k]);
}

/** What chapters are together: a project's, or what was measured besides for a table without one. */
export function chaptersName({ project, chapters }: Pick<Report, "project" | "chapters">): string {
  const only: unknown = chapters?.length === 1 ? chapters[0]?.title : null;
  if (project?.run) return "The project";
  return typeof only === "string" && only.trim() !== "" ? short(only, 40) : "Looked at closer";
}

export function plural(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}

/** How many people there are; null: not told, since they are few or since a few others could be worked out from it (`withheld`). */
export interface Counted { n: number | null; withheld?: boolean | undefined }

/** How many people a group has; “n” stands before it. */
export function nText({ n, withheld }: Counted): string {
  return n !== null ? count(n) : withheld ? "not shown" : "< 10";
}

/** The same before a word for people. */
export function peopleText({ n, withheld }: Counted): string {
  return n !== null ? count(n) : withheld ? "not shown how many" : "fewer than 10";
}

/** What is said once where such a count stands. */
export const WITHHELD = "n not shown: a group of fewer than 10 could be worked out from it";

/** "95%": how sure an interval is, as a text. */
export function levelText({ board }: { board: { level: number } }): string {
  return `${percentOf(board.level)}%`;
}

/** A share in percent without more decimals than it has: 0.995 → 99.5. */
export function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
