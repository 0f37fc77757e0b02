import type { Evidence } from "../data";
import { Fold } from "../parts/Fold";
import { Sentence, Text, TextList } from "../parts/Text";
import { SIDEWAYS, useWider } from "../parts/useWider";
import { useStore } from "../store";
import { count } from "../numbers";
import { notesByAsk } from "../notes";
import { short } from "../words";

const OUTCOME = { measured: "measured", insufficient: "not enough data", not_applicable: "does not apply", error: "stopped by an error" };

/** One fold for each check: the question, every time it was asked and how it was computed, and what to beware of. */
export function Method() {
  const { report } = useStore();
  const checks = new Map<string, Evidence[]>();
  for (const e of report.evidence) checks.set(e.check, [...(checks.get(e.check) ?? []), e]);
  return (
    <section id="method" class="section" aria-labelledby="method-title">
      <p class="kicker">Method</p>
      <h2 id="method-title">What was asked, and how it was computed</h2>
      {checks.size === 0 && <p class="empty">No questions were asked in this run.</p>}
      {[...checks].map(([check, asks]) => (
        <Fold key={check} id={`check-${check}`} class="evidence" summary={
          <><code><Text most={20}>{check}</Text></code> <b><Text most={100}>{asks[0]?.title ?? ""}</Text></b> <span class="quiet">{outcomes(asks)}</span></>
        }>{() => <Body asks={asks} />}</Fold>
      ))}
    </section>
  );
}

function outcomes(asks: Evidence[]): string {
  const found = [...new Set(asks.map((e) => e.outcome))];
  return found.map((o) => `${asks.length > 1 || found.length > 1 ? `${count(asks.filter((e) => e.outcome === o).length)} ` : ""}${OUTCOME[o]}`).join(", ");
}

function Body({ asks }: { asks: Evidence[] }) {
  const all = (pick: (e: Evidence) => string[]): string[] => [...new Set(asks.flatMap(pick))];
  const [notes, pitfalls, hints] = [notesByAsk(asks), all((e) => e.pitfalls), all((e) => e.hints)];
  const methods = all((e) => [e.method]);
  const check = asks[0]?.check;
  const { place, wider } = useWider<HTMLDivElement>();
  return (
    <>
      {all((e) => [e.question]).map((q) => <p key={q}><Sentence>{q}</Sentence></p>)}
      {methods.length === 1 && methods[0] && <p class="quiet">Computed by: <Sentence>{methods[0]}</Sentence></p>}
      {wider && <p class="quiet sideways">{SIDEWAYS}</p>}
      <div ref={place} class="table-scroll asks" tabIndex={0} role="group" aria-label="Every time this was asked">
        <table>
          <thead><tr><th scope="col">asked as</th><th scope="col">model</th><th scope="col">with</th>{methods.length > 1 && <th scope="col">computed by</th>}<th scope="col">outcome</th></tr></thead>
          <tbody>
            {asks.map((e, i) => (
              <tr key={i}>
                <th scope="row"><Text most={60}>{e.ask || "unnamed"}</Text></th>
                <td>{e.model === null ? "–" : <Text most={30}>{e.model}</Text>}</td>
                <td><Text most={120}>{parameters(e)}</Text></td>
                {methods.length > 1 && <td><Sentence>{e.method}</Sentence></td>}
                <td>{OUTCOME[e.outcome]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {notes.length > 0 && <h3>Notes</h3>}
      {notes.map((group, i) => (
        <div key={i}>
          {group.asks.length > 0 && <p class="note-of quiet">On <Text most={200}>{group.asks.join(", ")}</Text>:</p>}
          <TextList items={group.notes} />
        </div>
      ))}
      {pitfalls.length > 0 && <><h3>Beware</h3><TextList items={pitfalls} /></>}
      {hints.length > 0 && <><h3>What to try first</h3><TextList items={hints} /></>}
      {check !== undefined && <p class="quiet">More about this check: <code>sterling checks <Text most={20}>{check}</Text></code></p>}
    </>
  );
}

/** What was chosen, in words; what was left to its default (null) is left out. */
function parameters(e: Evidence): string {
  const chosen = Object.entries(e.parameters).filter(([, value]) => value !== null && value !== undefined);
  return chosen.map(([name, value]) => `${short(name, 40)}: ${said(value)}`).join("; ") || "defaults";
}

function said(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(said).join(", ");
  return JSON.stringify(value) ?? "";
}
