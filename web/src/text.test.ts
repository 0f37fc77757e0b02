import { describe, expect, test } from "vitest";
import { toCsv } from "./csv";
import { asTyped, bracket, decimals, digitsFor, estimateText, fixed, LEVEL, quantity } from "./numbers";
import { Names, options, sameKey, short, visible } from "./words";
import type { Report } from "./data";

describe("numbers", () => {
  test.each([[5, 0], [2, 0], [0.8, 1], [0.08, 2], [0, 2], [1e-9, 6], [2000, 0]])("half-width %f supports %i decimals", (half, digits) => {
    expect(decimals(half)).toBe(digits);
  });

  test("are rounded to what the interval supports", () => {
    expect(estimateText("points", 0.178342, 0.131, 0.2275)).toBe("18 points [13, 23]");
    expect(estimateText("share", 0.709, 0.689, 0.728)).toBe("70.9% [68.9, 72.8]");
    expect(estimateText("ratio", 0.8123, 0.7, 0.93)).toBe("0.81× [0.70, 0.93]");
    expect(bracket("points", -0.012, 0.06, 0)).toBe("[−1, 6]");
  });

  test("an end of an interval is not rounded onto what decides", () => {
    expect(estimateText("points", 0.05, 0.0042, 0.094, LEVEL.difference)).toBe("5 points [0.4, 9]");
    expect(estimateText("value", -0.36, -0.7, -0.003, LEVEL.difference)).toBe("−0.4 [−0.7, −0.003]");
    expect(estimateText("ratio", 0.85, 0.7, 0.9996, LEVEL.ratio)).toBe("0.85× [0.70, 0.9996]");
    expect(bracket("points", 0.0521, 0.23, 0, [0.05])).toBe("[5.2, 23]");
    expect(bracket("points", 0, 0.09, 0, [0])).toBe("[0, 9]");
    expect(bracket("points", 1e-12, 0.09, 0, [0])).toBe("[0, 9]");
    expect(quantity("ratio", 0.74, digitsFor("ratio", 0.3, 1.4))).toBe("0.74×");
  });

  test("never show a negative zero, and say when they are unknown or endless", () => {
    expect(fixed(-0.001, 0)).toBe("0");
    expect(fixed(NaN, 1)).toBe("not known");
    expect(fixed(Infinity, 1)).toBe("∞");
    expect(fixed(-1234567.891, 2)).toBe("−1,234,567.89");
    expect(fixed(1000, 4)).toBe("1,000.0000");
    expect(quantity("points", 0.01, 0)).toBe("1 point");
  });

  test("that were counted have no decimals", () => {
    expect(estimateText("value", 0, 0, 0)).toBe("0 [0, 0]");
    expect(estimateText("share", 1, 1, 1)).toBe("100% [100, 100]");
    expect(estimateText("value", 0.25, 0.25, 0.25)).toBe("0.25 [0.25, 0.25]");
  });

  test("a limit is shown as somebody typed it", () => {
    expect(asTyped("points", 0.05)).toBe("5");
    expect(asTyped("points", 0.125)).toBe("12.5");
    expect(asTyped("ratio", 0.8)).toBe("0.8");
  });
});

describe("csv", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\uFF1D1", "\u0000=1"])("disarms the formula %j", (text) => {
    const line = toCsv(["a"], [[text]]).split("\r\n")[1] ?? "";
    expect(line.replace(/^"/, "")).toMatch(/^'/);
  });

  test("keeps numbers numbers, quotes what needs it, leaves the unknown empty", () => {
    expect(toCsv(["a", "b,c"], [[-0.5, 'x "y"\nz'], [null, NaN]])).toBe('a,"b,c"\r\n-0.5,"x ""y""\nz"\r\n,\r\n');
  });
});

describe("words", () => {
  test("make controls and direction overrides visible and leave other scripts alone", () => {
    expect(visible("a\u0000b\u202Ec")).toBe("a\\x00b\\u202ec");
    expect(visible("שלום")).toBe("שלום");
  });

  test("cut by character, never inside one", () => {
    expect(short("😀".repeat(50), 10)).toBe(`${"😀".repeat(9)}…`);
  });

  test("name groups as the data do, with the column where the value alone would not be understood", () => {
    const values = (...v: (string | null)[]) => v.map((value) => ({ value, n: 1, share: 0.1 }));
    const names = new Names({
      subject: { groups: [{ column: "race", values: values("Black", null) }, { column: "owner", values: values("1", "yes", "") }] },
    } as unknown as Report);
    expect(names.slice({})).toBe("Everyone");
    expect(names.slice({ race: "Black" })).toBe("Black");
    expect(names.slice({ race: null })).toBe("race not recorded");
    expect(names.slice({ race: "Black", owner: "1" })).toBe("Black, owner: 1");
    expect(names.slice({ owner: "yes" })).toBe("owner: yes");
    expect(names.slice({ owner: "" })).toContain("empty");
  });

  test("name ranges of a column with the column", () => {
    const age = "cut(age, 25, 40)", pay = "quantiles(`gross pay`, 2)", late = "bins(age, 2)";
    const values = (...v: (string | null)[]) => v.map((value) => ({ value, n: 1, share: 0.1 }));
    const groups = [
      { column: age, values: values("under 25", "25 to under 40", null) }, { column: pay, values: values("under 100", null) },
      { column: late, values: values("under 25") },
    ];
    const names = new Names({ subject: { groups } } as unknown as Report);
    expect(names.slice({ [age]: "25 to under 40" })).toBe("age 25 to under 40");
    expect(names.slice({ [pay]: "under 100", [age]: null })).toBe("gross pay under 100, age not recorded");
    expect(names.slice({ [age]: "under 25" })).toBe("cut(age, 25, 40): under 25");
    expect(names.slice({ [late]: "under 25" })).toBe("bins(age, 2): under 25");
  });

  test("name the value first where a long column would push it out of sight", () => {
    const column = "women with long days who never married";
    const groups = [{ column, values: [{ value: "yes", n: 1, share: 1 }] }];
    expect(new Names({ subject: { groups } } as unknown as Report).slice({ [column]: "yes" })).toBe(`yes: ${column}`);
  });

  test("keys are the same whatever their order, and null is a value", () => {
    expect(sameKey({ a: "1", b: null }, { b: null, a: "1" })).toBe(true);
    expect(sameKey({ a: null }, { a: "" })).toBe(false);
    expect(sameKey({}, null)).toBe(false);
  });
});

describe("options of the command line", () => {
  test.each([
    ["say so (--label-kind outcome) or --positive yes", ["say so (", "--label-kind", " outcome) or ", "--positive", " yes"]],
    ["--min-n", ["--min-n"]],
    ["a--b, ---, -- x, --X and well-known words", ["a--b, ---, -- x, --X and well-known words"]],
    [`--${"a-".repeat(40)}`, [`--${"a-".repeat(40)}`]],
    ["", []],
  ])("of %s are told apart", (text, parts) => {
    expect(options(text)).toEqual(parts);
    expect(options(text).join("")).toBe(text);
  });
});
