import { scaleLinear } from "d3-scale";
import type { MetricInfo, Verdict } from "../data";
import { apartFrom, asTyped, unitFactor, type Kind } from "../numbers";

/** How a verdict's numbers are written: a level of a share in percent, a difference of shares in points. */
export function verdictKind(v: Verdict, metrics: MetricInfo[]): Kind {
  if (v.scale !== "value") return v.scale;
  const level = v.statement === "min" || v.statement === "max";
  return metrics.find((m) => m.name === v.metric)?.scale === "share" && level ? "share" : "value";
}

export type Domain = [number, number];

/** One shared scale per kind of statement, so that strips under each other can be compared by eye. */
export function domains(verdicts: Verdict[], metrics: MetricInfo[]): Map<string, Domain> {
  const out = new Map<string, Domain>();
  for (const v of verdicts) {
    if (v.value === null) continue;
    const id = domainId(v);
    const known = [v.value, v.low, v.high, v.limit].filter((x): x is number => x !== null && Number.isFinite(x));
    const same = level(v, verdictKind(v, metrics));
    const anchor = same === null ? [] : [same];
    const old = out.get(id) ?? [Infinity, -Infinity];
    out.set(id, [Math.min(old[0], ...known, ...anchor), Math.max(old[1], ...known, ...anchor)]);
  }
  for (const [id, [low, high]] of out) {
    const pad = (high - low || Math.abs(high) || 1) * 0.06;
    out.set(id, [low - pad, high + pad]);
  }
  return out;
}

/** Whether a verdict speaks of a change from another model rather than of groups. */
export function changed(v: Verdict): boolean {
  return v.statement === "max_drop" || v.statement === "max_rise";
}

/** Whether a verdict's limit says what a number may be at most; else it says what it must be at least. */
export function isUpper(v: Verdict): boolean {
  return v.statement === "max_gap" || v.statement === "max" || changed(v);
}

/** Where two groups would be level: 0 for a gap, 1 for a ratio; nowhere for a group's own number. */
function level(v: Verdict, kind: Kind): number | null {
  if (kind === "ratio") return 1;
  return kind === "points" || v.versus !== null || changed(v) ? 0 : null;
}

/** What the ends of a verdict's interval must not be rounded onto: the limit, and where groups would be level if it does not hold that. */
export function decisive(v: Verdict, kind: Kind): number[] {
  const same = level(v, kind);
  const apart = same === null || v.low === null || v.high === null ? [] : apartFrom([same], v.low, v.high);
  return v.limit === null ? apart : [...apart, v.limit];
}

export function domainId(v: Verdict): string {
  // Shares and ratios can be compared with each other; numbers in units of their own cannot, nor a metric's own with differences of it.
  if (v.statement === "min" || v.statement === "max") return `${v.metric}`;
  if (v.scale !== "value") return v.scale;
  return v.versus !== null || v.statement === "max_gap" || changed(v) ? `${v.metric}, apart` : `${v.metric}`;
}

const NEAR = 17; // percent of a strip, on a phone, that a limit's words need on either side

/** A few round numbers of a strip's scale, where they are not in the way of the limit's words. */
export function stripTicks(domain: Domain, kind: Kind, limit: number | null): { at: number; text: string }[] {
  const x = scaleLinear(domain, [0, 100]);
  const f = unitFactor(kind);
  const inUnit = scaleLinear([domain[0] * f, domain[1] * f], [0, 100]).ticks(3);
  return inUnit
    .map((t) => ({ at: x(t / f), text: `${String(Number(t.toPrecision(6))).replace("-", "\u2212")}${kind === "share" ? "%" : kind === "ratio" ? "×" : ""}` }))
    .filter(({ at }) => at >= 3 && at <= 97 && (limit === null || Math.abs(at - limit) > NEAR));
}

/** Interval, point and limit of a verdict on a line; what lies past the limit is shaded. */
export function Strip({ verdict: v, domain, kind }: { verdict: Verdict; domain: Domain; kind: Kind }) {
  const x = scaleLinear(domain, [0, 100]).clamp(true);
  const low = v.low ?? v.value ?? 0;
  const high = v.high ?? v.value ?? 0;
  const upward = isUpper(v);
  const limit = v.limit === null ? null : x(v.limit);
  const same = level(v, kind);
  const zero = same === null ? null : x(same);
  return (
    <div class="strip" aria-hidden="true">
      <svg width="100%" height="24">
        {limit !== null && <rect class="past" x={`${upward ? limit : 0}%`} width={`${upward ? 100 - limit : limit}%`} y="2" height="20" />}
        <line class="rail" x1="0%" x2="100%" y1="12" y2="12" />
        {zero !== null && <line class="zero" x1={`${zero}%`} x2={`${zero}%`} y1="7" y2="17" />}
        {limit !== null && <line class="limit" x1={`${limit}%`} x2={`${limit}%`} y1="0" y2="24" />}
        <line class="whisker" x1={`${x(low)}%`} x2={`${x(high)}%`} y1="12" y2="12" />
        <line class="cap" x1={`${x(low)}%`} x2={`${x(low)}%`} y1="8" y2="16" />
        <line class="cap" x1={`${x(high)}%`} x2={`${x(high)}%`} y1="8" y2="16" />
        {v.value !== null && <circle class="dot" cx={`${x(v.value)}%`} cy="12" r="5" />}
      </svg>
      {stripTicks(domain, kind, limit).map((t) => <span key={t.text} class="strip-tick" style={{ left: `${t.at}%` }}>{t.text}</span>)}
      {limit !== null && (
        <span class={limit > 80 ? "strip-label left" : "strip-label"} style={{ left: `${limit}%` }}>
          limit {asTyped(kind, v.limit ?? 0)}{kind === "share" ? "%" : ""}
        </span>
      )}
    </div>
  );
}
