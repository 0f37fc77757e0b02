import { Apart } from "../../apart";
import { drawnCount } from "../../document/overview";
import type { FacetRow, Series } from "../../document/types";
import { count } from "../../numbers";
import { Name } from "../../parts/Text";
import { plural, short } from "../../words";
import { seriesColour, type Look } from "./Overview";
import { percent } from "./OverviewRow";

const OVER = 2; // so many have bars under each other; more of them are dots on one line

interface Drawn { column: FacetRow; series: Series[]; look: Look; shown: number[] }

/** The most frequent values as bars, one for each series. */
export function Values({ column: c, series, look, shown, most }: Drawn & { most: number }) {
  const totals = new Map<string, number>();
  for (const i of shown) {
    const f = c.facets[i];
    for (const t of f?.top ?? []) if (!totals.has(t.text)) totals.set(t.text, t.count / Math.max(f?.n ?? 1, 1));
  }
  const names = [...totals].sort((a, b) => b[1] - a[1]).slice(0, most).map(([name]) => name);
  const among = new Apart(() => names);
  const rest = shown.some((i) => (c.facets[i]?.rest ?? 0) > 0);
  if (names.length === 0) return <p class="quiet overview-none">{none(c, shown)}</p>;
  const rows = (i: number): number => (c.facets[i]?.n ?? 0) - (c.facets[i]?.missing ?? 0);
  const held = (i: number, name: string): number | null => c.facets[i]?.top.find((t) => t.text === name)?.count ?? null;
  const size = (i: number, name: string): number => drawnCount(held(i, name) ?? 0, rows(i), look.percent, look.log);
  const widest = Math.max(...names.flatMap((name) => shown.map((i) => size(i, name)))) || 1;
  return (
    <ul class="values">
      {names.map((name) => (
        <li key={name}>
          <span class="value-name" title={short(name, 300)}><Name among={among}>{name.trim() === "" ? "(blank)" : name}</Name></span>
          {shown.length > OVER ? <Dots column={c} series={series} look={look} shown={shown} name={name} size={size} widest={widest} /> : <span class="value-bars">
            {shown.map((i) => {
              const n = held(i, name);
              return (
                <span key={i} class="value-bar">
                  <i style={{ width: `${(62 * size(i, name)) / widest}%`, background: seriesColour(i, series) }} aria-hidden="true" />
                  <span class="quiet">{series.length > 1 && <span class="sr">{short(series[i]?.name ?? "", 40)}: </span>}{n === null ? "fewer" : look.percent ? percent(n / Math.max(rows(i), 1)) : count(n)}</span>
                </span>
              );
            })}
          </span>}
        </li>
      ))}
      {(totals.size > names.length || rest) && <li class="quiet value-rest">{restWords(c, shown, names, look)}</li>}
    </ul>
  );
}

function none(c: FacetRow, shown: number[]): string {
  if (shown.every((i) => { const f = c.facets[i]; return !f || f.missing === f.n; })) return "every value is missing";
  return "no value is shared by ten rows or more";
}

function restWords(c: FacetRow, shown: number[], names: string[], look: Look): string {
  const i = shown[0] ?? 0;
  const f = c.facets[i];
  if (!f) return "and others";
  const rows = Math.max(f.n - f.missing, 1);
  const named = f.top.filter((t) => names.includes(t.text)).reduce((n, t) => n + t.count, 0);
  const left = Math.max(rows - named, 0);
  const values = Math.max(f.distinct - names.length, 0);
  if (left === 0) return "";
  return `and ${values > 0 ? `${f.distinct_error > 0 ? "about " : ""}${count(values)} other ${plural(values, "value", "values")}, ` : ""}${look.percent ? percent(left / rows) : count(left)}`;
}

/** One value in many tables or slices: a dot for each on a line that all values share, and how far they lie apart. */
function Dots({ column: c, series, look, shown, name, size, widest }: Drawn & { name: string; size: (i: number, name: string) => number; widest: number }) {
  const held = shown.flatMap((i) => {
    const n = c.facets[i]?.top.find((t) => t.text === name)?.count;
    return n === undefined ? [] : [{ i, n, share: n / Math.max((c.facets[i]?.n ?? 0) - (c.facets[i]?.missing ?? 0), 1) }];
  });
  const told = (h: { n: number; share: number }): string => (look.percent ? percent(h.share) : count(h.n));
  const ends = [...held].sort((a, b) => (look.percent ? a.share - b.share : a.n - b.n));
  const [low, high] = [ends[0], ends[ends.length - 1]];
  const said = (): string => {
    if (low === undefined || high === undefined) return "fewer";
    if (held.length < shown.length) return `up to ${told(high)}`;
    return told(low) === told(high) ? told(low) : `${told(low).replace("%", "")}–${told(high)}`;
  };
  return (
    <span class="value-bar value-dots">
      <svg width="100%" height="16" aria-hidden="true">
        <line class="grid" x1="0" x2="100%" y1="8" y2="8" />
        {held.map((h) => <circle key={h.i} cx={`${3 + (94 * size(h.i, name)) / widest}%`} cy="8" r="4.5" style={{ color: seriesColour(h.i, series) }} />)}
      </svg>
      <span class="quiet" aria-hidden="true">{said()}</span>
      <span class="sr">{shown.map((i) => { const h = held.find((one) => one.i === i); return `${short(series[i]?.name ?? "", 40)}: ${h ? told(h) : "fewer"}`; }).join("; ")}</span>
    </span>
  );
}
