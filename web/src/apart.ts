import { short, visible } from "./words";

/** A name in two parts: the head may be cut where there is no room, the tail is what tells the name from its neighbours. */
export interface Cut {
  head: string;
  tail: string;
}

const SHORT = 14; // letters up to which a name has room everywhere
const SURE = 8; // letters of a name that are seen even in the narrowest place
const BACK = 6; // letters by which a tail may begin earlier, so that it begins with a word
const PIECE = 2; // letters kept of a place where names part, when they part again later
const LAST = 14; // letters kept of the place where they part at last
const WHOLE = 18; // letters that a tail may have for nothing to be left out of it
const PLACES = 6; // places where a name parts from others that are kept of it

/** The names of one chart or table. Names that begin alike keep what tells them apart, wherever they are cut. */
export class Apart {
  private tails: Map<string, Cut> | null = null;

  constructor(private readonly names: () => Iterable<string>) {}

  /** Where the page decides how much room a name has; at most `most` letters in all. */
  cut(name: string, most = 80): Cut {
    const clean = visible(name);
    const { head, tail } = this.found().get(clean) ?? { head: clean, tail: "" };
    if (clean.length <= SHORT) return { head: clean, tail: "" };
    if (tail === "") return { head: short(clean, most), tail };
    return { head: clean.length <= most ? head : short(head, Math.max(most - tail.length, SURE + 1)), tail };
  }

  /** At most about `most` letters, for places that can't unfold. */
  brief(name: string, most: number): string {
    const clean = visible(name);
    if (clean.length <= most) return clean;
    const { head, tail } = this.cut(clean, most);
    return head + tail;
  }

  private found(): Map<string, Cut> {
    return (this.tails ??= tailsOf([...new Set(Array.from(this.names(), visible))].sort()));
  }
}

/** Of names, sorted, that begin alike: where each parts from the others, so that no two of them have the same tail. */
function tailsOf(names: string[]): Map<string, Cut> {
  const out = new Map<string, Cut>();
  for (const alike of grouped(names, (n) => n.slice(0, SURE))) part(alike, [], out);
  return out;
}

/** Of sorted names the first and the last part where any of them does. */
function part(names: string[], places: number[], out: Map<string, Cut>): void {
  const [only, last] = [names[0], names[names.length - 1]];
  if (only === undefined || last === undefined) return;
  if (names.length === 1) {
    if (places.length > 0) out.set(only, tailAt(only, places));
    return;
  }
  const at = shared(only, last, places[places.length - 1] ?? 0);
  for (const alike of grouped(names, (n) => (n.length === at ? "" : String.fromCodePoint(n.codePointAt(at)!)))) part(alike, [...places.slice(0, 1), ...places.slice(1).slice(2 - PLACES), at], out);
}

/** The places where a name parts from others, each from the beginning of its word, and an ellipsis for what lies between. */
function tailAt(name: string, places: number[]): Cut {
  const first = begin(name, places[0] ?? 0);
  if (name.length - first <= WHOLE) return { head: name.slice(0, first), tail: name.slice(first) };
  let tail = "";
  let end = first;
  places.forEach((at, k) => {
    const from = Math.max(k === 0 ? first : at, end);
    const to = k < places.length - 1 ? at + PIECE : name.length - from <= LAST ? name.length : at + LAST - 1;
    if (to <= end) return;
    tail += `${from > end ? "…" : ""}${name.slice(from, to)}`;
    end = Math.min(to, name.length);
  });
  return { head: name.slice(0, first), tail: tail + (end < name.length ? "…" : "") };
}

function begin(name: string, at: number): number {
  const before = name.slice(Math.max(at - BACK, 0), at);
  const mark = before.search(/[\s_\-/.,:;=][^\s_\-/.,:;=]*$/);
  return mark < 0 ? at : at - before.length + mark;
}

/** How many letters two have in common from the beginning, at least `at`; never half of one. */
function shared(a: string, b: string, at: number): number {
  while (at < a.length && a[at] === b[at]) at += 1;
  return at > 0 && /[\uD800-\uDBFF]/.test(a[at - 1]!) ? at - 1 : at;
}

function grouped(names: string[], key: (name: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const own = groups.get(key(name));
    if (own) own.push(name);
    else groups.set(key(name), [name]);
  }
  return [...groups.values()];
}
