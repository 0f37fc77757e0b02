import { Text } from "../parts/Text";
import type { Selection } from "../selection";
import { useStore } from "../store";
import { short } from "../words";
import { limitWords, useBaseNames, type Drawn } from "./BoardAxis";
import { Mark } from "./BoardControls";

/** What the signs of the chart stand for, as far as they do not explain themselves. */
export function Key({ panels, selection }: { panels: Drawn[]; selection: Selection }) {
  const { report, view } = useStore();
  const bases = useBaseNames(selection);
  const now = view.value;
  const compared = now.mode !== "value" && bases.length > 0;
  const [only] = panels;
  const said = panels.length === 1 && only ? limitWords(only, bases[0]) : null;
  const ticks = now.mode === "value" && bases.length > 0 && panels.some((p) => p.lines.length > 1);
  const limited = panels.some((p) => p.mark !== null);
  const lined = panels.some((p) => p.limits.length > 0);
  const models = now.models.length > 1;
  if (!compared && !limited && !models && !ticks) return null;
  const unit = panels.every((p) => p.mode === "ratio") ? "Times" : now.mode === "ratio" && panels.some((p) => p.mode === "ratio") ? "Times, or difference from," : panels.every((p) => p.kind === "points") ? "Points from" : "Difference from";
  return (
    <figcaption class="key">
      {models && now.models.map((m) => <span key={m}><Mark index={m} /> <Text most={30}>{report.models[m]?.name ?? ""}</Text></span>)}
      {compared && <span>{unit} <bdi>{bases.join(", ")}</bdi></span>}
      {ticks && <span><svg width="8" height="14" aria-hidden="true"><line class="base-tick" x1="4" x2="4" y1="1" y2="13" /></svg> the baseline’s own: <bdi>{bases.join(", ")}</bdi></span>}
      {limited && <span class="key-limit">{lined && <svg width="14" height="14" aria-hidden="true"><line class="limit" x1="7" x2="7" y1="0" y2="14" /></svg>} your limit{said && <>: <bdi>{said}</bdi></>}; past it is shaded</span>}
    </figcaption>
  );
}

const UNIT: Record<Drawn["kind"], string> = { share: "%", points: "points", ratio: "×", value: "" };

/** Over a measure's axis: its name, which orders the rows by it, its unit, and its limit. */
export function PanelHead({ panel, place, limit }: { panel: Drawn; place: { gridColumn: string | undefined }; limit: string | null }) {
  const { view } = useStore();
  const now = view.value;
  const ordered = (now.by ?? now.metric) === panel.metric && (now.sort === "high" || now.sort === "low");
  const order = (): void => {
    const sort = ordered && now.sort === "high" ? "low" : "high";
    view.value = { ...now, held: null, by: panel.metric, sort };
  };
  const unit = UNIT[panel.kind];
  return (
    <div class="panel-head" style={place}>
      <button type="button" class="sort" onClick={order} aria-description={ordered ? `rows are ordered by it, ${now.sort === "high" ? "highest" : "lowest"} first` : "orders the rows by it"} title={short(panel.info.plain, 200)}>
        <bdi>{short(panel.info.label, 60)}</bdi>
        <span class="sort-mark" aria-hidden="true">{ordered ? (now.sort === "high" ? "↓" : "↑") : "↕"}</span>
      </button>
      {unit && <span class="quiet"> {unit}</span>}
      {limit && <span class="panel-limit">limit: <bdi>{limit}</bdi></span>}
    </div>
  );
}
