import type { Task } from "../data";
import { count } from "../numbers";
import { Digest } from "../parts/Digest";
import { Text } from "../parts/Text";
import { useStore } from "../store";

/** What the columns of models hold, where that is neither scores nor probabilities of one label. */
const KINDS: Partial<Record<Task, string>> = { regression: "predicted numbers", ranking: "scores that put rows in order" };

/** For whoever comes in two years: exactly what was measured, on what, by which version, with which command. */
export function Provenance() {
  const { report } = useStore();
  const { run, subject } = report;
  const label = subject.label;
  const decides = (subject.task ?? "binary") === "binary";
  return (
    <section id="run" class="section" aria-labelledby="run-title">
      <p class="kicker">This run</p>
      <h2 id="run-title">What was run, on what</h2>
      {run.command !== null && (
        <><p class="quiet">{report.project?.run ? "The command that makes these numbers again from what the ledger keeps, in the project’s folder:" : "The command that gives these numbers again, as long as its files hold the bytes named below:"}</p><pre class="command" tabIndex={0}><bdi>{run.command}</bdi></pre></>
      )}
      <dl class="facts">
        {!decides && <><dt>Task</dt><dd>{subject.task}</dd></>}
        <dt>Run</dt><dd><code>{run.id}</code>, {run.created}</dd>
        {run.data.map((d, i) => (
          <><dt>{i === 0 ? "Data" : ""}</dt><dd><Text most={80}>{d.name}</Text>, {count(d.rows)} rows{d.sha256 !== null && <><br /><span class="quiet">sha256</span> <code class="hash">{d.sha256}</code></>}</dd></>
        ))}
        {label && (
          <><dt>Label</dt><dd>column <code><Text most={40}>{label.name}</Text></code>{label.positive !== "" && <>, positive <code><Text most={40}>{label.positive}</Text></code></>}{label.favourable !== "" && <>, favourable <code><Text most={40}>{label.favourable}</Text></code></>}: <Text>{label.words}</Text>{label.missing > 0 && <>; missing for {count(label.missing)}</>}</dd></>
        )}
        {report.models.map((m, i) => (
          <><dt>{i === 0 ? "Models" : ""}</dt><dd><Text most={60}>{m.name}</Text>, {m.kind === "prediction" ? (decides ? "decisions as given" : "predictions as given") : KINDS[subject.task ?? "binary"] ?? (m.kind === "raw" ? "raw scores" : "probabilities")}{m.threshold !== null && <>, threshold {m.threshold}</>}</dd></>
        ))}
        {subject.weight && <><dt>Weight</dt><dd><Text>{subject.weight}</Text></dd></>}
        {subject.cluster && <><dt>Cluster</dt><dd><Text>{subject.cluster}</Text></dd></>}
        {subject.id && <><dt>Id</dt><dd><Text>{subject.id}</Text></dd></>}
        <dt>Seed</dt><dd>{run.seed}</dd>
        <dt>Plan</dt><dd><code class="hash">{run.plan_hash}</code></dd>
        <dt>Evidence</dt><dd><code class="hash">{run.evidence_hash}</code></dd>
        {report.project?.owner && <><dt>Owner</dt><dd><Text most={80}>{report.project.owner}</Text></dd></>}
        {report.project?.limits_set_by && <><dt>Limits set by</dt><dd><Text most={80}>{report.project.limits_set_by}</Text></dd></>}
        {report.project?.run && <><dt>Run in the ledger</dt><dd><code><Text most={80}>{report.project.run}</Text></code></dd></>}
        {report.project?.head && <><dt>Ledger head</dt><dd><Digest value={report.project.head} of="the ledger's head" whole /></dd></>}
        <dt>Sterling</dt><dd>{run.sterling}</dd>
        {Object.entries(run.environment).map(([name, value]) => <><dt><Text most={40}>{name}</Text></dt><dd><Text most={80}>{value}</Text></dd></>)}
      </dl>
    </section>
  );
}
