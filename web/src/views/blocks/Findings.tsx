import { scaleLinear } from "d3-scale";
import type { Links } from "../../document/anchors";
import type { Findings, Stated } from "../../document/types";
import { count } from "../../numbers";
import { Icon } from "../../parts/Icon";
import { Sentence, Text } from "../../parts/Text";
import { short } from "../../words";

/** Findings as sentences, each with its number, its interval and what stands behind it. */
export function FindingsBlock({ block, links }: { block: Findings; links: Links }) {
  const widest = Math.max(...block.findings.filter((f) => f.scale === "share").flatMap((f) => [f.high ?? 0, f.value ?? 0, f.limit ?? 0]), 0.01);
  return (
    <div class="findings">
      {block.caption !== "" && <p class="findings-caption"><Sentence>{block.caption}</Sentence></p>}
      <ol class="verdict-list">{block.findings.map((f, i) => <Item key={i} finding={f} links={links} share={Math.min(widest * 1.05, 1)} />)}</ol>
    </div>
  );
}

function Item({ finding: f, links, share }: { finding: Stated; links: Links; share: number }) {
  const to = links.to(f.link);
  const loud = f.tone === "over" || f.tone === "undecided";
  return (
    <li class={`verdict stated-${f.tone}`}>
      <Icon word={f.tone === "plain" ? "unjudged" : f.tone} />
      <div class="verdict-body">
        <h3 class={loud ? "verdict-sentence" : "verdict-sentence stated-quiet"}><Sentence>{f.text}</Sentence></h3>
        {f.detail !== "" && <p class="verdict-power"><Sentence>{f.detail}</Sentence></p>}
        {f.value !== null && f.low !== null && f.high !== null && f.limit !== null && <Strip finding={f} share={share} />}
      </div>
      <div class="verdict-side">
        <p class="verdict-numbers">
          {f.shown !== "" && <span class="number-main"><Text>{f.shown}</Text></span>}
          <span class="stated-rest">
            {f.limit_shown !== "" && <span>limit <Text>{f.limit_shown}</Text></span>}
            {f.n !== null && <span>{count(f.n)} <Text most={24}>{f.of}</Text></span>}
            {to !== null && <span><a class="stated-link" href={to}>See more<span class="sr">: {short(f.text, 120)}</span></a></span>}
          </span>
        </p>
      </div>
    </li>
  );
}

function Strip({ finding: f, share }: { finding: Stated; share: number }) {
  const ends = [f.low ?? 0, f.high ?? 0, f.limit ?? 0, f.value ?? 0];
  const spread = Math.max(...ends) - Math.min(...ends) || 1;
  const domain: [number, number] = f.scale === "share" ? [Math.min(0, ...ends), Math.max(share, ...ends)] : [Math.min(...ends) - spread * 0.1, Math.max(...ends) + spread * 0.1];
  const x = scaleLinear(domain, [0, 100]).clamp(true);
  const limit = x(f.limit ?? 0);
  return (
    <div class="strip" aria-hidden="true">
      <svg width="100%" height="24">
        <rect class="past" x={`${f.upward ? limit : 0}%`} width={`${f.upward ? 100 - limit : limit}%`} y="2" height="20" />
        <line class="rail" x1="0%" x2="100%" y1="12" y2="12" />
        <line class="limit" x1={`${limit}%`} x2={`${limit}%`} y1="0" y2="24" />
        <line class="whisker" x1={`${x(f.low ?? 0)}%`} x2={`${x(f.high ?? 0)}%`} y1="12" y2="12" />
        <circle class="dot" cx={`${x(f.value ?? 0)}%`} cy="12" r="5" />
      </svg>
      {f.limit_shown !== "" && <span class={limit > 80 ? "strip-label left" : limit < 12 ? "strip-label right" : "strip-label"} style={{ left: `${limit}%` }}>limit {short(f.limit_shown, 20)}</span>}
    </div>
  );
}
