"""What is inferred: sensible, generous, and never one row's own value."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from scipy.stats import binom

from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_text import flat, write_schema
from sterling.data.schema.allowance import MANY, allowed_rows, allowed_share, rounded_up
from sterling.data.schema.checking import hold
from sterling.data.schema.inference import infer
from sterling.data.schema.looking import _Job
from sterling.data.schema.looking import _merge as merged
from tests.data.schema.tables import access

N = 1000
FRAME = pl.DataFrame(
    {
        "customer_id": [f"c{i}" for i in range(N)],
        "age": [17 + i % 73 for i in range(N)],
        "sex": ["f", "m"] * (N // 2),
        "rare": ["x"] * (N - 4) + ["only-me", "me-too", "and-me", "me"],
        "note": [f"text number {i}" for i in range(N)],
        "when": [dt.date(2021, 3, 4) + dt.timedelta(days=i) for i in range(N)],
        "share": [i / N for i in range(N)],
        "debt": [-float(i) - 1 for i in range(N)],
        "flag": [1, 0, 0, 0] * (N // 4),
        "tags": [["a"], ["a", "b"]] * (N // 2),
        "empty": pl.Series([None] * N, dtype=pl.Int64),
        "label": [True, False] * (N // 2),
        "half": [None, 1.5] * (N // 2),
        "holes": [float("nan") if i % 10 == 0 else float(i) for i in range(N)],
    }
)


def inferred(frame: pl.DataFrame = FRAME, **roles: object) -> dict[str, dict[str, object]]:
    return {c.name: flat(c) for c in infer(access(frame, **roles)).columns}


def test_each_kind_of_column_promises_what_suits_it() -> None:
    found = inferred(label="label")
    assert found["customer_id"]["unique"] is True
    assert (found["age"]["range.min"], found["age"]["range.max"]) == (0, 110)
    assert found["sex"]["domain.values"] == ("f", "m")
    assert found["flag"]["domain.values"] == ("0", "1")
    assert found["rare"]["domain.values"] == ("x",)
    assert found["note"]["length.max"] == 30
    assert found["note"]["length.min"] == 1
    assert (found["when"]["type"], found["when"]["range.min"]) == ("date", "2021-01-01")
    assert (found["share"]["range.min"], found["share"]["range.max"]) == (0, 1.25)
    assert found["debt"]["range.max"] == 0
    assert (found["tags"]["valency.min"], found["tags"]["valency.max"]) == (1, 4)
    assert found["empty"] == {"type": "integer"}
    assert found["label"]["not_in"] == ("serving",)
    assert found["holes"]["allow.nan"] is True
    assert isinstance(found["half"]["presence.min_share"], float)
    assert 0.35 < found["half"]["presence.min_share"] < 0.5


def test_the_table_keeps_what_was_inferred_from_it() -> None:
    assert hold(infer(access(FRAME)), access(FRAME)).found == ()


def test_no_value_of_one_row_is_written_down() -> None:
    text = write_schema(infer(access(FRAME)))
    for value in ("only-me", "me-too", "c999", "text number", "2021-03-04", "0.999", "-1000"):
        assert value not in text


@given(values=hs.lists(hs.floats(allow_nan=True), min_size=1, max_size=60), copies=hs.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_a_range_holds_what_was_seen_and_ends_beyond_it(values: list[float], copies: int) -> None:
    frame = pl.DataFrame({"x": values * copies})
    schema = infer(access(frame))
    assert parse_schema(write_schema(schema)).column("x") is not None
    assert not [a for a in hold(schema, access(frame)).found if a.kind == "out_of_range"]
    ends = schema.columns[0].range
    finite = [v for v in values if np.isfinite(v)]
    if ends is not None and min(finite) != max(finite):
        assert ends.min in (0, None) or float(ends.min) < min(finite)  # type: ignore[arg-type]
        assert ends.max in (0, None) or float(ends.max) > max(finite)  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", [1, 7, 500, 999])
def test_inference_is_the_same_for_any_parts(cut: int) -> None:
    mixed = FRAME[np.random.default_rng(cut).permutation(N)]
    job = _Job(("customer_id",))
    one, parts = job(FRAME), merged(job(mixed[:cut]), job(mixed[cut:]))
    for name, whole in one.items():
        part = parts[name]
        assert (part.n, part.missing, part.numeric, part.frequent) == (
            whole.n,
            whole.missing,
            whole.numeric,
            whole.frequent,
        )
        assert (part.numbers, part.days, part.sizes) == (whole.numbers, whole.days, whole.sizes)


@pytest.mark.parametrize("alpha", [0.05, 1e-3, 1e-5])
@pytest.mark.parametrize("hits", [0, 1, 2, 10, 100, 3000])
def test_the_allowance_is_the_smallest_that_the_binomial_allows(hits: int, alpha: float) -> None:
    rows = allowed_rows(hits, alpha)
    assert binom.cdf(hits, hits + rows + 1, 0.5) <= alpha
    assert rows == hits or binom.cdf(hits, hits + rows, 0.5) > alpha


@pytest.mark.parametrize("hits", [MANY + 1, 10**6])
def test_the_allowance_for_many_rows_is_enough(hits: int) -> None:
    for alpha in (0.05, 1e-5):
        rows = allowed_rows(hits, alpha)
        assert binom.cdf(hits, hits + rows + 1, 0.5) <= alpha
        assert rows < hits + 12 * hits**0.5 + 20


def test_shares_are_rounded_up_and_given_up_where_they_say_nothing() -> None:
    assert rounded_up(0.00653) == 0.0066
    assert rounded_up(0.0066) == 0.0066
    assert allowed_share(0, 20, 0.001) == 0.45
    assert allowed_share(0, 10, 0.001) == 1
    assert allowed_share(3, 0, 0.001) == 1


@pytest.mark.parametrize("rows", [1, 2, 9, 30])
def test_small_tables_promise_little_and_keep_it(rows: int) -> None:
    small = FRAME.head(rows)
    schema = infer(access(small))
    assert hold(schema, access(small)).errors == ()
    assert "c0" not in write_schema(schema)


def test_a_table_keeps_the_schema_that_it_gave_however_odd_it_is() -> None:
    frame = pl.DataFrame(
        {
            "large": [1e16 + i for i in range(120)], "long": ["x" * 10_000] * 120, "two": ["y" * 5_000, "z"] * 60,
            "day": pl.Series([2**30, -(2**30)] * 60, dtype=pl.Int32).cast(pl.Date),
            "moment": pl.Series([2**62, -(2**62)] * 60).cast(pl.Datetime("us")),
        }
    )  # fmt: skip
    text = write_schema(infer(access(frame), name="odd"))
    assert "\\u0000" not in text and "xxxxxxxxxx" not in text
    assert hold(parse_schema(text), access(frame)).found == ()
