"""Whole numbers and decimals that float64 rounds are compared as they are: between tables, and row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from sterling.core.roles import Roles
from sterling.data.drift.columns import plan_of
from sterling.data.drift.compare import Pair, compare
from sterling.data.drift.measure import measured
from sterling.data.drift.origins import with_origins
from sterling.data.drift.streamed import compare_streamed
from sterling.engine.table import TableAccess
from tests.data.drift.test_da013_skew import ask, pair, skews

ROWS = 200
CENTS = Decimal("100000000000000000000000.00")


def column(start: Any, step: Any, dtype: Any) -> pl.Series:
    return pl.Series("x", [None, *(start + i * step for i in range(ROWS))], dtype=dtype)


WIDE: dict[str, tuple[Any, Any, Any, Any]] = {
    "Int64": (2**60, 1, pl.Int64, pl.Int64),
    "Int128": (2**63, 1, pl.Int128, pl.Int128),
    "negative": (-(2**120), -1, pl.Int128, pl.Int128),
    "UInt128": (2**127, 1, pl.UInt128, pl.UInt128),
    "two types": (2**60, 1, pl.UInt64, pl.Int128),
    "Decimal": (CENTS, Decimal("0.01"), pl.Decimal(38, 2), pl.Decimal(38, 2)),
    "two scales": (CENTS, Decimal("0.01"), pl.Decimal(38, 4), pl.Decimal(38, 2)),
    "fine": (Decimal("0.1"), Decimal("1e-30"), pl.Decimal(38, 30), pl.Decimal(38, 30)),
    "decimal and whole": (10**20, 1, pl.Decimal(38, 2), pl.Int128),
}


def access(x: pl.Series) -> TableAccess:
    return TableAccess(name="t", table=x.to_frame().lazy(), roles=Roles(), rows=len(x))


@pytest.mark.parametrize("name", WIDE)
def test_neighbours_that_are_one_float_are_compared_as_they_are(name: str) -> None:
    start, step, mine, theirs = WIDE[name]
    here, there = access(column(start + ROWS // 2 * step, step, mine)), access(column(start, step, theirs))
    plan = plan_of(here, there)
    (held,) = compare(Pair(here=here, there=there, plan=plan), 0).measured
    columns = with_origins(plan.columns, here, there)
    (facts,) = compare_streamed(columns, here, there)
    streamed = measured(columns[0], facts, seed=0, min_n=30, key="")
    for found in (held, streamed):
        values = {f.statistic: f.effect.value for f in found.found}
        assert values["ks"] == pytest.approx(0.5)
        assert values["wasserstein_units"] == pytest.approx(ROWS // 2 * float(abs(step)))


def test_numbers_that_float64_holds_are_counted_from_0() -> None:
    for values in ([0, 2**60], [-(2**100), 2**100], [2**52, 2**53], [None, None]):
        x = access(pl.Series("x", values, dtype=pl.Int128))
        assert [c.origin for c in with_origins(plan_of(x, x).columns, x, x)] == [0]


def rows(start: Any, dtype: Any, step: Any = 1, **more: Any) -> pl.DataFrame:
    return pl.DataFrame({"id": range(100), "x": pl.Series([start + i * step for i in range(100)], dtype=dtype)} | more)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(pl.Int128, pl.Int128), (pl.UInt128, pl.UInt64), (pl.UInt128, pl.Int128), (pl.Int128, pl.Decimal(38, 2)),
     (pl.Decimal(38, 0), pl.Decimal(38, 2)), (pl.Decimal(38, 2), pl.Decimal(38, 2))],
)  # fmt: skip
def test_rows_differ_by_one_beyond_2_to_the_53(mine: Any, theirs: Any) -> None:
    training, serving = rows(2**60, theirs), rows(2**60 + 1, mine)
    assert skews(ask(serving, training))["x"].differing == 100
    assert skews(ask(rows(2**60, mine), training))["x"].differing == 0


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt128, pl.Decimal(38, 2)])
def test_a_tolerance_is_held_against_the_difference_itself(dtype: Any) -> None:
    training, serving = rows(2**60, dtype), rows(2**60 + 10, dtype)
    for tolerance, differing in ((9, 100), (10, 0)):
        found = ask(serving, training, settings={"tolerance": float(tolerance)})
        assert skews(found)["x"].differing == differing


def test_the_far_ends_of_a_type_are_far_apart() -> None:
    nines = "9" * 38
    decimals = Decimal(f"-{nines}"), Decimal(nines), pl.Decimal(38, 0)
    for low, high, dtype in ((-(2**127), 2**127 - 1, pl.Int128), decimals):
        here, there = (rows(0, pl.Int64, x=pl.Series([v] * 100, dtype=dtype)) for v in (low, high))
        assert skews(ask(here, there, settings={"tolerance": 5.0}))["x"].differing == 100


@pytest.mark.parametrize("theirs", [pl.Int128, pl.Decimal(38, 0), pl.Decimal(38, 2)])
def test_rows_are_joined_on_keys_as_they_are(theirs: Any) -> None:
    keys = [2**70 + i for i in range(100)]
    here, there = (pl.DataFrame({"id": pl.Series(keys, dtype=t), "v": range(100)}) for t in (pl.Decimal(38, 1), theirs))
    found = ask(here, there)
    assert (pair(found).repeated, pair(found).unmatched, skews(found)["v"].n) == ((0, 0), (0, 0), 100)
