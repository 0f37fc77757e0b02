"""DA013: rows joined on a key: planted differences are counted, equal tables are quiet, repeated keys are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.core.codec import evidence_bytes
from sterling.core.data.drift import Drifts, Skew
from sterling.core.errors import ConfigError, InputError
from sterling.core.evidence import Evidence
from sterling.core.policy import Policy
from sterling.pipeline.tables import profile


def run_of(here: pl.DataFrame, *others: pl.DataFrame, settings: dict[str, Any] | None = None, **given_: Any) -> Any:
    return profile(here, others=list(others), checks="DA013", settings={"DA013": settings or {}}, **given_)


def ask(here: pl.DataFrame, *others: pl.DataFrame, **given_: Any) -> Evidence:
    (found,) = run_of(here, *others, **{"id": "id", **given_}).evidence
    return found  # type: ignore[no-any-return]


def pair(found: Evidence) -> Drifts:
    assert found.outcome == "measured", found.reason
    assert found.about is not None
    return found.about.drifts[0]


def skews(found: Evidence) -> dict[str, Skew]:
    return {s.column: s for s in pair(found).skew}


def rows(n: int = 200, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "id": range(n), "x": rng.normal(size=n), "k": rng.integers(0, 5, n), "c": rng.choice(["a", "b"], n),
            "day": pl.Series(rng.integers(0, 99, n)).cast(pl.Int32).cast(pl.Date), "l": [[i % 3] for i in range(n)],
            "s": [{"a": i % 2} for i in range(n)],
        }
    )  # fmt: skip


def test_a_hand_worked_table() -> None:
    training = pl.DataFrame({"id": [1, 2, 3, 4, 5, 5, 7], "x": [1.0, 2.0, None, None, 5.0, 5.5, 7.0]})
    serving = pl.DataFrame({"id": [4, 3, 2, 1, 5, 6, None], "x": [None, 3.0, 2.5, 1.0, 5.0, 6.0, 9.0]})
    found = ask(serving, training, min_n=1)
    x = skews(found)["x"]
    assert (x.n, x.differing, x.missing_here, x.missing_there) == (4, 2, 0, 1)
    exact = stats.binomtest(2, 4).proportion_ci(0.95, method="exact")
    assert (x.share, x.low, x.high) == (0.5, pytest.approx(exact.low, abs=1e-9), pytest.approx(exact.high, abs=1e-9))
    assert pair(found).unmatched == (1, 1)
    assert pair(found).repeated == (1, 2)
    assert any("1 rows" in n or "fewer than 10 of 7 rows" in n for n in found.notes)


def test_a_null_world_has_no_differences() -> None:
    a = rows()
    found = ask(a.sample(fraction=1, shuffle=True, seed=3), a)
    assert {c: s.differing for c, s in skews(found).items()} == dict.fromkeys(("x", "k", "c", "day", "l", "s"), 0)
    assert pair(found).unmatched == (0, 0)
    assert found.findings[0].low == 0.0
    assert "no column differs" in found.notes[0]


def test_planted_differences_are_counted_in_every_kind_of_column() -> None:
    a = rows()
    first = pl.col("id") < 20
    b = a.with_columns(
        pl.when(first).then(pl.col("x") + 1).otherwise("x").alias("x"),
        pl.when(pl.col("id") < 30).then(None).otherwise("c").alias("c"),
        pl.when(first).then(pl.date(1999, 1, 1)).otherwise("day").alias("day"),
        pl.when(first).then(pl.lit([7, 7])).otherwise("l").alias("l"),
        pl.when(first).then(pl.struct(a=pl.lit(9))).otherwise("s").alias("s"),
    )
    found = ask(b, a)
    assert {c: s.differing for c, s in skews(found).items()} == {"c": 30, "x": 20, "day": 20, "l": 20, "s": 20, "k": 0}
    assert next(iter(skews(found))) == "c"
    assert skews(found)["c"].missing_here == 30
    worst = found.findings[0]
    assert (worst.columns, worst.value) == ((), 0.15)
    assert found.findings[0].low < 0.15 < found.findings[0].high


def test_tolerance() -> None:
    a = rows()
    b = a.with_columns(pl.col("x") * 1.001)
    assert skews(ask(b, a))["x"].differing == 200
    assert skews(ask(b, a, settings={"relative": 0.01}))["x"].differing == 0
    assert skews(ask(b, a, settings={"tolerance": 0.1}))["x"].differing == 0
    odd = a.with_columns(x=pl.lit(float("inf")))
    assert skews(ask(odd, odd, settings={"tolerance": 1.0}))["x"].differing == 0
    assert skews(ask(odd, a, settings={"relative": 0.5}))["x"].differing == 200
    nan = a.with_columns(x=pl.lit(float("nan")))
    assert skews(ask(nan, a.with_columns(x=pl.lit(None, dtype=pl.Float64))))["x"].differing == 0
    with pytest.raises(ConfigError, match="tolerance is -1"):
        ask(a, a, settings={"tolerance": -1.0})


def test_whole_numbers_are_compared_to_the_last_digit() -> None:
    a = pl.DataFrame({"id": range(50), "x": [2**60 + i for i in range(50)]})
    assert skews(ask(a.with_columns(pl.col("x") + 1), a))["x"].differing == 50


def test_keys() -> None:
    a = rows()
    text = a.with_columns(pl.col("id").cast(pl.String))
    with pytest.raises(InputError, match="the key 'id' is"):
        ask(a, text)
    assert pair(ask(a.with_columns(pl.col("id").cast(pl.Int8, strict=False)), a)).unmatched[1] == 72
    assert ask(a, a, id=None).outcome == "not_applicable"
    assert pair(ask(a, a, id=None, settings={"key": "id"})).key == "id"
    with pytest.raises(ConfigError, match="there is no column 'idd'"):
        ask(a, a, id=None, settings={"key": "idd"})
    apart = ask(a, a.with_columns(pl.col("id") + 1_000))
    assert apart.outcome == "insufficient"
    assert "0 rows have a key of their own" in apart.reason


def test_another_type_is_compared_by_presence() -> None:
    a = rows()
    found = ask(a.with_columns(x=pl.lit("text")), a)
    x = skews(found)["x"]
    assert (x.differing, x.share) == (0, None)
    assert "compared by whether there is a value" in x.note


@given(some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), min_size=1, max_size=40), some.randoms())
def test_it_is_a_join_by_hand_in_any_order(pairs: list[tuple[int, int]], random: Any) -> None:
    a = [(i, x) for i, (x, _) in enumerate(pairs)]
    b = [(i, y) for i, (_, y) in enumerate(pairs)]
    random.shuffle(b)
    frames = [pl.DataFrame(f, schema=["id", "x"], orient="row") for f in (a, b)]
    found = ask(frames[0], frames[1], min_n=1)
    assert skews(found)["x"].differing == sum(x != y for x, y in pairs)


def test_the_order_of_rows_does_not_change_a_bit() -> None:
    a, b = rows(300), rows(250, 1)
    runs = [run_of(y, x, id="id") for x, y in ((a, b), (a.reverse(), b.reverse()))]
    assert evidence_bytes(runs[0]) == evidence_bytes(runs[1])


def test_a_limit() -> None:
    a = rows(2_000)
    b = a.with_columns(pl.when(pl.col("id") < 200).then(None).otherwise("c").alias("c"))
    policy = Policy.parse('[[limit]]\nmetric = "skew_share"\nmax = 0.05\n\n[[limit]]\nmetric = "skew_share"\n'
                          'columns = "x"\nmax = 0.01\n')  # fmt: skip
    run = run_of(b, a, id="id", policy=policy)
    assert [v.verdict for v in run.judgement.verdicts if v.limit is not None] == ["over", "within"]


def test_times_of_two_units() -> None:
    at = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=i) for i in range(50)]
    a = pl.DataFrame({"id": range(50), "t": pl.Series(at).cast(pl.Datetime("ms"))})
    assert skews(ask(a.with_columns(pl.col("t").cast(pl.Datetime("ns"))), a))["t"].differing == 0


def test_whole_numbers_of_128_bits_are_compared() -> None:
    most = 2**128 - 1
    here = pl.DataFrame({"id": range(60), "x": pl.Series([most - i for i in range(60)], dtype=pl.UInt128)})
    there = here.with_columns(x=pl.when(pl.col("id") < 3).then(pl.lit(7, pl.UInt128)).otherwise("x"))
    assert skews(ask(here, here))["x"].differing == 0
    assert skews(ask(here, there))["x"].differing == 3
    assert skews(ask(here, there.with_columns(pl.col("id").cast(pl.UInt128))))["x"].differing == 3
