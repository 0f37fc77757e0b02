import { useState } from "preact/hooks";
import { visible } from "../words";

/** Text from the data: isolated from the direction of its surroundings, controls made visible, long text folded. */
export function Text({ children, most = 90 }: { children: string; most?: number }) {
  const [open, setOpen] = useState(false);
  const clean = visible(children);
  const long = clean.length > most + 20;
  if (!long) return <bdi class="text">{clean}</bdi>;
  const cut = Array.from(clean.slice(0, most * 2)).slice(0, most).join("");
  return (
    <span>
      <bdi class={open ? "text text-open" : "text"}>{open ? clean : `${cut}…`}</bdi>{" "}
      <button type="button" class="inline" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "show less" : `show all ${clean.length.toLocaleString("en-GB")} characters`}
      </button>
    </span>
  );
}

export function TextList({ items, class: name = "plain" }: { items: string[]; class?: string }) {
  return (
    <ul class={name}>
      {items.map((item, i) => (
        <li key={i}>
          <Text most={300}>{item}</Text>
        </li>
      ))}
    </ul>
  );
}
