"""`sterling verify`: whether everything is as it was written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, asked


def test_verify_sound_and_not(here: Path, cli: Cli) -> None:
    sound = asked(cli, "verify")
    assert sound["sound"] is True
    assert [p["file"] for p in sound["printed"] if p["in_chain"]] == ["report.html"]
    head = f"{sound['head_seq']}:{sound['head_hash']}"
    assert cli("verify", "--head", head).code == 0
    assert cli("verify", "--head", "0123abcd" * 8).code == 1
    refused = cli("verify", "--head", "not a head")
    assert (refused.code, refused.out) == (2, "")
    blob = next(p for p in (here / ".sterling" / "blobs").rglob("*") if p.is_file())
    blob.write_bytes(blob.read_bytes() + b"x")
    ended = cli("verify")
    assert ended.code == 1
    assert ended.out.startswith("Not sound")
    assert "were changed after they were stored" in ended.out.replace("\n    ", " ")
    assert cli("verify", "--no-blobs").code == 0


def test_verify_names_the_first_bad_record(here: Path, cli: Cli) -> None:
    import sqlite3

    with sqlite3.connect(here / ".sterling" / "ledger.db") as database:
        database.execute("update records set body = replace(body, 'ingest', 'digest') where seq = 7")
        seq = database.execute("select min(seq) from records where body like '%digest%' and seq = 7").fetchone()[0]
    ended = cli("verify", "--json")
    record = json.loads(ended.out)
    assert ended.code == (1 if seq else 0)
    assert [p["seq"] for p in record["problems"] if p["kind"] == "record"] == ([7] if seq else [])


def test_a_report_of_another_ledger_shows(here: Path, cli: Cli) -> None:
    head = asked(cli, "verify")["printed"][0]["hash"]
    page = here / "report.html"
    page.write_text(page.read_text(encoding="utf-8").replace(head, "f" * 64), encoding="utf-8")
    ended = cli("verify")
    assert ended.code == 1
    assert "report.html" in ended.out
    assert "Sound" not in ended.out


def test_text_of_a_page_that_was_edited_is_not_found_and_verify_says_so(here: Path, cli: Cli) -> None:
    page = here / "report.html"
    written = page.read_text(encoding="utf-8")
    page.write_text(written.replace("<title>", "<title>All is well: "), encoding="utf-8")
    ended = cli("verify")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert "report.html prints the head" in said and "it lies in this chain. Its other text is not checked." in said
    cli("run")
    assert "All is well: " not in page.read_text(encoding="utf-8")
