"""DA016: features that give the label away are named with what they are; strong honest ones are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from sterling.core.data.copies import LabelLeak
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.core.registry import CHECKS
from sterling.data.leaks.alone import held_out
from sterling.data.leaks.area import area
from sterling.data.leaks.coding import codes, order_of
from tests.data.about import ask_table, verdict
from tests.house.law import ROOT
from tests.worlds.world import allowed

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def people(seed: int, n: int = 1_000) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    return pl.DataFrame({"y": y, "honest": y + rng.normal(size=n), "noise": rng.normal(size=n)})


def leaks(evidence: Evidence) -> dict[tuple[str, str], LabelLeak]:
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None and evidence.about.leaks is not None
    return {(leak.column, leak.by): leak for leak in evidence.about.leaks.labels}


def test_planted_leaks_are_told_from_one_another() -> None:
    frame = people(1).sort("y").with_row_index("id")
    y = frame["y"].to_numpy()
    rng = np.random.default_rng(0)
    frame = frame.with_columns(
        same=pl.Series(np.where(y == 1, "yes", "no")),
        cause=pl.Series(10 * y + rng.integers(0, 5, len(y))),
        filled=pl.when(pl.col("y") == 1).then(pl.lit("2026-01-01")),
        close=pl.Series(y + rng.random(len(y)) * 0.9),
    )
    found = leaks(ask_table("DA016", frame, label="y", id="id"))
    told = {("filled", "missing"), ("id", "order"), *((c, "value") for c in ("same", "cause", "filled", "close"))}
    assert {k for k, leak in found.items() if leak.suspicious} == told
    assert found["same", "value"].note == "the same as y, in other words"
    assert "each of its 10 values" in found["cause", "value"].note
    assert "missing" in found["filled", "missing"].note
    assert "order" in found["id", "order"].note
    evidence = ask_table("DA016", frame, label="y", id="id")
    assert verdict(evidence, "label_leak_auc", "max = 0.95") == "over"
    assert verdict(evidence, "label_leak_auc", 'max = 0.95\ncolumns = "honest"') == "within"


def test_null_tables_are_quiet() -> None:
    evidence = ask_table("DA016", people(2, n=2_000), label="y")
    found = leaks(evidence)
    assert not any(leak.suspicious for leak in found.values())
    assert 0.7 < (found["honest", "value"].value.value or 0) < 0.8
    assert verdict(evidence, "label_leak_auc", "max = 0.9") == "within"


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Ten columns of noise: the low end for all together is above one half in at most 5 % of worlds."""
    worlds, alarms = 40, 0
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        kinds = {f"n{i}": rng.normal(size=400) for i in range(5)} | {
            f"c{i}": rng.integers(0, 30, 400) for i in range(5)
        }
        frame = pl.DataFrame(kinds).with_columns(y=pl.Series(rng.integers(0, 2, 400)))
        alarms += ask_table("DA016", frame, label="y").findings[0].low > 0.5
    assert alarms / worlds <= allowed(0.05, worlds)


def test_null_worlds_of_many_classes_alarm_at_most_as_promised() -> None:
    """Fifteen classes of noise: the class told best is one of fifteen that were looked at, and the low end knows it."""
    worlds, alarms = 12, 0
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        frame = pl.DataFrame({f"n{i}": rng.normal(size=400) for i in range(5)})
        frame = frame.with_columns(y=pl.Series([f"k{i}" for i in rng.integers(0, 15, 400)]))
        alarms += ask_table("DA016", frame, label="y").findings[0].low > 0.5
    assert alarms / worlds <= allowed(0.05, worlds)


def test_held_out_shares_by_hand() -> None:
    """Value 0: rows of folds 0, 1, 2 with labels 1, 0, 1. The row of fold 0 is judged by the other two."""
    score = held_out(np.array([0, 0, 0, 1]), np.array([True, False, True, False]), np.array([0, 1, 2, 0]))
    assert score == pytest.approx([(1 + 0.5) / 3, (2 + 0.5) / 3, (1 + 0.5) / 3, 0.5])


def test_areas_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    y, s = rng.integers(0, 2, 300).astype(bool), np.round(rng.normal(size=300), 1)
    assert area(s, y).value == pytest.approx(roc_auc_score(y, s))


def test_a_shape_that_is_neither_rising_nor_falling_is_seen() -> None:
    rng = np.random.default_rng(4)
    x = rng.integers(0, 50, 3_000)
    frame = pl.DataFrame({"x": x, "y": x % 2})
    assert leaks(ask_table("DA016", frame, label="y"))["x", "value"].suspicious


def test_several_classes_and_numbers_as_labels() -> None:
    rng = np.random.default_rng(5)
    c = rng.integers(0, 4, 1_500)
    frame = pl.DataFrame({"y": pl.Series(["a", "b", "c", "d"])[c], "one": c == 2, "noise": rng.normal(size=1_500)})
    found = leaks(ask_table("DA016", frame, label="y"))
    assert found["one", "value"].suspicious and not found["noise", "value"].suspicious
    number = rng.normal(size=1_500)
    frame = pl.DataFrame({"y": number, "copy": number * 2 + 1, "noise": rng.normal(size=1_500)})
    found = leaks(ask_table("DA016", frame, label="y"))
    assert found["copy", "value"].suspicious and not found["noise", "value"].suspicious


def test_order_of_rows_and_hostile_columns_change_nothing() -> None:
    frame = people(6).with_columns(
        empty=pl.lit(None), one=1, wild=pl.Series([float("inf"), float("nan"), None, -float("inf")] * 250),
        text=pl.Series([f"\u202e{i}\0" for i in range(1_000)]), lists=pl.Series([[1]] * 1_000),
    )  # fmt: skip
    found = leaks(ask_table("DA016", frame, label="y"))
    assert found == leaks(ask_table("DA016", frame.reverse(), label="y"))
    assert not any(leak.suspicious for leak in found.values())
    assert ("lists", "value") not in found


def test_coding_is_blind_to_the_label_and_ids_are_ordered_as_numbers() -> None:
    assert codes(pl.Series([3.0, 1.0, None, 3.0])).tolist() == [2, 1, 0, 2]  # type: ignore[union-attr]
    assert order_of(pl.Series(["a10", "a9", None])).to_list() == [3.0, 2.0, None]  # type: ignore[union-attr]


def test_on_real_data_nothing_is_called_suspicious() -> None:
    found = leaks(ask_table("DA016", pl.read_parquet(INCOME).drop("score"), label="over_50k", id="id"))
    assert not any(leak.suspicious for leak in found.values())
    assert max(found.values(), key=lambda v: v.value.value or 0).column in ("relationship", "marital_status")


def test_the_hint_says_which_drop_of_a_project_takes_a_column_out_of_the_question() -> None:
    (hint,) = CHECKS["DA016"].hints
    assert "[data] drop takes it out of the table" in hint and "[train] drop leaves it in" in hint
    assert len(hint) < 300  # a page cuts longer ones


def test_slips_are_told() -> None:
    with pytest.raises(ConfigError, match="a line of 2"):
        ask_table("DA016", people(0), label="y", beyond=2.0)
    assert ask_table("DA016", people(0)).outcome == "not_applicable"
    assert ask_table("DA016", people(0).with_columns(y=1), label="y").outcome == "insufficient"


def test_numbers_that_go_one_way_are_told_as_by_scikit_learn() -> None:
    """569 rows of a real table: the AUC of each single measure, either way round, is inside its interval."""
    told = load_breast_cancer(as_frame=True)
    frame = pl.from_pandas(told.frame)
    found = leaks(ask_table("DA016", frame, label="target"))
    for name in ("mean concave points", "worst symmetry", "mean radius", "worst area"):
        plain = roc_auc_score(told.target, told.frame[name])
        held = found[name, "value"].value
        assert held.value == pytest.approx(max(plain, 1 - plain), abs=0.012)
        assert (held.low or 1) < max(plain, 1 - plain) < (held.high or 0)
