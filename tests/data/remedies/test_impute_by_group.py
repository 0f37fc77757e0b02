"""impute-by-group: medians and most frequent values of each group, as plain Polars works them out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sterling.core.errors import ConfigError, InputError
from sterling.core.roles import Roles
from sterling.core.treatment import find_treatment, learn
from sterling.pipeline.treating import treat_table
from tests.house.law import ROOT
from tests.worlds.world import allowed

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def people(seed: int, n: int = 400, gone: tuple[float, float] = (0.2, 0.2)) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    g = rng.choice(["a", "b"], n)
    lost = rng.random(n) < np.where(g == "a", *gone)
    x = np.where(lost, np.nan, rng.normal(np.where(g == "a", 0.0, 5.0), 1))
    job = pl.Series(rng.choice(["x", "y"], n, p=[0.7, 0.3])).set(pl.Series(rng.random(n) < 0.1), None)
    return pl.DataFrame({"g": g, "x": x, "job": job, "k": rng.integers(0, 9, n)})


def done(frame: pl.DataFrame, **parameters: object) -> pl.DataFrame:
    return treat_table(frame, "impute-by-group", roles=Roles(groups=("g",)), parameters=parameters)[0]


def test_by_hand() -> None:
    frame = pl.DataFrame(
        {
            "g": ["a"] * 11 + ["b"] * 3,
            "x": [*([1] * 5), *([9] * 5), None, 100, None, None],
            "s": ["u"] * 6 + ["v"] * 7 + [None],
        }
    )
    filled = done(frame)
    assert filled["x"].to_list()[10] == 5
    assert filled["x"].to_list()[12:] == [9, 9]  # b has one value: filled as everybody is
    assert filled["s"].to_list()[13] == "v"
    assert filled["x_missing"].sum() == 3
    assert filled.columns == ["g", "x", "s", "x_missing", "s_missing"]


def test_medians_are_those_of_polars_and_nothing_given_is_changed() -> None:
    frame = people(1)
    before = frame.clone()
    filled = done(frame, indicators=False)
    medians = frame.with_columns(pl.col("x").fill_nan(None)).group_by("g").agg(pl.col("x").median())
    for g, median in medians.rows():
        gaps = frame["x"].is_nan() & (frame["g"] == g)
        assert set(filled["x"].filter(gaps).to_list()) == {median}
    assert filled.filter(~frame["x"].is_nan())["x"].equals(frame.filter(~frame["x"].is_nan())["x"])
    assert frame.equals(before)
    assert filled["x"].null_count() + filled["job"].null_count() == 0


def test_order_of_rows_does_not_matter_and_other_rows_are_filled_by_what_was_learned() -> None:
    frame = people(2)
    assert done(frame.reverse()).reverse().equals(done(frame))
    item = find_treatment("impute_by_group")
    learned = learn(item, frame, Roles(groups=("g",)), parameters=item.bind({"columns": ["x"]}))
    other = pl.DataFrame({"g": ["a", "new", None], "x": [None, None, None]}, schema={"g": pl.String, "x": pl.Float64})
    filled = learned.treat(other)["x"]
    known = frame["x"].fill_nan(None)
    assert filled[0] == known.filter(frame["g"] == "a").median()
    assert filled[1] == filled[2] == known.median()


def test_planted_missingness_that_tells_the_group_is_warned_of_and_null_worlds_hardly_ever() -> None:
    roles, worlds = Roles(groups=("g",)), 60
    _, told = treat_table(people(3, gone=(0.05, 0.4)), "impute-by-group", roles=roles)
    assert any("x is missing goes with g" in n for n in told.notes)
    job = [m for m in told.measures if m.measure == "missing_share" and m.column == "job"]
    assert {m.after.value for m in job} == {0.0}
    assert {str(m.slice) for m in job} == {"everyone", "g=a", "g=b"}
    item = find_treatment("impute-by-group")
    notes = [learn(item, people(s), roles, parameters=item.bind({})).notes for s in range(100, 100 + worlds)]
    assert sum(any("goes with" in n for n in some) for some in notes) / worlds <= allowed(0.05, worlds)


def test_hostile_columns() -> None:
    frame = pl.DataFrame(
        {
            "g": ["a", "b", None, "a|1:b"] * 10, "i": pl.Series([1, None, 3, 4] * 10, dtype=pl.Int32),
            "d": pl.Series([None, "2026-01-01", "2026-01-02", "2026-01-01"] * 10).str.to_date(),
            "b": [True, None, False, True] * 10, "e": pl.Series(["x", None, "y", "x"] * 10, dtype=pl.Categorical),
        }
    )  # fmt: skip
    filled = done(frame, indicators=False)
    assert filled.schema == frame.schema
    assert filled.drop("g").null_count().sum_horizontal().item() == 0


def test_on_real_data_gaps_are_filled() -> None:
    frame = pl.read_parquet(LENDING)
    roles = Roles(label="approved", groups=("race", "sex"), id="id")
    filled, told = treat_table(frame, "impute-by-group", roles=roles)
    assert filled.select(told.columns_changed).null_count().sum_horizontal().item() == 0
    assert set(told.columns_added) == {f"{c}_missing" for c in told.columns_changed}


def test_slips_are_told() -> None:
    with pytest.raises(ConfigError, match="no column 'q'"):
        done(people(0), columns=("q",))
    with pytest.raises(InputError, match="missing in every row"):
        done(people(0).with_columns(e=pl.lit(None, dtype=pl.Float64)))
    with pytest.raises(InputError, match="x_missing"):
        done(people(0).with_columns(x_missing=1))
