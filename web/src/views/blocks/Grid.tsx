import { scaleLinear, type ScaleLinear } from "d3-scale";
import { useId, useMemo } from "preact/hooks";
import { Apart } from "../../apart";
import type { Field } from "../../csv";
import type { Grid, GridCell } from "../../document/types";
import { Icon } from "../../parts/Icon";
import { DataTable } from "../../parts/Table";
import { Sentence, Text } from "../../parts/Text";

const STRIP = { width: 72, height: 14, pad: 4 };
const LONG = 40; // letters from which a cell is given room
const SENTENCE = 240; // letters up to which a cell is shown whole
const BRIEF = 14; // letters up to which a cell stands on one line with its mark
const WORDS = 22; // letters from which it is given some
type Scale = ScaleLinear<number, number>;

/** A table whose intervals are drawn beside their numbers, on one axis for each column. */
export function GridBlock({ block }: { block: Grid }) {
  const id = useId();
  const scales = useMemo(() => block.columns.map((_, i) => columnScale(block, i)), [block]);
  const rows = useMemo(() => sortKeys(block), [block]);
  const among = useMemo(() => block.columns.map((_, i) => new Apart(() => block.rows.flatMap((r) => r[i]?.text ?? []))), [block]);
  const csv = useMemo(() => asCsv(block), [block]);
  return (
    <figure class="grid-block">
      {block.caption !== "" && <figcaption id={id}><Sentence>{block.caption}</Sentence></figcaption>}
      {block.rows.length === 0 ? <p class="quiet">No rows.</p> : (
        <DataTable name={block.caption || "table"} caption={block.caption || "Table"} header={block.columns} rows={rows} csv={csv} whole
          labelledBy={block.caption === "" ? undefined : id}
          draw={(y, x) => {
            const cell = block.rows[y]?.[x];
            return cell && <CellView cell={cell} scale={scales[x] ?? null} among={among[x]} />;
          }} />
      )}
    </figure>
  );
}

function CellView({ cell, scale, among }: { cell: GridCell; scale: Scale | null; among: Apart | undefined }) {
  const text = cell.text.trim() === "" ? <span class="quiet">–</span>
    : cell.text.length > WORDS && cell.number === null ? <span class={cell.text.length > LONG ? "cell-long" : "cell-words"}><Text most={SENTENCE} among={among}>{cell.text}</Text></span> : <Text among={among}>{cell.text}</Text>;
  const words = <>{cell.image && <img class="cell-image" src={cell.image} alt="" />}{cell.tone !== "plain" && <><Icon word={cell.tone} /> </>}{text}</>;
  const [value, interval] = apart(cell.text);
  if (!scale && interval === "") return cell.tone !== "plain" && cell.text.length <= BRIEF ? <span class="cell-brief">{words}</span> : words;
  const number = interval === "" ? words : <>{cell.tone !== "plain" && <><Icon word={cell.tone} /> </>}<bdi class="text">{value}</bdi> <bdi class="text cell-range">{interval}</bdi></>;
  return scale && cell.number !== null ? <span class="cell-interval"><span>{number}</span><Whisker cell={cell} scale={scale} /></span> : number;
}

/** "5 [3, 7]": the number and its interval, which stands under it where a table has no room. */
function apart(text: string): [string, string] {
  const found = /^([\u2212-]?\d[\d.,]*%?) (\[[^[\]]+\])$/.exec(text);
  return found ? [found[1] ?? "", found[2] ?? ""] : [text, ""];
}

function Whisker({ cell, scale }: { cell: GridCell; scale: Scale }) {
  const [low, high] = cell.interval ?? [null, null];
  const middle = STRIP.height / 2;
  return (
    <svg class={`cell-strip tone-${cell.tone}`} width={STRIP.width} height={STRIP.height} viewBox={`0 0 ${STRIP.width} ${STRIP.height}`} aria-hidden="true">
      <line class="rail" x1="0" x2={STRIP.width} y1={middle} y2={middle} />
      {low !== null && high !== null && <line class="whisker" x1={scale(low)} x2={scale(high)} y1={middle} y2={middle} />}
      {cell.number !== null && <circle class="dot" cx={scale(cell.number)} cy={middle} r="3.2" />}
    </svg>
  );
}

/** One axis for all intervals of a column; null where it has none. */
function columnScale(block: Grid, column: number): Scale | null {
  let [low, high] = [Infinity, -Infinity];
  let drawn = false;
  for (const row of block.rows) {
    const cell = row[column];
    if (cell?.interval) drawn = true;
    for (const x of [cell?.number, ...(cell?.interval ?? [])]) {
      if (typeof x !== "number") continue;
      [low, high] = [Math.min(low, x), Math.max(high, x)];
    }
  }
  if (!drawn || low > high) return null;
  const spare = low === high ? Math.abs(low) || 1 : 0;
  return scaleLinear([low - spare, high + spare], [STRIP.pad, STRIP.width - STRIP.pad]).clamp(true);
}

const NUMBER = /^[\u2212-]?\d[\d,]*(?:\.\d+)?%?$/;

/** What is sorted: numbers, also of a column that holds nothing but numbers written as text. */
export function sortKeys(block: Grid): Field[][] {
  const written = block.columns.map((_, i) => {
    const texts = block.rows.flatMap((r) => (r[i] && r[i].number === null && r[i].text.trim() !== "" ? [r[i].text] : []));
    return texts.length > 0 && texts.every((t) => NUMBER.test(t));
  });
  return block.rows.map((r) => r.map((cell, i): Field => {
    if (cell.number !== null) return cell.number;
    if (cell.text.trim() === "") return null;
    return written[i] ? Number(cell.text.replace("\u2212", "-").replace(/[,%]/g, "")) : cell.text;
  }));
}

/** Full precision for spreadsheets: an interval becomes two columns more. */
export function asCsv(block: Grid): { header: string[]; rows: Field[][] } {
  const wide = block.columns.map((_, i) => block.rows.some((r) => r[i]?.interval));
  const cell = (c: GridCell, i: number): Field[] => [c.number ?? c.text, ...(wide[i] ? (c.interval ?? [null, null]) : [])];
  return {
    header: block.columns.flatMap((c, i) => (wide[i] ? [c, `${c}: low`, `${c}: high`] : [c])),
    rows: block.rows.map((r) => r.flatMap(cell)),
  };
}
