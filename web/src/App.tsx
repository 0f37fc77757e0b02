import { useEffect, useMemo } from "preact/hooks";
import type { Report } from "./data";
import { Guard } from "./parts/Guard";
import { createStore, keepAddress, StoreContext } from "./store";
import { Board } from "./views/Board";
import { Chapters } from "./views/Chapters";
import { Compare } from "./views/Compare";
import { Curves, hasCurves } from "./views/Curves";
import { Header, RowsBanner, StaleBanner } from "./views/Header";
import { Method } from "./views/Method";
import { Next } from "./views/Next";
import { People } from "./views/People";
import { Provenance } from "./views/Provenance";
import { Reading } from "./views/Reading";
import { Rows } from "./views/Rows";
import { Asides, Verdicts } from "./views/Verdicts";
import { chaptersName } from "./words";

/** The report: sentence, picture, table, method, each one fold deeper. */
export function App({ report }: { report: Report }) {
  const store = useMemo(() => createStore(report), [report]);
  useEffect(() => store.grids.warm(), [store]);
  useEffect(() => keepAddress(store), [store]);
  const scores = hasCurves(report);
  // What a project adds is a document of its own and stands last; without one, chapters are results like the rest.
  const owned = Boolean(report.project?.run);
  const chapters = <Guard name="The project"><Chapters raw={report.chapters} /></Guard>;
  const chapterLink = (report.chapters ?? []).length > 0 && <a href="#chapters">{chaptersName(report)}</a>;
  const compared = (report.comparisons ?? []).some((c) => c.metrics.length > 0);
  return (
    <StoreContext.Provider value={store}>
      <a class="skip" href="#findings">Skip to the findings</a>
      <RowsBanner />
      <StaleBanner />
      <Header />
      <main>
        <Guard name="Findings"><Verdicts /></Guard>
        <Guard name="What to do next"><Next /></Guard>
        <Guard name="Findings without a verdict"><Asides /></Guard>
        <nav class="contents" aria-label="Sections">
          <a href="#findings">Findings</a>
          <a href="#groups">Groups</a>
          {compared && <a href="#comparison">Models compared</a>}
          {scores && <a href="#scores">Scores and errors</a>}
          {!owned && chapterLink}
          {report.subject.groups.length > 0 && <a href="#people">Who is in the data</a>}
          {report.rows && <a href="#rows">Rows</a>}
          <a href="#method">Method</a>
          <a href="#reading">How to read</a>
          <a href="#run">This run</a>
          {owned && chapterLink}
        </nav>
        <Guard name="The groups chart"><Board /></Guard>
        {compared && <Guard name="The comparison of models"><Compare /></Guard>}
        {scores && <Guard name="The score charts"><Curves /></Guard>}
        {!owned && chapters}
        <Guard name="Who is in the data"><People /></Guard>
        <Guard name="The rows"><Rows /></Guard>
        <Guard name="Method"><Method /></Guard>
        <Guard name="How to read this page"><Reading /></Guard>
        <Guard name="This run"><Provenance /></Guard>
        {owned && chapters}
      </main>
      <footer class="foot">Made by Sterling {report.run.sterling}. This page is one file, works offline and sends nothing anywhere.</footer>
    </StoreContext.Provider>
  );
}
