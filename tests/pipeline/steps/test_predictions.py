"""Every prediction has a name of its own, the same in every run, and another under another key."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.small import GIVEN, carried_out, frame, people, write

WITH_ID = GIVEN.replace('groups = ["g"]', 'groups = ["g"]\nid = "id"')


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    folder = write(tmp_path_factory.mktemp("predictions") / "made", WITH_ID)
    return folder, frame(folder, carried_out(folder).run, "predictions")


def test_names_are_stable_under_one_key(made: tuple[Path, pl.DataFrame]) -> None:
    folder, first = made
    again = frame(folder, carried_out(folder, fresh=True).run, "predictions")
    assert again.equals(first)
    assert first["prediction"].n_unique() == first.height == people().height
    assert set(first["prediction"].str.len_chars()) == {16}


def test_another_key_gives_other_names(made: tuple[Path, pl.DataFrame], tmp_path: Path) -> None:
    folder = write(tmp_path / "other", WITH_ID)
    other = frame(folder, carried_out(folder).run, "predictions")
    for column in ("prediction", "row_key", "id_key"):
        assert not set(other[column]) & set(made[1][column])
    assert other["row"].equals(made[1]["row"])


def test_nothing_of_a_row_is_in_the_list(made: tuple[Path, pl.DataFrame]) -> None:
    found = made[1]
    assert found.columns == ["prediction", "row_key", "id_key", "row", "p"]
    assert not set(found["id_key"]) & set(map(str, people()["id"]))


def test_without_an_id_there_is_no_key_of_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN)
    assert frame(folder, carried_out(folder).run, "predictions")["id_key"].null_count() == people().height
