"""`sterling trace`: what a thing was made of, and what was made of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, asked


@pytest.mark.parametrize("name", ["", "/", "..", "zz", "%", "sha256:", "sha256:" + "0" * 64, "\x1b[31m", "x" * 5000])
def test_trace_of_nothing(here: Path, cli: Cli, name: str) -> None:
    ended = cli("trace", "--", name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert "\x1b" not in ended.err
    assert len(ended.err) < 1500


def test_trace_by_every_name(here: Path, cli: Cli) -> None:
    model = asked(cli, "trace", "model")
    assert {row["role"] for row in model["up"]} >= {"made by", "table", "split", "file"}
    assert {row["role"] for row in model["down"]} >= {"read by", "scores", "evidence", "verdicts", "report"}
    assert asked(cli, "trace", model["id"])["up"] == model["up"]
    assert asked(cli, "trace", model["id"].removeprefix("sha256:")[:12])["down"] == model["down"]
    step = model["up"][0]
    assert asked(cli, "trace", step["id"])["kind"] == "execution"
    run = asked(cli, "trace", "last")
    assert asked(cli, "trace", run["run"][:8])["id"] == run["id"]
    steps = [row["title"] for row in run["down"] if row["role"] == "step"]
    assert steps[:2] == ["ingest", "validate"]


def test_trace_of_files_goes_by_their_content(here: Path, cli: Cli, tmp_path: Path) -> None:
    elsewhere = shutil.copy(here / "loans.csv", tmp_path / "renamed.csv")
    data = asked(cli, "trace", str(elsewhere))
    assert (data["kind"], data["type"], data["title"]) == ("artifact", "file", "loans.csv")
    assert {row["role"] for row in data["down"]} >= {"read by", "table", "model", "verdicts"}
    report = asked(cli, "trace", "report.html")
    assert (report["kind"], report["up"][0]["kind"]) == ("artifact", "run")
    (here / "report.html").write_text("something else")
    ended = cli("trace", "report.html")
    assert ended.code == 2
    assert "does not know this content" in ended.err


def test_trace_one_way(here: Path, cli: Cli) -> None:
    assert "What came of it" not in cli("trace", "model", "--up").out
    assert "What led to it" not in cli("trace", "model", "--down").out
    assert asked(cli, "trace", "model", "--up")["down"] is None
