"""A planted table, and the command run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from sterling.cli.main import main

N = 400
"""Rows of each group."""
SELECTED = {"a": 0.8, "b": 0.6}
"""Share of each group that the model selects: a gap of 20 points."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ended]


def planted(n: int = N) -> pl.DataFrame:
    """Two groups with known selection rates; labels agree with three in four decisions. No chance involved."""
    rows = []
    for group, share in SELECTED.items():
        for i in range(n):
            selected = i < share * n
            label = int(selected) if i % 4 else int(not selected)
            rows.append((f"{group}{i}", group, 0.9 if selected else 0.2, label, 1.0))
    return pl.DataFrame(rows, schema=["id", "g", "p", "y", "w"], orient="row")


@pytest.fixture
def table() -> pl.DataFrame:
    return planted()


@pytest.fixture
def folder(tmp_path: Path, table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, holding `scores.csv`."""
    table.write_csv(tmp_path / "scores.csv")
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes]) -> Cli:
    """Run `sterling` with these words; captures what reaches the file descriptors."""

    def run(*words: str) -> Ended:
        code = main(list(words))
        out, err = capfdbinary.readouterr()
        return Ended(code, out.decode(), err.decode())

    return run


@pytest.fixture
def evaluate(cli: Cli, folder: Path) -> Cli:
    """Run `sterling evaluate` on the planted table, without a report unless `report` is true."""

    def run(*words: str, data: str = "scores.csv", report: bool = False, groups: str = "g") -> Ended:
        base = ["evaluate", data, "--label", "y", "--score", "p", "--groups", groups]
        return cli(*base, *([] if report else ["--no-report"]), *words)

    return run


def write_policy(folder: Path, *limits: str, name: str = "policy.toml") -> Path:
    """A policy with these limits, each given as the lines of its table."""
    path = folder / name
    path.write_text("".join(f"[[limit]]\n{limit}\n\n" for limit in limits), encoding="utf-8")
    return path


def gap(bound: float, metric: str = "selection_rate") -> str:
    """The lines of a limit on the gap in a metric."""
    return f'metric = "{metric}"\nmax_gap = {bound}'


@pytest.fixture
def here(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project as the current folder."""
    monkeypatch.chdir(small)
    return small


def asked(cli: Cli, *words: str) -> Any:
    """What a verb that asks the ledger answers, as JSON."""
    ended = cli(*words, "--json")
    assert (ended.code, ended.err) == (0, ""), ended.err
    return json.loads(ended.out)
