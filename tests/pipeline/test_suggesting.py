"""What a table's columns might be for, by their names and values."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sterling.pipeline.suggesting import suggest
from tests.house.law import ROOT

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def test_what_the_data_suggest() -> None:
    seen = suggest(str(LENDING))
    assert seen.label == "approved"
    assert seen.groups == ("race", "sex")
    assert seen.ids[0] == "id"
    assert seen.scores == ("score",)
    assert seen.values["approved"] == ("0", "1")


def test_groups_are_suggested_by_how_columns_are_called(tmp_path: Path) -> None:
    names = (
        "applicantRace",
        "Sex",
        "marital-status",
        "is_female",
        "native country",
        "stage",
        "package",
        "engaged",
        "trace",
    )
    table = pl.DataFrame({name: ["a", "b", "b"] * 40 for name in names} | {"Age": range(120)})
    table.write_parquet(tmp_path / "t.parquet")
    assert suggest(str(tmp_path / "t.parquet")).groups == (*names[:5], "quantiles(Age, 4)")
    table.with_columns(age_band=pl.col("Sex")).write_parquet(tmp_path / "t.parquet")
    assert suggest(str(tmp_path / "t.parquet")).groups == (*names[:5], "age_band")


@pytest.mark.parametrize(
    "name",
    ["loan_impairment", "impairment_loss", "foreign_key", "foreignExchange", "male_price", "language_model",
     "race_time", "credit_age", "age_of_vehicle", "vehicle_age"],
)  # fmt: skip
def test_what_only_sounds_like_a_group_is_not_suggested(tmp_path: Path, name: str) -> None:
    pl.DataFrame({name: [1, 2, 3] * 40, "agent_gender": ["a", "b", "b"] * 40}).write_csv(tmp_path / "t.csv")
    assert suggest(str(tmp_path / "t.csv")).groups == ("agent_gender",)


@pytest.mark.parametrize(
    "name", ["foreign_worker", "foreigner", "is_male", "applicant_age", "age_in_years", "language"]
)
def test_what_names_a_group_is_suggested(tmp_path: Path, name: str) -> None:
    pl.DataFrame({name: [1, 2, 3] * 40}).write_csv(tmp_path / "t.csv")
    assert suggest(str(tmp_path / "t.csv")).groups == (name,)


def test_a_group_whose_name_begins_with_age_does_not_hide_the_age(tmp_path: Path) -> None:
    pl.DataFrame({"agent_gender": ["a", "b", "b"] * 40, "age": range(120)}).write_csv(tmp_path / "t.csv")
    assert suggest(str(tmp_path / "t.csv")).groups == ("agent_gender", "quantiles(age, 4)")


def test_a_column_named_as_a_label_is_one_though_it_names_a_group_too(tmp_path: Path) -> None:
    pl.DataFrame({"married_outcome": [0, 1, 1], "sex": ["f", "m", "f"]}).write_csv(tmp_path / "t.csv")
    seen = suggest(str(tmp_path / "t.csv"))
    assert (seen.label, seen.groups) == ("married_outcome", ("sex",))
