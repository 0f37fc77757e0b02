"""Numbers that float64 cannot tell apart are told apart: integers of 128 bits and long decimals, held or sketched."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.data.profile import ColumnProfile, Profile
from sterling.core.roles import Roles
from sterling.data.statistics import summarise as module
from sterling.data.statistics.summarise import summarise
from sterling.engine.table import TableAccess
from sterling.pipeline.tables import table_access
from tests.data.about import ask_table, verdict
from tests.data.statistics.tables import held, in_parts, profiles

TOP = 2**64 - 1
COLUMNS = [
    pl.Series("x", [TOP - k // 20 for k in range(3000)], dtype=pl.Int128),
    pl.Series("x", [2**128 - 1 - k // 20 for k in range(3000)], dtype=pl.UInt128),
    pl.Series("x", [Decimal(10**19 + k // 20).scaleb(-2) for k in range(3000)], dtype=pl.Decimal(30, 2)),
]
WEIGHTS: list[dict[str, str]] = [{}, {"weight": "w"}]


def table(column: pl.Series) -> pl.DataFrame:
    """A column in which two of the values are commoner than the rest, one value is lost, and weights."""
    some = [None, *[column[1234]] * 30, *[column[77]] * 10]
    whole = pl.concat([column, pl.Series("x", some, dtype=column.dtype)])
    frame = pl.DataFrame({"x": whole, "w": [1 + k % 4 for k in range(len(whole))]})
    return frame.sample(fraction=1, shuffle=True, seed=1)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than 100 rows stream in batches of 300."""
    monkeypatch.setattr("sterling.engine.table.SAMPLE_ROWS", 100)
    monkeypatch.setattr("sterling.engine.table.BATCH_ROWS", 300)


def streamed(frame: pl.DataFrame, path: Path, **roles: Any) -> TableAccess:
    """The table as a file that streams."""
    frame.write_parquet(path, row_group_size=200)
    access = table_access(pl.scan_parquet(path), Roles(**roles), name="t", level=0.95, min_n=30, seed=0)
    assert access.streams
    return access


def ours(found: tuple[Profile, ...]) -> ColumnProfile:
    column = found[0].column("x")
    assert column is not None
    return column


def commonest(frame: pl.DataFrame, weight: str | None) -> list[tuple[str, float]]:
    """The twenty commonest, by weight, as Python counts them."""
    tally: Counter[Any] = Counter()
    for value, heavy in zip(frame["x"].to_list(), frame["w"].to_list(), strict=True):
        if value is not None:
            tally[value] += 1 if weight is None else heavy
    return [(str(v), n) for v, n in sorted(tally.items(), key=lambda item: (-item[1], item[0]))[:20]]


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize("weight", WEIGHTS, ids=str)
@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: str(c.dtype))
def test_held_values_are_counted_as_they_are(column: pl.Series, weight: dict[str, str], tmp_path: Path) -> None:
    frame = table(column)
    whole = profiles(held(frame, **weight))
    x = ours(whole)
    assert (x.distinct, x.exact) == (150, True)
    assert [(t.value, t.count) for t in x.top] == commonest(frame, weight.get("weight"))
    assert profiles(streamed(frame, tmp_path / "t.parquet", **weight)) == whole
    if isinstance(column.dtype, pl.Decimal):  # Arrow has no integers of 128 bits
        assert profiles(in_parts(frame, [7, 1500, 3000], **weight)) == whole


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize("weight", WEIGHTS, ids=str)
@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: str(c.dtype))
def test_sketched_values_are_told_apart(
    column: pl.Series, weight: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "HELD", 64)
    monkeypatch.setattr(module, "LEAST", 64)
    frame = table(column)
    whole = profiles(streamed(frame, tmp_path / "t.parquet", **weight))
    x = ours(whole)
    assert (x.distinct, x.exact) == (150, False)
    by_rows = {str(v): n for v, n in frame["x"].drop_nulls().value_counts().iter_rows()}
    assert [t.value for t in x.top][:2] == [str(column[1234]), str(column[77])]
    assert [t.rows for t in x.top] == [by_rows[t.value] for t in x.top]
    assert profiles(streamed(frame.reverse(), tmp_path / "reversed.parquet", **weight)) == whole
    if isinstance(column.dtype, pl.Decimal):
        assert profiles(in_parts(frame, [20, 1500], **weight)) == whole


def test_numbers_that_floats_can_tell_apart_are_written_as_they_were() -> None:
    values = [Decimal(v) for v in ("1.50", "-2.00", "0.10", "12345.67")]
    frame = pl.DataFrame({"x": values * 30}, schema={"x": pl.Decimal(38, 2)})
    plain = frame.with_columns(pl.col("x").cast(pl.Float64))
    x, floats = ours(profiles(held(frame))), ours(profiles(held(plain)))
    assert (x.distinct, x.top, x.quantiles, x.mean) == (4, floats.top, floats.quantiles, floats.mean)


def test_members_of_lists_are_told_apart() -> None:
    frame = pl.DataFrame({"x": [[TOP - k, TOP - k % 5] for k in range(100)]}, schema={"x": pl.List(pl.Int128)})
    members = summarise(held(frame)).everyone.columns[0].members
    assert members is not None
    assert members.distinct == 100


def test_values_that_floats_join_are_not_a_constant_column() -> None:
    frame = pl.DataFrame({"x": pl.Series([TOP - k % 2 for k in range(100)], dtype=pl.Int128)})
    assert verdict(ask_table("DA010", frame), "constant_columns", "max = 0") == "within"
    assert verdict(ask_table("DA010", frame.head(1)), "constant_columns", "max = 0") == "over"


def test_keys_of_csv_beyond_63_bits_are_all_counted(tmp_path: Path) -> None:
    lines = "\n".join(str(TOP - k) for k in range(3000))
    (tmp_path / "keys.csv").write_text(f"key\n{lines}\n")
    (evidence,) = st.profile(str(tmp_path / "keys.csv"), checks="DA010").evidence
    assert evidence.about is not None
    key = evidence.about.profiles[0].column("key")
    assert key is not None
    assert (key.distinct, key.exact) == (3000, True)
