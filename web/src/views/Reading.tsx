import { Fold } from "../parts/Fold";
import { Icon } from "../parts/Icon";
import { useStore } from "../store";
import { levelText, percentOf, VERDICTS } from "../words";
import type { Report, VerdictWord } from "../data";
import { About } from "./Measures";

function meaning(report: Report): Partial<Record<VerdictWord, string>> {
  return {
    over: `The whole interval lies past the limit, allowing for every group that was looked at. Chance alone does this in at most ${percentOf(1 - report.board.level)} runs of 100.`,
    undecided: "The interval holds the limit: the data cannot tell. The page says how many more people would.",
    within: "The whole interval lies on the limit's good side. Says nothing about other limits, other groups, or the law.",
    insufficient: "Too few people for any statement. The page says how many would do.",
  };
}

const TERMS: [string, string][] = [
  ["Point", "One hundredth. 80% and 75% are 5 points apart."],
  ["Threshold", "The score from which somebody is selected. A score exactly at the threshold is selected."],
  ["Group", "People who share a value, such as one race, or several, such as race and sex together."],
  ["Baseline", "The group others are compared with. It is no ideal; it is a place to measure from."],
  ["Limit", "The largest gap, or the lowest or highest rate, that somebody set beforehand. Sterling sets none."],
  ["Label", "What the score is compared with to speak of errors. Who made it, and how, decides what an error means."],
  ["n", "Number of people. “Counted” is how many of them enter the rate."],
  ["Not recorded", "The group value is missing. These people are a group of their own and are never dropped."],
];

/** A verdict on one group reads one end at a time, so the pair of them holds the truth less often than each. */
function oneSided({ board, verdicts }: Report): string {
  if (!verdicts.some((v) => v.limit !== null)) return "";
  return ` Of a limit on one group each end alone holds at ${percentOf(board.level)}%: both together are about a ${percentOf(2 * board.level - 1)}% interval.`;
}

/** Whether a word is needed on this page: points where there are shares, a threshold where there is one. */
function used({ board }: Report, word: string): boolean {
  if (word === "Threshold") return board.thresholds.length > 0;
  return word !== "Point" || board.metrics.some((m) => m.scale === "share");
}

/** How to read this page, and what its words mean. */
export function Reading() {
  const { report } = useStore();
  return (
    <section id="reading" class="section" aria-labelledby="reading-title">
      <p class="kicker">Reading</p>
      <h2 id="reading-title">How to read this page</h2>
      <div class="reading">
        <div>
          <Sample />
          <p>The dot is what was measured. The bar is its interval: the values the data supports. The upright line is the limit; past it is shaded. What counts is where the <em>bar</em> lies, not the dot.</p>
          <dl class="words">
            {(Object.entries(meaning(report)) as [VerdictWord, string][]).map(([w, text]) => (
              <div key={w}><dt><Icon word={w} /> {VERDICTS[w].word}</dt><dd>{text}</dd></div>
            ))}
          </dl>
          <p class="quiet">In the groups chart each interval stands for its own group. Two overlapping intervals do not show that two groups are alike; two that part do not by themselves break a limit. The verdicts above allow for all groups at once. When a group is compared with everyone, or with a group that shares people with it, its interval is wider than it need be.</p>
        </div>
        <div>
          <h3>Words</h3>
          <dl class="words">
            <div><dt>Interval</dt><dd>The range the data supports. Of 100 such {levelText(report)} intervals about {percentOf(report.board.level)} hold the true value.{oneSided(report)} A wide one means few people.</dd></div>
            {TERMS.filter(([word]) => used(report, word)).map(([word, meaning]) => <div key={word}><dt>{word}</dt><dd>{meaning}</dd></div>)}
          </dl>
        </div>
      </div>
      <Fold class="evidence glossary" id="measures" summary={<b>Every measure on this page, in words and as a formula</b>}>
        {() => (
          <dl class="words measures">
            {report.board.metrics.map((m) => <About key={m.name} metric={m} />)}
          </dl>
        )}
      </Fold>
    </section>
  );
}

function Sample() {
  return (
    <svg class="sample" viewBox="0 0 360 72" role="img" aria-label="An example strip: a dot with its interval, and a limit line to its left; the whole interval lies past the limit.">
      <rect class="past" x="110" width="250" y="8" height="32" />
      <line class="rail" x1="0" x2="360" y1="24" y2="24" />
      <line class="limit" x1="110" x2="110" y1="2" y2="46" />
      <line class="whisker" x1="160" x2="300" y1="24" y2="24" />
      <line class="cap" x1="160" x2="160" y1="19" y2="29" /><line class="cap" x1="300" x2="300" y1="19" y2="29" />
      <circle class="dot" cx="226" cy="24" r="6" />
      <text class="note limit-text" x="110" y="62" text-anchor="middle">limit</text>
      <text class="note" x="230" y="62" text-anchor="middle">measured, with its interval</text>
    </svg>
  );
}
