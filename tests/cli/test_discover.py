"""`sterling evaluate --discover`: sentences in the terminal, records in the JSON, a section of the page; slips."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def weak(folder: Path) -> Path:
    """`weak.csv`: the model errs thrice as often for those under 30 who work nights."""
    rng = np.random.default_rng(3)
    n = 6000
    age, shift = rng.integers(18, 70, n), rng.choice(["day", "night"], n)
    label = rng.random(n) < 0.5
    wrong = rng.random(n) < np.where((age < 30) & (shift == "night"), 0.45, 0.15)
    frame = pl.DataFrame({"y": label * 1, "p": (label ^ wrong) * 1, "age": age, "shift": shift, "g": shift})
    frame.write_csv(folder / "weak.csv")
    return folder


COMMAND = ("evaluate", "weak.csv", "--label", "y", "--prediction", "p")


def test_the_weak_slice_is_said_written_and_drawn(cli: Cli, weak: Path) -> None:
    done = cli(*COMMAND, "--discover", "--features", "age,shift", "--json", "out.json")
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "Error rate" in said and "age under 30 and shift is night" in said and "confirmed on rows" in said
    (found,) = json.loads((weak / "out.json").read_text(encoding="utf-8"))["discovered"]
    assert found["features"] == ["age", "shift"] and found["slices"][0]["confirmed"]
    page = (weak / "report.html").read_text(encoding="utf-8")
    assert "Where the model is worst" in page and "[[slice]]" in page


def test_the_limit_that_comes_with_a_slice_is_held_against_fresh_data(cli: Cli, weak: Path) -> None:
    cli(*COMMAND, "--discover", "--features", "age,shift", "--no-report", "--json", "out.json", "--quiet")
    (found,) = json.loads((weak / "out.json").read_text(encoding="utf-8"))["discovered"]
    (weak / "limits.toml").write_text(found["slices"][0]["limit"], encoding="utf-8")
    done = cli(*COMMAND, "--no-report", "--policy", "limits.toml")
    assert done.code == 1 and "over your limit" in " ".join(done.out.split())


def test_a_metric_or_features_ask_for_the_search_too(cli: Cli, weak: Path) -> None:
    for words in (("--discover-metric", "false_positive_rate"), ("--features", "age")):
        done = cli(*COMMAND, *words, "--no-report", "--json", "-")
        assert len(json.loads(done.out)["discovered"]) == 1
    assert json.loads(cli(*COMMAND, "--no-report", "--json", "-").out)["discovered"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--discover-metric", "eror_rate"), "error_rate"),
        (("--discover-metric", "balanced_accuracy"), "balanced_accuracy"),
        (("--discover-metric", "selection_rate"), "better"),
        (("--features", "aeg"), "age"),
        (("--features", "p"), "role"),
    ],
)
def test_slips_are_told_without_a_traceback(cli: Cli, weak: Path, words: tuple[str, ...], said: str) -> None:
    done = cli(*COMMAND, *words, "--no-report")
    assert done.code == 2 and said in done.err and "Traceback" not in done.err


def test_what_cannot_be_searched_is_said(cli: Cli, weak: Path) -> None:
    done = cli(*COMMAND, "--discover-metric", "log_loss", "--no-report")
    assert done.code == 0 and "were not searched for: " in " ".join(done.out.split())


def test_nothing_found_is_said(cli: Cli, weak: Path) -> None:
    frame = pl.read_csv("weak.csv").with_columns(p=pl.col("y"))
    frame.write_csv("weak.csv")
    done = cli(*COMMAND, "--discover", "--no-report")
    assert done.code == 0 and "No slice is shown to do worse than elsewhere" in " ".join(done.out.split())
