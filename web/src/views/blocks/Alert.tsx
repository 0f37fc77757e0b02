import type { Alert } from "../../document/types";
import { Icon } from "../../parts/Icon";
import { Sentence } from "../../parts/Text";

/** What the reader must not miss. */
export function AlertBlock({ block }: { block: Alert }) {
  return (
    <p class={`alert tone-${block.tone}`} role="note">
      <Icon word={block.tone === "plain" ? "note" : block.tone} />
      <span><Sentence>{block.text}</Sentence></span>
    </p>
  );
}
