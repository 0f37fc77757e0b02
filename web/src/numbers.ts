/** How numbers are written. Rounding follows the interval: no digit that the data cannot support. */

export type Kind = "share" | "points" | "ratio" | "value";

const MINUS = "\u2212";
const MOST_DECIMALS = 6;
const GROUPED_FROM = 1_000; // read by thousands

/** Decimals that a half-width supports, in the unit shown: ±5 → 0, ±0.8 → 1, ±0.08 → 2; never more than six. */
export function decimals(half: number): number {
  if (!Number.isFinite(half) || half <= 0) return 2;
  return Math.min(Math.max(Math.ceil(-Math.log10(half / 2)), 0), MOST_DECIMALS);
}

export function unitFactor(kind: Kind): number {
  return kind === "share" || kind === "points" ? 100 : 1;
}

export function digitsFor(kind: Kind, low: number | null, high: number | null): number {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) {
    return kind === "share" || kind === "points" ? 0 : 2;
  }
  if (low === high && Number.isInteger(low)) return 0; // counted, without doubt
  return Math.max(decimals(((high - low) / 2) * unitFactor(kind)), kind === "ratio" ? 2 : 0);
}

/** Fixed decimals with a real minus sign, and never "-0". */
export function fixed(x: number, digits: number): string {
  if (Number.isNaN(x)) return "not known";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : `${MINUS}∞`;
  const text = Math.abs(x).toFixed(digits);
  const signed = x < 0 && Number(text) !== 0 ? MINUS : "";
  return signed + (Math.abs(x) < GROUPED_FROM ? text : text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ","));
}

/** A number of the kind, with its unit: "71%", "18 points", "0.84". */
export function quantity(kind: Kind, x: number, digits: number): string {
  const text = fixed(x * unitFactor(kind), digits);
  if (kind === "share") return `${text}%`;
  if (kind === "points") return `${text} ${text === "1" || text === `${MINUS}1` ? "point" : "points"}`;
  return kind === "ratio" ? `${text}×` : text;
}

/** An end of an interval, with the decimals that keep it off what decides: "0.4" beside 0 where "0" would lie. */
function bound(x: number, digits: number, beside: number[]): string {
  for (let more = digits; more <= MOST_DECIMALS; more++) {
    if (!beside.some((b) => x !== b && fixed(x, more) === fixed(b, more))) return fixed(x, more);
  }
  return fixed(x, digits);
}

/** "[13, 23]" in the unit shown, without repeating it; `beside`: what the ends must not be rounded onto. */
export function bracket(kind: Kind, low: number, high: number, digits: number, beside: readonly number[] = []): string {
  const f = unitFactor(kind);
  const off = beside.map((b) => b * f);
  return `[${bound(low * f, digits, off)}, ${bound(high * f, digits, off)}]`;
}

/** Those of some numbers that an interval does not hold. */
export function apartFrom(numbers: readonly number[], low: number, high: number): number[] {
  return numbers.filter((x) => x < low || x > high);
}

/** What the ends of a difference, and of a ratio, must not be rounded onto: no difference. */
export const LEVEL: Record<"value" | "difference" | "ratio", readonly number[]> = { value: [], difference: [0], ratio: [1] };

/** "−22 [−28, −15]": as `estimateText`, for where the unit stands in a heading. */
export function bareText(kind: Kind, value: number, low: number, high: number, beside: readonly number[] = []): string {
  const digits = digitsFor(kind, low, high);
  return `${fixed(value * unitFactor(kind), digits)} ${bracket(kind, low, high, digits, apartFrom(beside, low, high))}`;
}

export function estimateText(kind: Kind, value: number, low: number, high: number, beside: readonly number[] = []): string {
  const digits = digitsFor(kind, low, high);
  return `${quantity(kind, value, digits)} ${bracket(kind, low, high, digits, apartFrom(beside, low, high))}`;
}

/** As somebody typed it: 0.05 as points → "5", 0.125 → "12.5". */
export function asTyped(kind: Kind, x: number): string {
  return String(Number((x * unitFactor(kind)).toPrecision(6))).replace("-", MINUS);
}

const GROUPED = new Intl.NumberFormat("en-GB");

export function count(n: number): string {
  return Number.isFinite(n) ? GROUPED.format(Math.round(n)) : "not known";
}

/** Full precision of a stored 32-bit number, for tables and CSV. */
export function full(x: number | null): number | null {
  return x === null || !Number.isFinite(x) ? null : Number(x.toPrecision(7));
}

/** "22 November 2026" from an ISO time; the text itself when it is no date. */
export function day(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/** How the scales of documents are written. */
export function scaleKind(scale: "share" | "value" | "count"): Kind {
  return scale === "share" ? "share" : "value";
}

/** "12% [10, 14]", "1,204", or "not known": a number of a document with what is known of its interval. */
export function measuredText(scale: "share" | "value" | "count", value: number | null, low: number | null = null, high: number | null = null, beside: readonly number[] = []): string {
  if (value === null) return "not known";
  if (scale === "count") return count(value);
  const kind = scaleKind(scale);
  const digits = digitsFor(kind, low, high);
  return low === null || high === null || low === high ? quantity(kind, value, digits) : `${quantity(kind, value, digits)} ${bracket(kind, low, high, digits, apartFrom(beside, low, high))}`;
}
