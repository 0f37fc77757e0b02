import { Apart } from "../../apart";
import type { Facet, FacetRow, Series, Strength } from "../../document/types";
import { bracket, count, digitsFor, measuredText, quantity } from "../../numbers";
import { Icon } from "../../parts/Icon";
import { DataTable } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";
import { short } from "../../words";
import { seriesColour, type Look } from "./Overview";
import { Histogram, spreadOf } from "./Histogram";
import { compact, ended, percent } from "./OverviewRow";
import { Values } from "./Values";

const MOST_VALUES = 25;

/** All that is known of one column, for each table or slice: numbers, quantiles, values, what it goes with, how it changed. */
export function OverviewDetail({ column: c, series, look }: { column: FacetRow; series: Series[]; look: Look }) {
  const shown = series.map((_, i) => i).filter((i) => look.shown[i] && c.facets[i]);
  const spread = spreadOf(c, look, shown);
  const facts = rowsOf(c, shown);
  const among = new Apart(() => series.map((s) => s.name));
  return (
    <>
      {spread !== null && <div class={shown.length > 2 ? "" : "histogram-large"}><Histogram column={c} series={series} look={look} shown={shown} spread={spread} /></div>}
      <div class="overview-columns">
        <section>
          <h3>In numbers</h3>
          <div class="overview-scroll" role="group" tabIndex={0} aria-label={`Numbers of ${short(c.name, 60)}`}>
          <table class="overview-table">
            {shown.length > 1 && <thead><tr><td />{shown.map((i) => <th key={i} scope="col"><span class="series-mark" style={{ background: seriesColour(i, series) }} /> <Text most={40} among={among}>{series[i]?.name ?? ""}</Text></th>)}</tr></thead>}
            <tbody>{facts.map(([name, cells]) => <tr key={name}><th scope="row"><Text most={60}>{name}</Text></th>{cells.map((cell, k) => <td key={k} class="num">{cell === "" ? <span class="quiet">–</span> : <Text most={60}>{cell}</Text>}</td>)}</tr>)}</tbody>
          </table>
          </div>
        </section>
        {shown.some((i) => (c.facets[i]?.top.length ?? 0) > 0) && (
          <section><h3>Values that ten rows or more share</h3><Values column={c} series={series} look={look} shown={shown} most={MOST_VALUES} /></section>
        )}
        {c.associations.length > 0 && <section><h3>What it goes with</h3><Strengths found={c.associations} head="Column" /></section>}
        {c.changes.length > 0 && <section><h3>How it changed</h3><Strengths found={c.changes} head="From" /></section>}
      </div>
    </>
  );
}

function rowsOf(c: FacetRow, shown: number[]): [string, string[]][] {
  const facets = shown.map((i) => c.facets[i]!);
  const number = (name: string, of: (f: Facet) => string): [string, string[]] => [name, facets.map(of)];
  const ps = [...new Set(facets.flatMap((f) => f.quantiles.map(([p]) => p)))].sort((a, b) => a - b);
  const names = [...new Set(facets.flatMap((f) => f.facts.map(([name]) => name)))];
  const rows: [string, string[]][] = [
    number("Rows", (f) => count(f.n)),
    number("Missing", (f) => (f.missing === 0 ? "0" : `${count(f.missing)} (${percent(f.missing / Math.max(f.n, 1))})`)),
    number("Distinct", (f) => `${f.distinct_error > 0 ? "about " : ""}${count(f.distinct)}`),
    ...(c.kind === "number" || c.kind === "integer" ? [number("Zeros", (f) => count(f.zeros))] : []),
    ...(facets.some((f) => f.mean !== null) ? [number("Mean", (f) => (f.mean === null ? "" : compact(f.mean))), number("Standard deviation", (f) => (f.std === null ? "" : compact(f.std)))] : []),
    ...ps.map((p) => number(p === 0.5 ? "Median" : `${(100 * p).toPrecision(3).replace(/\.?0+$/, "")}% are at most`, (f) => {
      const found = f.quantiles.find(([q]) => q === p)?.[1] ?? null;
      return found === null ? "withheld" : ended(found, c.kind);
    })),
    ...names.map((name) => number(name, (f) => f.facts.find(([n]) => n === name)?.[1] ?? "")),
  ];
  return rows;
}

/** Numbers with intervals, as a table to sort and take away. */
function Strengths({ found, head }: { found: Strength[]; head: string }) {
  const text = (s: Strength): string => {
    if (s.value === null) return "not known";
    const digits = s.low === null || s.high === null ? 2 : digitsFor("value", s.low, s.high);
    return `${quantity("value", s.value, digits)}${s.low === null || s.high === null ? "" : ` ${bracket("value", s.low, s.high, digits)}`}`;
  };
  return (
    <DataTable name="strengths" caption={head} header={[head, "Measure", "Value", "n"]} rows={found.map((s) => [s.name, s.measure, s.value, s.n])}
      csv={{ header: [head, "measure", "value", "low", "high", "n", "note"], rows: found.map((s) => [s.name, s.measure, s.value, s.low, s.high, s.n, s.note || null]) }}
      draw={(y, x) => {
        const s = found[y]!;
        if (x === 0) return <>{s.tone !== "plain" && <><Icon word={s.tone} /> </>}<Text most={60}>{s.name}</Text>{s.note !== "" && <span class="quiet"> <Sentence>{s.note}</Sentence></span>}</>;
        if (x === 1) return <Text>{s.measure}</Text>;
        return x === 2 ? text(s) : measuredText("count", s.n);
      }} />
  );
}
