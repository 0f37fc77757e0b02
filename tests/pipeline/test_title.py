"""What a report is called when nobody named it: never by folders, which are nobody's business."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.roles import ModelColumn, Roles
from sterling.pipeline.provenance import title_of


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a/b/two.parquet", "two.parquet"),
        (r"C:\people\two.csv", "two.csv"),
        ("scores/*.parquet", "scores"),
        ("s3://bucket/y.parquet", "y.parquet"),
        ("the polars table", "the polars table"),
        ("*.csv", "*.csv"),
        ("folder/", "folder"),
    ],
)
def test_a_profile_is_of_a_file_without_its_folders(name: str, file: str) -> None:
    assert title_of(Roles(), name) == f"Profile of {file}"


@pytest.mark.parametrize(
    ("scores", "label", "title"),
    [
        (["p"], "approved", "Evaluation of p on w.csv against approved"),
        (["p"], None, "Evaluation of p on w.csv"),
        (["p", "q"], "approved", "Evaluation of p and q on w.csv against approved"),
        (["p", "q", "r"], "approved", "Evaluation of 3 models on w.csv against approved"),
        (["p\n\x1b[1m"], "approved", "Evaluation of p\\x0a\\x1b[1m on w.csv against approved"),
    ],
)
def test_an_evaluation_says_what_was_held_against_what(scores: list[str], label: str | None, title: str) -> None:
    assert title_of(Roles(models=tuple(ModelColumn(column=c) for c in scores), label=label), "here/w.csv") == title


def test_a_title_that_somebody_gave_is_kept(tmp_path: Path) -> None:
    pl.DataFrame({"y": [0, 1] * 20, "p": [0.2, 0.7] * 20}).write_csv(tmp_path / "w.csv")
    assert st.evaluate(tmp_path / "w.csv", label="y", score="p").title == "Evaluation of p on w.csv against y"
    assert st.evaluate(tmp_path / "w.csv", label="y", score="p", title="W").title == "W"
