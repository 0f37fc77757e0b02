import { useState } from "preact/hooks";
import type { Items } from "../../document/types";
import { itemsFirst } from "../../folding";
import { count } from "../../numbers";
import { usePrinting } from "../../parts/Fold";
import { Icon } from "../../parts/Icon";
import { Sentence, TextList } from "../../parts/Text";

/** Short statements; a tone puts its mark before each. */
export function ItemsBlock({ block }: { block: Items }) {
  const [all, setAll] = useState(false);
  const print = usePrinting();
  const { tone } = block;
  const items = block.items.filter((item) => item.trim() !== "");
  const shown = all || print ? items : items.slice(0, itemsFirst(block, items.length));
  return (
    <div class="items">
      {tone === "plain" ? <TextList items={shown} /> : (
        <ul class="marked">{shown.map((item, i) => <li key={i}><Icon word={tone} /> <span><Sentence>{item}</Sentence></span></li>)}</ul>
      )}
      {shown.length < items.length && <button type="button" class="more" onClick={() => setAll(true)}>Show all {count(items.length)}</button>}
    </div>
  );
}
