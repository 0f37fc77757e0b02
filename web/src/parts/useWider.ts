import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** What is said where something is wider than its place. */
export const SIDEWAYS = "scrolls sideways →";

/** Whether what an element holds is wider than the element, and so has to be scrolled. */
export function useWider<E extends Element>() {
  const place = useRef<E>(null);
  const [wider, setWider] = useState(false);
  useLayoutEffect(() => {
    const node = place.current;
    if (!node) return;
    const look = (): void => setWider(node.scrollWidth > node.clientWidth + 1);
    look();
    const watch = new ResizeObserver(look);
    for (const one of [node, ...node.children]) watch.observe(one);
    return () => watch.disconnect();
  }, []);
  return { place, wider };
}
