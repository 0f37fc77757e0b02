/**
 * A small part of Markdown, read into a tree that the page draws as elements: headings, paragraphs, lists, quotes, code, bold and
 * italic. HTML is text like any other. Links and images become their words and their address, so nothing leads away from the page.
 */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "bold" | "italic"; children: Inline[] }
  | { kind: "link"; children: Inline[]; address: string };

export type Piece =
  | { kind: "heading"; children: Inline[] }
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "rule" }
  | { kind: "quote"; pieces: Piece[] }
  | { kind: "list"; ordered: boolean; start: number; items: Piece[][] };

const DEEPEST = 6;
const MOST = 200_000; // characters of one text; people's notes are far shorter

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:[ \t]+|$)/;
const QUOTE = /^ {0,3}> ?/;

export function markdown(text: string): Piece[] {
  return pieces(text.slice(0, MOST).replace(/\r\n?/g, "\n").replaceAll("\t", "    ").split("\n"), 0);
}

function pieces(lines: string[], depth: number): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at++;
    } else if (FENCE.test(line)) {
      at = fence(lines, at, out);
    } else if (HEADING.test(line)) {
      out.push({ kind: "heading", children: inline(HEADING.exec(line)?.[1] ?? "") });
      at++;
    } else if (RULE.test(line)) {
      out.push({ kind: "rule" });
      at++;
    } else if (depth < DEEPEST && QUOTE.test(line)) {
      at = quote(lines, at, depth, out);
    } else if (depth < DEEPEST && ITEM.test(line)) {
      at = items(lines, at, depth, out);
    } else {
      at = paragraph(lines, at, depth, out);
    }
  }
  return out;
}

function fence(lines: string[], at: number, out: Piece[]): number {
  const mark = FENCE.exec(lines[at] ?? "")?.[1] ?? "```";
  const body: string[] = [];
  let next = at + 1;
  while (next < lines.length && !(lines[next] ?? "").trim().startsWith(mark)) body.push(lines[next++] ?? "");
  out.push({ kind: "code", text: body.join("\n") });
  return next + 1;
}

function quote(lines: string[], at: number, depth: number, out: Piece[]): number {
  const body: string[] = [];
  let next = at;
  while (next < lines.length && QUOTE.test(lines[next] ?? "")) body.push((lines[next++] ?? "").replace(QUOTE, ""));
  out.push({ kind: "quote", pieces: pieces(body, depth + 1) });
  return next;
}

/** Whether the line begins something that a paragraph does not hold. */
function begins(line: string, depth: number): boolean {
  return line.trim() === "" || FENCE.test(line) || HEADING.test(line) || RULE.test(line) || (depth < DEEPEST && (QUOTE.test(line) || ITEM.test(line)));
}

function paragraph(lines: string[], at: number, depth: number, out: Piece[]): number {
  const body = [lines[at] ?? ""];
  let next = at + 1;
  while (next < lines.length && !begins(lines[next] ?? "", depth)) body.push(lines[next++] ?? "");
  out.push({ kind: "paragraph", children: inline(body.map((l) => l.trim()).join("\n")) });
  return next;
}

function items(lines: string[], at: number, depth: number, out: Piece[]): number {
  const first = ITEM.exec(lines[at] ?? "")?.[2] ?? "-";
  const ordered = /\d/.test(first);
  const found: string[][] = [];
  let next = at;
  let indent = 0;
  while (next < lines.length) {
    const line = lines[next] ?? "";
    const match = ITEM.exec(line);
    const inside = /^ */.exec(line)?.[0].length ?? 0;
    if (found.length > 0 && line.trim() !== "" && inside >= indent) {
      found[found.length - 1]?.push(line.slice(indent));
    } else if (match && /\d/.test(match[2] ?? "") === ordered && !RULE.test(line)) {
      indent = Math.min(match[0].length, (match[1]?.length ?? 0) + (match[2]?.length ?? 0) + 4);
      if (line.length === match[0].length) indent = (match[1]?.length ?? 0) + (match[2]?.length ?? 0) + 1;
      found.push([line.slice(match[0].length)]);
    } else if (line.trim() === "" && next + 1 < lines.length && continues(lines[next + 1] ?? "", indent, ordered)) {
      found[found.length - 1]?.push("");
    } else if (found.length > 0 && !begins(line, depth)) {
      found[found.length - 1]?.push(line.trim());
    } else {
      break;
    }
    next++;
  }
  out.push({ kind: "list", ordered, start: ordered ? Number.parseInt(first, 10) : 1, items: found.map((body) => pieces(body, depth + 1)) });
  return next;
}

function continues(line: string, indent: number, ordered: boolean): boolean {
  const match = ITEM.exec(line);
  return (line.trim() !== "" && (/^ */.exec(line)?.[0].length ?? 0) >= indent) || (match !== null && /\d/.test(match[2] ?? "") === ordered);
}

/** Remembers where each mark was found, so that a text full of marks that nothing closes is still read in one pass. */
class Finder {
  private readonly seen = new Map<string, { from: number; at: number }>();

  constructor(readonly text: string) {}

  /** Where `mark` is next, at or after `from`; -1 when it is not there. */
  next(mark: string, from: number): number {
    const old = this.seen.get(mark);
    if (old && old.from <= from && (old.at < 0 || from <= old.at)) return old.at;
    const at = this.text.indexOf(mark, from);
    this.seen.set(mark, { from, at });
    return at;
  }
}

/** Inline parts; a mark that nothing closes is text. */
export function inline(text: string, depth = 0): Inline[] {
  const out: Inline[] = [];
  const marks = new Finder(text);
  let plain = "";
  let at = 0;
  const flush = (): void => {
    if (plain !== "") out.push({ kind: "text", text: plain });
    plain = "";
  };
  const put = (made: { part: Inline; end: number } | null): boolean => {
    if (!made) return false;
    flush();
    out.push(made.part);
    at = made.end;
    return true;
  };
  while (at < text.length) {
    const c = text.charAt(at);
    if (c === "\\" && /[!-/:-@[-`{-~]/.test(text.charAt(at + 1))) {
      plain += text.charAt(at + 1);
      at += 2;
    } else if (c === "`" && put(code(text, at, marks))) {
      continue;
    } else if ((c === "*" || c === "_") && depth < DEEPEST && put(emphasis(text, at, marks, depth))) {
      continue;
    } else if ((c === "[" || (c === "!" && text.charAt(at + 1) === "[")) && depth < DEEPEST && put(link(text, at, marks, depth))) {
      continue;
    } else {
      const run = c === "`" || c === "*" || c === "_" ? runOf(text, at) : 1;
      plain += text.slice(at, at + run);
      at += run;
    }
  }
  flush();
  return out;
}

function runOf(text: string, at: number): number {
  const c = text.charAt(at);
  let end = at;
  while (text.charAt(end) === c) end++;
  return end - at;
}

function code(text: string, at: number, marks: Finder): { part: Inline; end: number } | null {
  const mark = "`".repeat(Math.min(runOf(text, at), 8));
  const close = marks.next(mark, at + mark.length);
  if (close < 0) return null;
  return { part: { kind: "code", text: text.slice(at + mark.length, close).replaceAll("\n", " ") }, end: close + mark.length };
}

const LETTER = /[\p{L}\p{N}]/u;

function emphasis(text: string, at: number, marks: Finder, depth: number): { part: Inline; end: number } | null {
  const c = text.charAt(at);
  const mark = runOf(text, at) >= 2 ? c + c : c;
  const after = text.charAt(at + mark.length);
  if (after === "" || after.trim() === "" || (c === "_" && LETTER.test(text.charAt(at - 1)))) return null;
  let close = marks.next(mark, at + mark.length + 1);
  // `*a **b** c*`: a single mark does not close inside a double one.
  for (let tries = 0; close > 0 && tries < 32 && !closes(text, close, mark); tries++) {
    close = marks.next(mark, close + (mark.length === 1 ? runOf(text, close) : 1));
  }
  if (close < 0 || !closes(text, close, mark)) return null;
  const children = inline(text.slice(at + mark.length, close), depth + 1);
  return { part: { kind: mark.length === 2 ? "bold" : "italic", children }, end: close + mark.length };
}

function closes(text: string, close: number, mark: string): boolean {
  const c = mark.charAt(0);
  if (text.charAt(close - 1).trim() === "") return false;
  if (c === "_" && LETTER.test(text.charAt(close + mark.length))) return false;
  return mark.length === 2 || runOf(text, close) !== 2;
}

function link(text: string, at: number, marks: Finder, depth: number): { part: Inline; end: number } | null {
  const open = text.charAt(at) === "!" ? at + 2 : at + 1;
  const middle = marks.next("](", open);
  if (middle < 0) return null;
  const words = text.slice(open, middle);
  if (words.length > 1000 || words.includes("[") || words.includes("\n\n")) return null;
  const close = marks.next(")", middle + 2);
  if (close < 0 || close - middle > 2000) return null;
  const address = text.slice(middle + 2, close).trim().replace(/\s+"[^"]*"$/, "");
  return { part: { kind: "link", children: inline(words, depth + 1), address }, end: close + 1 };
}
