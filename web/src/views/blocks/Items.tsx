import { useState } from "preact/hooks";
import type { Items } from "../../document/types";
import { count } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { Icon } from "../../parts/Icon";
import { Sentence, TextList } from "../../parts/Text";

const [FIRST, MOST] = [8, 12]; // of more than MOST, FIRST are shown until the others are asked for

/** Short statements; a tone puts its mark before each. */
export function ItemsBlock({ block }: { block: Items }) {
  const [all, setAll] = useState(false);
  const print = usePrinting();
  const { tone } = block;
  const items = block.items.filter((item) => item.trim() !== "");
  const shown = all || print || items.length <= MOST ? items : items.slice(0, FIRST);
  return (
    <div class="items">
      {tone === "plain" ? <TextList items={shown} /> : (
        <ul class="marked">{shown.map((item, i) => <li key={i}><Icon word={tone} /> <span><Sentence>{item}</Sentence></span></li>)}</ul>
      )}
      {shown.length < items.length && <button type="button" class="more" onClick={() => setAll(true)}>Show all {count(items.length)}</button>}
    </div>
  );
}
