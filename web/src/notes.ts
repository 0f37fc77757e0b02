/** What an ask of a check has to say beyond its numbers. */
export interface Noting {
  ask: string;
  notes: string[];
}

/** Notes by the asks that they speak of, in order: what holds for all has no name over it, and stands first. */
export function notesByAsk(asks: Noting[]): { asks: string[]; notes: string[] }[] {
  const of = new Map<string, Set<string>>();
  for (const { ask, notes } of asks) for (const note of notes) of.set(note, (of.get(note) ?? new Set()).add(ask));
  const every = new Set(asks.map((a) => a.ask)).size;
  const out = new Map<string, { asks: string[]; notes: string[] }>();
  for (const [note, names] of of) {
    const named = names.size === every ? [] : [...names];
    const key = JSON.stringify(named);
    const group = out.get(key) ?? { asks: named, notes: [] };
    group.notes.push(note);
    out.set(key, group);
  }
  return [...out.values()].sort((a, b) => Math.sign(a.asks.length) - Math.sign(b.asks.length));
}
