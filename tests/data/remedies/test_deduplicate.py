"""deduplicate: one of each set stays, the same one in any order; those who lose most are named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.core.errors import ConfigError, InputError
from sterling.core.roles import Roles
from sterling.pipeline.treating import How, treat_table

ROW = hyp.tuples(hyp.sampled_from([0.0, -0.0, 1.5, None]), hyp.sampled_from(["a", "", None]))


def done(frame: pl.DataFrame, roles: Roles | None = None, **parameters: object) -> pl.DataFrame:
    return treat_table(frame, "deduplicate", roles=roles or Roles(), parameters=parameters)[0]


def test_by_hand() -> None:
    frame = pl.DataFrame({"id": [1, 2, 3, 4], "x": [5, 5, 5, 6], "y": [0, 0, 1, 1]})
    roles = Roles(label="y", id="id")
    kept = done(frame, roles)
    assert kept.drop("id").rows() in ([(5, 0), (5, 1), (6, 1)],)
    assert done(frame, roles, conflicting="leave_out").rows() == [(4, 6, 1)]
    assert done(frame, roles, columns=("x",)).height == 2


@settings(max_examples=30, deadline=None)
@given(hyp.lists(ROW, min_size=1, max_size=30))
def test_as_a_plain_unique_in_any_order_and_twice_is_once(rows: list[tuple[float | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "s": pl.String}, orient="row")
    kept = done(frame)
    assert kept.sort("x", "s").equals(frame.unique().sort("x", "s"))
    assert done(frame.reverse()).reverse().equals(kept) or done(frame.reverse()).sort("x", "s").equals(
        kept.sort("x", "s")
    )
    assert done(kept).equals(kept)


def test_the_same_rows_stay_in_any_order_and_nothing_given_is_changed() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"id": range(500), "x": rng.integers(0, 50, 500)})
    before = frame.clone()
    kept = set(done(frame, Roles(id="id"))["id"].to_list())
    shuffled = frame.sample(fraction=1, shuffle=True, seed=3)
    assert set(done(shuffled, Roles(id="id"))["id"].to_list()) == kept
    assert frame.equals(before)


def test_near_texts_leave_one_of_each_kin() -> None:
    rng = np.random.default_rng(1)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 2_000, 30)) for _ in range(50)]
    frame = pl.DataFrame({"t": [*texts, *(t + " x" for t in texts[:20]), None, None], "n": range(72)})
    kept = done(frame, near=("t",))
    assert kept.height == 52


def test_planted_a_group_that_loses_more_is_named_and_null_nobody_is() -> None:
    frame = pl.DataFrame({"g": ["a"] * 500 + ["b"] * 500, "x": [*range(500), *([1] * 300), *range(200)]})
    _, told = treat_table(frame, "deduplicate", roles=Roles(groups=("g",)), how=How())
    worse = [str(m.slice) for m in told.measures if m.worse]
    assert worse == ["g=b"]
    assert told.rows == (1000, 700)
    quiet = frame.with_columns(x=pl.Series(range(1000)))
    _, told = treat_table(quiet, "deduplicate", roles=Roles(groups=("g",)))
    assert not any(m.worse for m in told.measures) and told.rows == (1000, 1000)


def test_slips_are_told() -> None:
    frame = pl.DataFrame({"x": [1, 1], "y": [0, 1]})
    with pytest.raises(ConfigError, match="no column 'q'"):
        done(frame, columns=("q",))
    with pytest.raises(ConfigError, match="conflicting is 'both'"):
        done(frame, conflicting="both")
    with pytest.raises(InputError, match="no row would be left"):
        done(frame, Roles(label="y"), conflicting="leave_out")
    assert done(frame.head(0)).height == 0
