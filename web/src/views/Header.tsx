import type { Report } from "../data";
import { Sentence, Text } from "../parts/Text";
import { count, day } from "../numbers";
import { useStore } from "../store";
import { capital, levelText } from "../words";

/** Under which threshold and level, and where the limits were written. */
function conditions(report: Report): string[] {
  const at = [...new Set(report.models.map((m) => m.threshold).filter((t) => t !== null))];
  const origins = report.verdicts.map((v) => v.limit_origin).filter((o) => o !== null);
  const files = [...new Set(origins.map((o) => o.replace(/:\d+$/, "").replace(/^.*[\\/]/, "")))];
  return [
    ...(at.length === 1 ? [`${report.subject.task === "multiclass" ? "a class is named" : "selected"} at ${at[0]} or more`] : []),
    `${levelText(report)} intervals`,
    ...(files.length > 0 ? [`limits from ${files.join(", ")}${report.project?.limits_set_by ? `, set by ${report.project.limits_set_by}` : ""}`] : []),
  ];
}

/** Who was examined, on what, under which label; which run this is. */
export function Header() {
  const { report } = useStore();
  const { subject, models, run } = report;
  const label = subject.label;
  const heldOut = report.project?.held_out_of;
  return (
    <header class="head">
      <div class="head-what">
        <h1><Text>{capital(report.title)}</Text></h1>
        {report.project?.purpose && <p class="head-purpose"><Sentence>{report.project.purpose}</Sentence></p>}
        <Limitations said={report.project?.limitations ?? []} />
        <p class="head-facts">
          <span>{models.length === 1 ? "model " : "models "}
            {models.map((m, i) => <span key={i}>{i > 0 && ", "}<b><Text most={40}>{m.name}</Text></b></span>)}
          </span>
          <span>{count(subject.n)} <Text most={40}>{subject.people}</Text>{subject.drawn && <> in {count(subject.drawn.n)} {subject.drawn.of}</>}{heldOut != null && <>, held out of {count(heldOut)} rows</>}</span>
          {conditions(report).map((c) => <span key={c}><Text>{c}</Text></span>)}
          <span>{label ? <>label: <b><Text most={40}>{label.name}</Text></b>{label.positive !== "" && <> = <Text most={30}>{label.positive}</Text></>}, <Text>{label.words}</Text>{label.agreement && <>: error rates are <Text>{label.agreement}</Text></>}</> : "no label: nothing that needs an outcome could be measured"}</span>
        </p>
      </div>
      <p class="head-run">run <code>{run.id.slice(0, 8)}</code><br />{day(run.created)}</p>
      <ReviewState />
    </header>
  );
}

/** How much people who know the model say against it, before any number; the words stand in the chapter of its purpose. */
function Limitations({ said }: { said: string[] }) {
  if (said.length === 0) return null;
  return (
    <p class="head-limitations">
      {said.length === 1 ? "One known limitation" : `${count(said.length)} known limitations`}: <Sentence>{said[0] ?? ""}</Sentence>
      {said.length > 1 && " …"} <a href="#purpose">Read {said.length === 1 ? "it" : "them all"}</a>
    </p>
  );
}

/** Where this run stands with the people who must sign it. */
function ReviewState() {
  const { report } = useStore();
  const review = report.project?.review;
  if (!review || review.words.trim() === "") return null;
  return (
    <p class={`head-review review-${review.state}`}>
      <span class="review-mark" aria-hidden="true" /><span class="sr">Review: </span><Sentence>{capital(review.words)}</Sentence>
    </p>
  );
}

/** A signature that no longer holds is said before anything else. */
export function StaleBanner() {
  const { report } = useStore();
  if (report.project?.review.state !== "stale") return null;
  return (
    <aside class="banner" aria-label="Review out of date">
      <strong>The review of this run is out of date.</strong> What was signed has changed since: do not rely on the signature until somebody has signed again.
    </aside>
  );
}

/** Row-level data is the exception, and the page says so before anything else. */
export function RowsBanner() {
  const { report } = useStore();
  if (!report.rows) return null;
  return (
    <aside class="banner" aria-label="Row-level data">
      <strong>This page contains row-level data</strong> about {count(report.rows.records.length)}{" "}
      <Text most={40}>{report.subject.people}</Text>. Share it only with those who may see those rows. <a href="#rows">See the rows</a>
    </aside>
  );
}
