"""DA017: tables that differ are told apart and the column is named; parts of one table are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sterling.core.data.copies import Distinguishable
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.data.leaks.apart import tell_apart, usable
from tests.data.about import ask_table, verdict
from tests.house.law import ROOT
from tests.worlds.world import allowed

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def people(seed: int, n: int = 700, shift: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "a": rng.normal(shift, 1, n),
            "b": rng.normal(size=n),
            "c": rng.choice(["x", "y", "z"], n),
            "y": rng.integers(0, 2, n),
        }
    )


def apart(evidence: Evidence) -> Distinguishable:
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None and evidence.about.leaks is not None
    return evidence.about.leaks.distinguishable[0]


def test_planted_shift_is_seen_and_named() -> None:
    evidence = ask_table("DA017", people(1), others=[people(2, shift=1.0)], label="y")
    found = apart(evidence)
    assert found.features[0][0] == "a" and found.features[0][1] > 0.1
    assert found.p is not None and found.p < 0.01
    assert verdict(evidence, "distinguishable_auc", "max = 0.6") == "over"


def test_null_tables_are_not_told_apart() -> None:
    evidence = ask_table("DA017", people(3, 1_500), others=[people(4, 1_500)], label="y")
    assert apart(evidence).p is not None and apart(evidence).p > 0.05
    assert verdict(evidence, "distinguishable_auc", "max = 0.6") == "within"


@pytest.mark.slow
def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Of p and of the interval: both parts of a table of noise."""
    worlds, by_p, by_interval = 40, 0, 0
    for seed in range(worlds):
        evidence = ask_table("DA017", people(100 + seed, 300), others=[people(500 + seed, 300)], label="y", seed=seed)
        by_p += (apart(evidence).p or 1) <= 0.05
        by_interval += evidence.findings[0].low > 0.5
    assert by_p / worlds <= allowed(0.05, worlds)
    assert by_interval / worlds <= allowed(0.05, worlds)


def test_the_same_table_twice_cannot_be_learned_by_heart() -> None:
    found = apart(ask_table("DA017", people(5), others=[people(5)], label="y"))
    assert found.auc.value == pytest.approx(0.5, abs=0.03)


def test_order_of_rows_does_not_matter() -> None:
    a, b = people(6, 300), people(7, 300, shift=0.5)
    first = tell_apart(a, b, ["a", "b", "c"], seed=0)
    again = tell_apart(a.reverse(), b.sample(fraction=1, shuffle=True, seed=1), ["a", "b", "c"], seed=0)
    assert first == again


def test_columns_that_name_rows_or_changed_kind_are_left_out() -> None:
    a = people(8, 100).with_columns(name=pl.Series([f"n{i}" for i in range(100)]), k=pl.lit("t"), e=pl.lit(None))
    b = people(9, 100).with_columns(name=pl.Series([f"m{i}" for i in range(100)]), k=1, e=pl.lit(None))
    used, left = usable(a, b, ["a", "c", "name", "k", "e"])
    assert (used, left) == (["a", "c"], ["name", "k", "e"])


def test_on_real_data_the_old_are_told_from_the_young_by_age() -> None:
    frame = pl.read_parquet(INCOME).head(6_000)
    young, old = frame.filter(pl.col("age") < 50), frame.filter(pl.col("age") >= 45)
    found = apart(ask_table("DA017", young, others=[old], label="over_50k", id="id", most=1_500))
    assert found.features[0][0] in ("age", "age_band")


def test_slips_are_told() -> None:
    assert "nor is there another table" in ask_table("DA017", people(0)).reason
    assert ask_table("DA017", people(0, 5), others=[people(1, 5)]).outcome == "insufficient"
    with pytest.raises(ConfigError, match="no column 'q'"):
        ask_table("DA017", people(0), others=[people(1)], columns=("q",))
