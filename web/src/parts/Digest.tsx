import { useState } from "preact/hooks";
import { copy } from "./copy";
import { usePrinting } from "./Fold";

const DIGEST = /^(?:[a-z][a-z0-9-]{1,15}:)?[0-9a-f]{32,128}$/i;

/** Whether a text is a digest, such as `sha256:9c4e…` or 64 hexadecimal digits. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** A digest: its first figures to compare by eye, whole when copied, on paper and in the tooltip. */
export function Digest({ value, of, whole = false }: { value: string; of: string; whole?: boolean }) {
  const [said, setSaid] = useState("");
  const print = usePrinting();
  const bare = value.slice(value.lastIndexOf(":") + 1);
  if (print) return <code class="hash">{value}</code>;
  const onCopy = async (): Promise<void> => setSaid((await copy(value)) ? "copied" : "not copied: the browser refused");
  return (
    <span class="digest">
      <code class="hash" title={value}>{whole ? value : bare.slice(0, 12)}</code>{" "}
      <button type="button" class="inline" title={`Copy ${value}`} onClick={() => void onCopy()}>copy<span class="sr"> the digest of {of.slice(0, 80)}</span></button>
      <span role="status" class="quiet">{said && ` ${said}`}</span>
    </span>
  );
}
