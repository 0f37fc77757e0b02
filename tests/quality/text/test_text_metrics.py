"""Metrics of models that write text by slice: parity with sacreBLEU and rouge-score, and properties of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st_

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.house.law import ROOT
from tests.quality.text.references import SENTENCES, changed, corpus_bleu, made, mean_rouge, squad

ALL = ("exact_match", "normalised_exact_match", "bleu", "rouge_1", "rouge_2", "rouge_l", "length_ratio")


def table(frame: pl.DataFrame, *, min_n: int = 2, **roles: Any) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", metrics=("all",)),), grid=False, min_n=min_n)
    return st.evaluate(frame, task="text", label="reference", prediction="answer", plan=plan, **roles).tables[0]


def world(seed: int, n: int = 240) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    references = made(n, rng)
    return pl.DataFrame(
        {
            "reference": references, "answer": changed(references, rng), "w": rng.integers(1, 4, n),
            "g": [("a", "b", None)[i] for i in rng.integers(0, 3, n)], "c": rng.integers(0, n // 4, n),
            "h": rng.choice(["x", "y"], n),
        }
    )  # fmt: skip


def expected(references: list[str], answers: list[str], *, unicode: bool = False) -> dict[str, float]:
    """By the packages, row by row and all together."""
    return {
        "exact_match": float(np.mean([a == r for a, r in zip(answers, references, strict=True)])),
        "normalised_exact_match": float(np.mean([*map(str.__eq__, map(squad, answers), map(squad, references))])),
        "bleu": corpus_bleu(references, answers),
        **mean_rouge(references, answers, unicode=unicode),
    }  # fmt: skip


def check(found: EstimateTable, where: Slice, wanted: dict[str, float]) -> None:
    for name, value in wanted.items():
        estimate = found.estimate(name, where)
        assert estimate.value == pytest.approx(value, abs=1e-9), name
        assert estimate.low is not None and estimate.high is not None, name
        assert 0 <= estimate.low <= estimate.value + 1e-9 and estimate.value <= estimate.high + 1e-9, name
        assert estimate.high > estimate.low, name


def texts(frame: pl.DataFrame) -> tuple[list[str], list[str]]:
    return frame["reference"].to_list(), frame["answer"].to_list()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_slice_is_what_the_packages_say(seed: int) -> None:
    frame = world(seed)
    found = table(frame, groups=["g", "h"])
    check(found, EVERYONE, expected(*texts(frame)))
    for (g, h), part in frame.group_by("g", "h"):
        check(found, Slice((("g", g), ("h", h))), expected(*texts(part)))  # type: ignore[arg-type]
    for (g,), part in frame.group_by("g"):
        check(found, Slice((("g", g),)), expected(*texts(part)))  # type: ignore[arg-type]


def test_real_sentences() -> None:
    """WinoBias+: the rewriting of rules beside that of people."""
    frame = pl.read_parquet(ROOT / "examples" / "rewriting" / "data" / "rewriting.parquet")
    for model in ("by_word", "by_rule"):
        given_ = frame.select("reference", "person", answer=model)
        found = table(given_, groups="person")
        for person in ("a man", "a woman"):
            part = given_.filter(person=person)
            check(found, Slice((("person", person),)), expected(*texts(part)))
            words = [sum(len(t.split()) for t in side) for side in texts(part)]
            ratio = found.estimate("length_ratio", Slice((("person", person),)))
            assert ratio.value == pytest.approx(words[1] / words[0], rel=0.01)  # 13a cuts a little finer


@settings(max_examples=40, deadline=None)
@given(st_.lists(st_.tuples(st_.sampled_from(SENTENCES), st_.sampled_from(SENTENCES)), min_size=2, max_size=12))
def test_any_sentences(rows: list[tuple[str, str]]) -> None:
    references, answers = [r for r, _ in rows], [a for _, a in rows]
    found = table(pl.DataFrame({"reference": references, "answer": answers}))
    wanted = expected(references, answers, unicode=True)
    for name, value in wanted.items():
        assert found.estimate(name, EVERYONE).value == pytest.approx(value, abs=1e-9), name


def test_a_worked_example() -> None:
    """By hand: 4 of 5 words, 2 of 4 pairs, 1 of 3 triples, 0 of 2 fours."""
    found = table(pl.DataFrame({"reference": ["the cat sat on mats"] * 2, "answer": ["the cat sat in mats"] * 2}))
    smoothed = (8 / 10 * 4 / 8 * 2 / 6 * 0.5 / 4) ** 0.25
    assert found.estimate("bleu", EVERYONE).value == pytest.approx(smoothed, abs=1e-12)
    assert found.estimate("bleu", EVERYONE).low == 0
    assert found.estimate("rouge_1", EVERYONE).value == pytest.approx(0.8, abs=1e-12)
    assert found.estimate("rouge_2", EVERYONE).value == pytest.approx(0.5, abs=1e-12)
    assert found.estimate("rouge_l", EVERYONE).value == pytest.approx(0.8, abs=1e-12)
    brief = table(pl.DataFrame({"reference": ["a b c d e f g h"] * 2, "answer": ["a b c d"] * 2}))
    assert brief.estimate("bleu", EVERYONE).value == pytest.approx(np.exp(1 - 8 / 4), abs=1e-12)
    assert brief.estimate("length_ratio", EVERYONE).value == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_weights_are_repetitions(share: float) -> None:
    frame = world(3)
    if share == 1.0:  # no four words in a row are shared by anyone
        frame = frame.with_columns(reference=pl.lit("a b c x d e f"), answer=pl.lit("a b c y d e f"))
    again = frame.select(pl.exclude("w").repeat_by("w").explode())
    weighted, repeated = table(frame, groups="g", weight="w"), table(again, groups="g")
    for name in ALL:
        for s in (EVERYONE, Slice((("g", "a"),)), Slice((("g", None),))):
            one, two = weighted.estimate(name, s), repeated.estimate(name, s)
            assert one.value is not None and two.value is not None and one.n_eligible and two.n_eligible, name
            assert one.n_eligible < two.n_eligible, name
            # What stands in for a match that is missing (share 1, n-grams of 4 words) is half one of the mean row.
            stand_in = two.n_eligible / one.n_eligible if name == "bleu" and share == 1.0 else 1.0
            assert one.value == pytest.approx(two.value * stand_in**0.25, abs=1e-9), name


def test_weights_of_any_size_change_nothing() -> None:
    frame = world(4)
    one, other = (table(frame.with_columns(w=pl.lit(w)), weight="w") for w in (1.0, 3e-7))
    plain = table(frame)
    for name in ALL:
        for end in ("value", "low", "high"):
            values = [getattr(t.estimate(name, EVERYONE), end) for t in (one, other, plain)]
            assert values == pytest.approx([values[2]] * 3, rel=1e-6), (name, end)


@example(rows=[(SENTENCES[0], SENTENCES[0]), ("", SENTENCES[0])], weight=1.0, uneven=[1e-3, 1e3] * 4)
@settings(max_examples=25, deadline=None)
@given(
    rows=st_.lists(st_.tuples(st_.sampled_from(SENTENCES), st_.sampled_from(SENTENCES)), min_size=2, max_size=8),
    weight=st_.sampled_from([1e-6, 0.3, 0.5, 1.0, 7.0, 1e9]),
    uneven=st_.lists(st_.sampled_from([1e-3, 1.0, 1e3]), min_size=8, max_size=8),
)
def test_bleu_without_long_matches_does_not_hang_on_the_scale_of_weights(
    rows: list[tuple[str, str]], weight: float, uneven: list[float]
) -> None:
    """What stands in for matches that are missing is half a match of the mean row."""
    frame = pl.DataFrame({"reference": [r for r, _ in rows], "answer": [a for _, a in rows]}).with_columns(
        pl.lit(weight).alias("w"), pl.Series("u", uneven[: len(rows)])
    )
    plain = table(frame, min_n=1).estimate("bleu", EVERYONE)
    equal = table(frame, min_n=1, weight="w").estimate("bleu", EVERYONE)
    assert plain.value == pytest.approx(corpus_bleu(*texts(frame)), abs=1e-9)
    assert (equal.value, equal.low, equal.high) == pytest.approx((plain.value, plain.low, plain.high), abs=1e-9)
    once = table(frame, min_n=1, weight="u").estimate("bleu", EVERYONE)
    again = table(frame.with_columns(pl.col("u") * weight), min_n=1, weight="u").estimate("bleu", EVERYONE)
    assert once.value is None or 0 <= once.value <= 1
    assert again.value == (None if once.value is None else pytest.approx(once.value, abs=1e-6))


def test_clusters_widen_and_rows_of_their_own_do_not() -> None:
    frame = world(5)
    alone = table(frame.with_columns(c=pl.int_range(pl.len())), cluster="c")
    plain, twice = table(frame), table(pl.concat([frame.with_columns(c=pl.int_range(pl.len()))] * 2), cluster="c")
    for name in ("exact_match", "bleu", "rouge_1", "rouge_l", "length_ratio"):
        a, b, c = (t.estimate(name, EVERYONE) for t in (alone, plain, twice))
        assert a.value == pytest.approx(b.value, abs=1e-12)
        assert c.value == pytest.approx(b.value, abs=1e-12)
        assert a.low is not None and b.low is not None and c.low is not None
        assert a.high is not None and b.high is not None and c.high is not None
        assert a.high - a.low == pytest.approx(b.high - b.low, rel=0.03), name
        assert c.high - c.low == pytest.approx(b.high - b.low, rel=0.03), name


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"cluster": "m"}])
def test_the_order_of_rows_changes_no_byte(roles: dict[str, str]) -> None:
    frame = world(6).with_columns(m=pl.when(pl.col("c") > 30).then(pl.col("c")))
    given_: dict[str, Any] = {
        "task": "text",
        "label": "reference",
        "prediction": "answer",
        "groups": ["g", "h"],
        **roles,
    }
    one = evidence_bytes(st.evaluate(frame, **given_))
    for seed in (0, 1):
        assert evidence_bytes(st.evaluate(frame.sample(fraction=1, shuffle=True, seed=seed), **given_)) == one


def test_missing_texts_are_left_out_and_said() -> None:
    frame = pl.DataFrame(
        {
            "reference": [None, "a b c d", "a b c d", "a b c d", "x"] * 10,
            "answer": ["a b c d", None, "", "a b c d", "x"] * 10,
        }
    )
    run = st.evaluate(frame, task="text", label="reference", prediction="answer")
    found = {row["metric"]: row for row in run.frame.iter_rows(named=True)}
    assert found["answered"]["value"] == pytest.approx(0.6)
    assert found["answered"]["n_eligible"] == 50
    assert found["exact_match"]["value"] == pytest.approx(2 / 3)
    assert found["bleu"]["n_eligible"] == found["exact_match"]["n_eligible"] == found["rouge_l"]["n_eligible"] == 30
    complete = frame.drop_nulls()
    assert found["bleu"]["value"] == pytest.approx(corpus_bleu(*texts(complete)), abs=1e-12)
    said = " ".join(run.notices)
    assert "10 of 50 rows have no label" in said
    assert "10 rows have no answer in answer: left out" in said
    assert "10 answers in answer without a word" in said


def test_what_bleu_is_where_nothing_is_shared() -> None:
    """Not one run of four words; and not one answer of four words."""
    frame = pl.DataFrame({"reference": ["a b c d e"] * 40 + ["yes"] * 40, "answer": ["a b c x e"] * 40 + ["yes"] * 40})
    frame = frame.with_columns(g=pl.Series(["long"] * 40 + ["short"] * 40))
    run = st.evaluate(frame, task="text", label="reference", prediction="answer", groups="g")
    said = " ".join(run.notices)
    assert "BLEU is 0 by definition in 1 group" in said
    assert "BLEU rests on a stand-in for missing matches in all rows together and 1 group" in said
    found = run.frame.filter(metric="bleu")
    low, value, high = found.filter(slice="g=short").select("low", "value", "high").row(0)
    assert (low, value) == (0, 0) and 0 < high < 0.2
    low, value, high = found.filter(slice="g=long").select("low", "value", "high").row(0)
    assert low == 0 and value == pytest.approx((4 / 5 * 2 / 4 * 1 / 3 * 0.5 / 80) ** 0.25) and value < high < 1
    exact = run.frame.filter(metric="exact_match", slice="g=short")["value"][0]
    assert exact == 1


def test_one_row_and_none() -> None:
    frame = pl.DataFrame({"reference": ["a b", "c", None], "answer": ["a b", "d", "e"], "g": ["x", "y", "z"]})
    found = table(frame, groups="g", min_n=1)
    one, nobody = found.estimate("bleu", Slice((("g", "x"),))), found.estimate("rouge_l", Slice((("g", "z"),)))
    assert one.value is None and nobody.value is None
    assert found.estimate("exact_match", Slice((("g", "x"),))).value == 1
    assert found.estimate("exact_match", Slice((("g", "z"),))).value is None


def test_perfect_answers_keep_a_width() -> None:
    references = made(60, np.random.default_rng(8))
    found = table(pl.DataFrame({"reference": references, "answer": references}))
    for name in ("exact_match", "bleu"):
        estimate = found.estimate(name, EVERYONE)
        assert estimate.value == 1 and estimate.high == 1
        assert estimate.low is not None and 0.9 < estimate.low < 0.99


def test_without_references_only_answers_are_counted() -> None:
    frame = world(9).with_columns(answer=pl.when(pl.col("h") == "x").then(pl.col("answer")))
    run = st.evaluate(frame, task="text", prediction="answer", groups="h")
    assert set(run.frame["metric"]) == {"representation", "answered"}
    assert run.frame.filter(metric="answered", slice="h=y")["value"][0] == 0
