"""What all verbs that ask the ledger have in common, on a small project that was really run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sterling.ledger import open_ledger
from tests.cli.conftest import Cli, asked
from tests.projects import ROWS, write_small

VERBS = ("status", "history", "trace", "why", "predictions", "verify")

ASKED = {"trace": ("model",), "why": ("1000",)}
"""What the verbs that want a word are asked for; 1000 is the id of a row of the small project."""


def words(verb: str) -> tuple[str, ...]:
    return (verb, *ASKED.get(verb, ()))


@pytest.mark.parametrize("verb", VERBS)
def test_text_fits_the_screen_and_json_has_a_format(here: Path, cli: Cli, verb: str) -> None:
    ended = cli(*words(verb))
    assert (ended.code, ended.err) == (0, ""), ended.err
    assert max(map(len, ended.out.splitlines())) <= 80
    record = asked(cli, *words(verb))
    assert (record["format"], record["version"]) == (f"sterling.{verb}", 1)


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_question_has_the_same_answer(here: Path, cli: Cli, verb: str) -> None:
    assert cli(*words(verb), "--json") == cli(*words(verb), "--json")


def test_before_the_first_run(tmp_path: Path, cli: Cli) -> None:
    folder = write_small(tmp_path / "new")
    ended = cli("status", "--project", str(folder))
    assert ended.code == 0
    assert "none yet" in ended.out
    assert "Next: sterling run" in ended.out
    assert not (folder / ".sterling").exists()
    for verb in VERBS[1:]:
        ended = cli(*words(verb), "--project", str(folder))
        assert (ended.code, ended.out) == (2, "")
        assert "there is no ledger" in ended.err
        assert "hint: " in ended.err


def test_an_empty_ledger(tmp_path: Path, cli: Cli) -> None:
    folder = write_small(tmp_path / "new")
    open_ledger(folder / ".sterling", create=True).close()
    assert "No run yet." in cli("history", "--project", str(folder)).out
    assert "none yet" in cli("status", "--project", str(folder)).out
    assert cli("verify", "--project", str(folder)).out.startswith("Sound: 0 records")
    for verb in ("trace", "why", "predictions"):
        ended = cli(*words(verb), "--project", str(folder))
        assert ended.code == 2
        assert "there is no run yet" in ended.err


def test_no_value_of_a_row_is_printed(here: Path, cli: Cli) -> None:
    """Neither another column of the row nor the id of anybody, wherever one looks."""
    rows = [line.split(",") for line in (here / "loans.csv").read_text().splitlines()[1:]]
    values = {value for row in rows for value in row[2:4] if len(value) == 6 and float(value) > 1}  # no score is
    told = [cli(*words(verb), *more).out for verb in VERBS for more in ((), ("--json",))]
    told.append(cli("predictions", "--csv", "-").out)
    assert len(values) > ROWS / 2
    for text in told:
        assert not values & set(re.findall(r"[\w.]+", text))
        assert not re.search(r"(?<![\w.])1000(?![\w.])", text)


@pytest.mark.parametrize("verb", ["why", "trace", "predictions"])
def test_a_run_that_there_is_not(here: Path, cli: Cli, verb: str) -> None:
    run = ("nosuch",) if verb == "predictions" else (*ASKED[verb], "--run", "nosuch")
    ended = cli(verb, *run)
    assert ended.code == 2
    assert "there is no run 'nosuch'" in ended.err


def test_a_damaged_database_is_said_plainly(here: Path, cli: Cli) -> None:
    (here / ".sterling" / "ledger.db").write_bytes(b"not a database" * 100)
    for verb in VERBS:
        ended = cli(*words(verb))
        assert (ended.code, ended.out) == (2, ""), verb
        assert ended.err.startswith("error: ")


def test_a_broken_project_file_does_not_hide_what_happened(here: Path, cli: Cli) -> None:
    (here / "sterling.toml").write_text("[project\n")
    for verb in ("history", "trace", "predictions", "verify"):
        assert cli(*words(verb)).code == 0, verb
    assert cli("status").code == cli("why", "1000").code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(here: Path, cli: Cli) -> None:
    for path in (here / ".sterling", here / ".sterling" / "ledger.db"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        for verb in VERBS:
            assert cli(*words(verb)).code == 0, verb
    finally:
        (here / ".sterling").chmod(0o700)


def test_asking_changes_nothing(here: Path, cli: Cli) -> None:
    def state() -> dict[str, bytes]:
        return {
            str(p): p.read_bytes() for p in here.rglob("*") if p.is_file() and p.suffix not in (".db-shm", ".db-wal")
        }

    before = state()
    for verb in VERBS:
        cli(*words(verb))
    assert state().keys() - before.keys() <= {str(here / ".sterling" / f"ledger.db-{x}") for x in ("shm", "wal")}
    with open_ledger(here / ".sterling") as ledger:
        assert f"{ledger.head().seq}:" in cli("verify").out
