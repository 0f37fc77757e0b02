import { describe, expect, test } from "vitest";
import { inline, markdown, type Inline, type Piece } from "./markdown";

/** The tree in a line: what is bold in **, italic in __, code in ``, links as words<address>. */
function flat(parts: Inline[]): string {
  return parts.map((p) => {
    if (p.kind === "text") return p.text;
    if (p.kind === "code") return `\`${p.text}\``;
    if (p.kind === "link") return `${flat(p.children)}<${p.address}>`;
    return p.kind === "bold" ? `**${flat(p.children)}**` : `__${flat(p.children)}__`;
  }).join("");
}

function outline(all: Piece[]): unknown[] {
  return all.map((p) => {
    if (p.kind === "code") return { code: p.text };
    if (p.kind === "rule") return "rule";
    if (p.kind === "quote") return { quote: outline(p.pieces) };
    if (p.kind === "list") return { [p.ordered ? `from ${p.start}` : "list"]: p.items.map(outline) };
    return p.kind === "heading" ? { heading: flat(p.children) } : flat(p.children);
  });
}

describe("blocks", () => {
  test("paragraphs, headings, rules, quotes and fences", () => {
    expect(outline(markdown("# One #\nfirst\nline\n\nsecond\n***\n> said\n> so\n```py\nx = '<b>'\n\n# no heading\n```\nend"))).toEqual([
      { heading: "One" }, "first\nline", "second", "rule", { quote: ["said\nso"] }, { code: "x = '<b>'\n\n# no heading" }, "end",
    ]);
  });

  test("lists, nested and numbered, with paragraphs of their own", () => {
    expect(outline(markdown("- a\n- b\n  - c\n\n  more\n- d\ncontinued\n\n3. x\n4) y\n\nafter"))).toEqual([
      { list: [["a"], ["b", { list: [["c"]] }, "more"], ["d\ncontinued"]] }, { "from 3": [["x"], ["y"]] }, "after",
    ]);
  });

  test("a fence that nobody closes takes the rest", () => {
    expect(outline(markdown("a\n~~~\nb\n\nc"))).toEqual(["a", { code: "b\n\nc" }]);
  });

  test("nothing nests beyond what a page can show", () => {
    const deep = markdown("> ".repeat(5000) + "x");
    let depth = 0;
    for (let at: Piece | undefined = deep[0]; at?.kind === "quote"; at = at.pieces[0]) depth++;
    expect(depth).toBe(6);
  });
});

describe("inline", () => {
  test.each([
    ["**bold** and *italic* and _so_ and __strong__", "**bold** and __italic__ and __so__ and **strong**"],
    ["*a **b** c*", "__a **b** c__"],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
    ["**open and *half", "**open and *half"],
    ["`a*b*` and ``x ` y``", "`a*b*` and `x ` y`"],
    ["\\*not\\* \\<b> a\\b", "*not* <b> a\\b"],
    ["[words](https://a.example/x \"t\") ![alt](y.png)", "words<https://a.example/x> alt<y.png>"],
    ["[no link] (x) [a](b", "[no link] (x) [a](b"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ])("%s", (text, wanted) => expect(flat(inline(text))).toBe(wanted));

  test("an address is kept as text, whatever it asks for", () => {
    expect(inline("[x](javascript:alert(1))")[0]).toEqual({ kind: "link", children: [{ kind: "text", text: "x" }], address: "javascript:alert(1" });
  });
});

describe("hostile text", () => {
  const n = 100_000;
  test.each(["*", "_", "**a ", "[", "[a](", "`", "``` ", "> ", "- ", "\\", "*a_", "![", "#", "1. ", "- - ", "]("])("%j many times is read in time", (mark) => {
    const before = performance.now();
    for (const p of markdown(mark.repeat(n / mark.length))) expect(p.kind).toBeTruthy();
    markdown(`${mark}\n`.repeat(n / 10));
    expect(performance.now() - before).toBeLessThan(8000); // what takes quadratic time takes minutes
  }, 30_000);

  test("no letter is lost or made up", () => {
    const letters = (text: string): string => text.replace(/[^a-z0-9]/gi, "");
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const bits = ["*", "_", "**", "`", "[", "](", ")", "a", "b c", "\\", "!", "<i>", "\n", "\n\n", "> ", "- ", "    ", "1. ", "#", "```"];
    const gather = (all: Piece[]): string => all.map((p) => (p.kind === "rule" ? "" : p.kind === "code" ? p.text : p.kind === "quote" ? gather(p.pieces)
      : p.kind === "list" ? p.items.map(gather).join("") : flat(p.children))).join("\n");
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 24 }, () => bits[random(bits.length)]).join("").replace(/```|1\. |\n\s*\d/g, " ");
      expect(letters(gather(markdown(text))), JSON.stringify(text)).toBe(letters(text));
    }
  });
});
