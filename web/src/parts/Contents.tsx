import { useEffect, useState } from "preact/hooks";
import { Fold } from "./Fold";
import { Text } from "./Text";

export interface Entry {
  anchor: string;
  title: string;
  stale: boolean;
}

/** The sections beside the text, the one being read marked; a fold on a narrow screen. */
export function Contents({ entries, label }: { entries: Entry[]; label: string }) {
  const here = useReading(entries);
  const list = (
    <ol class="toc-list">
      {entries.map((e) => (
        <li key={e.anchor}>
          <a href={`#${e.anchor}`} aria-current={here === e.anchor ? "true" : undefined}><Text most={60}>{e.title}</Text></a>
          {e.stale && <span class="toc-stale"> out of date</span>}
        </li>
      ))}
    </ol>
  );
  return (
    <nav class="toc" aria-label={label}>
      <div class="toc-wide"><p class="toc-title" aria-hidden="true">{label}</p>{list}</div>
      <Fold class="toc-narrow" summary={<>{label} <span class="quiet">{entries.length} sections</span></>}>{() => list}</Fold>
    </nav>
  );
}

/** The anchor of the section that the reader is in: the last one whose top has passed the upper third of the screen. */
function useReading(entries: Entry[]): string | null {
  const [here, setHere] = useState<string | null>(null);
  const key = entries.map((e) => e.anchor).join(" ");
  useEffect(() => {
    const update = (): void => {
      let found: string | null = null;
      for (const anchor of key.split(" ")) {
        const top = document.getElementById(anchor)?.getBoundingClientRect().top;
        if (top !== undefined && top < innerHeight / 3) found = anchor;
      }
      setHere(found);
    };
    const watch = new IntersectionObserver(update, { rootMargin: "0px 0px -66% 0px", threshold: [0, 0.01] });
    for (const anchor of key.split(" ")) {
      const node = document.getElementById(anchor);
      if (node) watch.observe(node);
    }
    return () => watch.disconnect();
  }, [key]);
  return here;
}
