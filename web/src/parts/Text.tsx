import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Apart } from "../apart";
import { options, short, visible } from "../words";
import { usePrinting } from "./Fold";

const PRINTED = 1500; // letters of one text that paper shows: nobody can unfold it there

/** Text from the data: isolated from the direction of its surroundings, controls made visible, long text folded. */
export function Text({ children, most = 90, dir, among }: { children: string; most?: number; dir?: "ltr"; among?: Apart | undefined }) {
  const clean = visible(children);
  if (clean.length <= most + 20) return <bdi class="text" dir={dir}>{whole(clean)}</bdi>;
  return <Long clean={clean} most={most} dir={dir} among={among} />;
}

/** Options of the command line stay on one line: a line that ends in `--label-` reads as another one. */
function whole(text: string): ComponentChildren {
  if (!text.includes("--")) return text;
  return options(text).map((part, i) => part.startsWith("--") ? <span key={i} class="option">{part}</span> : part);
}

function Long({ clean, most, dir, among }: { clean: string; most: number; dir?: "ltr"; among: Apart | undefined }) {
  const [open, setOpen] = useState(false);
  const print = usePrinting();
  if (print) return <bdi class="text" dir={dir}>{whole(clean.length > PRINTED ? `${clean.slice(0, PRINTED)}…` : clean)}</bdi>;
  return (
    <span>
      <bdi class="text" dir={dir}>{whole(open ? clean : among ? among.brief(clean, most + 1) : short(clean, most + 1))}</bdi>{" "}
      <button type="button" class="inline" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "show less" : `show all ${clean.length.toLocaleString("en-GB")} characters`}
      </button>
    </span>
  );
}

/** A name on one line, whole where there is room: else its middle is left out, so that what tells it from its neighbours stays. */
export function Name({ children, among, most }: { children: string; among: Apart; most?: number }) {
  const { head, tail } = among.cut(children, most);
  if (tail === "") return <bdi>{head}</bdi>;
  return <bdi class="parted"><span>{head}</span><span>{tail}</span></bdi>;
}

/** Prose of this page around foreign names: reads left to right whatever it begins with. */
export function Sentence({ children }: { children: string }) {
  return <Text most={420} dir="ltr">{children}</Text>;
}

export function TextList({ items, class: name = "plain" }: { items: string[]; class?: string }) {
  return (
    <ul class={name}>
      {items.filter((item) => item.trim() !== "").map((item, i) => (
        <li key={i}>
          <Sentence>{item}</Sentence>
        </li>
      ))}
    </ul>
  );
}
