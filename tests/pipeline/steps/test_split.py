"""Who is trained on, chosen by and certified with: it depends on the rows alone, and related rows stay together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from numpy.typing import NDArray

from sterling.core.errors import InputError
from sterling.core.project import Split
from sterling.pipeline.steps.split import PARTS, assign

SHARES = st.sampled_from([(0.6, 0.2, 0.2), (0.5, 0.25, 0.25), (0.7, 0.1, 0.2), (0.1, 0.2, 0.7), (0.8, 0.0, 0.2)])


def rules(shares: tuple[float, float, float] = (0.6, 0.2, 0.2), **more: object) -> Split:
    return Split(train=shares[0], choose=shares[1], certify=shares[2], **more)  # type: ignore[arg-type]


def parts(
    frame: pl.DataFrame, split: Split, *, id: str | None = None, entity: str | None = None, time: str | None = None
) -> NDArray[np.int64]:
    return assign(frame, split, id=id, entity=entity, time=time)


def rows(n: int) -> pl.DataFrame:
    return pl.DataFrame({"id": range(n), "x": [i % 7 for i in range(n)]})


@given(st.integers(200, 500), st.integers(1, 300), st.integers(0, 5), SHARES)
def test_a_row_keeps_its_part_when_others_are_added(
    n: int, more: int, seed: int, shares: tuple[float, float, float]
) -> None:
    split = rules(shares, seed=seed)
    first = parts(rows(n), split, id="id")
    assert (parts(rows(n + more), split, id="id")[:n] == first).all()


@given(st.randoms(), st.sampled_from([(), ("x",)]))
def test_the_order_of_rows_is_of_no_account(chance: object, stratify: tuple[str, ...]) -> None:
    frame = rows(300)
    order = list(range(300))
    chance.shuffle(order)  # type: ignore[attr-defined]
    split = rules(stratify=stratify)
    assert (parts(frame[order], split, id="id") == parts(frame, split, id="id")[order]).all()


@given(st.integers(0, 50), SHARES)
def test_shares_are_near_what_was_asked(seed: int, shares: tuple[float, float, float]) -> None:
    n = 4000
    found = np.bincount(parts(rows(n), rules(shares, seed=seed), id="id"), minlength=3) / n
    assert np.abs(found - shares).max() < 0.045  # more than five standard errors


def test_another_seed_divides_otherwise() -> None:
    assert (parts(rows(300), rules(seed=0), id="id") != parts(rows(300), rules(seed=1), id="id")).any()


@given(st.lists(st.sampled_from(["r", "s", "t", None]), min_size=60, max_size=200), SHARES)
def test_shares_of_each_stratum_are_exact(strata: list[str | None], shares: tuple[float, float, float]) -> None:
    frame = pl.DataFrame({"id": range(len(strata)), "s": pl.Series(strata, dtype=pl.String)})
    found = parts(frame, rules(shares, stratify=("s",)), id="id")
    for stratum in set(strata):
        inside = found[np.array([s == stratum for s in strata])]
        counts = np.bincount(inside, minlength=3)
        assert np.abs(counts - np.array(shares) * len(inside)).max() <= 1


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("rs")), min_size=120, max_size=250))
def test_rows_of_one_entity_stay_together(drawn: list[tuple[int, str]]) -> None:
    """Also where an entity's rows lie in several strata."""
    frame = pl.DataFrame({"who": [w for w, _ in drawn], "s": [s for _, s in drawn], "x": range(len(drawn))})
    for stratify in ((), ("s",)):
        try:
            found = parts(frame, rules(by="entity", stratify=stratify), entity="who")
        except InputError:
            reject()  # with few entities a part may stay empty
        together = frame.with_columns(part=pl.Series(found)).group_by("who").agg(pl.col("part").n_unique())
        assert together["part"].max() == 1


def test_equal_rows_stay_together_where_there_is_no_id() -> None:
    frame = pl.DataFrame({"x": [i % 100 for i in range(500)], "s": ["a", "b"] * 250})
    for stratify in ((), ("s",)):
        found = frame.with_columns(part=pl.Series(parts(frame, rules(stratify=stratify))))
        assert found.group_by("x", "s").agg(pl.col("part").n_unique())["part"].max() == 1


def test_rows_without_an_id_go_by_their_values() -> None:
    """They are no one person: a thousand of them do not all fall into one part."""
    frame = pl.DataFrame({"id": pl.Series([None] * 1000, dtype=pl.Int64), "x": range(1000)})
    for split in (rules(), rules(by="entity")):
        assert np.bincount(parts(frame, split, id="id", entity="id"), minlength=3).min() > 120


@given(st.lists(st.integers(0, 30), min_size=40, max_size=120), SHARES)
def test_the_latest_certify_and_moments_stay_together(moments: list[int], shares: tuple[float, float, float]) -> None:
    frame = pl.DataFrame({"t": moments})
    try:
        found = parts(frame, rules(shares, by="time"), time="t")
    except InputError:
        reject()  # too few moments to divide
    told = frame.with_columns(part=pl.Series(found)).group_by("t").agg(pl.col("part").unique()).sort("t")
    assert told["part"].list.len().max() == 1
    assert told["part"].list.first().is_sorted()


@pytest.mark.parametrize("shares", [(0.6, 0.2, 0.2), (0.1, 0.2, 0.7), (0.7, 0.1, 0.2), (0.3, 0.3, 0.4)])
def test_distinct_moments_are_cut_exactly(shares: tuple[float, float, float]) -> None:
    found = parts(pl.DataFrame({"t": range(1000)}), rules(shares, by="time"), time="t")
    assert np.bincount(found, minlength=3).tolist() == [round(s * 1000) for s in shares]


def test_rows_without_a_time_are_counted_and_refused() -> None:
    with pytest.raises(InputError, match="2 rows have no t"):
        parts(pl.DataFrame({"t": [1, None, None, 4]}), rules(by="time"), time="t")
    with pytest.raises(InputError, match="no column is the time"):
        parts(rows(9), rules(by="time"))


@pytest.mark.parametrize("n", [1, 2])
def test_a_part_that_stays_empty_is_refused(n: int) -> None:
    with pytest.raises(InputError, match="no row falls into the part") as told:
        parts(rows(n), rules(), id="id")
    assert "enough rows" in told.value.expected
    with pytest.raises(InputError, match="no row falls into the part"):
        parts(pl.DataFrame({"t": [5] * 50}), rules(by="time"), time="t")


def test_a_share_of_nothing_is_no_empty_part() -> None:
    found = parts(rows(50), rules((0.5, 0.0, 0.5)), id="id")
    assert set(found.tolist()) == {PARTS.index("train"), PARTS.index("certify")}
