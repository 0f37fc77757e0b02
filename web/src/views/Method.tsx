import type { Evidence } from "../data";
import { Fold } from "../parts/Fold";
import { Sentence, Text, TextList } from "../parts/Text";
import { useStore } from "../store";
import { short } from "../words";

const OUTCOME = { measured: "measured", insufficient: "not enough data", not_applicable: "does not apply", error: "stopped by an error" };

/** One fold for each question that was asked: how it was computed, and what to beware of. */
export function Method() {
  const { report } = useStore();
  return (
    <section id="method" class="section" aria-labelledby="method-title">
      <p class="kicker">Method</p>
      <h2 id="method-title">What was asked, and how it was computed</h2>
      {report.evidence.length === 0 && <p class="empty">No questions were asked in this run.</p>}
      {report.evidence.map((e, i) => (
        <Fold key={i} id={`evidence-${i}`} class="evidence" summary={
          <><code>{e.check}</code> <b><Text most={100}>{e.title}</Text></b> <span class="quiet"><Text most={60}>{e.ask}</Text>{columns(e)}{e.model !== null && <> · <Text most={30}>{e.model}</Text></>} · {OUTCOME[e.outcome]}</span></>
        }>{() => <Body e={e} />}</Fold>
      ))}
    </section>
  );
}

function Body({ e }: { e: Evidence }) {
  const parameters = Object.entries(e.parameters);
  return (
    <>
      <p><Sentence>{e.question}</Sentence></p>
      <dl class="facts">
        <dt>How</dt><dd><Sentence>{e.method}</Sentence></dd>
        {parameters.map(([name, value]) => (
          <><dt><Text most={40}>{name}</Text></dt><dd><code><Text most={160}>{said(value)}</Text></code></dd></>
        ))}
        {e.docs && <><dt>More</dt><dd><code><Text most={80}>{e.docs}</Text></code></dd></>}
      </dl>
      {e.notes.length > 0 && <><h3>Notes</h3><TextList items={e.notes} /></>}
      {e.pitfalls.length > 0 && <><h3>Beware</h3><TextList items={e.pitfalls} /></>}
      {e.hints.length > 0 && <><h3>What to try first</h3><TextList items={e.hints} /></>}
    </>
  );
}

function columns(e: Evidence): string {
  const groups = e.parameters["groups"];
  return Array.isArray(groups) && groups.length > 0 ? ` by ${groups.map((g) => short(String(g), 30)).join(" × ")}` : "";
}

function said(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
