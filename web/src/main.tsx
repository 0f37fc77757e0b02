import { render, type ComponentChildren } from "preact";
import { App } from "./App";
import type { Report } from "./data";
import { readCard } from "./document/read";
import { watchPrint } from "./parts/Fold";
import { Guard } from "./parts/Guard";
import { CardPage } from "./views/CardPage";
import { followLinks } from "./parts/follow";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/controls.css";
import "./styles/verdicts.css";
import "./styles/groups.css";
import "./styles/charts.css";
import "./styles/chapters.css";
import "./styles/blocks.css";
import "./styles/drawings.css";
import "./styles/shapes.css";
import "./styles/overview.css";
import "./styles/stated.css";
import "./styles/print.css";

/** What the page's data asks to be drawn. Throws a sentence when it is nothing that this page knows. */
function drawn(data: { format?: unknown; version?: unknown }): ComponentChildren {
  if (data.version === 1 && data.format === "sterling.report") return <App report={data as Report} />;
  if (data.version === 1 && data.format === "sterling.card") return <Guard name="The card"><CardPage card={readCard(data)} /></Guard>;
  const expected = data.format === "sterling.card" ? "sterling.card" : "sterling.report";
  throw new Error(`expected a ${expected} of version 1, got ${String(data.format)} ${String(data.version)}`);
}

function start(): void {
  const place = document.getElementById("sterling");
  if (!place) return;
  const text = document.getElementById("sterling-data")?.textContent ?? "";
  const card = text.includes('"sterling.card"');
  try {
    const page = drawn(JSON.parse(text) as { format?: unknown });
    watchPrint();
    place.replaceChildren();
    render(page, place);
    followLinks();
    document.documentElement.dataset["ready"] = "yes";
  } catch (error) {
    const note = document.createElement("p");
    note.className = "problem";
    note.setAttribute("role", "alert");
    const again = card ? "Make it again with sterling card." : "Make it again with sterling evaluate; the numbers are also in its --json output.";
    note.textContent = `This ${card ? "card" : "report"} could not be opened: ${error instanceof Error ? error.message : String(error)}. ${again}`;
    place.replaceChildren(note);
  }
}

start();
