"""resampling: cells reach the sizes asked for; drawn rows are rows of the table; made rows lie between others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.core.errors import ConfigError, InputError
from sterling.core.roles import Roles
from sterling.fairness.remedies.resampling import wanted
from sterling.pipeline.treating import How, treat_table

ROLES = Roles(label="y", groups=("g",), id="id")


def people(seed: int, n: int = 900, gap: float = 0.4) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    g = rng.choice(["a", "b"], n, p=[0.7, 0.3])
    skill = rng.normal(size=n)
    seen = skill + np.where(g == "b", -gap, 0) + 0.3 * rng.normal(size=n)
    return pl.DataFrame(
        {
            "id": range(n), "g": g, "x": seen, "place": rng.choice(["u", "v"], n), "k": rng.integers(0, 9, n),
            "y": (skill + np.where(g == "b", -gap, 0) + rng.normal(size=n) > 0).astype(int),
        }
    )  # fmt: skip


def done(frame: pl.DataFrame, seed: int = 0, **parameters: object) -> pl.DataFrame:
    return treat_table(frame, "resampling", roles=ROLES, parameters=parameters, how=How(seed=seed))[0]


def sizes(frame: pl.DataFrame) -> dict[tuple[str, int], int]:
    return {(g, y): n for g, y, n in frame.group_by("g", "y").len().rows()}


def test_sizes_by_hand() -> None:
    """Half of all have either label. Group a: 30 and 10; with 30 of one it needs 30 of the other."""
    counts = np.array([[30, 10], [20, 40]])
    assert wanted(counts, "over", "label").tolist() == [[30, 30], [40, 40]]
    assert wanted(counts, "under", "label").tolist() == [[10, 10], [20, 20]]
    assert wanted(counts, "over", "cells").tolist() == [[40, 40], [40, 40]]
    assert wanted(counts, "under", "cells").tolist() == [[10, 10], [10, 10]]
    assert wanted(np.array([[5, 0], [5, 5]]), "over", "cells").tolist() == [[5, 0], [5, 5]]


@settings(max_examples=40, deadline=None)
@given(hyp.lists(hyp.tuples(hyp.integers(1, 200), hyp.integers(1, 200)), min_size=2, max_size=4))
def test_label_and_group_are_independent_up_to_rounding(cells: list[tuple[int, int]]) -> None:
    counts = np.array(cells)
    over = wanted(counts, "over", "label")
    assert (over >= counts).all()
    rates = over[:, 1] / over.sum(axis=1)
    assert np.ptp(rates) <= 1.5 / over.sum(axis=1).min()
    assert (wanted(counts, "under", "label") <= counts).all()


@pytest.mark.parametrize("method", ["over", "under"])
def test_drawn_rows_are_rows_of_the_table_in_the_sizes_asked_for(method: str) -> None:
    frame = people(1)
    before = frame.clone()
    drawn = done(frame, method=method, to="cells")
    assert len(set(sizes(drawn).values())) == 1
    assert drawn.join(frame, on=frame.columns, how="anti").height == 0
    assert frame.equals(before)
    if method == "over":
        assert frame.join(drawn, on=frame.columns, how="anti").height == 0
    else:
        assert drawn["id"].is_unique().all()


def test_seeds_and_order_of_rows() -> None:
    frame = people(2)
    assert done(frame, 1).sort("id").equals(done(frame.reverse(), 1).sort("id"))
    assert not done(frame, 1).sort("id").equals(done(frame, 2).sort("id"))


def test_made_rows_lie_within_their_cell_and_have_no_id() -> None:
    frame = people(3)
    made = done(frame, method="smote", to="cells")
    new = made.filter(pl.col("id").is_null())
    assert new.height == made.height - frame.height > 0
    assert made.schema == frame.schema
    for (g, y), part in new.group_by("g", "y"):
        own = frame.filter(g=g, y=y)
        assert own["x"].min() <= part["x"].min() and part["x"].max() <= own["x"].max()  # type: ignore[operator]
        assert set(part["place"]) <= set(own["place"])
    assert new.join(frame, on=["x"], how="inner").height < new.height


def test_planted_gap_of_labels_is_closed_in_training_and_null_stays() -> None:
    _, told = treat_table(people(4, 3_000, gap=0.8), "resampling", roles=ROLES, how=How(recipe="logistic"))
    rates = {str(m.slice): (m.before.value, m.after.value) for m in told.measures if m.measure == "label_rate"}
    assert rates["g=a"][0] - rates["g=b"][0] > 0.15  # type: ignore[operator]
    assert abs(rates["g=a"][1] - rates["g=b"][1]) < 0.01  # type: ignore[operator]
    (model,) = told.retrained
    assert model.n_held_out > 700 and 0 < model.selection_rate < 1
    _, told = treat_table(people(5, 3_000, gap=0.0), "resampling", roles=ROLES, how=How(recipe="logistic"))
    assert told.retrained[0].worse == ()


def test_slips_are_told() -> None:
    frame = people(6, 60)
    with pytest.raises(ConfigError, match="method is 'more'"):
        done(frame, method="more")
    with pytest.raises(ConfigError, match="there is no label"):
        treat_table(frame, "resampling", roles=Roles(groups=("g",)))
    with pytest.raises(InputError, match="missing values"):
        done(people(7).with_columns(x=pl.when(pl.col("k") == 1).then(None).otherwise("x")), method="smote")
    with pytest.raises(InputError, match="different values"):
        done(frame.with_columns(y=1))


def test_odd_columns_are_drawn_again_or_named() -> None:
    frame = people(5)
    odd = frame.with_columns(raw=pl.lit(b"\xff"), span=pl.duration(days=pl.int_range(pl.len())))
    assert done(odd).height > odd.height
    with pytest.raises(InputError, match="not single values"):
        done(frame.with_columns(parts=pl.concat_list("x", "x")))


def test_numbers_at_the_ends_of_their_type_stay_in_it() -> None:
    most = 2**64 - 1
    frame = people(5).with_columns(big=pl.lit(most, dtype=pl.UInt64), low=pl.lit(-(2**63), dtype=pl.Int64))
    made = done(frame, method="smote")
    assert made["big"].min() == most and made["low"].max() == -(2**63)
    for value in (float("inf"), 1e300):
        with pytest.raises(InputError, match="very large"):
            done(frame.with_columns(x=pl.lit(value)), method="smote")
