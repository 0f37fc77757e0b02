"""Counting promises: the same for any order of rows and any cut into parts; slow and obvious counts agree."""

from __future__ import annotations

import itertools
import math
import pickle
from functools import reduce

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.schema import Schema
from sterling.data.schema import judging
from sterling.data.schema.counting import MOST_NEW, Counted, _Job, count
from sterling.data.schema.known import known_of
from tests.data.schema.tables import access, held, schema

SCHEMA = schema(
    """
    [column.n]
    type = "number"
    presence.min_share = 1
    range.min = -1
    range.max = 1
    limits.max_zero_share = 0
    limits.min_mean = 5
    [column.t]
    type = "text"
    domain.values = ["a", "b"]
    length.max = 1
    pattern.regex = "[ab]"
    limits.max_value_share = 0.1
    limits.max_numeric_share = 0
    [column.k]
    type = "integer"
    unique = true
    limits.max_distinct = 3
    [[rule]]
    name = "r"
    holds = "n <= k"
    """
)
NUMBERS = hs.one_of(
    hs.none(), hs.sampled_from([0.0, -0.0, 1.0, -2.5, 1e300, math.nan, math.inf, -math.inf]), hs.floats()
)
TEXTS = hs.one_of(hs.none(), hs.sampled_from(["a", "b", "c", "1", " 2 ", "", "ab"]), hs.text(max_size=4))
ROWS = hs.lists(hs.tuples(NUMBERS, TEXTS, hs.one_of(hs.none(), hs.integers(-3, 3), hs.integers(-(2**63), 2**63 - 1))))


def frame(rows: list[tuple[float | None, str | None, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"n": pl.Float64, "t": pl.String, "k": pl.Int64}, orient="row")


def without_sums(found: Anomalies) -> list[object]:
    return [a for a in found.found if a.kind != "mean_outside"]


def judge(promised: Schema, found: Counted) -> Anomalies:
    return judging.judge(promised, known_of(found))


@given(rows=ROWS, cuts=hs.lists(hs.integers(0, 30), max_size=4), seed=hs.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_any_order_and_any_parts_give_the_same(
    rows: list[tuple[float | None, str | None, int | None]], cuts: list[int], seed: int
) -> None:
    whole = frame(rows)
    mixed = whole[np.random.default_rng(seed).permutation(whole.height)]
    ends = [0, *sorted(min(c, whole.height) for c in cuts), whole.height]
    parts = [mixed[a:b] for a, b in itertools.pairwise(ends)]
    job = _Job(SCHEMA)
    joined = reduce(Counted.merged, (job(p) for p in parts))
    assert without_sums(judge(SCHEMA, joined)) == without_sums(judge(SCHEMA, count(SCHEMA, access(whole))))


@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
def test_counts_equal_a_slow_loop(rows: list[tuple[float | None, str | None, int | None]]) -> None:
    found = count(SCHEMA, access(frame(rows))).broken
    numbers = [n for n, _, _ in rows]
    texts = [t for _, t, _ in rows if t is not None]
    known = [n for n in numbers if n is not None and not math.isnan(n)]
    assert found["n", "missing_values"] == len(rows) - len(known)
    assert found["n", "nan_values"] == sum(n is not None and math.isnan(n) for n in numbers)
    assert found["n", "infinite_values"] == sum(map(math.isinf, known))
    assert found["n", "out_of_range"] == sum(not -1 <= n <= 1 for n in known)
    assert found["t", "out_of_domain"] == sum(t not in ("a", "b") for t in texts)
    assert found["t", "length_outside"] == sum(len(t) > 1 for t in texts)
    pairs = [(n, k) for n, _, k in rows if n is not None and not math.isnan(n) and k is not None]
    assert found["r", "rule_broken"] == sum(not n <= k for n, k in pairs if abs(k) < 2**53)  + sum(
        not n <= float(k) for n, k in pairs if abs(k) >= 2**53
    )  # fmt: skip


def test_the_job_travels() -> None:
    job = pickle.loads(pickle.dumps(_Job(SCHEMA)))
    rows = frame([(2.0, "c", 1), (None, None, None)])
    again = pickle.loads(pickle.dumps(job(rows)))
    assert judge(SCHEMA, again) == judge(SCHEMA, count(SCHEMA, access(rows)))


def test_new_values_are_kept_by_their_hashes_and_no_order_changes_them() -> None:
    many = pl.DataFrame({"x": [f"v{i}" for i in range(3 * MOST_NEW)]})
    body = '[column.x]\ndomain.values = ["a"]'
    one, other = held(body, many), held(body, many.reverse())
    assert one == other
    assert one.found[0].got == "1,000 or more values unknown"
    parts = [_Job(schema(body))(many[i::3]) for i in range(3)]
    assert judge(schema(body), reduce(Counted.merged, parts)) == one


@pytest.mark.parametrize(
    "values",
    [
        [], [None], [float("nan")], [None] * 20, [1], ["\x00", "‮rtl", "<b>html</b>", "a" * 10_000], [b"\x00\xff"],
        [[1, 2], None], [{"a": 1}], [2**63 - 1, -(2**63)], [1.7976931348623157e308, -1e308], [True, None],
        [f"c{i}" for i in range(300)],
    ],
    ids=str,
)  # fmt: skip
def test_hostile_columns_are_judged(values: list[object]) -> None:
    body = """
    [column.x]
    presence.min_share = 1
    domain.values = ["a"]
    limits.min_distinct = 2
    limits.max_zero_share = 0
    limits.max_mean = 1
    [column.x.length]
    max = 3
    """
    table = pl.DataFrame({"x": values}, strict=False)
    found = held(body, table)
    assert held(body, table.reverse()) == found
    for anomaly in found.found:
        assert "aaaa" not in anomaly.what + anomaly.got
