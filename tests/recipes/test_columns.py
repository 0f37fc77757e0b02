"""Which columns are learned from when nobody says, and what is refused."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st
from sterling.recipes.columns import choose_features

SCHEMA = pl.Schema(
    {"id": pl.Int64, "y": pl.Int8, "race": pl.String, "age": pl.Int32, "town": pl.String, "born": pl.Date}
)
TAKEN = ("id", "y")


def test_every_column_that_no_role_takes() -> None:
    chosen = choose_features(SCHEMA, taken=TAKEN, groups=("race",))
    assert chosen.names == ("age", "town")
    assert set(chosen.left_out) == {"born"}
    assert choose_features(SCHEMA, taken=TAKEN, groups=("race",), drop=("town",)).names == ("age",)


def test_a_group_column_only_when_it_is_named() -> None:
    assert choose_features(SCHEMA, taken=TAKEN, groups=("race",), given=("race", "age")).names == ("race", "age")


@pytest.mark.parametrize(
    ("given", "drop", "message"),
    [
        (("y", "age"), (), "'y' has another role"),
        (("aeg",), (), "did you mean age"),
        (None, ("twon",), "did you mean town"),
        (("born",), (), "'born' cannot be a feature"),
        (None, ("age", "town"), "no column is left"),
    ],
)
def test_slips_are_refused(given: tuple[str, ...] | None, drop: tuple[str, ...], message: str) -> None:
    with pytest.raises(st.ConfigError, match=message):
        choose_features(SCHEMA, taken=TAKEN, groups=("race",), given=given, drop=drop)
