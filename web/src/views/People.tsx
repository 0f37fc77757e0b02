import { Apart } from "../apart";
import { count } from "../numbers";
import { TableFold } from "../parts/Table";
import { Text } from "../parts/Text";
import { useStore } from "../store";
import { capital, nText, plural, short, visible } from "../words";

const FIRST_SHOWN = 12;

function named(value: string | null): string {
  return value === null ? "not recorded" : value === "" ? "“” (empty text)" : value;
}

/** Who is in the data: without this no rate can be read. */
export function People() {
  const { report, names, apart } = useStore();
  const { subject, board } = report;
  if (subject.groups.length === 0) return null;
  const rows = subject.groups.flatMap((g) => g.values.map((v) => [visible(g.column), v.value === null ? "not recorded" : v.value, v.n ?? "fewer than 10", v.share === null ? null : Number(v.share.toPrecision(6))]));
  const bySize = (g: (typeof subject.groups)[number]) =>
    [...g.values].sort((a, b) => Number(a.value === null) - Number(b.value === null) || (b.n ?? 0) - (a.n ?? 0));
  const small = board.slices.filter((s) => s.status === "insufficient");
  return (
    <section id="people" class="section" aria-labelledby="people-title">
      <p class="kicker">Who is in the data</p>
      <h2 id="people-title">{capital(finding())}</h2>
      <p class="subtitle">Every value of every group column, as a share of {count(subject.n)} <Text most={40}>{subject.people}</Text>.</p>
      <div class="people">
        {subject.groups.map((g) => {
          const among = new Apart(() => g.values.map((v) => named(v.value)));
          const top = Math.max(...g.values.map((v) => v.share ?? 0), 1e-9);
          return (
            <div key={g.column} class="people-column">
              <h3><Text most={60}>{g.column}</Text></h3>
              <ul>
                {bySize(g).slice(0, FIRST_SHOWN).map((v, i) => (
                  <li key={i}>
                    <span class="people-name" title={short(named(v.value), 300)}><bdi class="text">{among.brief(named(v.value), 40)}</bdi></span>
                    <span class="people-bar"><span class={v.value === null ? "missing" : ""} style={{ width: `${((v.share ?? 0) / top) * 100}%` }} /></span>
                    <span class="people-n">{v.n === null ? "fewer than 10" : count(v.n)}{v.share !== null && <> <span class="quiet">{(v.share * 100).toFixed(v.share < 0.1 ? 1 : 0)}%</span></>}</span>
                  </li>
                ))}
              </ul>
              {g.values.length > FIRST_SHOWN && <p class="quiet">and {count(g.values.length - FIRST_SHOWN)} more, in the table</p>}
            </div>
          );
        })}
      </div>
      <TableFold rows={rows.length} make={() => ({ name: `${report.title}-groups`, caption: "Group sizes", header: ["column", "value", "n", "share"], rows })} />
      {small.length > 0 && (
        <>
          <h3>Too small to say</h3>
          <p class="quiet">These groups are never dropped without saying so. With the number needed, a rate could be given.</p>
          <TableFold rows={small.length} make={() => ({
            name: `${report.title}-too-small`, caption: "Groups too small to say", header: ["group", "n", "n needed"],
            rows: small.map((s) => [names.slice(s.key), s.n ?? nText(s), s.n_needed]),
          })} />
        </>
      )}
    </section>
  );

  function finding(): string {
    const first = subject.groups[0];
    const top = first && bySize(first)[0];
    if (!first || !top) return "groups";
    const missing = subject.groups.map((g) => g.values.find((v) => v.value === null)?.n ?? 0);
    const gone = missing.reduce((a, b) => a + b, 0);
    const lead = `the largest group by ${short(first.column, 30)} is ${apart.brief(names.part(first.column, top.value), 48)}: ${((top.share ?? 0) * 100).toFixed(0)}% of the ${short(subject.people, 30)}`;
    return gone > 0 ? `${lead}; ${count(gone)} group ${plural(gone, "value is", "values are")} not recorded` : lead;
  }
}
