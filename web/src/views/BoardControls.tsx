import { lines, measures, modeOf, withFamilies, type Baseline, type Mode, type Sort, type View } from "../board";
import { count } from "../numbers";
import { memo } from "../parts/memo";
import { Text } from "../parts/Text";
import type { Selection } from "../selection";
import { useStore } from "../store";
import { short } from "../words";
import { MeasureChoice, MoreMeasures } from "./Measures";
import { Thresholds } from "./Thresholds";

const OPTION = 30; // letters that a closed list shows

export type Set = (change: Partial<View>) => void;

/** The controls of the board. Each changes one field of the view; the board follows at once. */
export function Controls({ selection }: { selection: Selection }) {
  const store = useStore();
  const { report, families, view } = store;
  const now = view.value;
  const set: Set = (change) => void (view.value = { ...view.peek(), held: null, ...change });
  const hold = (threshold: number): void => set({ threshold, held: view.peek().held ?? selection.rows.map((r) => r.slice) });
  const many = families.some((f) => f.slices.length > 12) || families.length > 3;
  return (
    <form class="controls" aria-label="Groups chart" onSubmit={(e) => e.preventDefault()}>
      <MeasureChoice metric={now.metric} />
      <Thresholds set={set} hold={hold} />
      <Modes set={set} />
      {families.length > 0 && (
        <BaselineChoice baseline={now.baseline} shown={now.families.join()} />
      )}
      {families.length > 1 && (
        <fieldset class="control chips wide">
          <legend>Groups by</legend>
          {families.map((f) => (
            <label key={f.id} class="chip">
              <input type="checkbox" name="family" checked={now.families.includes(f.id)}
                onChange={(e) => set(withFamilies(families, now, e.currentTarget.checked ? [...now.families, f.id] : now.families.filter((x) => x !== f.id)))} />
              <span><bdi>{short(f.name, 40)}</bdi> <span class="quiet">{f.slices.length}</span></span>
            </label>
          ))}
        </fieldset>
      )}
      {report.models.length > 1 && (
        <fieldset class="control chips">
          <legend>Models</legend>
          {report.models.map((m, i) => (
            <label key={i} class="chip">
              <input type="checkbox" name="model" checked={now.models.includes(i)} disabled={now.models.length === 1 && now.models[0] === i}
                onChange={(e) => set({ models: e.currentTarget.checked ? [...now.models, i].sort((a, b) => a - b) : now.models.filter((x) => x !== i) })} />
              <span><Mark index={i} /> <Text most={24}>{m.name}</Text></span>
            </label>
          ))}
        </fieldset>
      )}
      {families.length > 0 && <Order set={set} />}
      {many && (
        <>
          <label class="control narrow">
            <span>At least n</span>
            <input type="number" name="min-n" min="0" step="10" value={now.minN} onInput={(e) => set({ minN: Math.max(Number(e.currentTarget.value) || 0, 0) })} />
          </label>
          <label class="control">
            <span>Find a group</span>
            <input type="search" name="search" value={now.search} onInput={(e) => set({ search: e.currentTarget.value })} />
          </label>
        </>
      )}
      <MoreMeasures metric={now.metric} more={now.more} />
      <output class="sr" aria-live="polite">{count(selection.rows.length)} groups shown{selection.hidden > 0 && `, ${selection.hidden} below the minimum n`}</output>
      {now.mode === "ratio" && <NoRatio shown={measures(now)} />}
      {selection.hidden > 0 && <p class="quiet wide">{count(selection.hidden)} groups have fewer people than {now.minN} and are left out.</p>}
    </form>
  );
}

/** Which of the measures have no ratio, where one was asked for. */
function NoRatio({ shown }: { shown: number[] }) {
  const { report } = useStore();
  const signed = shown.flatMap((m) => report.board.metrics[m] ?? []).filter((m) => m.signed);
  if (signed.length === 0) return null;
  return <p class="quiet wide"><bdi>{signed.map((m) => short(m.label, 60)).join(", ")}</bdi> can be negative, where a ratio says nothing: differences are shown.</p>;
}

/** By what the rows are ordered, and, with several measures, by which of them. */
function Order({ set }: { set: Set }) {
  const { report, view } = useStore();
  const now = view.value;
  const shown = measures(now);
  const by = now.by !== null && shown.includes(now.by) ? now.by : now.metric;
  const several = lines(report, now, by).length > 1;
  return (
    <>
      <label class="control">
        <span>Order</span>
        <select name="sort" value={now.sort} onChange={(e) => set({ sort: e.currentTarget.value as Sort })}>
          <option value="high">highest first</option>
          <option value="low">lowest first</option>
          <option value="far">furthest from baseline</option>
          {(several || now.sort === "apart") && <option value="apart">{now.also.length > 0 ? "marks furthest apart" : "models furthest apart"}</option>}
          <option value="n">most people first</option>
          <option value="name">name</option>
        </select>
      </label>
      {shown.length > 1 && now.sort !== "n" && now.sort !== "name" && (
        <label class="control">
          <span>Order by</span>
          <select name="by" value={by} onChange={(e) => set({ by: Number(e.currentTarget.value) })}>
            {shown.map((m) => <option key={m} value={m}>{report.board.metrics[m]?.label}</option>)}
          </select>
        </label>
      )}
    </>
  );
}

/** Apart and kept, so that dragging the threshold does not go through hundreds of options. */
const BaselineChoice = memo(function BaselineChoice({ baseline }: { baseline: Baseline; shown: string }) {
  const { report, names, apart, families, view } = useStore();
  const shown = new Set(families.filter((f) => view.peek().families.includes(f.id)).flatMap((f) => f.slices));
  const choose = (value: string): void => void (view.value = { ...view.peek(), baseline: value === "largest" ? "largest" : Number(value) });
  return (
    <label class="control">
      <span>Baseline</span>
      <select name="baseline" value={String(baseline)} onChange={(e) => choose(e.currentTarget.value)}>
        <option value="largest">largest group of each kind</option>
        {report.board.slices.map((s, i) => s.status === "ok" && (i === 0 || shown.has(i) || i === baseline) && (
          <option key={i} value={i}>{apart.brief(names.slice(s.key), OPTION)}</option>
        ))}
      </select>
    </label>
  );
}, (a, b) => a.baseline === b.baseline && a.shown === b.shown);

function Modes({ set }: { set: Set }) {
  const { report, families, view } = useStore();
  if (families.length === 0) return null;
  const metric = report.board.metrics[view.value.metric];
  const mode = modeOf(metric, view.value.mode);
  const none = metric?.signed ? `${short(metric.label, 60)} can be negative: a ratio says nothing` : undefined;
  const words: [Mode, string][] = [["value", "Value"], ["difference", "Difference"], ["ratio", "Ratio"]];
  return (
    <fieldset class="control segments">
      <legend>Show</legend>
      {words.map(([value, word]) => (
        <label key={value} title={value === "ratio" ? none : undefined}>
          <input type="radio" name="mode" value={value} checked={mode === value} disabled={value === "ratio" && none !== undefined} onChange={() => set({ mode: value })} />
          <span>{word}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Models differ by shape: filled dot, diamond, square, hollow dot. */
export function Mark({ index }: { index: number }) {
  return (
    <svg class="mark" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
      <Shape index={index} />
    </svg>
  );
}

export function Shape({ index }: { index: number }) {
  if (index % 4 === 1) return <path class="shape" d="M0 -5.6 L5.6 0 L0 5.6 L-5.6 0 Z" />;
  if (index % 4 === 2) return <rect class="shape" x="-4.2" y="-4.2" width="8.4" height="8.4" />;
  if (index % 4 === 3) return <circle class="shape hollow" r="4" />;
  return <circle class="shape" r="4.6" />;
}
