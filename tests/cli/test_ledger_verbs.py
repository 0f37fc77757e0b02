"""The verbs that ask the ledger, on a small project that was really run."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sterling.ledger import open_ledger
from tests.cli.conftest import Cli, planted
from tests.projects import ROWS, write_small

VERBS = ("status", "history", "trace", "why", "predictions", "verify")
ASKED = {"trace": ("model",), "why": ("1000",)}
"""What the verbs that want a word are asked for; 1000 is the id of a row of the small project."""


@pytest.fixture
def here(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project as the current folder."""
    monkeypatch.chdir(small)
    return small


def asked(cli: Cli, *words: str) -> Any:
    ended = cli(*words, "--json")
    assert (ended.code, ended.err) == (0, ""), ended.err
    return json.loads(ended.out)


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


def test_status_after_a_run(here: Path, cli: Cli) -> None:
    record = asked(cli, "status")
    assert record["review"] == "awaiting"
    assert (record["changed"], record["pending"], record["cannot_run"]) == ([], [], None)
    assert record["next"].startswith("sterling approve")
    assert sum(record["last_run"]["verdicts"].values()) >= 1
    assert "nothing has changed" in cli("status").out


def test_status_names_the_steps_that_a_change_touches(here: Path, cli: Cli) -> None:
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("max_gap = 0.05", "max_gap = 0.06"))
    record = asked(cli, "status")
    assert "sterling.toml changed" in record["changed"]
    assert [p["step"] for p in record["pending"]] == ["judge"]
    assert record["next"] == "sterling run"
    loans = here / "loans.csv"
    loans.write_text(loans.read_text().replace("north", "nord"))
    record = asked(cli, "status")
    assert "the file loans.csv changed" in record["changed"]
    assert record["pending"][0]["step"] == "ingest"
    assert [p["certain"] for p in record["pending"]] == [True] + [False] * (len(record["pending"]) - 1)


def test_what_status_promises_is_what_a_run_does(here: Path, cli: Cli) -> None:
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("folds = 3", "folds = 4"))
    certain = {p["step"] for p in asked(cli, "status")["pending"] if p["certain"]}
    maybe = {p["step"] for p in asked(cli, "status")["pending"]}
    assert certain == {"train"}
    assert cli("run", "--quiet").code in (0, 1, 3)
    with open_ledger(here / ".sterling") as ledger:
        done = {e.step for e in ledger.executions(run=ledger.contexts("run")[-1].id) if e.state == "complete"}
    assert certain <= done <= maybe
    assert asked(cli, "status")["pending"] == []


def test_status_when_the_data_are_gone(here: Path, cli: Cli) -> None:
    (here / "loans.csv").unlink()
    record = asked(cli, "status")
    assert record["cannot_run"]
    assert record["next"] == "sterling check"
    assert "a run cannot begin now" in cli("status").out


def test_status_when_stored_bytes_are_gone(here: Path, cli: Cli) -> None:
    digest = asked(cli, "trace", "model")["id"].removeprefix("sha256:")
    (here / ".sterling" / "blobs" / digest[:2] / digest[2:]).write_bytes(b"something else")
    record = asked(cli, "status")
    assert record["pending"][0] == {
        "step": "train", "title": "Training (logistic)", "certain": True,
        "because": ["what it made is not in the store as it was"],
    }  # fmt: skip
    assert cli("run", "--quiet").code in (0, 1, 3)  # the step is carried out again, and the bytes are put back
    assert cli("verify").code == 0


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


def test_a_run_that_was_killed(here: Path, cli: Cli) -> None:
    with open_ledger(here / ".sterling") as ledger:
        done = ledger.contexts("run")[-1]
        facts: Mapping[str, Any] = {"state": "running", "author": "kim"}
        ledger.put(replace(done, id="feedfeedfeed", ended=None, properties=facts))
    record = asked(cli, "history")
    assert [r["state"] for r in record["runs"]] == ["killed", "awaiting_review"]
    assert record["runs"][0]["seconds"] is None
    assert "carries on" in asked(cli, "status")["next"]
    why = asked(cli, "why", "1000")  # the newest run that lists predictions
    assert (why["run"], why["newer_run"]) == (done.id, "feedfeedfeed")
    assert "Note: the newest run, feedfe, lists no predictions" in cli("why", "1000").out


def test_a_run_that_is_at_work_is_not_called_killed(here: Path, cli: Cli) -> None:
    from sterling.pipeline.lock import only_run

    with open_ledger(here / ".sterling") as ledger:
        ledger.put(replace(ledger.contexts("run")[-1], id="feedfeedfeed", ended=None, properties={"state": "running"}))
    with only_run(here / ".sterling"):
        assert asked(cli, "history")["runs"][0]["state"] == "running"
        assert asked(cli, "status")["next"] == "wait: a run is at work"


def test_history_is_newest_first_and_limited(here: Path, cli: Cli) -> None:
    first = asked(cli, "history")["runs"][0]
    assert cli("run", "--quiet").code in (0, 1, 3)
    record = asked(cli, "history")
    assert [r["run"] for r in record["runs"]][1] == first["run"]
    assert record["runs"][0]["verdicts"] == first["verdicts"]
    one = asked(cli, "history", "--limit", "1")
    assert (len(one["runs"]), one["more"]) == (1, True)
    assert "older runs" in cli("history", "--limit", "1").out
    refused = cli("history", "--limit", "0")
    assert (refused.code, "expected: at least 1" in refused.err) == (2, True)


def test_history_says_what_people_decided(here: Path, cli: Cli) -> None:
    signed = cli("approve", "last", "--as", "Ada", "--reason", "read \x1b[31mit", "--override")
    assert signed.code in (0, 1), signed.err
    decisions = asked(cli, "history")["runs"][0]["decisions"]
    assert [(d["by"], d["reason"]) for d in decisions] == [("Ada", "read \x1b[31mit")]
    text = cli("history").out
    assert "by Ada on" in text
    assert "\x1b" not in text
    assert asked(cli, "why", "1000")["decisions"] == decisions
    assert asked(cli, "why", "1000")["review"] == "approved"


def test_predictions_and_why_agree(here: Path, cli: Cli) -> None:
    listed = asked(cli, "predictions", "--limit", "5")
    assert (listed["n"], len(listed["predictions"]), listed["threshold"]) == (ROWS, 5, 0.5)
    for p in listed["predictions"]:
        why = asked(cli, "why", p["prediction"])
        assert (why["score"], why["row"], why["selected"]) == (p["score"], p["row"], p["selected"])
        assert why["selected"] == (why["score"] >= 0.5)
        assert asked(cli, "why", p["prediction"][:10])["prediction"] == p["prediction"]


def test_all_predictions_as_csv(here: Path, cli: Cli) -> None:
    assert cli("predictions", "--csv", "out.csv").code == 0
    with open(here / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({r["prediction"] for r in rows}) == ROWS
    assert set(rows[0]) == {"prediction", "score", "selected"}
    assert all((float(r["score"]) >= 0.5) == (r["selected"] == "1") for r in rows)
    piped = cli("predictions", "--csv", "-")
    assert piped.out == (here / "out.csv").read_text()


def test_predictions_can_be_joined_to_ones_own_table(here: Path, cli: Cli) -> None:
    assert cli("predictions", "--csv", "named.csv", "--own-ids").code == 0
    with open(here / "named.csv", newline="") as file:
        named = {r["id"]: r["prediction"] for r in csv.DictReader(file)}
    with open(here / "loans.csv", newline="") as file:
        known = {r["applicant"] for r in csv.DictReader(file)}
    assert set(named) == known
    assert named["1000"] == asked(cli, "why", "1000")["prediction"]
    alone = cli("predictions", "--own-ids")
    assert (alone.code, alone.out) == (2, "")
    assert "--own-ids goes with --csv" in alone.err


def test_why_leads_all_the_way(here: Path, cli: Cli) -> None:
    record = asked(cli, "why", "1000")
    run = asked(cli, "history")["runs"][0]
    assert (record["found_by"], record["run"], record["trained_in"]) == ("id", run["run"], run["run"])
    assert (record["recipe"], record["cross_fitted"], record["features"]) == ("logistic", 3, 2)
    assert record["files"][0]["name"] == "loans.csv"
    assert record["predictions_checked"] is True
    for role in ("table", "model", "evidence", "predictions"):
        assert asked(cli, "trace", role)["id"] == record[role], role
    text = cli("why", "1000").out
    assert "had not seen it" in " ".join(text.split())
    assert "Review     awaiting" in text


def test_why_finds_the_row_that_has_the_id(here: Path, cli: Cli) -> None:
    """Scores of the rows, by their own ids, are those of the list; each id leads to another prediction."""
    found = {asked(cli, "why", str(i))["prediction"] for i in range(1000, 1010)}
    assert len(found) == 10


def test_a_model_from_the_cache_names_the_run_that_trained_it(here: Path, cli: Cli) -> None:
    before = asked(cli, "why", "1000")
    assert cli("run", "--quiet").code in (0, 1, 3)
    after = asked(cli, "why", "1000")
    assert after["run"] != before["run"]
    assert (after["trained_in"], after["trained_by"]) == (before["trained_in"], before["trained_by"])
    assert asked(cli, "why", "1000", "--run", before["run"][:6])["run"] == before["run"]


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


@pytest.mark.parametrize("name", ["999", "nobody", "", "abc", "%", "'; drop table", "\x1b[31m", "ZZZZ", "é" * 500])
def test_why_of_nobody(here: Path, cli: Cli, name: str) -> None:
    ended = cli("why", "--", name)
    assert (ended.code, ended.out) == (2, "")
    assert "no prediction has this id" in ended.err
    assert "\x1b" not in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("name", ["", "/", "..", "zz", "%", "sha256:", "sha256:" + "0" * 64, "\x1b[31m", "x" * 5000])
def test_trace_of_nothing(here: Path, cli: Cli, name: str) -> None:
    ended = cli("trace", "--", name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert "\x1b" not in ended.err
    assert len(ended.err) < 1500


@pytest.mark.parametrize("verb", ["why", "trace", "predictions"])
def test_a_run_that_there_is_not(here: Path, cli: Cli, verb: str) -> None:
    run = ("nosuch",) if verb == "predictions" else (*ASKED[verb], "--run", "nosuch")
    ended = cli(verb, *run)
    assert ended.code == 2
    assert "there is no run 'nosuch'" in ended.err


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


def test_a_score_that_is_a_column_of_real_data(recidivism_made: Path, cli: Cli) -> None:
    """The list is of every row, at the project's own threshold, and the answer says that the model is not known."""
    place = ("--project", str(recidivism_made))
    table = pl.read_parquet(recidivism_made / "data" / "recidivism.parquet")
    listed = asked(cli, "predictions", *place)
    assert (listed["n"], listed["model"], listed["threshold"]) == (table.height, "decile", 5)
    for own, decile in table.select("id", "decile").head(3).iter_rows():
        why = asked(cli, "why", str(own), *place)
        assert (why["score"], why["selected"]) == (decile, decile >= 5)
        assert why["model"] is None
        assert "not in the ledger" in why["limits"][0]
    assert asked(cli, "trace", "data/recidivism.parquet", *place)["down"][0]["title"] == "ingest"
    assert {p["file"] for p in asked(cli, "verify", *place)["printed"]} == {"report.html", "model-card.html"}


GIVEN = """
[project]
name = "given"
[data]
path = "scores.csv"
label = "y"
groups = ["g"]
id = "id"
[model]
"""


def test_several_scores_and_one_that_is_called_as_the_list_calls_its_own(folder: Path, cli: Cli) -> None:
    planted().with_columns(prediction=pl.col("p"), p=1 - pl.col("p")).write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(GIVEN + 'scores = ["p", "prediction"]\n', encoding="utf-8")
    ran = cli("run", "--quiet")
    assert ran.code in (0, 1, 3), ran.err
    unclear = cli("why", "a1")
    assert (unclear.code, "predictions of 2 models" in unclear.err) == (2, True)
    assert cli("predictions", "--model", "q").code == 2
    one, two = (asked(cli, "why", "a1", "--model", m) for m in ("p", "prediction"))
    assert one["prediction"] == two["prediction"]
    assert one["score"] == pytest.approx(1 - two["score"])
    assert (one["selected"], two["selected"]) == (False, True)


def test_decisions_without_scores_list_no_predictions(folder: Path, cli: Cli) -> None:
    planted().with_columns(d=(pl.col("p") > 0.5).cast(int)).write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(GIVEN + 'predictions = ["d"]\n', encoding="utf-8")
    ran = cli("run", "--quiet")
    assert ran.code in (0, 1, 3), ran.err
    ended = cli("predictions")
    assert (ended.code, "no predictions" in ended.err) == (2, True)
    assert cli("status").code == cli("history").code == 0
