import { render } from "preact";
import { App } from "./App";
import type { Report } from "./data";
import { watchPrint } from "./parts/Fold";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/controls.css";
import "./styles/verdicts.css";
import "./styles/groups.css";
import "./styles/charts.css";
import "./styles/print.css";

function start(): void {
  const place = document.getElementById("sterling");
  if (!place) return;
  try {
    const report = JSON.parse(document.getElementById("sterling-data")?.textContent ?? "") as Report;
    if (report.format !== "sterling.report" || report.version !== 1) {
      throw new Error(`expected a sterling.report of version 1, got ${String(report.format)} ${String(report.version)}`);
    }
    watchPrint();
    place.replaceChildren();
    render(<App report={report} />, place);
    document.documentElement.dataset["ready"] = "yes";
  } catch (error) {
    const note = document.createElement("p");
    note.className = "problem";
    note.setAttribute("role", "alert");
    note.textContent = `This report could not be opened: ${error instanceof Error ? error.message : String(error)}. Make it again with sterling evaluate; the numbers are also in its --json output.`;
    place.replaceChildren(note);
  }
}

start();
