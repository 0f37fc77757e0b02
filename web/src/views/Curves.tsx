import { useState } from "preact/hooks";
import type { Report } from "../data";
import { count } from "../numbers";
import { useStore, type Store } from "../store";
import { familyName, short } from "../words";
import { Calibration } from "./Calibration";
import { Distribution } from "./Distribution";
import { NotDrawn, type Absent } from "./NotDrawn";
import { Roc } from "./Roc";

export interface Shown {
  model: number;
  slices: number[]; // board indices, largest first; 0 (everyone) is never in it
}

const FIRST_SHOWN = 6;

/** Whether there is anything to draw: scores that were binned, or both rates of a ROC curve at several thresholds. */
export function hasCurves({ board }: Report): boolean {
  const rates = ["true_positive_rate", "false_positive_rate"].every((name) => board.metrics.some((m) => m.name === name && m.by_threshold));
  return board.distribution.some((d) => d.edges.length > 1) || (board.thresholds.length > 1 && rates);
}

/** Errors and scores by group: ROC, calibration and distributions of the same groups in the same colours. */
export function Curves() {
  const store = useStore();
  const { report, families } = store;
  const [model, setModel] = useState(0);
  const [family, setFamily] = useState(families[0]?.id ?? "");
  const [chosen, setChosen] = useState<number[] | null>(null);
  if (!hasCurves(report)) return null;
  const members = usable(store, family);
  const slices = chosen ?? members.slice(0, FIRST_SHOWN);
  const shown: Shown = { model, slices };
  return (
    <section id="scores" class="section" aria-labelledby="scores-title">
      <p class="kicker">Scores and errors</p>
      <h2 id="scores-title">{members.length > 0 ? "How the score behaves in each group" : "How the score behaves"}</h2>
      {!report.subject.label && <p class="quiet">Without a label there is no ROC curve and no calibration; only the scores themselves can be shown.</p>}
      {(report.models.length > 1 || families.length > 1 || members.length > 1) && <form class="controls" aria-label="Score charts" onSubmit={(e) => e.preventDefault()}>
        {report.models.length > 1 && (
          <label class="control"><span>Model</span>
            <select name="curve-model" value={model} onChange={(e) => setModel(Number(e.currentTarget.value))}>
              {report.models.map((m, i) => <option key={i} value={i}>{short(m.name, 40)}</option>)}
            </select>
          </label>
        )}
        {families.length > 1 && (
          <label class="control"><span>Groups by</span>
            <select name="curve-family" value={family} onChange={(e) => { setFamily(e.currentTarget.value); setChosen(null); }}>
              {families.map((f) => <option key={f.id} value={f.id}>{short(familyName(f.columns), 50)}</option>)}
            </select>
          </label>
        )}
        {members.length > 1 && <Picker members={members} slices={slices} set={setChosen} />}
      </form>}
      <NotDrawn absent={tooSmall(store, family)} most={4} />
      <Roc shown={shown} />
      <Calibration shown={shown} />
      <Distribution shown={shown} />
    </section>
  );
}

/** Groups of a family that have numbers, largest first. */
function usable({ report, families }: Store, family: string): number[] {
  const members = families.find((f) => f.id === family)?.slices ?? [];
  return members
    .filter((i) => report.board.slices[i]?.status === "ok")
    .sort((a, b) => (report.board.slices[b]?.n ?? 0) - (report.board.slices[a]?.n ?? 0) || a - b);
}

/** The rest of the family, of which nothing can be said. */
function tooSmall({ report, families }: Store, family: string): Absent[] {
  const members = families.find((f) => f.id === family)?.slices ?? [];
  return members.flatMap((slice) => {
    const known = report.board.slices[slice];
    return known?.status === "insufficient" ? [{ slice, why: `too small${known.n_needed === null ? "" : `, ${count(known.n_needed)} needed`}` }] : [];
  });
}

function Picker({ members, slices, set }: { members: number[]; slices: number[]; set: (next: number[]) => void }) {
  const { report, names, apart, colours } = useStore();
  const [search, setSearch] = useState("");
  const name = (i: number): string => names.slice(report.board.slices[i]?.key ?? {});
  const wanted = search.trim().toLowerCase();
  const found = members.filter((i) => slices.includes(i) || (wanted !== "" && name(i).toLowerCase().includes(wanted)) || members.length <= 12);
  return (
    <fieldset class="control chips wide">
      <legend>Groups <span class="quiet">{count(slices.length)} of {count(members.length)}</span></legend>
      {found.slice(0, 24).map((i) => (
        <label key={i} class="chip" title={short(name(i), 300)}>
          <input type="checkbox" name="curve-group" checked={slices.includes(i)} disabled={slices.length === 1 && slices[0] === i}
            onChange={(e) => set(e.currentTarget.checked ? [...slices, i] : slices.filter((s) => s !== i))} />
          <span><i class="swatch" style={{ background: colours[i] }} /> <bdi>{apart.brief(name(i), 40)}</bdi></span>
        </label>
      ))}
      {members.length > 12 && <input type="search" aria-label="Find a group to add" placeholder="add a group" value={search} onInput={(e) => setSearch(e.currentTarget.value)} />}
    </fieldset>
  );
}
