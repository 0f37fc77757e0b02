import type { Apart } from "../apart";
import { visible } from "../words";

/** Widths of text without asking the browser, so that layouts are the same everywhere; a little generous, in the page's own type. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const c of text) ems += widthOf(c);
  return ems * size;
}

function widthOf(c: string): number {
  if ((c.codePointAt(0) ?? 0) > 0x2e7f) return 1.05;
  if (/[ilj.,:;'|!\u2019]/.test(c)) return 0.3;
  if (/[ftrI()[\]\s/-]/.test(c)) return 0.4;
  if (/[mwMW%@]/.test(c)) return 0.9;
  return /[A-Z0-9_]/.test(c) ? 0.66 : 0.58;
}

/** The longest beginning of `text` that fits `width`, with an ellipsis when something is left out. */
export function fit(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = Array.from(text);
  let used = textWidth("…", size);
  let end = 0;
  while (end < letters.length && used + widthOf(letters[end] ?? "") * size <= width) used += widthOf(letters[end++] ?? "") * size;
  return `${letters.slice(0, end).join("").trimEnd()}…`;
}

/** Lines of at most `width`, broken at spaces and, where a word is too long, anywhere; the last of `most` lines says that it was cut. */
export function wrap(text: string, size: number, width: number, most: number): string[] {
  const words = text.slice(0, 400).split(/\s+/).filter((w) => w !== "");
  const lines: string[] = [];
  while (words.length > 0 && lines.length < most) {
    if (lines.length === most - 1) {
      lines.push(fit(words.join(" "), size, width));
      break;
    }
    let line = words.shift() ?? "";
    if (textWidth(line, size) > width) {
      const head = broken(line, size, width);
      words.unshift(line.slice(head.length));
      line = head;
    } else {
      while (words.length > 0 && textWidth(`${line} ${words[0]}`, size) <= width) line += ` ${words.shift()}`;
    }
    lines.push(line);
  }
  return lines;
}

/** A name of a drawing in at most `most` lines, cut in its middle where its end tells it from its neighbours. */
export function lettered(name: string, among: Apart, size: number, width: number, most: number): string[] {
  const clean = visible(name);
  const lines = wrap(clean, size, width, most);
  if (bare(lines.join("")) === bare(clean) || among.cut(clean).tail === "") return lines;
  for (let letters = Math.floor((2 * most * width) / size); letters > 12; letters--) {
    const brief = among.brief(clean, letters);
    const found = wrap(brief, size, width, most);
    if (bare(found.join("")) === bare(brief)) return found;
  }
  return lines;
}

function bare(text: string): string {
  return text.replace(/\s/g, "");
}

/** The part of a long word that fits, after a mark such as `_` or `-` where there is one in its second half. */
function broken(word: string, size: number, width: number): string {
  const head = fit(word, size, width + textWidth("…", size)).slice(0, -1) || Array.from(word)[0] || "";
  const mark = Math.max(head.lastIndexOf("_"), head.lastIndexOf("-"), head.lastIndexOf("/"), head.lastIndexOf("."));
  return mark > head.length / 2 ? head.slice(0, mark + 1) : head;
}
