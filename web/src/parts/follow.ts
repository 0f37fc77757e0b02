import { PLACE } from "../address";

/** A link that leads to a fold, or to what holds one, opens it; now and whenever a link is followed. */
export function followLinks(): void {
  const follow = (): void => openTarget(location.hash.slice(1));
  follow();
  addEventListener("hashchange", follow);
}

function openTarget(id: string): void {
  const target = id === "" ? null : document.getElementById(plain(id.startsWith(`${PLACE}?`) ? PLACE : id));
  const fold = target instanceof HTMLDetailsElement ? target : target?.querySelector<HTMLDetailsElement>(":scope > details.verdict-fold");
  if (fold) fold.open = true;
  target?.scrollIntoView();
}

function plain(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
