import type { Prompt } from "../../document/types";
import { Sentence, Text } from "../../parts/Text";

/** A question nobody has answered yet: said, never filled in. */
export function PromptBlock({ block }: { block: Prompt }) {
  return (
    <div class="prompt" role="note">
      <p><b>Not answered yet.</b> <Sentence>{block.question}</Sentence></p>
      {block.where !== "" && <p class="quiet">The answer goes in <code><Text most={120}>{block.where}</Text></code></p>}
    </div>
  );
}
