import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Props {
  summary: ComponentChildren;
  children: ComponentChildren | (() => ComponentChildren);
  open?: boolean;
  class?: string;
  id?: string;
}

const listeners = new Set<(on: boolean) => void>();
let printing = false;

/** Opens every fold while the page is being printed, and closes those that were closed. */
export function watchPrint(): void {
  const set = (on: boolean): void => {
    printing = on;
    for (const listener of listeners) listener(on);
  };
  addEventListener("beforeprint", () => set(true));
  addEventListener("afterprint", () => set(false));
  const query = matchMedia("print");
  query.addEventListener("change", (e) => set(e.matches));
  if (query.matches) set(true);
}

export function usePrinting(): boolean {
  const [on, setOn] = useState(printing);
  useEffect(() => {
    listeners.add(setOn);
    setOn(printing);
    return () => void listeners.delete(setOn);
  }, []);
  return on;
}

/** A fold that draws its content only once it is needed. */
export function Fold({ summary, children, open = false, class: name = "", id }: Props) {
  const [isOpen, setOpen] = useState(open);
  const print = usePrinting();
  const shown = isOpen || print;
  return (
    <details class={`fold ${name}`} open={shown} id={id} onToggle={(e) => !print && setOpen(e.currentTarget.open)}>
      <summary>{summary}</summary>
      {shown && <div class="fold-body">{typeof children === "function" ? children() : children}</div>}
    </details>
  );
}
