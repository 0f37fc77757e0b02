"""Slips of the pen in a policy or an option are said, and never judged as if they meant something."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st

TABLE = pl.DataFrame({"y": [0, 1] * 100, "p": [0.2, 0.7, 0.6, 0.4] * 50, "g": ["a"] * 98 + ["b"] * 98 + [None] * 4})
ROLES = {"label": "y", "score": "p", "groups": "g"}


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ('min = 0.1\nslice = { g = "c" }', "no row has g=c, which the limit names"),
        ('max_gap = 0.1\nbaseline = { g = "A" }', "no row has g=A, which the limit names"),
        ('max_gap = 0.1\nbaseline = { h = "a" }', "which is not a group column"),
        ("max_gap = 0.1\nthreshold = 50", "outside the probabilities"),
    ],
)
def test_a_limit_that_speaks_of_nothing_is_refused_at_its_line(limit: str, message: str) -> None:
    policy = st.Policy.parse(f'[[limit]]\nmetric = "selection_rate"\n{limit}', origin="rules.toml")
    with pytest.raises(st.ConfigError, match=message) as caught:
        st.evaluate(TABLE, policy=policy, **ROLES)
    assert caught.value.where.startswith("rules.toml:")


def test_a_threshold_beyond_the_probabilities_is_refused() -> None:
    with pytest.raises(st.ConfigError, match="outside the probabilities"):
        st.evaluate(TABLE, thresholds="50", **ROLES)


def test_a_limit_on_an_ask_leaves_the_asking_to_the_ask() -> None:
    text = '[[ask]]\nname = "x"\ncheck = "FA001"\nmetric = "fpr"\n[[limit]]\nask = "x"\nmax_gap = 0.1\nthreshold = 0.3'
    with pytest.raises(st.ConfigError, match="has its own threshold") as caught:
        st.Policy.parse(text)
    assert caught.value.where == "policy:8"


def test_tables_of_a_project_file_that_do_not_bear_on_the_run_are_named() -> None:
    run = st.evaluate(TABLE, policy=st.Policy.parse("[plan]\nmin_n = 100\n"), **ROLES)
    assert any("[plan] was not read" in notice for notice in run.notices)


@pytest.mark.parametrize("statement", ["max_gap = 0.1", "min_ratio = 0.8"])
def test_shares_of_one_whole_are_not_compared_as_if_independent(statement: str) -> None:
    with pytest.raises(st.ConfigError, match="shares of one whole") as caught:
        st.Policy.parse(f'[[limit]]\nmetric = "representation"\n{statement}')
    assert caught.value.where == "policy:3"


def test_a_note_does_not_count_out_a_handful_of_people() -> None:
    run = st.evaluate(TABLE, **ROLES)
    notes = [n for e in run.evidence for n in e.notes if "no recorded g" in n]
    assert notes == ["fewer than 10 of 200 rows have no recorded g"]


@pytest.mark.parametrize("limit", ["max_gap = 5", "min = 80", "max = 20"])
def test_a_limit_written_in_points_is_refused(limit: str) -> None:
    """It would let everything pass: no two rates are 500 points apart."""
    with pytest.raises(st.ConfigError, match="selection_rate cannot reach") as caught:
        st.Policy.parse(f'[[limit]]\nmetric = "selection_rate"\n{limit}')
    assert "0.05 is five points" in str(caught.value)


def test_a_limit_on_a_metric_without_an_upper_end_may_be_any_number() -> None:
    assert st.Policy.parse('[[limit]]\nmetric = "log_loss"\nmax = 3').limits[0].bound == 3.0


def test_the_hint_of_a_two_valued_label_names_both_choices() -> None:
    table = TABLE.with_columns(y=pl.col("y") + 1)
    with pytest.raises(st.InputError, match="--positive 1 or --positive 2"):
        st.evaluate(table, **ROLES)


def test_a_run_prints_as_one_line() -> None:
    text = repr(st.evaluate(TABLE, thresholds=0.5, **ROLES))
    assert text.startswith("<Run of p on 200 rows")
    assert "\n" not in text
    assert len(text) < 200
