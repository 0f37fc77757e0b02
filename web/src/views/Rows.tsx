import { count } from "../numbers";
import { Fold } from "../parts/Fold";
import { DataTable } from "../parts/Table";
import { Text } from "../parts/Text";
import { useStore } from "../store";

/** All rows, where the page carries them; those of one group are under its name in the groups chart. */
export function Rows() {
  const { report } = useStore();
  const { rows } = report;
  if (!rows) return null;
  return (
    <section class="section" aria-labelledby="rows-title">
      <p class="kicker">Rows</p>
      <h2 id="rows-title">The rows of the table</h2>
      <p class="subtitle">As they were read, without identifiers. Those of one group are under its name in <a href="#groups">the groups chart</a>.</p>
      <Fold id="rows" summary={<>{count(rows.records.length)} <Text most={40}>{report.subject.people}</Text></>}>
        {() => <DataTable name="rows" caption="All rows" header={rows.columns} rows={rows.records} />}
      </Fold>
    </section>
  );
}
