import { useState } from "preact/hooks";
import { visible } from "../words";
import { usePrinting } from "./Fold";

const PRINTED = 1500; // letters of one text that paper shows: nobody can unfold it there

/** Text from the data: isolated from the direction of its surroundings, controls made visible, long text folded. */
export function Text({ children, most = 90, dir }: { children: string; most?: number; dir?: "ltr" }) {
  const clean = visible(children);
  if (clean.length <= most + 20) return <bdi class="text" dir={dir}>{clean}</bdi>;
  return <Long clean={clean} most={most} dir={dir} />;
}

function Long({ clean, most, dir }: { clean: string; most: number; dir?: "ltr" }) {
  const [open, setOpen] = useState(false);
  const print = usePrinting();
  if (print) return <bdi class="text" dir={dir}>{clean.length > PRINTED ? `${clean.slice(0, PRINTED)}…` : clean}</bdi>;
  const cut = Array.from(clean.slice(0, most * 2)).slice(0, most).join("");
  return (
    <span>
      <bdi class="text" dir={dir}>{open ? clean : `${cut}…`}</bdi>{" "}
      <button type="button" class="inline" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "show less" : `show all ${clean.length.toLocaleString("en-GB")} characters`}
      </button>
    </span>
  );
}

/** Prose of this page around foreign names: reads left to right whatever it begins with. */
export function Sentence({ children }: { children: string }) {
  return <Text most={300} dir="ltr">{children}</Text>;
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
