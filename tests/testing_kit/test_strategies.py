"""The hostile tables are as hostile as promised, and keep to their bounds."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import Phase, find, given, settings

from sterling.testing.strategies import GROUP_VALUES, tables


@given(table=tables(min_rows=3, max_rows=20, groups=3))
def test_bounds(table: pl.DataFrame) -> None:
    assert 3 <= table.height <= 20
    assert set(table.columns) - {"weight"} == {"label", "score", "g0", "g1", "g2"}
    assert table["label"].drop_nulls().is_in([0, 1]).all()
    assert table["score"].is_between(0, 1).all()
    if "weight" in table.columns:
        assert (table["weight"] >= 0).all()
        assert table["weight"].sum() > 0
    for group in ("g0", "g1", "g2"):
        assert set(table[group].to_list()) <= set(GROUP_VALUES)


@given(table=tables(weights=True, missing_labels=False, both_classes=True))
def test_choices(table: pl.DataFrame) -> None:
    assert "weight" in table.columns
    assert table["label"].null_count() == 0
    assert table["label"].n_unique() == 2


@given(table=tables(weights=False, both_classes=True))
def test_both_classes_beside_missing_labels(table: pl.DataFrame) -> None:
    assert "weight" not in table.columns
    assert table["label"].drop_nulls().n_unique() == 2


@pytest.mark.parametrize(
    "wanted",
    [
        lambda t: t["label"].n_unique() == 1 and t.height > 2,
        lambda t: t["label"].null_count() > 0,
        lambda t: t["label"].null_count() == t.height,
        lambda t: t["score"].n_unique() < t.height,
        lambda t: t["g0"].null_count() > 0,
        lambda t: (t["g0"] == "").any(),
        lambda t: t["g0"].n_unique() >= 3,
        lambda t: "weight" in t.columns and (t["weight"] == 0).any(),
    ],
    ids=["one class", "missing label", "no label", "ties", "missing group", "blank group", "groups", "weight 0"],
)
def test_what_tables_of_people_have_wrong(wanted: object) -> None:
    quick = settings(phases=[Phase.generate], max_examples=2_000)
    assert find(tables(max_rows=12), wanted, settings=quick) is not None  # type: ignore[arg-type]
