"""Expressions: what they mean, how they are written, and that nothing else is ever done with them."""

from __future__ import annotations

import contextlib
import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core import algebra
from sterling.core.algebra import CELLS
from sterling.core.metrics import ScoreMetric, known_metrics, resolve_metric
from sterling.core.predicate import columns_of, parse_predicate, to_polars, write_predicate
from sterling.core.rates import RATES, SHORT, parse_rate

COUNTS = np.array([30.0, 10.0, 20.0, 40.0, 5.0, 15.0])  # tp fp fn tn, and unlabelled selected and not


def value(text: str) -> float:
    return float(algebra.evaluate(parse_rate(text).node, COUNTS)[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tp / (tp + fn)", 0.6),
        ("TPR", 0.6),
        ("fpr", 0.2),
        ("2 * tp / (2 * tp + fp + fn)", 60 / 90),
        ("f1", 60 / 90),
        ("tpr - fpr", 0.4),
        ("-tpr + 1", 0.4),
        ("(tpr + tnr) / 2", 0.7),
        ("tp/(tp+fp)*2", 1.5),
        ("selection_rate", 45 / 120),
        ("1 - selection_rate", 75 / 120),
        ("tpr / fpr", 3.0),
        ("sqrt(tpr * 0.6)", 0.6),
        ("sqrt(tp * tp) / (tp + fn)", 0.6),
        ("mcc", (30 * 40 - 10 * 20) / (40 * 50 * 50 * 60) ** 0.5),
    ],
)
def test_values(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


def test_the_root_of_less_than_nothing_is_unknown() -> None:
    found, slope = algebra.evaluate(parse_rate("sqrt(fpr - tpr)").node, COUNTS)
    assert np.isnan(found)
    assert np.isnan(slope).all()


def test_division_by_nothing_is_unknown() -> None:
    found, slope = algebra.evaluate(parse_rate("precision").node, np.zeros(6))
    assert np.isnan(found)
    assert np.isnan(slope).all()


@pytest.mark.parametrize("name", sorted(RATES))
def test_gradients_equal_differences(name: str) -> None:
    node = RATES[name].node
    _, slope = algebra.evaluate(node, COUNTS)
    for i in range(len(CELLS)):
        step = np.zeros(6)
        step[i] = 1e-6
        up, down = (algebra.evaluate(node, COUNTS + sign * step)[0] for sign in (1, -1))
        assert slope[i] == pytest.approx(float(up - down) / 2e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tp / (tp + fnn)", "did you mean"),
        ("tp", "is a count, not a rate"),
        ("tp + tpr", "adds a count to a rate"),
        ("sqrt(tp)", "is a count, not a rate"),
        ("sqrt(tp) + tp", "adds a count to a rate"),
        ("sqrt tpr", "misses '('"),
        ("sqrt(tpr", "misses ')'"),
        ("tp / (tp + fn", "misses ')'"),
        ("tp / (tp + fn) 3", "left over"),
        ("", "stops where"),
        ("tp / ;", "unreadable"),
        ("__import__('os')", "unknown rate"),
        ("(" * 60 + "tpr" + ")" * 60, "nested deeper"),
        ("tpr + " * 500 + "tpr", "longer than"),
        ("tpr where income", "needs a comparison"),
        ("tpr where income > white", "needs a number or a quoted text"),
        ("tpr where income is absent", "misses 'missing'"),
    ],
)
def test_unreadable_expressions_say_where(text: str, words: str) -> None:
    with pytest.raises(st.ConfigError, match=words.replace("(", r"\(").replace(")", r"\)")):
        parse_rate(text)


@pytest.mark.parametrize("sign", ["+1", "*1", "-1", "/1"])
def test_a_chain_too_long_for_its_tree_is_refused(sign: str) -> None:
    with pytest.raises(st.SterlingError, match="more than 150"):
        parse_rate("tp / (tp + fn)" + sign * 900)
    assert parse_rate("tp / (tp + fn)" + sign * 148).canonical()


@given(text=hs.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_rate, parse_predicate, resolve_metric):
        with contextlib.suppress(st.ConfigError):  # anything else is a failure
            parse(text)


def expressions() -> hs.SearchStrategy[str]:
    leaf = hs.sampled_from(
        [*sorted(RATES), *sorted(SHORT), "(tp / (tp + fp + fn))", "0.5", "2", "0.1234567891", "1e-9"]
    )

    def joined(inner: hs.SearchStrategy[str]) -> hs.SearchStrategy[str]:
        pair = hs.tuples(inner, hs.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        return inner | pair | inner.map(lambda t: f"sqrt({t})")

    return joined(joined(leaf))


@given(text=expressions())
def test_written_form_means_the_same(text: str) -> None:
    rate = parse_rate(text)
    again = parse_rate(rate.canonical())
    assert np.array_equal(
        algebra.evaluate(rate.node, COUNTS)[0], algebra.evaluate(again.node, COUNTS)[0], equal_nan=True
    )


def test_equal_expressions_get_the_registered_name() -> None:
    assert parse_rate("tp / (tp + fn)").name == "true_positive_rate"
    assert parse_rate("recall").canonical() == "true_positive_rate"
    assert parse_rate("tpr where a = 1").canonical() == "true_positive_rate where `a` = 1.0"


def test_shares_are_recognised() -> None:
    """Plain shares get score intervals: hits and eligible are sets of cells, one inside the other."""
    assert parse_rate("tp / (tp + fn)").proportion == ((0,), (0, 2))
    assert parse_rate("(tn + tp) / (fp + fn + tn + tp)").proportion == ((0, 3), (0, 1, 2, 3))
    for text in ("f1", "tpr - fpr", "tp / fn", "2 * tp / (tp + fn)"):
        assert parse_rate(text).proportion is None


@pytest.mark.parametrize(
    ("typo", "meant"), [("selection_rat", "selection_rate"), ("acuracy", "accuracy"), ("acu", "auc")]
)
def test_a_near_miss_is_named(typo: str, meant: str) -> None:
    with pytest.raises(st.ConfigError, match="did you mean") as caught:
        resolve_metric(typo)
    assert meant in str(caught.value)


def test_every_known_name_resolves() -> None:
    for name in known_metrics():
        assert resolve_metric(name).info.name in {*RATES, *SHORT.values(), *known_metrics()}


@pytest.mark.parametrize("text", ["recall_at_fpr(0.00001)", "recall_at_fpr(1e-5)", "recall_at_precision(0.12345678)"])
def test_the_number_in_a_name_is_the_number_that_is_used(text: str) -> None:
    metric = resolve_metric(text)
    again = resolve_metric(metric.name)
    assert again == metric
    assert isinstance(again, ScoreMetric)
    assert f"({again.at:g})" in again.name
    assert again.at == float(again.name.split("(")[1].rstrip(")"))


def test_a_name_is_taken_once() -> None:
    with pytest.raises(st.ConfigError, match="exists already"):
        st.register_rate("accuracy", "tpr", label="x", plain="x", eligible="x")


FRAME = pl.DataFrame(
    {
        "race": ["white", "black", None, "white", 'o"dd'],
        "income": [10.0, 60_000.0, 70_000.0, None, 50_000.0],
        "job title": ["a", "b", "a", "c", None],
    }
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('race = "white"', [0, 3]),
        ("income >= 50000", [1, 2, 4]),
        ('race = "white" or income > 60000', [0, 2, 3]),
        ('not race = "white"', [1, 2, 4]),
        ("race is missing", [2]),
        ("race is not missing", [0, 1, 3, 4]),
        ('race not in ["white", "black"]', [2, 4]),
        ('not (race is missing) and income < 60000', [0, 4]),
        ('`job title` in ["a", "b"]', [0, 1, 2]),
        ("race = 'o\"dd'", [4]),
        ('race != "white"', [1, 4]),
        ("income in [10, 50000]", [0, 4]),
        ("income > -1", [0, 1, 2, 4]),
        ('race == "black" and income == 60000', [1]),
    ],
)  # fmt: skip
def test_predicates_choose_rows(text: str, rows: list[int]) -> None:
    predicate = parse_predicate(text)
    found = FRAME.with_row_index().filter(to_polars(predicate, tuple(FRAME.columns)))["index"].to_list()
    assert found == rows
    again = parse_predicate(write_predicate(predicate))
    assert again == predicate


def test_columns_of_a_predicate() -> None:
    assert columns_of(parse_predicate("a > 1 and (b = 2 or not a = 3)")) == ("a", "b")


def test_unknown_columns_are_named() -> None:
    with pytest.raises(st.ConfigError, match="did you mean income"):
        to_polars(parse_predicate("incom > 3"), ("income", "race"))


BESIDE = pl.DataFrame(
    {
        "a": [1, 2, None, 4, 5],
        "b": [2.0, 2.0, 1.0, float("nan"), 1.0],
        "s": ["x", "y", None, "z", "x"],
        "t": ["x", "x", None, None, "y"],
        "d": [dt.date(2024, 1, i + 1) for i in range(5)],
        "e": [dt.datetime(2024, 1, 2)] * 5,
    }
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a <= b", [True, True, None, None, False]),
        ("a != b", [True, False, None, None, True]),
        ("s = t", [True, False, None, None, False]),
        ("not s = t", [False, True, None, None, True]),
        ("d < e", [True, False, False, False, False]),
        ("a <= b or b is missing", [True, True, None, True, False]),
        ("a > b and s = 'x'", [False, False, None, False, True]),
    ],
)
def test_columns_are_compared_with_one_another(text: str, holds: list[bool | None]) -> None:
    predicate = parse_predicate(text, between=True)
    names = tuple(BESIDE.columns)
    assert BESIDE.select(to_polars(predicate, names, unknown=True).alias("h"))["h"].to_list() == holds
    assert BESIDE.select(to_polars(parse_predicate("a <= b", between=True), names).alias("h"))["h"].null_count() == 0
    assert parse_predicate(write_predicate(predicate), between=True) == predicate


def test_elsewhere_a_bare_name_is_a_text_without_its_quotes() -> None:
    with pytest.raises(st.ConfigError, match="put text in quotes"):
        parse_predicate("race = white")
    assert columns_of(parse_predicate("a <= b and b < `c d`", between=True)) == ("a", "b", "c d")
    with pytest.raises(st.ConfigError, match="unknown column 'bb'"):
        to_polars(parse_predicate("a <= bb", between=True), ("a", "b"))


NAMES = ["größe", "âge_révolu", "возраст", "年齢", "العمر", "हिन्दी", "อายุ", "e\u0301tat", "λ2", "_ß"]


@pytest.mark.parametrize("name", NAMES)
def test_letters_of_any_script_need_no_marks(name: str) -> None:
    """Vowel signs and accents of their own are part of a name, as in the scripts that write them."""
    from sterling.core.grouping import Cut, parse_grouping

    metric = resolve_metric(f"mean({name})")
    assert isinstance(metric, ScoreMetric)
    assert (metric.column, metric.name) == (name, resolve_metric(f"mean(`{name}`)").info.name)
    assert columns_of(parse_predicate(f"{name} > 3 and not {name} is missing")) == (name,)
    assert parse_grouping(f"cut({name}, 25, 40)") == Cut(column=name, edges=("25", "40"))
    assert parse_rate(f"tp / (tp + fn) where {name} = {name[:1]!r}").where is not None


@pytest.mark.parametrize("text", ["mean(job-days)", "mean(a b)", "mean(a×b)", "mean(€)"])
def test_names_with_other_signs_are_said_to_need_marks(text: str) -> None:
    with pytest.raises(st.ConfigError, match="backticks"):
        resolve_metric(text)


@pytest.mark.parametrize("text", ["x × 3 > 2", "preis€ > 3"])
def test_conditions_with_other_signs_are_said_to_need_marks(text: str) -> None:
    with pytest.raises(st.ConfigError, match="backticks"):
        parse_predicate(text)
