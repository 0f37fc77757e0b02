import { useId, useState } from "preact/hooks";
import type { Report, Verdict, VerdictWord, Waiver } from "../data";
import { asTyped, bracket, count, day, digitsFor, quantity, type Kind } from "../numbers";
import { Fold, usePrinting } from "../parts/Fold";
import { Icon } from "../parts/Icon";
import { decisive, domainId, domains, isUpper, Strip, verdictKind, type Domain } from "../parts/Strip";
import { Sentence, Text, TextList } from "../parts/Text";
import { show } from "../board";
import { Mark } from "./BoardControls";
import { useStore } from "../store";
import { capital, counted, ORDER, peopleText, percentOf, short } from "../words";

const LOUD: VerdictWord[] = ["over", "undecided", "insufficient", "error"];
const FIRST_LOUD = 3; // sentences with a strip on the first screen, so that what to do next stands there too
const SHOWN: Partial<Record<VerdictWord, number>> = { within: 2, unjudged: 8 };
const STEP = 50;

/** How many verdicts of each word are no asides. */
function inPlace(report: Report): Record<VerdictWord, number> {
  return Object.fromEntries(ORDER.map((w) => [w, aside(report, w) ? 0 : report.verdicts.filter((v) => v.verdict === w).length])) as Record<VerdictWord, number>;
}

/** How many of each word stand on the first screen: one of each loud word, the rest of their room to the worst. */
export function onFirstScreen(present: Record<VerdictWord, number>): Partial<Record<VerdictWord, number>> {
  const out: Partial<Record<VerdictWord, number>> = { ...SHOWN };
  const loud = LOUD.filter((w) => present[w] > 0);
  let room = Math.max(FIRST_LOUD - loud.length, 0);
  for (const w of loud) {
    const more = Math.min(present[w] - 1, room);
    out[w] = 1 + more;
    room -= more;
  }
  return out;
}

/** Asides: what need not stand between the judged verdicts and what to do next. */
function aside(report: Report, word: VerdictWord): boolean {
  const n = report.verdicts.filter((v) => v.verdict === word).length;
  if (word === "unjudged") return report.verdicts.some((v) => v.limit !== null);
  return (word === "insufficient" || word === "not_applicable") && n > 2;
}

/** The first screen: how many of each, then every judged verdict as a sentence with its interval and its limit. */
export function Verdicts() {
  const { report } = useStore();
  const scale = domains(report.verdicts.filter((v) => !aside(report, v.verdict)), report.board.metrics);
  return (
    <section class="verdicts" id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title" class="sr">Findings</h2>
      <Counts />
      {report.verdicts.length === 0 && <Empty />}
      {ORDER.filter((w) => !aside(report, w)).map((word) => <Block key={word} word={word} scale={scale} />)}
      {report.verdicts.length > 0 && !report.verdicts.some((v) => v.limit !== null) && (
        <p class="quiet">No limit was set, so nothing here is over or within one. To set one, add a <code>[[limit]]</code> to a policy file and run again with <code>--policy</code>.</p>
      )}
    </section>
  );
}

/** The rest, folded, after what to do next. */
export function Asides() {
  const { report } = useStore();
  const words = ORDER.filter((w) => aside(report, w));
  const scale = domains(report.verdicts.filter((v) => words.includes(v.verdict)), report.board.metrics);
  if (!words.some((w) => report.verdicts.some((v) => v.verdict === w))) return null;
  return (
    <section class="verdicts asides" aria-label="Findings without a verdict">
      {words.map((word) => <Block key={word} word={word} scale={scale} />)}
    </section>
  );
}

function Counts() {
  const { report } = useStore();
  const present = ORDER.filter((w) => (report.counts[w] ?? 0) > 0);
  if (present.length === 0) return null;
  return (
    <ul class="counts">
      {present.map((w) => {
        const n = report.counts[w];
        return (
          <li key={w}>
            <a href={`#verdicts-${w}`}><Icon word={w} /><b>{count(n)}</b> {counted(report, w)}{waived(report, w)}{late(report, w)}</a>
          </li>
        );
      })}
    </ul>
  );
}

function waived(report: Report, word: VerdictWord): string {
  const n = report.verdicts.filter((v) => v.verdict === word && v.waiver).length;
  return n === 0 ? "" : `, ${count(n)} of them waived`;
}

function late(report: Report, word: VerdictWord): string {
  const n = report.verdicts.filter((v) => v.verdict === word && v.late).length;
  return n === 0 ? "" : `, ${count(n)} by ${n === 1 ? "a limit" : "limits"} set or loosened after results were seen`;
}

function Empty() {
  const { report } = useStore();
  return (
    <div class="empty">
      {report.subject.groups.length + report.subject.inferred.length === 0 ? (
        <p><strong>No groups given.</strong> Add <code>--groups COLUMN</code> to compare groups of {report.subject.people}.</p>
      ) : (
        <p><strong>Nothing was judged.</strong> The measurements are below.</p>
      )}
    </div>
  );
}

function Block({ word, scale }: { word: VerdictWord; scale: Map<string, Domain> }) {
  const { report } = useStore();
  const [more, setMore] = useState(0);
  const print = usePrinting();
  const all = together(report.verdicts.filter((v) => v.verdict === word));
  if (all.length === 0) return null;
  let wanted = (aside(report, word) ? STEP : onFirstScreen(inPlace(report))[word] ?? STEP) + more;
  while (wanted < all.length && asked(all[wanted]!) === asked(all[wanted - 1]!)) wanted++;
  const first = print || all.length - wanted <= (LOUD.includes(word) ? 0 : 1) ? all.length : wanted; // a button takes the room of one line
  const agreed = all.find((v) => agreement(report, v) !== null);
  const list = (
    <>
      <ol class="verdict-list">{all.slice(0, first).map((v, i) => <Item key={i} verdict={v} scale={scale} again={i > 0 && asked(all[i - 1]!) === asked(v)} />)}</ol>
      {first < all.length && (
        <button type="button" class="more inline" onClick={() => setMore(more + STEP)}>
          Show {count(Math.min(STEP, all.length - first))} more of {count(all.length)} {counted(report, word)}
        </button>
      )}
      {word === "within" && <p class="quiet caveat">Within a limit does not show that the model is fair or lawful.{agreed !== undefined && <> <Text>{capital(agreement(report, agreed) ?? "")}</Text>, where a measure needs the label.</>}</p>}
    </>
  );
  return (
    <div class={`verdict-block block-${word}`} id={`verdicts-${word}`}>
      {aside(report, word) ? (
        <Fold class="verdict-fold" summary={<><Icon word={word} /> {count(all.length)} {counted(report, word)}</>}>{() => list}</Fold>
      ) : (
        list
      )}
    </div>
  );
}

/** What an error rate shows when its label is somebody's judgement; null for metrics that need no label. */
function agreement(report: Report, v: Verdict): string | null {
  const metric = report.board.metrics.find((m) => m.name === v.metric);
  return metric?.needs_label === true ? (report.subject.label?.agreement ?? null) : null;
}

/** What was asked, whichever model it was asked of. */
function asked(v: Verdict): string {
  return JSON.stringify([v.check, v.ask, v.metric, v.statement, v.limit, v.threshold, v.slice && Object.keys(v.slice).sort()]);
}

/** What is said of several models stands together, in the place of the first. */
function together(verdicts: Verdict[]): Verdict[] {
  const groups = new Map<string, Verdict[]>();
  for (const v of verdicts) groups.set(asked(v), [...(groups.get(asked(v)) ?? []), v]);
  return [...groups.values()].flat();
}

function Item({ verdict: v, scale, again }: { verdict: Verdict; scale: Map<string, Domain>; again: boolean }) {
  const store = useStore();
  const { report } = store;
  const [isOpen, setOpen] = useState(false);
  const print = usePrinting();
  const id = useId();
  const kind = verdictKind(v, report.board.metrics);
  const domain = scale.get(domainId(v));
  const measured = v.value !== null;
  const loud = v.verdict !== "within";
  const beside = [loud ? agreement(report, v) : null, v.power, v.also, measured ? null : v.reason].filter((t) => t !== null && t !== undefined && t.trim() !== "") as string[];
  const strip = measured && domain ? <Strip verdict={v} domain={domain} kind={kind} /> : null;
  const go = (): void => {
    store.view.value = show(report, store.families, store.view.value, v);
    document.getElementById("groups")?.scrollIntoView();
    document.getElementById("groups-title")?.focus({ preventScroll: true });
  };
  return (
    <li class={`verdict verdict-${v.verdict}${again ? " verdict-again" : ""}`}>
      <Icon word={v.verdict} />
      <div class="verdict-body">
        <h3 class="verdict-sentence">
          <Sentence>{v.sentence}</Sentence>
          {report.models.length > 1 && v.model !== null && <span class="tag"><Mark index={report.models.findIndex((m) => m.name === v.model)} /> <Text most={30}>{v.model}</Text></span>}
        </h3>
        {v.late && <p class="waiver" role="note"><b><Text most={120}>{capital(v.late)}</Text></b>: whoever chose it could know what it would say.</p>}
        {v.waiver && <WaiverNote waiver={v.waiver} />}
        {beside.length > 0 && <p class="verdict-power">{beside.map((text, i) => <span key={i}><Sentence>{text}</Sentence></span>)}</p>}
        {loud && strip}
      </div>
      <div class="verdict-side">
        {measured && <Numbers verdict={v} kind={kind} />}
        <button type="button" class="inline" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Close" : "Why, and what to try"}<span class="sr">: {short(v.sentence, 120)}</span>
        </button>
      </div>
      {isOpen && <div class="verdict-detail" id={id}>{!loud && strip}<Detail verdict={v} go={go} /></div>}
      {print && !isOpen && <p class="verdict-detail on-paper"><Sentence>{onPaper(v, report.project?.limits_set_by ?? null)}</Sentence></p>}
    </li>
  );
}

/** A limit that was lifted is not a limit that was kept: who lifted it, until when and why stands beside the verdict. */
function WaiverNote({ waiver }: { waiver: Waiver }) {
  return (
    <p class="waiver" role="note">
      <b>Waived</b> by <Text most={60}>{waiver.owner}</Text> until <Text most={30}>{day(waiver.expires)}</Text>: <Sentence>{waiver.reason}</Sentence>
    </p>
  );
}

function Numbers({ verdict: v, kind }: { verdict: Verdict; kind: Kind }) {
  const { report } = useStore();
  const digits = digitsFor(kind, v.low, v.high);
  return (
    <dl class="verdict-numbers">
      <div class="number-main">
        <dt class="sr">measured, with its interval</dt>
        <dd>{quantity(kind, v.value ?? 0, digits)} {v.low !== null && v.high !== null && <span class="interval">{bracket(kind, v.low, v.high, digits, decisive(v, kind))}</span>}</dd>
      </div>
      <div class="number-rest"><dt>{v.limit === null ? "no limit set" : "limit"}</dt> <dd>{v.limit !== null && `${isUpper(v) ? "at most" : "at least"} ${asTyped(kind, v.limit)}${kind === "share" ? "%" : ""}`}</dd></div>
      <div class="number-rest"><dt class="sr">{v.unit ?? "people"}</dt><dd>{peopleText({ n: v.n === null ? null : v.n_eligible ?? v.n, withheld: v.withheld })} <Text most={24}>{v.unit ?? report.subject.people}</Text></dd></div>
    </dl>
  );
}

/** The same facts in a line, so that a printed page stays one to read; hints and method are printed once, under Method. */
function onPaper(v: Verdict, by: string | null): string {
  const parts = [
    v.value === null ? "" : v.reason,
    v.limit_origin === null ? "" : `limit set in ${v.limit_origin}${by === null ? "" : ` by ${by}`}`,
    v.threshold === null ? "" : `threshold ${v.threshold}`,
    `${v.check} ${v.ask}`,
  ];
  return parts.filter((p) => p !== "").join(" · ");
}

const STATEMENT = {
  max_gap: "no two groups further apart than", min_ratio: "every ratio at least", min: "every group at least", max: "every group at most",
  max_drop: "from the other model, no group lower by more than", max_rise: "from the other model, no group higher by more than",
};

function Detail({ verdict: v, go }: { verdict: Verdict; go: () => void }) {
  const { report } = useStore();
  const kind = verdictKind(v, report.board.metrics);
  const metric = report.board.metrics.find((m) => m.name === v.metric);
  const label = report.subject.label;
  const drawable = metric !== undefined && v.slice !== null;
  return (
    <>
      <dl class="facts">
        {v.reason && <><dt>Why</dt><dd><Sentence>{v.reason}</Sentence></dd></>}
        {metric && <><dt>{metric.label}</dt><dd>{metric.plain}{metric.needs_label && label && <> · label: <Text>{label.words}</Text>{label.agreement && <> (<Text>{label.agreement}</Text>)</>}</>}</dd></>}
        {v.statement && v.limit !== null && (
          <><dt>Limit</dt><dd>{STATEMENT[v.statement]} {quantity(kind, v.limit, kind === "share" || kind === "points" ? 1 : 2).replace(".0", "")}
            {v.limit_origin && <>, set in <code><Text most={80}>{v.limit_origin}</Text></code></>}{report.project?.limits_set_by && <> by <Text most={80}>{report.project.limits_set_by}</Text></>}</dd></>
        )}
        {v.threshold !== null && <><dt>Threshold</dt><dd>selected at a score of {v.threshold} or more</dd></>}
        <dt>Counted</dt>
        <dd>{peopleText(v)} <Text most={40}>{report.subject.people}</Text>{v.n_eligible !== null && v.unit && <>, {count(v.n_eligible)} {v.unit} in this rate</>}{v.n_eligible !== null && !v.unit && v.n_eligible !== v.n && <>, of whom {count(v.n_eligible)} enter this rate</>}</dd>
        {v.low !== null && v.high !== null && v.limit !== null && (
          <><dt>Interval</dt><dd>{percentOf(v.level)}%. {isUpper(v)
            ? "Its lower end allows for every group looked at; its upper end is what a pass has to stay under."
            : "Its upper end allows for every group looked at; its lower end is what a pass has to stay above."}</dd></>
        )}
        <dt>Check</dt><dd><a href={`#check-${v.check}`}><code>{v.check}</code> <Text most={80}>{v.ask}</Text></a></dd>
      </dl>
      {v.hints.length > 0 && <><h4>What to try first</h4><TextList items={v.hints} /></>}
      {drawable && <button type="button" onClick={go}>Show in the groups chart</button>}
    </>
  );
}
