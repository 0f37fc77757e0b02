"""Counts by combination: the whole is the sum of any parts, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.errors import InputError
from sterling.core.roles import Roles
from sterling.data.people.tally import ROWS, Tally, _count, tally
from sterling.engine.encode import Codes
from sterling.engine.table import TableAccess


def masks(frame: pl.DataFrame, coded: tuple[Codes, ...]) -> Mapping[str, np.ndarray]:
    return {"hit": (frame["x"] > 0).fill_null(False).to_numpy()}


def access(frame: pl.DataFrame, **roles: object) -> TableAccess:
    return TableAccess(name="t", table=frame.lazy(), roles=Roles(**roles), rows=frame.height)  # type: ignore[arg-type]


def made(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    groups = [("a", "b", None)[i] for i in rng.integers(0, 3, n)]
    return pl.DataFrame(
        {
            "g": pl.Series(groups, dtype=pl.String), "h": rng.integers(0, 4, n), "x": rng.normal(size=n),
            "w": rng.uniform(0, 3, n),
        }
    )  # fmt: skip


def test_as_polars_counts() -> None:
    frame = made(3_000, 1)
    found = tally(access(frame, weight="w"), ("g", "h"), masks=masks, reads=("x",)).groups(("g", "h"))
    by = frame.group_by("g", "h").agg(
        n=pl.len(), hit=(pl.col("x") > 0).sum(), w=pl.col("w").sum(), q=(pl.col("w") ** 2).sum()
    )
    slow = {(row[0], str(row[1])): row[2:] for row in by.iter_rows()}
    assert len(found.slices) == len(slow)
    for i, s in enumerate(found.slices):
        n, hit, w, q = slow[tuple(v for _, v in s.items)]  # type: ignore[index]
        assert (found.n[ROWS][i], found.n["hit"][i]) == (n, hit)
        assert (found.w[ROWS][i], found.q[ROWS][i]) == (pytest.approx(w, rel=1e-9), pytest.approx(q, rel=1e-9))


@given(st.integers(0, 300), st.lists(st.integers(0, 300), max_size=5), st.integers(0, 10), st.booleans())
def test_merge_is_whole(n: int, cuts: list[int], seed: int, weighted: bool) -> None:
    frame = made(n, seed)
    job = partial(_count, columns=("g", "h"), masks=masks, weight="w" if weighted else None, exponent=2)
    whole = job(frame).groups(("h",))
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed) if n else frame
    ends = [0, *sorted(min(c, n) for c in cuts), n]
    parts = [job(mixed[a:b]) for a, b in pairwise(ends)]
    total = parts[-1]
    for part in parts[:-1]:
        total = Tally.merge(total, part)
    merged = total.groups(("h",))
    assert merged.slices == whole.slices
    for name in whole.n:
        assert np.array_equal(merged.n[name], whole.n[name])
        assert np.array_equal(merged.w[name], whole.w[name]) and np.array_equal(merged.q[name], whole.q[name])


def test_everyone_and_no_rows() -> None:
    frame = made(10, 3)
    everyone = tally(access(frame), ("g",)).groups(())
    assert everyone.n[ROWS].tolist() == [10] and everyone.slices[0].items == ()
    assert tally(access(frame.head(0)), ("g",)).groups(("g",)).slices == ()
    assert tally(access(frame), ()).groups(()).n[ROWS].tolist() == [10]


def test_many_wide_columns_do_not_overflow() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": rng.integers(0, 1_900, 2_500) for i in range(8)})
    found = tally(access(frame), tuple(frame.columns))
    assert int(found.counts.sum()) == 2_500 and len(found.cells) == frame.n_unique()
    assert found.groups(("c0",)).n[ROWS].sum() == 2_500


@pytest.mark.parametrize(
    ("weights", "told"),
    [([1.0, None], "missing or not finite"), ([1.0, float("inf")], "missing or not finite"),
     ([1.0, -1.0], "negative"), ([0.0, 0.0], "are 0"), (["a", "b"], "no numbers")],
)  # fmt: skip
def test_bad_weights(weights: list[object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        tally(access(pl.DataFrame({"g": ["a", "b"], "w": weights}), weight="w"), ("g",))
