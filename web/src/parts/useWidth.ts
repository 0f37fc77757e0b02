import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { usePrinting } from "./Fold";

/** Width of A4 between the page's margins, in CSS pixels at the print sheet's scale. */
const PAPER = 690;

/** The width of an element as it is drawn, in CSS pixels; paper's while printing, `first` until it is known. */
export function useWidth<E extends Element>(first = 760) {
  const place = useRef<E>(null);
  const [width, setWidth] = useState(first);
  const print = usePrinting();
  useLayoutEffect(() => {
    const node = place.current;
    if (!node) return;
    const measure = (): void => {
      const now = Math.floor(node.getBoundingClientRect().width);
      if (now > 0) setWidth(now);
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(node);
    return () => watch.disconnect();
  }, []);
  return { place, width: print ? PAPER : width };
}
