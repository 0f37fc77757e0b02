import { useMemo, useState } from "preact/hooks";
import { asDots, atOne, columnNear, finding, flipFinding, kindsOf, overThresholds, startOf } from "../comparing";
import type { Comparison } from "../data";
import { Source } from "../parts/Source";
import { Sentence, Text } from "../parts/Text";
import { useStore } from "../store";
import { sameKey, short } from "../words";
import { CurveBlock } from "./blocks/Curve";
import { DotsBlock } from "./blocks/Dots";
import { GridBlock } from "./blocks/Grid";

const MOST_LINES = 7;

/** A candidate against the model in use, on the same rows: differences with intervals, over thresholds and by group. */
export function Compare() {
  const { report } = useStore();
  return <>{(report.comparisons ?? []).filter((c) => c.metrics.length > 0).map((c, i) => <One key={i} comparison={c} index={i} />)}</>;
}

function One({ comparison, index }: { comparison: Comparison; index: number }) {
  const { report, names, colours } = useStore();
  const metrics = [...comparison.metrics, ...(comparison.flips ?? [])];
  const start = useMemo(() => startOf(comparison, report.verdicts), [comparison, report]);
  const [at, setAt] = useState(start.metric);
  const [kind, setKind] = useState(start.kind);
  const [chosen, setChosen] = useState<number | null>(null); // a threshold; null: the candidate's own
  const metric = metrics[at] ?? metrics[0]!;
  const kinds = kindsOf(metric);
  const slices = kinds[Math.min(kind, kinds.length - 1)]?.slices ?? [];
  const own = report.models.find((m) => m.name === comparison.candidate)?.threshold ?? null;
  const column = columnNear(metric, chosen ?? own);
  const threshold = metric.thresholds?.[column];
  const [candidate, baseline] = [short(comparison.candidate, 30), short(comparison.baseline, 30)];
  const flip = at >= comparison.metrics.length;
  const title = flip ? flipFinding(metric, slices, column, names) : finding(metric, slices, column, names, candidate, baseline);
  const caption = `${metric.label}${flip ? "" : ": difference"} by group`;
  const drawn = slices.slice(0, MOST_LINES);
  const curve = overThresholds(metric, drawn, names, "Over all thresholds", flip);
  const colour = drawn.map((s) => colours[report.board.slices.findIndex((b) => sameKey(b.key, metric.slices[s] ?? null))] ?? "var(--ink)");
  const id = index === 0 ? "comparison" : `comparison-${index + 1}`;
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`}>
      <p class="kicker">Models compared</p>
      <h2 id={`${id}-title`}><Sentence>{title}</Sentence></h2>
      <p class="subtitle">
        <Text most={40}>{comparison.candidate}</Text> {flip ? "against" : "less"} <Text most={40}>{comparison.baseline}</Text>, measured on the same people{threshold !== undefined && `, at a score of ${threshold} or more`}.
        {flip ? " No change on the whole can hide people for whom the two differ, in both directions." : " Where an interval holds 0, the two are not told apart."}
      </p>
      <form class="controls" aria-label="Comparison of models" onSubmit={(e) => e.preventDefault()}>
        <label class="control"><span>Measure</span>
          <select name="compared" value={at} onChange={(e) => setAt(Number(e.currentTarget.value))}>
            <optgroup label="Change of a measure">{comparison.metrics.map((m, i) => <option key={i} value={i}>{short(m.label, 60)}</option>)}</optgroup>
            {metrics.length > comparison.metrics.length && (
              <optgroup label="People decided otherwise">{(comparison.flips ?? []).map((m, i) => <option key={i} value={comparison.metrics.length + i}>{short(m.label, 60)}</option>)}</optgroup>
            )}
          </select>
        </label>
        {kinds.length > 1 && (
          <label class="control"><span>Groups by</span>
            <select name="compared-kind" value={kind} onChange={(e) => setKind(Number(e.currentTarget.value))}>
              {kinds.map((k, i) => <option key={i} value={i}>{short(k.columns, 50)}</option>)}
            </select>
          </label>
        )}
        {metric.thresholds !== null && metric.thresholds.length > 1 && (
          <fieldset class="control threshold">
            <legend>Threshold {threshold}</legend>
            <input type="range" name="compared-threshold" aria-label="Threshold" min="0" max={metric.thresholds.length - 1} value={column} aria-valuetext={String(threshold)}
              onInput={(e) => setChosen(metric.thresholds?.[Number(e.currentTarget.value)] ?? null)} />
          </fieldset>
        )}
      </form>
      <div class="blocks">
        {curve ? <GridBlock block={atOne(metric, slices, column, names, `${caption}, at ${threshold}`, flip)} /> : <DotsBlock block={asDots(metric, slices, names, threshold === undefined ? caption : `${caption}, at ${threshold}`, flip)} />}
        {curve && <CurveBlock block={curve} colours={colour} />}
        {curve && drawn.length < slices.length && <p class="quiet">The first {drawn.length} of {slices.length} groups are drawn; the table above holds all.</p>}
      </div>
      <Source />
    </section>
  );
}
