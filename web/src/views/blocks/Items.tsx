import type { Items } from "../../document/types";
import { Icon } from "../../parts/Icon";
import { Sentence, TextList } from "../../parts/Text";

/** Short statements; a tone puts its mark before each. */
export function ItemsBlock({ block }: { block: Items }) {
  const { tone, items } = block;
  if (tone === "plain") return <TextList items={items} />;
  return (
    <ul class="marked">
      {items.filter((item) => item.trim() !== "").map((item, i) => (
        <li key={i}><Icon word={tone} /> <span><Sentence>{item}</Sentence></span></li>
      ))}
    </ul>
  );
}
