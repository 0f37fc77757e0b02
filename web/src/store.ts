import { effect, signal, type Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { address, fromAddress, PLACE } from "./address";
import { Apart } from "./apart";
import { families, start, type Family, type View } from "./board";
import { colours } from "./colour";
import type { Report } from "./data";
import { Grids } from "./decode";
import { Names } from "./words";

/** What every part of the page shares: the report, its decoded numbers, names, colours, and the reader's choices. */
export interface Store {
  report: Report;
  grids: Grids;
  names: Names;
  apart: Apart; // of the names of all groups
  families: Family[];
  colours: string[];
  begin: View; // where the page starts when its address asks for nothing
  view: Signal<View>;
  open: Signal<Opened | null>;
}

/** The row that is unfolded: its slice, and in which of the board's parts. */
export interface Opened {
  slice: number;
  part: number;
}

export function createStore(report: Report): Store {
  const all = families(report);
  const begin = start(report, all);
  const names = new Names(report);
  return {
    report,
    grids: new Grids(report.board),
    names,
    apart: new Apart(() => report.board.slices.map((s) => names.slice(s.key))),
    families: all,
    colours: colours(report.board),
    begin,
    view: signal(fromAddress(report, all, typeof location === "undefined" ? "" : location.hash, begin) ?? begin),
    open: signal(null),
  };
}

const QUIET_MS = 300; // browsers refuse hundreds of changes of the address in a row

/** Keeps the board's view in the page's address, and follows an address that asks for one. Returns what ends it. */
export function keepAddress(store: Store): () => void {
  const { report, families: all, begin, view } = store;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before = view.peek();
  const write = (): void => {
    const now = address(report, all, view.peek(), begin);
    if (now === PLACE && !location.hash.startsWith(`#${PLACE}?`)) return;
    try {
      history.replaceState(null, "", `#${now}`);
    } catch {
      // A page inside another may not change its address; nothing else depends on it.
    }
  };
  const stop = effect(() => {
    const now = view.value;
    if (now === before) return;
    before = now;
    clearTimeout(timer);
    timer = setTimeout(write, QUIET_MS);
  });
  const follow = (): void => {
    const asked = fromAddress(report, all, location.hash, begin);
    if (asked) view.value = before = asked;
  };
  addEventListener("hashchange", follow);
  return () => {
    stop();
    clearTimeout(timer);
    removeEventListener("hashchange", follow);
  };
}

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("drawn outside the page");
  return store;
}
