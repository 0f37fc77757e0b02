import { useState } from "preact/hooks";
import { MOST_MEASURES, type View } from "../board";
import type { MetricInfo, Report } from "../data";
import { Fold } from "../parts/Fold";
import { memo } from "../parts/memo";
import { Text } from "../parts/Text";
import { useStore } from "../store";
import { capital, short } from "../words";

interface Kind {
  name: string;
  metrics: number[];
}

const SEARCHED_FROM = 13;

/** Measures by what they speak of; one nameless kind where they all speak of the same. */
function kinds(report: Report): Kind[] {
  const out: Kind[] = [{ name: "Who is selected", metrics: [] }, { name: "Decisions against the label", metrics: [] }, { name: "Scores and the rest", metrics: [] }];
  const classes = new Map<string, Kind>(); // "precision of government": measures of one class or label
  report.board.metrics.forEach((m, i) => {
    const one = /^[a-z0-9_]+ of (.+)$/s.exec(m.name)?.[1];
    const kind = one === undefined ? out[m.by_threshold ? Number(m.needs_label) : 2] : (classes.get(one) ?? { name: `One class: ${short(one, 40)}`, metrics: [] });
    kind?.metrics.push(i);
    if (kind && one !== undefined) classes.set(one, kind);
  });
  if (classes.size > 0) out[2]!.name = "All classes together";
  out.push(...classes.values());
  const used = out.filter((k) => k.metrics.length > 0);
  return used.length > 1 ? used : used.map((k) => ({ ...k, name: "" }));
}

/** The first measure. */
export const MeasureChoice = memo(function MeasureChoice({ metric }: { metric: number }) {
  const { report, view } = useStore();
  const choose = (wanted: number): void => {
    const now: View = view.peek();
    view.value = { ...now, held: null, metric: wanted, more: now.more.filter((m) => m !== wanted), by: null };
  };
  const option = (i: number) => <option key={i} value={i}>{report.board.metrics[i]?.label}</option>;
  return (
    <label class="control wide">
      <span>Measure</span>
      <select name="metric" value={metric} onChange={(e) => choose(Number(e.currentTarget.value))}>
        {kinds(report).map((k) => (k.name === "" ? k.metrics.map(option) : <optgroup key={k.name} label={k.name}>{k.metrics.map(option)}</optgroup>))}
      </select>
    </label>
  );
}, (a, b) => a.metric === b.metric);

/** The measures drawn beside the first one. */
export const MoreMeasures = memo(function MoreMeasures({ metric, more }: { metric: number; more: number[] }) {
  const { report } = useStore();
  const { metrics } = report.board;
  if (metrics.length < 2) return null;
  const beside = more.map((m) => metrics[m]?.label ?? "").join(", ");
  return (
    <Fold class="more-measures wide" summary={<>More measures beside it <span class="quiet">{beside || "none"}</span></>}>
      {() => <Choices metric={metric} more={more} />}
    </Fold>
  );
}, (a, b) => a.metric === b.metric && a.more === b.more);

function Choices({ metric, more }: { metric: number; more: number[] }) {
  const { report, view } = useStore();
  const [search, setSearch] = useState("");
  const { metrics } = report.board;
  const wanted = search.trim().toLowerCase();
  const full = more.length >= MOST_MEASURES - 1;
  const set = (next: number[]): void => void (view.value = { ...view.peek(), held: null, more: next.sort((a, b) => a - b) });
  const found = (i: number): boolean => i !== metric && (more.includes(i) || `${metrics[i]?.label} ${metrics[i]?.name}`.toLowerCase().includes(wanted));
  return (
    <div class="measure-choices">
      <div class="measure-tools">
        {metrics.length >= SEARCHED_FROM && (
          <input type="search" name="find-measure" aria-label="Find a measure" placeholder="find a measure" value={search} onInput={(e) => setSearch(e.currentTarget.value)} />
        )}
        {more.length > 0 && <button type="button" class="inline" onClick={() => set([])}>take them all away</button>}
        {full && <span class="quiet" role="status">at most {MOST_MEASURES} at once</span>}
      </div>
      {kinds(report).filter((k) => k.metrics.some(found)).map((k) => (
        <fieldset key={k.name} class="measure-kind">
          {k.name !== "" && <legend>{k.name}</legend>}
          {k.metrics.filter(found).map((i) => (
            <label key={i} class="chip" title={short(metrics[i]?.plain ?? "", 200)}>
              <input type="checkbox" name="more" value={i} checked={more.includes(i)} disabled={full && !more.includes(i)}
                onChange={(e) => set(e.currentTarget.checked ? [...more, i] : more.filter((m) => m !== i))} />
              <span><bdi>{short(metrics[i]?.label ?? "", 50)}</bdi></span>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

const DIRECTION: Record<MetricInfo["direction"], string> = {
  higher: "higher is better for the model", lower: "lower is better for the model", none: "neither end is better by itself",
};

/** What the measures drawn are, how they are computed and what can fool a reader of them. */
export function AboutMeasures({ metrics }: { metrics: number[] }) {
  const { report } = useStore();
  const shown = metrics.flatMap((m) => report.board.metrics[m] ?? []);
  return (
    <Fold class="table-fold about-measures" summary={<>About {shown.length === 1 ? "this measure" : "these measures"} <span class="quiet">what it is, formula, what can fool it</span></>}>
      {() => <dl class="words measures">{shown.map((m) => <About key={m.name} metric={m} />)}</dl>}
    </Fold>
  );
}

/** One measure: in words, as a formula, its range and direction, who is counted, what can fool it, who defined it. */
export function About({ metric: m }: { metric: MetricInfo }) {
  const [low, high] = m.range;
  return (
    <div>
      <dt><Text most={80}>{m.label}</Text></dt>
      <dd>
        <Text most={300}>{capital(m.plain)}</Text>.<br />
        <code><Text most={160}>{m.formula}</Text></code><br />
        <span class="quiet">
          Counted: <Text most={80}>{m.eligible}</Text>; from {low} {high === null ? "upwards" : `to ${high}`}; {DIRECTION[m.direction]}{m.by_threshold ? "; changes with the threshold" : ""}.
          {m.source && <> Source: <Text most={160}>{m.source}</Text>.</>}
        </span>
        {m.fooled_by && <><br /><b>What can fool it:</b> <Text most={400}>{capital(m.fooled_by)}</Text></>}
      </dd>
    </div>
  );
}
