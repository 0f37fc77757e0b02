"""What a run asks of its table is asked again when anything it was answered by has changed, and not otherwise."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.small import GIVEN, TRAINED, carried_out, digests, edited, people, steps_done, write

PARTS = '\n[[ask]]\nname = "outside"\ncheck = "DA018"\n'
BY_TIME = '\n[split]\nby = "time"\ntrain = 0.7\nchoose = 0.0\ncertify = 0.3\n'
BESIDE = '\n[[ask]]\nname = "beside"\ncheck = "DA003"\nreference = "{}"\nexact = true\n'


def test_the_column_of_time_says_who_is_in_which_part(tmp_path: Path) -> None:
    table = people().with_columns(early=pl.int_range(400), late=399 - pl.int_range(400))
    text = TRAINED.replace('id = "id"', 'id = "id"\ntime = "early"').replace("folds = 2", "folds = 0")
    folder = write(tmp_path / "small", text + BY_TIME + PARTS, table)
    before = carried_out(folder).run
    edited(folder, ('time = "early"', 'time = "late"'))
    after = carried_out(folder).run
    assert "data" in steps_done(folder, after)
    assert digests(folder, after)["about_data"] != digests(folder, before)["about_data"]
    assert digests(folder, carried_out(folder, fresh=True).run) == digests(folder, after)


def shares(folder: Path, a: int, b: int) -> None:
    pl.DataFrame({"g": ["a"] * a + ["b"] * b}).write_csv(folder)


def test_a_reference_is_seen_from_the_project_and_may_be_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write(tmp_path / "small", GIVEN + BESIDE.format("census"))
    (folder / "census").mkdir()
    shares(folder / "census" / "one.csv", 50, 50)
    before = carried_out(folder).run
    edited(folder, more="\n\n# a comment moves no number\n")
    assert "data" not in steps_done(folder, carried_out(folder).run)
    shares(folder / "census" / "two.csv", 10, 90)
    after = carried_out(folder).run
    assert "data" in steps_done(folder, after)
    assert digests(folder, after)["about_data"] != digests(folder, before)["about_data"]
