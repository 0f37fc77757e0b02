"""Labels and decisions that are spelled differently."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import InputError

DECIDED = [True] * 60 + [False] * 40
LABEL = [True] * 50 + [False] * 50


def spelled(values: list[bool], yes: Any, no: Any) -> list[Any]:
    return [yes if v else no for v in values]


@pytest.mark.parametrize(
    ("label", "decision"),
    [
        ((1, 0), (1, 0)),
        ((1, 0), ("1.0", "0.0")),
        (("Yes", "No"), ("yes", "no")),
        (("True", "False"), (True, False)),
        ((True, False), ("True", "False")),
        (("1", "0"), (1.0, 0.0)),
    ],
)
def test_decisions_may_be_spelled_otherwise_than_the_label(label: tuple[Any, Any], decision: tuple[Any, Any]) -> None:
    table = pl.DataFrame({"y": spelled(LABEL, *label), "d": spelled(DECIDED, *decision)})
    run = st.evaluate(table, label="y", prediction="d")
    found = {r["metric"]: r["value"] for r in run.frame.iter_rows(named=True)}
    assert found["selection_rate"] == pytest.approx(0.6)
    assert found["accuracy"] == pytest.approx(0.9)


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt64, pl.Int128, pl.UInt128])
def test_labels_may_be_whole_numbers_of_any_width(kind: type[pl.DataType]) -> None:
    table = pl.DataFrame({"y": pl.Series(LABEL).cast(kind), "d": spelled(DECIDED, 1, 0)})
    run = st.evaluate(table, label="y", prediction="d")
    found = {r["metric"]: r["value"] for r in run.frame.iter_rows(named=True)}
    assert found["accuracy"] == pytest.approx(0.9)


@pytest.mark.parametrize("positive", [None, "True", "1", True])
@pytest.mark.parametrize("never", [False, 0, "no"])
def test_a_label_that_nobody_has_is_positive_for_nobody(never: Any, positive: object) -> None:
    table = pl.DataFrame({"y": [never] * 100, "p": [i / 100 for i in range(100)]})
    run = st.evaluate(table, label="y", score="p", positive=positive)
    assert run.frame.filter(pl.col("metric") == "prevalence")["value"].to_list() == [0.0]


def test_false_may_be_the_positive_value() -> None:
    table = pl.DataFrame({"y": LABEL[:80], "p": [i / 100 for i in range(80)]})
    run = st.evaluate(table, label="y", score="p", positive=False)
    assert run.frame.filter(pl.col("metric") == "prevalence")["value"].to_list() == [0.375]


@pytest.mark.parametrize("kind", [pl.UInt8, pl.UInt64, pl.UInt128, pl.Int8, pl.Decimal(38, 0)])
@pytest.mark.parametrize("positive", [-1, "-1", 10**60, "1e60", 2**64 + 1])
def test_a_positive_value_that_the_type_cannot_hold_is_refused(kind: Any, positive: object) -> None:
    table = pl.DataFrame({"y": pl.Series([0, 1] * 50, dtype=kind), "p": [i / 100 for i in range(100)]})
    with pytest.raises(InputError, match="no row of the label column 'y' has the positive value"):
        st.evaluate(table, label="y", score="p", positive=positive)


@pytest.mark.parametrize("kind", [pl.UInt8, pl.UInt64, pl.UInt128])
def test_decisions_of_a_type_without_a_sign_are_never_a_negative_value(kind: Any) -> None:
    table = pl.DataFrame({"y": [-1, 1] * 50, "d": pl.Series([1] * 100, dtype=kind)})
    found = st.evaluate(table, label="y", prediction="d", positive=-1).frame.filter(metric="selection_rate")
    assert found["value"].to_list() == [0.0]


@pytest.mark.parametrize("kind", [pl.UInt64, pl.Int128])
def test_labels_that_share_a_float_are_two(kind: Any) -> None:
    table = pl.DataFrame({"y": pl.Series([2**60 + v for v in LABEL], dtype=kind), "p": [i / 100 for i in range(100)]})
    found = st.evaluate(table, label="y", score="p", positive=2**60 + 1).frame.filter(metric="prevalence")
    assert found["value"].to_list() == [0.5]
    assert st.evaluate(table, label="y", score="p", positive=2**60 + 1).frame.filter(metric="auc")["value"][0] == 0.0
    with pytest.raises(InputError, match="has the positive value"):
        st.evaluate(table, label="y", score="p", positive=2**60 + 2)
