import { Text } from "../parts/Text";
import { count, day } from "../numbers";
import { useStore } from "../store";
import { capital } from "../words";

/** Who was examined, on what, under which label; which run this is. */
export function Header() {
  const { report } = useStore();
  const { subject, models, run } = report;
  const label = subject.label;
  return (
    <header class="head">
      <div class="head-what">
        <h1><Text>{capital(report.title)}</Text></h1>
        <p class="head-facts">
          <span>{models.length === 1 ? "model " : "models "}
            {models.map((m, i) => <span key={i}>{i > 0 && ", "}<b><Text most={40}>{m.name}</Text></b></span>)}
          </span>
          <span>{count(subject.n)} <Text most={40}>{subject.people}</Text></span>
          <span>{label ? <>label: <Text>{label.words}</Text></> : "no label: nothing that needs an outcome could be measured"}</span>
        </p>
      </div>
      <p class="head-run">run <code>{run.id.slice(0, 8)}</code><br />{day(run.created)}</p>
    </header>
  );
}

/** Row-level data is the exception, and the page says so before anything else. */
export function RowsBanner() {
  const { report } = useStore();
  if (!report.rows) return null;
  return (
    <aside class="banner" aria-label="Row-level data">
      <strong>This page contains row-level data</strong> about {count(report.rows.records.length)}{" "}
      <Text most={40}>{report.subject.people}</Text>. Share it only with those who may see those rows.
    </aside>
  );
}
