import { expect, test } from "vitest";
import { compareTexts } from "../parts/sorting";
import { nText, peopleText } from "../words";
import { onFirstScreen } from "./Verdicts";

const NONE = { over: 0, undecided: 0, within: 0, insufficient: 0, not_applicable: 0, error: 0, unjudged: 0 };

test("three sentences with a strip stand on the first screen, one of each word at least, the worst first", () => {
  expect(onFirstScreen({ ...NONE, over: 1, undecided: 6, within: 2 })).toMatchObject({ over: 1, undecided: 2, within: 2 });
  expect(onFirstScreen({ ...NONE, over: 9, undecided: 6 })).toMatchObject({ over: 2, undecided: 1 });
  expect(onFirstScreen({ ...NONE, over: 4, undecided: 4, insufficient: 4, error: 4 })).toMatchObject({ over: 1, undecided: 1, insufficient: 1, error: 1 });
  expect(onFirstScreen({ ...NONE, within: 9 })).not.toHaveProperty("over");
});

test("a count that is withheld is not called a small one", () => {
  expect([nText({ n: null }), nText({ n: null, withheld: true }), nText({ n: 1200 })]).toEqual(["< 10", "not shown", "1,200"]);
  expect([peopleText({ n: null }), peopleText({ n: null, withheld: true })]).toEqual(["fewer than 10", "not shown how many"]);
});

test("labels that begin with numbers stand by these, what lies below one before it", () => {
  const bands = ["under 25", "9-17", "17-24", "25-34", "65 and over", "not recorded"];
  expect([...bands].reverse().sort(compareTexts)).toEqual(bands);
});
