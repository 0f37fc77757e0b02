import { useId } from "preact/hooks";
import { Apart } from "../../apart";
import { missingShare } from "../../document/overview";
import type { Facet, FacetRow, Series } from "../../document/types";
import { count, fixed } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { memo } from "../../parts/memo";
import { Name, Text } from "../../parts/Text";
import { short, visible } from "../../words";
import { seriesColour, type Look } from "./Overview";
import { Histogram, spreadOf } from "./Histogram";
import { OverviewDetail } from "./OverviewDetail";
import { Values } from "./Values";

interface Props { column: FacetRow; series: Series[]; look: Look; open: boolean; toggle: (name: string) => void }

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
        {shown.length > 1 ? <Beside column={c} series={series} shown={shown} /> : shown.map((i) => <Numbers key={i} facet={c.facets[i] ?? null} />)}
      </div>
      <div class="overview-drawing"><Drawing column={c} series={series} look={look} shown={shown} /></div>
      {open && !print && <div class="overview-detail" id={id}><OverviewDetail column={c} series={series} look={look} /></div>}
    </li>
  );
}

function Numbers({ facet: f }: { facet: Facet | null }) {
  if (f === null) return <p class="overview-line"><span class="quiet">no such column</span></p>;
  const median = f.quantiles.find(([p]) => p === 0.5)?.[1] ?? null;
  return (
    <p class="overview-line">
      <Missing facet={f} />
      <span>{f.distinct_error > 0 ? "about " : ""}{count(f.distinct)} distinct</span>
      {f.mean !== null && <span>mean {compact(f.mean)}</span>}
      {f.std !== null && <span class="quiet" title="standard deviation: how far values lie from the mean">sd {compact(f.std)}</span>}
      {median !== null && <span>median {compact(median)}</span>}
    </p>
  );
}

function Missing({ facet: f }: { facet: Facet }) {
  const share = missingShare(f);
  return (
    <span class={f.missing > 0 ? "overview-missing" : "quiet"}>
      <span class="missing-bar" aria-hidden="true"><i style={{ width: `${100 * share}%` }} /></span>
      {f.missing === 0 ? "none missing" : `${percent(share)} missing`}
    </span>
  );
}

/** Several tables or slices: a line for each, two numbers beside its name, at the height of its own drawing. */
function Beside({ column: c, series, shown }: { column: FacetRow; series: Series[]; shown: number[] }) {
  const among = new Apart(() => series.map((s) => s.name));
  const numbers = shown.some((i) => (c.facets[i]?.mean ?? null) !== null);
  return (
    <table class="overview-beside">
      <thead><tr><td /><th scope="col">missing</th><th scope="col">{numbers ? "mean" : "distinct"}</th></tr></thead>
      <tbody>
        {shown.map((i) => {
          const f = c.facets[i] ?? null;
          return (
            <tr key={i}>
              <th scope="row"><span class="series-mark" style={{ background: seriesColour(i, series) }} aria-hidden="true" /> <span class="beside-name" title={short(series[i]?.name ?? "", 300)}><Name among={among}>{series[i]?.name ?? ""}</Name></span></th>
              {f === null ? <td class="quiet" colSpan={2}>no such column</td> : (
                <>
                  <td class={f.missing > 0 ? "overview-missing" : "quiet"}>{f.missing === 0 ? "none" : percent(missingShare(f))}</td>
                  <td>{!numbers ? `${f.distinct_error > 0 ? "about " : ""}${count(f.distinct)}` : f.mean === null ? "–" : compact(f.mean)}</td>
                </>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
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
  const spread = spreadOf(c, look, shown);
  if (spread !== null) return <Histogram column={c} series={series} look={look} shown={shown} spread={spread} />;
  return <Values column={c} series={series} look={look} shown={shown} most={TOP} />;
}

/** Dates are drawn as seconds since 1970. */
export function ended(x: number, kind: string): string {
  if (kind !== "date" && kind !== "datetime") return compact(x);
  const at = new Date(1000 * x);
  return Number.isNaN(at.getTime()) ? compact(x) : at.toISOString().slice(0, 10);
}
