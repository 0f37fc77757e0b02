"""Whole numbers and decimals beyond 2^53, which float64 rounds, are held against ends of ranges as they are."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from sterling.core.data.schema import Range
from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_text import write_schema
from sterling.data.schema.by_profile import judge_profile
from sterling.data.schema.checking import hold
from sterling.data.schema.ends import outside
from sterling.data.schema.inference import infer
from tests.data.schema.tables import access, held, kinds, schema
from tests.data.schema.test_by_profile import agree, statistics

ROWS = 400
CENTS = Decimal("100000000000000000000000.00")
WIDE = {
    "Int64": pl.Series("x", [2**53 + i for i in range(ROWS)]),
    "Int128": pl.Series("x", [2**63 + i for i in range(ROWS)], dtype=pl.Int128),
    "negative": pl.Series("x", [-(2**100) - i for i in range(ROWS)], dtype=pl.Int128),
    "UInt128": pl.Series("x", [2**127 + i for i in range(ROWS)], dtype=pl.UInt128),
    "Decimal": pl.Series("x", [CENTS + Decimal(i) / 100 for i in range(ROWS)], dtype=pl.Decimal(38, 2)),
}
TYPES = [pl.Int8(), pl.UInt8(), pl.Int64(), pl.UInt64(), pl.Int128(), pl.UInt128(), pl.Decimal(5, 3), pl.Decimal(38, 2)]


def _draws(dtype: pl.DataType, draw: random.Random) -> list[int | Decimal]:
    if isinstance(dtype, pl.Decimal):
        most = 10**dtype.precision - 1
        whole = [0, 1, most, -most, *(draw.randint(-most, most) for _ in range(20))]
        return [Decimal(f"{v}e-{dtype.scale}") for v in whole]
    bits = int(str(dtype).strip("UInt"))
    low, high = (0, 2**bits - 1) if dtype.is_unsigned_integer() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return [low, low + 1, high - 1, high, *(draw.randint(low, high) for _ in range(20))]


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_ends_are_compared_as_fractions_are(dtype: pl.DataType) -> None:
    draw = random.Random(7)
    values = _draws(dtype, draw)
    frame = pl.Series("x", [*values, None], dtype=dtype).to_frame()
    odd = [None, 0, 0.5, -0.1, 2**200, -(2**200), 1e300, 1e-300]
    ends = odd + [int(v) + by for v in values for by in (0, 1)] + [float(v) for v in values]
    for _ in range(100):
        low, high = draw.choice(ends), draw.choice(ends)
        hits = frame.with_columns(hit=outside(pl.col("x"), Range(min=low, max=high), dtype).fill_null(False))
        expected = [
            (low is not None and Fraction(v) < Fraction(str(low)))
            or (high is not None and Fraction(v) > Fraction(str(high)))
            for v in values
        ]
        assert hits["hit"].to_list() == [*expected, False], (low, high)


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_a_range_parts_neighbours_that_are_one_float(name: str, kind: str) -> None:
    column = WIDE[name]
    ordered = sorted(column.to_list())
    low, high = int(ordered[100]), int(ordered[-101]) if name != "Decimal" else int(ordered[100]) + 1
    expected = sum(v < low or v > high for v in ordered)
    body = f'[column.x]\ntype = "{kind}"\nrange.min = {low}\nrange.max = {high}'
    found = [a for a in held(body, column.to_frame()).found if a.kind == "out_of_range"]
    assert [a.rows for a in found] == [expected]
    assert found[0].expected == f"from {low} to {high}"
    agree(held(body, column.to_frame()), judge_profile(schema(body), statistics(column.to_frame())))


@pytest.mark.parametrize("name", WIDE)
def test_inferred_ends_are_near_what_was_seen(name: str) -> None:
    frame = WIDE[name].to_frame()
    again = parse_schema(write_schema(infer(access(frame))))
    ends = again.columns[0].range
    assert ends is not None
    low, high = min(frame["x"]), max(frame["x"])
    assert isinstance(ends.min, int)
    assert isinstance(ends.max, int)
    assert low - 500 < ends.min < low
    assert high < ends.max < high + 500
    assert hold(again, access(frame)).found == ()


def test_one_large_number_has_a_range_around_it() -> None:
    frame = pl.DataFrame({"x": pl.Series([Decimal(10**30)] * ROWS, dtype=pl.Decimal(38, 2))})
    ends = infer(access(frame)).columns[0].range
    assert ends is not None
    assert isinstance(ends.min, int)
    assert isinstance(ends.max, int)
    assert 0 <= ends.min < 10**30 < ends.max


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("ends", ["range.max = 5", "range.min = -5", f"range.max = {2**200}", f"range.min = {2**200}"])
def test_ends_that_no_value_is_near_are_judged_by_rows_and_by_statistics(name: str, ends: str) -> None:
    body = f"[column.x]\n{ends}"
    agree(held(body, WIDE[name].to_frame()), judge_profile(schema(body), statistics(WIDE[name].to_frame())))


def test_a_common_value_beyond_2_to_the_63_is_told_from_statistics() -> None:
    frame = pl.DataFrame({"x": pl.Series([2**63] * 30 + [2**63 + 1] * 30, dtype=pl.Int128)})
    body = f"[column.x]\nrange.max = {2**63}\ndomain.values = [{2**63}]"
    found = judge_profile(schema(body), statistics(frame))
    assert sorted(kinds(found)) == ["out_of_domain", "out_of_range"]
    assert {a.rows for a in found.found} == {30}
    assert not found.unchecked


def test_a_domain_holds_whole_numbers_of_any_size() -> None:
    frame = pl.DataFrame({"x": pl.Series([2**63, 2**64] * 20 + [2**64 + 1], dtype=pl.Int128)})
    body = f'[column.x]\ntype = "integer"\ndomain.values = [{2**63}, {2**64}]'
    (found,) = held(body, frame).found
    assert (found.kind, found.rows) == ("out_of_domain", 1)


def test_decimals_are_whole_numbers_when_nothing_follows_the_point() -> None:
    whole, parts = (
        pl.Series("x", [CENTS + Decimal(by)] * 20, dtype=pl.Decimal(38, 2)).to_frame() for by in ("1", ".01")
    )
    assert kinds(held('[column.x]\ntype = "integer"', whole)) == ["integer_as_float"]
    assert kinds(held('[column.x]\ntype = "integer"', parts)) == ["type_mismatch"]


def test_the_end_of_a_range_of_short_decimals_is_told_from_statistics() -> None:
    frame = pl.DataFrame({"x": pl.Series([Decimal("0.10"), Decimal("150.00")] * 20, dtype=pl.Decimal(38, 2))})
    body = '[column.x]\ntype = "number"\nrange.min = 0.1\nrange.max = 150'
    found = judge_profile(schema(body), statistics(frame))
    assert (found.found, found.unchecked) == ((), ())
