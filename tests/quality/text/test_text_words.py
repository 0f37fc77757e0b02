"""Words and what two texts share of them, against the packages that define them and a slow obvious way."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st_
from rouge_score.tokenize import tokenize
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from sterling.quality.text import overlap
from sterling.quality.text.overlap import longest_common, matches, numbered
from sterling.quality.text.rows import FIELDS, looked_at
from sterling.quality.text.words import bleu_words, normalised, rouge_words, spaceless
from tests.quality.text.references import NAMES, SCORER, SENTENCES, made, slow_common, squad

SIGNS = st_.text(st_.sampled_from("ab A.Z,-5&;\"'<>$%/\\_\n\t\x1c\x85\u00a0é中"), max_size=25)
ANY = st_.text(st_.characters(blacklist_categories=("Cs",)), max_size=25)
FEW = st_.lists(st_.sampled_from("abcd"), max_size=9)
ASCII = st_.text(st_.characters(max_codepoint=127), max_size=40)


@settings(max_examples=300)
@given(st_.lists(st_.one_of(SIGNS, ANY), min_size=1, max_size=5))
def test_words_of_bleu_are_those_of_sacrebleu(texts: list[str]) -> None:
    wanted = [Tokenizer13a()(text.rstrip()).split() for text in texts]
    assert bleu_words(pl.Series(texts)).to_list() == wanted


@settings(max_examples=200)
@given(st_.lists(ASCII, min_size=1, max_size=5))
def test_words_of_rouge_are_those_of_rouge_score(texts: list[str]) -> None:
    assert rouge_words(pl.Series(texts)).to_list() == [tokenize(text, None) for text in texts]


def test_words_of_rouge_beyond_ascii() -> None:
    """Where the package drops letters, words are kept whole."""
    texts = ["El señor Ñandú", "مرحبا بالعالم", "ZÜRICH", "東京 2020年", "สวัสดี", "e\u0301te\u0301"]
    assert rouge_words(pl.Series(texts)).to_list() == [
        ["el", "señor", "ñandú"], ["مرحبا", "بالعالم"], ["zürich"], ["東", "京", "2020", "年"], [*"สวัสดี"],
        ["e\u0301te\u0301"],
    ]  # fmt: skip
    assert tokenize(texts[1], None) == []


@settings(max_examples=200)
@given(st_.lists(st_.one_of(ASCII, SIGNS), min_size=1, max_size=5))
def test_normalised_as_squad_does(texts: list[str]) -> None:
    assert normalised(pl.Series(texts)).to_list() == [squad(text) for text in texts]


def test_which_texts_have_no_spaces() -> None:
    frame = pl.DataFrame({"t": ["你好世界", "สวัสดี", "hello 世", "hello", "", "12"]})
    assert frame.select(spaceless(pl.col("t"))).to_series().to_list() == [True, True, False, False, False, False]


@settings(max_examples=200)
@given(st_.lists(st_.tuples(FEW, FEW), min_size=1, max_size=6))
def test_shared_words(rows: list[tuple[list[str], list[str]]]) -> None:
    sides = [pl.Series([row[i] for row in rows], dtype=pl.List(pl.String)) for i in (0, 1)]
    first, second = numbered(*sides)
    found = matches(first, second, 4)
    for n in range(1, 5):
        for (a, b), got in zip(rows, found[n - 1].tolist(), strict=True):
            grams = [[tuple(x[i : i + n]) for i in range(len(x) - n + 1)] for x in (a, b)]
            assert got == sum(min(grams[0].count(g), grams[1].count(g)) for g in set(grams[0]))
    assert longest_common(first, second).tolist() == [slow_common(a, b) for a, b in rows]


@pytest.mark.parametrize("held", [1 << 26, 64])
def test_long_texts(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    """About the lengths at which the way of counting changes, and with next to no memory for the longest."""
    monkeypatch.setattr(overlap, "_HELD", held)
    rng = np.random.default_rng(0)
    lengths = [(62, 63), (63, 63), (64, 64), (63, 200), (200, 65), (130, 128), (300, 300), (1, 500), (0, 70)]
    rows = [tuple(rng.choice(list("abcdefghij"), n).tolist() for n in pair) for pair in lengths]
    rows.append((rows[6][0], rows[6][0]))
    rows.append((rows[6][0] + ["x"] + rows[5][0], rows[6][0] + ["y", "z"] + rows[5][0]))
    first, second = numbered(*(pl.Series([row[i] for row in rows], dtype=pl.List(pl.String)) for i in (0, 1)))
    assert longest_common(first, second).tolist() == [slow_common(a, b) for a, b in rows]


def test_every_field_is_that_of_the_packages() -> None:
    rng = np.random.default_rng(1)
    references = [*SENTENCES, *made(120, rng), *made(4, rng, 400)]
    answers = [*SENTENCES[1:], SENTENCES[0], *made(120, rng), *made(4, rng, 400)]
    found = dict(zip(FIELDS, looked_at(pl.Series(references), pl.Series(answers)).columns, strict=True))
    counts = np.array(BLEU()._extract_corpus_statistics(answers, [references]))
    assert np.array_equal(found["words"], counts[:, 0])
    assert np.array_equal(found["reference_words"], counts[:, 1])
    for n in range(4):
        assert np.array_equal(found[f"match{n + 1}"], counts[:, 2 + n])
    for i, (reference, answer) in enumerate(zip(references, answers, strict=True)):
        assert found["exact_match"][i] == (reference == answer)
        assert found["normalised_exact_match"][i] == (squad(reference) == squad(answer))
        assert found["answered"][i] == (answer != "")
        if (reference + answer).isascii():
            score = SCORER.score(reference, answer)
            for name, kind in NAMES.items():
                assert found[name][i] == pytest.approx(score[kind].fmeasure, abs=1e-12), (name, reference, answer)


def test_a_pair_counts_as_often_as_it_occurs_and_missing_texts_do_not() -> None:
    references = pl.Series(["a b", None, "a b", "c", None], dtype=pl.String)
    answers = pl.Series(["a b", "a", "a b", None, None], dtype=pl.String)
    found = dict(zip(FIELDS, looked_at(references, answers).columns, strict=True))
    assert found["one"].tolist() == [1, 0, 1, 0, 0]
    assert found["answered"].tolist() == [1, 1, 1, 0, 0]
    assert found["match2"].tolist() == [1, 0, 1, 0, 0]
    nothing = looked_at(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String))
    assert len(nothing) == 0


def test_slabs_of_text_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    references, answers = pl.Series(made(300, rng)), pl.Series(made(300, rng))
    whole = looked_at(references, answers)
    monkeypatch.setattr("sterling.quality.text.rows._SLAB", 100)
    for a, b in zip(whole.columns, looked_at(references, answers).columns, strict=True):
        assert np.array_equal(a, b)
