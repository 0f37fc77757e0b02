import { useState } from "preact/hooks";
import { usePrinting } from "../parts/Fold";
import { TextList } from "../parts/Text";
import { useStore } from "../store";
import { count } from "../numbers";

const FIRST_SHOWN = 4;

/** What a reader must not conclude is never folded away. */
const WHOLE = new Set(["unknown"]);

/** What to do, and what not to conclude: on the first screen, side by side. */
export function Next() {
  const { report } = useStore();
  if (report.next_steps.length + report.unknowns.length + report.notices.length === 0) return null;
  return (
    <div class="next">
      <Part id="next" title="What to do next" items={report.next_steps} list="steps" />
      <Part id="unknown" title="What this page can’t tell you" items={report.unknowns} list="dashes" />
      <Part id="notice" title="About the data" items={report.notices} list="dashes" />
    </div>
  );
}

function Part({ id, title, items, list }: { id: string; title: string; items: string[]; list: string }) {
  const [all, setAll] = useState(false);
  const print = usePrinting();
  if (items.length === 0) return null;
  const cut = !WHOLE.has(id) && !all && !print && items.length > FIRST_SHOWN + 1;
  return (
    <section aria-labelledby={`${id}-title`} class={`next-${id}`}>
      <h2 id={`${id}-title`}>{title}{WHOLE.has(id) && items.length > FIRST_SHOWN && <span class="quiet"> {count(items.length)}</span>}</h2>
      <TextList items={cut ? items.slice(0, FIRST_SHOWN) : items} class={list} />
      {cut && <button type="button" class="inline" onClick={() => setAll(true)}>and {count(items.length - FIRST_SHOWN)} more</button>}
    </section>
  );
}
