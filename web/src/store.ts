import { signal, type Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
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
  families: Family[];
  colours: string[];
  view: Signal<View>;
  open: Signal<number | null>; // slice whose row is unfolded
}

export function createStore(report: Report): Store {
  const all = families(report);
  return {
    report,
    grids: new Grids(report.board),
    names: new Names(report),
    families: all,
    colours: colours(report.board),
    view: signal(start(report, all)),
    open: signal(null),
  };
}

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("drawn outside the page");
  return store;
}
