import { TextList } from "../parts/Text";
import { useStore } from "../store";

/** What to do, and what not to conclude: on the first screen, side by side. */
export function Next() {
  const { report } = useStore();
  if (report.next_steps.length + report.unknowns.length + report.notices.length === 0) return null;
  return (
    <div class="next">
      {report.next_steps.length > 0 && (
        <section aria-labelledby="next-title"><h2 id="next-title">What to do next</h2><TextList items={report.next_steps} class="steps" /></section>
      )}
      {report.unknowns.length > 0 && (
        <section aria-labelledby="unknown-title"><h2 id="unknown-title">What this page can’t tell you</h2><TextList items={report.unknowns} class="dashes" /></section>
      )}
      {report.notices.length > 0 && (
        <section aria-labelledby="notice-title"><h2 id="notice-title">About the data</h2><TextList items={report.notices} class="dashes" /></section>
      )}
    </div>
  );
}
