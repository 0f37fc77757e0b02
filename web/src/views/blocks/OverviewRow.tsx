import { useId } from "preact/hooks";
import { axisOf, barsOf, drawnCount, missingShare, outline, withheldLine, type Axis } from "../../document/overview";
import type { Bars, Facet, FacetRow, Series } from "../../document/types";
import { count, fixed } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { memo } from "../../parts/memo";
import { Text } from "../../parts/Text";
import { plural, short, visible } from "../../words";
import { seriesColour, type Look } from "./Overview";
import { OverviewDetail } from "./OverviewDetail";

interface Props { column: FacetRow; series: Series[]; look: Look; open: boolean; toggle: (name: string) => void }

export const BOX = { width: 300, height: 44 };
const TOP = 4; // values that a closed row names

/** One column: its name, what is missing and how many values differ, its numbers, and how they are spread. */
export const OverviewRow = memo<Props>(RowView, (a, b) => a.column === b.column && a.look === b.look && a.open === b.open && a.series === b.series);

function RowView({ column: c, series, look, open, toggle }: Props) {
  const id = useId();
  const print = usePrinting();
  const shown = series.map((_, i) => i).filter((i) => look.shown[i]);
  return (
    <li class={`overview-row${open ? " overview-open" : ""}`}>
      <div class="overview-name">
        <button type="button" class="overview-toggle" aria-expanded={open} aria-controls={id} onClick={() => toggle(c.name)}>
          <span class="overview-title"><bdi>{short(c.name.trim() === "" ? "(no name)" : c.name, 60)}</bdi></span>
        </button>
        <p class="quiet">{[c.type, c.role].filter((t) => t !== "").map((t) => visible(t)).join(" · ")}</p>
        {c.notes.map((note, i) => <p key={i} class="overview-note"><Text most={120}>{note}</Text></p>)}
      </div>
      <div class="overview-numbers">
        {shown.map((i) => <Numbers key={i} facet={c.facets[i] ?? null} colour={series.length > 1 ? seriesColour(i, series.length) : null} name={series[i]?.name ?? ""} />)}
      </div>
      <div class="overview-drawing"><Drawing column={c} series={series} look={look} shown={shown} /></div>
      {open && !print && <div class="overview-detail" id={id}><OverviewDetail column={c} series={series} look={look} /></div>}
    </li>
  );
}

function Numbers({ facet: f, colour, name }: { facet: Facet | null; colour: string | null; name: string }) {
  const mark = colour !== null && <><span class="series-mark" style={{ background: colour }} aria-hidden="true" /><span class="sr">{short(name, 40)}: </span></>;
  if (f === null) return <p class="overview-line">{mark}<span class="quiet">no such column</span></p>;
  const share = missingShare(f);
  const median = f.quantiles.find(([p]) => p === 0.5)?.[1] ?? null;
  return (
    <p class="overview-line">
      {mark}
      <span class={f.missing > 0 ? "overview-missing" : "quiet"}>
        <span class="missing-bar" aria-hidden="true"><i style={{ width: `${100 * share}%` }} /></span>
        {f.missing === 0 ? "none missing" : `${percent(share)} missing`}
      </span>
      <span>{f.distinct_error > 0 ? "about " : ""}{count(f.distinct)} distinct</span>
      {f.mean !== null && <span>mean {compact(f.mean)}{f.std !== null && <span class="quiet"> ± {compact(f.std)}</span>}</span>}
      {median !== null && <span>median {compact(median)}</span>}
    </p>
  );
}

export function percent(share: number): string {
  const x = 100 * share;
  if (x > 0 && x < 0.1) return "under 0.1%";
  if (x < 100 && x > 99.9) return "over 99.9%";
  return `${fixed(x, x >= 10 && x % 1 !== 0 ? 1 : x < 10 ? 1 : 0)}%`;
}

/** A number of a column's own units, to four digits. */
export function compact(x: number): string {
  if (!Number.isFinite(x)) return "not known";
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return x.toExponential(2).replace("-", "−").replace("e+", "e");
  return fixed(x, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

function Drawing({ column: c, series, look, shown }: { column: FacetRow; series: Series[]; look: Look; shown: number[] }) {
  const bars = (f: Facet | null | undefined): Bars | null => (f ? (look.equal ? (f.equal ?? f.even) : f.even) : null);
  const axis = axisOf(shown.map((i) => bars(c.facets[i])));
  if (axis !== null) return <Histogram column={c} series={series} look={look} shown={shown} axis={axis} bars={bars} />;
  return <Values column={c} series={series} look={look} shown={shown} most={TOP} />;
}

interface Drawn { column: FacetRow; series: Series[]; look: Look; shown: number[] }

export function Histogram({ column: c, series, look, shown, axis, bars }: Drawn & { axis: Axis; bars: (f: Facet | null | undefined) => Bars | null }) {
  const known = shown.flatMap((i) => {
    const found = bars(c.facets[i]);
    return found ? [{ i, found, rows: (c.facets[i]?.n ?? 0) - (c.facets[i]?.missing ?? 0) }] : [];
  });
  const span = axis.high - axis.low;
  const value = (n: number, width: number, rows: number): number => (look.equal ? drawnCount(n, rows, true, false) / Math.max(width / span, 0.002) : drawnCount(n, rows, look.percent, look.log));
  const most = Math.max(...known.flatMap((k) => k.found.counts.map((n, j) => (n === null ? 0 : value(n, (k.found.edges[j + 1] ?? 0) - (k.found.edges[j] ?? 0), k.rows)))));
  const many = series.length > 1;
  const label = known.map((k) => `${many ? `${short(series[k.i]?.name ?? "", 40)}: ` : ""}${peak(k.found, c.kind)}`).join("; ");
  return (
    <div class="histogram">
      <svg width="100%" height={BOX.height} viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none" role="img" aria-label={`Histogram of ${short(c.name, 60)}. ${label}`}>
        {known.map((k) => {
          const drawn = barsOf(k.found, axis, most, BOX, (n, width) => value(n, width, k.rows));
          return (
            <g key={k.i} style={{ color: seriesColour(k.i, series.length) }} class={many ? "bars bars-over" : "bars"}>
              <path d={outline(drawn, BOX.height)} />
              <path class="bars-withheld" d={withheldLine(drawn, BOX.height)} />
            </g>
          );
        })}
      </svg>
      <p class="histogram-ends"><span>{ended(axis.low, c.kind)}</span><span class="quiet">{c.kind === "text" ? "characters" : ""}</span><span>{ended(axis.high, c.kind)}</span></p>
    </div>
  );
}

/** Dates are drawn as seconds since 1970. */
export function ended(x: number, kind: string): string {
  if (kind !== "date" && kind !== "datetime") return compact(x);
  const at = new Date(1000 * x);
  return Number.isNaN(at.getTime()) ? compact(x) : at.toISOString().slice(0, 10);
}

function peak(bars: Bars, kind: string): string {
  const at = bars.counts.reduce<number>((best, n, i) => ((n ?? 0) > (bars.counts[best] ?? 0) ? i : best), 0);
  return `most values from ${ended(bars.edges[at] ?? 0, kind)} to ${ended(bars.edges[at + 1] ?? 0, kind)}`;
}

/** The most frequent values as bars, one for each series. */
export function Values({ column: c, series, look, shown, most }: Drawn & { most: number }) {
  const totals = new Map<string, number>();
  for (const i of shown) {
    const f = c.facets[i];
    for (const t of f?.top ?? []) totals.set(t.text, Math.max(totals.get(t.text) ?? 0, t.count / Math.max(f?.n ?? 1, 1)));
  }
  const names = [...totals].sort((a, b) => b[1] - a[1]).slice(0, most).map(([name]) => name);
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
          <span class="value-name" title={short(name, 200)}><bdi>{name.trim() === "" ? "(blank)" : short(name, 40)}</bdi></span>
          <span class="value-bars">
            {shown.map((i) => {
              const n = held(i, name);
              return (
                <span key={i} class="value-bar">
                  <i style={{ width: `${(62 * size(i, name)) / widest}%`, background: seriesColour(i, series.length) }} aria-hidden="true" />
                  <span class="quiet">{series.length > 1 && <span class="sr">{short(series[i]?.name ?? "", 40)}: </span>}{n === null ? "fewer" : look.percent ? percent(n / Math.max(rows(i), 1)) : count(n)}</span>
                </span>
              );
            })}
          </span>
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
