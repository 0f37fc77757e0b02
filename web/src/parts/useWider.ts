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

/** `useWider` for what can be drawn in narrower ways: `fitting` of `ways` were needed, and it is `wider` once none is left. */
export function useFitting<E extends Element>(ways: number) {
  const { place, wider } = useWider<E>();
  const [fitting, setFitting] = useState(0);
  useLayoutEffect(() => {
    const node = place.current;
    if (node && fitting < ways && node.scrollWidth > node.clientWidth + 1) setFitting(fitting + 1);
  }, [wider, fitting]);
  return { place, fitting, wider: wider && fitting === ways };
}
