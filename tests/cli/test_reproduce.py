"""`sterling reproduce` as a person meets it, and on slices of the three examples."""

from __future__ import annotations

import importlib
import io
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.house.law import ROOT
from tests.pipeline.small import GIVEN, artifacts, carried_out, killed, ledger_of, write

from .conftest import Cli


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write(tmp_path / "p", GIVEN)
    carried_out(folder)
    monkeypatch.chdir(folder)
    return folder


def test_the_same_bytes_end_with_0(here: Path, cli: Cli) -> None:
    ended = cli("reproduce", "last")
    assert ended.code == 0
    assert re.match(r"Run [0-9a-f]{12}: \d artifacts, every one with the same bytes as then\.", ended.out)
    assert re.search(r"^  evidence +[0-9a-f]{12}  same$", ended.out, re.MULTILINE)
    record = json.loads(cli("reproduce", "last", "--json").out)
    assert (record["format"], record["same"], record["notes"]) == ("sterling.reproduce", True, [])
    assert all(a["same"] for a in record["artifacts"])


def test_other_bytes_end_with_1_and_name_what_changed(here: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    step = importlib.import_module("sterling.pipeline.step")
    monkeypatch.setattr(step, "table_bytes", _otherwise)
    monkeypatch.setattr("sterling.pipeline.reproduce.code_digest", lambda: "0" * 64)
    ended = cli("reproduce", "last")
    assert ended.code == 1
    assert "came out with other bytes" in ended.out
    assert re.search(r"^  table +[0-9a-f]{12}  now [0-9a-f]{12}$", ended.out, re.MULTILINE)
    assert "Changed since: Sterling's code." in ended.out


def _otherwise(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4")
    return buffer.getvalue()


def test_data_that_are_gone_are_said_to_be(here: Path, cli: Cli) -> None:
    (here / "people.parquet").unlink()
    ended = cli("reproduce", "last")
    assert ended.code == 0
    assert "Note: what the step ingest read is gone: begun again from what the run kept of it" in ended.out
    with ledger_of(here) as ledger:
        run = ledger.contexts("run")[-1].id
        ledger.path(artifacts(here, run)["table"].digest).unlink()
    ended = cli("reproduce", "last")
    assert ended.code == 2
    assert "the bytes that were kept are gone" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.slow
@pytest.mark.parametrize(("example", "rows"), [("lending", 1989), ("income", 1500), ("recidivism", 1500)])
def test_examples_come_out_the_same(tmp_path: Path, cli: Cli, example: str, rows: int) -> None:
    """A slice of each: run, run again, made again."""
    folder = tmp_path / example
    own = shutil.ignore_patterns(".sterling", "*.html", "*-card.md", "__pycache__")
    shutil.copytree(ROOT / "examples" / example, folder, ignore=own)
    data = folder / "data" / f"{example}.parquet"
    pl.read_parquet(data).sample(rows, seed=1).write_parquet(data)
    first = carried_out(folder)
    assert first.dossier is not None
    again = carried_out(folder, fresh=True)
    was, now = artifacts(folder, first.run), artifacts(folder, again.run)
    assert {r: a.digest for r, a in was.items()} == {r: a.digest for r, a in now.items()}
    assert cli("reproduce", "last", "--project", str(folder)).code == 0


def test_of_a_run_that_was_killed_what_it_made_is_made_again(here: Path, cli: Cli) -> None:
    run = killed(here, "judge")
    ended = cli("reproduce", "last")
    assert ended.code == 0
    assert f"Note: the run {run[:6]} was killed and did not end: this is what it had recorded" in ended.out
    roles = [a["role"] for a in json.loads(cli("reproduce", "last", "--json").out)["artifacts"]]
    assert "evidence" in roles
    assert "verdicts" not in roles


def test_a_run_that_made_nothing(here: Path, cli: Cli) -> None:
    killed(here, "ingest", "validate", "split", "keys", "score", "predictions", "evaluate", "judge")
    ended = cli("reproduce", "last")
    assert ended.code == 2
    assert "was killed and did not end" in ended.err
