import type { Compared, Comparison, Verdict } from "./data";
import { nearest } from "./decode";
import type { Curve, Dots, Grid, GridCell, Tone } from "./document/types";
import { changed } from "./parts/Strip";
import { bareText, count, estimateText, LEVEL, type Kind } from "./numbers";
import { short, type Names } from "./words";

/** Slices by the columns they are of; everyone belongs to each. */
export function kindsOf(metric: Compared): { columns: string; slices: number[] }[] {
  const out = new Map<string, number[]>();
  metric.slices.forEach((key, i) => {
    const columns = Object.keys(key).sort().join(" × ");
    if (columns !== "") out.set(columns, [...(out.get(columns) ?? []), i]);
  });
  const everyone = metric.slices.findIndex((key) => Object.keys(key).length === 0);
  const all = [...out].map(([columns, slices]) => ({ columns, slices: everyone < 0 ? slices : [everyone, ...slices] }));
  return all.length > 0 ? all : [{ columns: "everyone", slices: everyone < 0 ? [] : [everyone] }];
}

/** Where a comparison starts: what a limit on it speaks of first, else the first measure that is a share or has a better end. */
export function startOf({ baseline, candidate, metrics }: Comparison, verdicts: Verdict[]): { metric: number; kind: number } {
  const has = (v: Verdict): boolean => metrics.some((m) => m.name === v.metric);
  const first = verdicts.find((v) => changed(v) && v.model === candidate && v.against === baseline && has(v));
  const named = metrics.findIndex((m) => m.name === first?.metric);
  const telling = metrics.findIndex((m) => m.scale === "share" || m.direction !== "none");
  const metric = named >= 0 ? named : Math.max(telling, 0);
  const columns = Object.keys(first?.slice ?? {}).sort().join(" × ");
  const found = metrics[metric];
  return { metric, kind: Math.max(found && named >= 0 ? kindsOf(found).findIndex((k) => k.columns === columns) : 0, 0) };
}

/** How a difference of a measure is written; a flip is no difference but a share of people. */
export function kindOfDifference(metric: Compared, flip = false): Kind {
  return metric.scale !== "share" ? "value" : flip ? "share" : "points";
}

/** A share's difference in points, and another as it is. */
function factor(metric: Compared): number {
  return metric.scale === "share" ? 100 : 1;
}

/** What an axis of differences is of, with its unit. */
function lessBaseline(metric: Compared): string {
  return `candidate less baseline${metric.scale === "share" ? ", points" : ""}`;
}

interface Told {
  value: number;
  low: number;
  high: number;
}

export function told(metric: Compared, slice: number, column: number): Told | null {
  const [value, low, high] = [metric.value, metric.low, metric.high].map((a) => a[slice]?.[column] ?? null);
  return value == null || low == null || high == null ? null : { value, low, high };
}

/** What the difference is, in a word; the interval decides. */
export function direction(c: Told): string {
  return c.low > 0 ? "▲ higher" : c.high < 0 ? "▼ lower" : "not told apart";
}

/** The difference over thresholds, a line for each slice; null when the measure needs no threshold. */
export function overThresholds(metric: Compared, slices: number[], names: Names, caption: string, flip: boolean): Curve | null {
  const { thresholds } = metric;
  if (thresholds === null || thresholds.length < 2) return null;
  const f = factor(metric);
  const scaled = (v: number | null | undefined): number | null => (v == null ? null : v * f);
  return {
    block: "curve", caption, text: "", x_name: "Threshold: selected at or above", x_scale: "value", y_scale: "value", reference: "zero",
    y_name: flip ? `${metric.label}, %` : `${metric.label}: ${lessBaseline(metric)}`,
    lines: slices.map((s) => ({
      label: names.slice(metric.slices[s] ?? {}),
      points: thresholds.map((x, k) => ({ x, y: scaled(metric.value[s]?.[k]), low: scaled(metric.low[s]?.[k]), high: scaled(metric.high[s]?.[k]), n: metric.n[s]?.[k] ?? null })),
    })),
  };
}

/** Every slice's difference at one threshold, largest change first. */
export function atOne(metric: Compared, slices: number[], column: number, names: Names, caption: string, flip: boolean): Grid {
  const kind = kindOfDifference(metric, flip);
  const f = factor(metric);
  const plain = (text: string, number: number | null = null): GridCell => ({ text, number, interval: null, tone: "plain" as Tone });
  const known = slices.map((s) => ({ s, c: told(metric, s, column) }));
  const size = (c: Told | null): number => (c ? Math.abs(c.value) : -1);
  known.sort((a, b) => size(b.c) - size(a.c) || a.s - b.s);
  return {
    block: "grid", caption, columns: flip ? ["group", `${metric.label.toLowerCase()}${metric.scale === "share" ? ", %" : ""}`, "n"] : ["group", `difference${metric.scale === "share" ? ", points" : ""}`, "candidate is", "n"],
    rows: known.map(({ s, c }) => {
      const n = metric.n[s]?.[column] ?? null;
      return [
        plain(names.slice(metric.slices[s] ?? {})),
        c ? { text: bareText(kind, c.value, c.low, c.high, flip ? [] : LEVEL.difference), number: c.value * f, interval: [c.low * f, c.high * f], tone: "plain" } : plain("too few to say"),
        ...(flip ? [] : [plain(c ? direction(c) : "")]), plain(n === null ? "fewer than 10" : count(n), n),
      ];
    }),
  };
}

/** Every slice's difference as a dot around none, those told apart from it first, then the largest change: of a measure that needs no threshold. */
export function asDots(metric: Compared, slices: number[], names: Names, caption: string, flip: boolean): Dots {
  const share = metric.scale === "share";
  const f = flip ? 1 : factor(metric);
  const known = slices.flatMap((s) => { const c = told(metric, s, 0); return c ? [{ s, c }] : []; });
  const clear = ({ c }: { c: Told }): number => Number(!flip && (c.low > 0 || c.high < 0));
  known.sort((a, b) => clear(b) - clear(a) || Math.abs(b.c.value) - Math.abs(a.c.value) || a.s - b.s);
  const few = slices.filter((s) => !told(metric, s, 0)).map((s) => names.slice(metric.slices[s] ?? {}));
  return {
    block: "dots", caption, text: few.length === 0 ? "" : `Too few people to say: ${few.join(", ")}.`,
    value_name: flip ? metric.label.toLowerCase() : lessBaseline(metric), scale: flip && share ? "share" : "value",
    line: flip ? null : 0, line_name: flip ? "" : "no difference", reference_name: "",
    dots: known.map(({ s, c }) => ({
      label: names.slice(metric.slices[s] ?? {}), value: c.value * f, low: c.low * f, high: c.high * f, n: metric.n[s]?.[0] ?? null,
      reference: null, reference_low: null, reference_high: null, tone: "plain", note: "",
    })),
  };
}

/** The title: the largest change that the data tell apart from none. */
export function finding(metric: Compared, slices: number[], column: number, names: Names, candidate: string, baseline: string): string {
  const kind = kindOfDifference(metric);
  const known = slices.flatMap((s) => { const c = told(metric, s, column); return c ? [{ s, c }] : []; });
  const first = known[0];
  if (!first) return `${metric.label}: not enough people to compare ${candidate} with ${baseline}`;
  const clear = known.filter(({ c }) => c.low > 0 || c.high < 0);
  if (clear.length === 0) return `${metric.label}: ${candidate} and ${baseline} are not told apart in any group shown`;
  const most = clear.reduce((a, b) => (Math.abs(b.c.value) > Math.abs(a.c.value) ? b : a));
  const who = short(names.slice(metric.slices[most.s] ?? {}), 40);
  const way = most.c.value > 0 ? "higher" : "lower";
  const size = { value: Math.abs(most.c.value), low: most.c.value > 0 ? most.c.low : -most.c.high, high: most.c.value > 0 ? most.c.high : -most.c.low };
  return `${metric.label} is ${estimateText(kind, size.value, size.low, size.high, LEVEL.difference)} ${way} with ${candidate} than with ${baseline} for ${who}`;
}

/** The title for flips: how many are decided otherwise, and where most are. */
export function flipFinding(metric: Compared, slices: number[], column: number, names: Names): string {
  const known = slices.flatMap((s) => { const c = told(metric, s, column); return c ? [{ s, c }] : []; });
  const first = known[0];
  if (!first) return `${metric.label}: not enough people to say`;
  const said = ({ s, c }: { s: number; c: Told }): string => `${estimateText(metric.scale === "share" ? "share" : "value", c.value, c.low, c.high)} for ${short(names.slice(metric.slices[s] ?? {}), 40)}`;
  const most = known.reduce((a, b) => (b.c.value > a.c.value ? b : a));
  return most === first ? `${metric.label}: ${said(first)}` : `${metric.label}: ${said(first)}, most for ${said(most).replace(/^(.*) for (.*)$/s, "$2: $1")}`;
}

export function columnNear(metric: Compared, threshold: number | null): number {
  return metric.thresholds === null || threshold === null ? 0 : Math.max(nearest(metric.thresholds, threshold), 0);
}
