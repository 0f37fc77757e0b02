import { describe, expect, test } from "vitest";
import { Apart } from "./apart";

const among = (names: string[]): Apart => new Apart(() => names);
const DECLARED = "The applicant has declared, in the branch of the bank at which the loan is to be paid out, that the income is ";

describe("names of one chart", () => {
  test("are cut at their end where that tells them apart", () => {
    const names = ["x".repeat(60), "y".repeat(60)];
    expect(among(names).brief(names[0]!, 20)).toBe(`${"x".repeat(19)}…`);
    expect(among(names).cut(names[0]!)).toEqual({ head: names[0], tail: "" });
  });

  test("are cut in the middle where they differ at their end only", () => {
    const names = ["regular", "irregular", "not known"].map((t) => DECLARED + t);
    const briefs = names.map((n) => among(names).brief(n, 40));
    expect(briefs).toEqual(["The applicant has declared, in… regular", "The applicant has declared,… irregular", "The applicant has declared,… not known"]);
  });

  test("keep a place where they part in the middle", () => {
    const names = ["A", "B"].map((t) => `${DECLARED}${t}${DECLARED}`);
    const [a, b] = names.map((n) => among(names).brief(n, 40));
    expect(a).toMatch(/… AThe applican…$/);
    expect(a).not.toBe(b);
  });

  test("stay apart when they part at several places", () => {
    const names = ["x", "y"].flatMap((a) => ["1", "2", "30"].map((b) => `${DECLARED}${a}${DECLARED}${b}`));
    expect(new Set(names.map((n) => among(names).brief(n, 40))).size).toBe(names.length);
  });

  test("that begin another keep their own", () => {
    const names = ["African-American", "African-American, female", "African-American, male"];
    expect(names.map((n) => among(names).cut(n))).toEqual([
      { head: "African-American", tail: "" }, { head: "African-American", tail: ", female" }, { head: "African-American", tail: ", male" },
    ]);
  });

  test("that are short stay whole, and letters of two halves stay so", () => {
    const names = ["Married-civ-spouse", "Married-spouse-absent", "Married-AF-spouse"];
    expect(names.map((n) => among(names).brief(n, 40))).toEqual(names);
    const odd = ["😀", "😁"].map((c) => `${"z".repeat(50)}${c}`);
    expect(odd.map((n) => among(odd).brief(n, 20)).every((t) => !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(t))).toBe(true);
    expect(among([]).brief("a\u0000b", 40)).toBe("a\\x00b");
  });

  test("of any kind look different whenever they are", () => {
    let seed = 7;
    const draw = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const words = ["north", "south", "_", " and ", "2019", "x", DECLARED];
    const names = [...new Set(Array.from({ length: 400 }, () => Array.from({ length: 2 + draw(6) }, () => words[draw(words.length)]!).join("")))];
    expect(new Set(names.map((n) => among(names).brief(n, 40))).size).toBe(names.length);
  });

  test("are many in no time, even where each begins the next", () => {
    const names = Array.from({ length: 2000 }, (_, i) => "a".repeat(i + 1));
    expect(among(names).brief(names[1999]!, 40).length).toBeLessThan(80);
  });
});
