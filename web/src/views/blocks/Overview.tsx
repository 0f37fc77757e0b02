import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { Apart } from "../../apart";
import { SLOTS } from "../../colour";
import { arranged, KINDS, kindOf, type Kind, type Order } from "../../document/overview";
import type { Overview, Series } from "../../document/types";
import { count } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { Sentence, Text } from "../../parts/Text";
import { plural } from "../../words";
import { OverviewRow } from "./OverviewRow";

export interface Look {
  log: boolean;
  percent: boolean;
  equal: boolean;
  shown: readonly boolean[]; // by series
}

const STEP = 30; // rows that are added when the reader comes near the last one
const ORDER_NAMES: Record<Order, string> = {
  interest: "Least even first", missing: "Most missing first", difference: "Most different first", order: "As in the table", name: "Name", kind: "Kind of value",
};
const KIND_NAMES: Record<Kind, string> = { number: "Numbers", text: "Texts and yes/no", date: "Dates and times", other: "Other" };

/** A colour for each series, the same everywhere in the block; the only whole table is grey, and its slices have the colours. */
export function seriesColour(i: number, series: readonly Series[]): string {
  const alone = series.filter((s) => !s.part).length === 1;
  if (alone && series[i]?.part !== true) return "var(--ink-3)";
  const place = alone ? series.slice(0, i).filter((s) => s.part).length : i;
  return `var(--group-${SLOTS[place % SLOTS.length] ?? "other"})`;
}

/** Every column of a table as a row: what is in it, what is missing, and how that differs between tables or slices. */
export function OverviewBlock({ block }: { block: Overview }) {
  const id = useId();
  const several = block.series.length > 1;
  const [order, setOrder] = useState<Order>("order");
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<Kind | "all">("all");
  const [look, setLook] = useState<Look>({ log: false, percent: several, equal: false, shown: block.series.map((s) => !s.part || block.series.every((o) => o.part)) });
  const [most, setMost] = useState(STEP);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const print = usePrinting();
  const places = useMemo(() => arranged(block, order, search, kind), [block, order, search, kind]);
  const kinds = useMemo(() => KINDS.filter((k) => block.columns.some((c) => kindOf(c) === k)), [block]);
  const drawn = print ? places : places.slice(0, most);
  const toggle = useMemo(() => (name: string): void => setOpen((old) => {
    const now = new Set(old);
    if (!now.delete(name)) now.add(name);
    return now;
  }), []);
  if (block.columns.length === 0) return <p class="quiet">The table has no columns.</p>;
  return (
    <figure class="overview">
      <figcaption id={id}><Sentence>{block.caption}</Sentence></figcaption>
      {block.text !== "" && <p class="subtitle"><Sentence>{block.text}</Sentence></p>}
      <div class="controls on-screen" role="group" aria-label="What the overview shows">
        <label class="control"><span>Search columns</span>
          <input type="search" name="column-search" value={search} onInput={(e) => { setSearch(e.currentTarget.value); setMost(STEP); }} />
        </label>
        <label class="control"><span>Order</span>
          <select name="column-order" value={order} onChange={(e) => { setOrder(e.currentTarget.value as Order); setMost(STEP); }}>
            {(Object.keys(ORDER_NAMES) as Order[]).filter((o) => several || o !== "difference").map((o) => <option key={o} value={o}>{ORDER_NAMES[o]}</option>)}
          </select>
        </label>
        {kinds.length > 1 && (
          <label class="control"><span>Kind</span>
            <select name="column-kind" value={kind} onChange={(e) => { setKind(e.currentTarget.value as Kind | "all"); setMost(STEP); }}>
              <option value="all">All</option>
              {kinds.map((k) => <option key={k} value={k}>{KIND_NAMES[k]}</option>)}
            </select>
          </label>
        )}
        <label class="control"><span>Bins</span>
          <select name="column-bins" value={look.equal ? "equal" : "even"} onChange={(e) => setLook({ ...look, equal: e.currentTarget.value === "equal" })}>
            <option value="even">Equal widths</option>
            <option value="equal">Equal counts</option>
          </select>
        </label>
        <label class="chip"><input type="checkbox" name="column-percent" checked={look.percent} onChange={(e) => setLook({ ...look, percent: e.currentTarget.checked })} /> Percent</label>
        <label class="chip"><input type="checkbox" name="column-log" checked={look.log} onChange={(e) => setLook({ ...look, log: e.currentTarget.checked })} /> Log</label>
      </div>
      <SeriesKey series={block.series} look={look} setLook={setLook} />
      <p class="quiet overview-count" role="status">{said(places.length, block.columns.length)}</p>
      {places.length === 0 ? <p class="empty">No column fits. Search for a part of its name, role or type.</p> : (
        <ol class="overview-rows" aria-labelledby={id}>
          {drawn.map((i) => {
            const column = block.columns[i]!;
            return <OverviewRow key={i} column={column} series={block.series} look={look} open={open.has(column.name)} toggle={toggle} />;
          })}
        </ol>
      )}
      {drawn.length < places.length && <More rest={places.length - drawn.length} more={() => setMost((now) => now + STEP)} all={() => setMost(places.length)} />}
    </figure>
  );
}

function said(n: number, all: number): string {
  return n === all ? `${count(all)} ${plural(all, "column", "columns")}` : `${count(n)} of ${count(all)} columns`;
}

/** Which tables or slices are drawn, in which colour. */
function SeriesKey({ series, look, setLook }: { series: Series[]; look: Look; setLook: (look: Look) => void }) {
  if (series.length < 2) return null;
  const last = look.shown.filter(Boolean).length === 1;
  const among = new Apart(() => series.map((s) => s.name));
  const whole = series.map((s) => !s.part);
  const sets: [string, boolean[]][] = [["All", series.map(() => true)], ["Whole tables only", whole]];
  const offered = whole.includes(true) && whole.includes(false) ? sets : [];
  return (
    <fieldset class="series-key">
      <legend class="sr">Tables and slices</legend>
      {series.map((s, i) => (
        <label key={i} class="chip">
          <input type="checkbox" name="series" checked={look.shown[i]} disabled={last && look.shown[i]}
            onChange={(e) => setLook({ ...look, shown: look.shown.map((on, k) => (k === i ? e.currentTarget.checked : on)) })} />
          <span class="series-mark" style={{ background: seriesColour(i, series) }} aria-hidden="true" />
          <Text most={40} among={among}>{s.name}</Text> <span class="quiet">{count(s.rows)} rows{s.exact ? "" : ", by sketches"}</span>
        </label>
      ))}
      {offered.map(([name, shown]) => (
        <button key={name} type="button" class="series-set" disabled={shown.every((on, i) => on === look.shown[i])} onClick={() => setLook({ ...look, shown })}>{name}</button>
      ))}
    </fieldset>
  );
}

/**
 * Rows are added as the reader comes to them: three hundred at once would be a second's work that nobody asked for. The button stays the
 * same one meanwhile, so a press that began before rows came still counts, and rows that come late never take back what it showed.
 */
function More({ rest, more, all }: { rest: number; more: () => void; all: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = place.current;
    if (!node) return;
    const watch = new IntersectionObserver((found) => { if (found.some((f) => f.isIntersecting)) more(); }, { rootMargin: "600px 0px" });
    watch.observe(node);
    return () => watch.disconnect();
  }, [rest]);
  return <div ref={place} class="overview-more"><button type="button" class="more" onClick={all}>Show {count(rest)} more {plural(rest, "column", "columns")}</button></div>;
}
