"""What is put is answered: newest states, oldest first, all of a put or none of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import stat
from pathlib import Path

import pytest

from sterling.core.errors import InputError, LedgerError
from sterling.core.records import Context, Ledger, Risk
from sterling.ledger import open_ledger
from sterling.ledger.chain import GENESIS
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from tests.ledger.world import NOW, STEPS, artifact, digest, edit, execution, run_of


def test_a_new_ledger_is_empty_and_private(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "p" / ".sterling", create=True) as ledger:
        assert (ledger.head().seq, ledger.head().hash) == (0, GENESIS)
        assert ledger.contains(GENESIS)
        ledger.put(artifact("a"), artifact(ledger.keep(b"x", type="t", name="n").name))
        paths = [ledger.folder, *ledger.folder.rglob("*")]
        assert {"HEAD", "key", "ledger.db", "blobs"} <= {p.name for p in paths}
        modes = {p.name: stat.S_IMODE(os.stat(p).st_mode) for p in paths}
        assert all(modes[p.name] == (0o700 if p.is_dir() else 0o600) for p in paths), modes


def test_it_is_the_contract(ledger: SqlLedger) -> None:
    said: Ledger = ledger  # mypy compares every method; this keeps the names
    for base in Ledger.__mro__[:2]:
        assert all(callable(getattr(said, name)) for name in vars(base) if not name.startswith("_"))


def test_every_kind_comes_back_as_it_was_told(ledger: SqlLedger) -> None:
    told = run_of("r1")
    assert ledger.context("r1") == told[-1]
    assert ledger.decisions("r1") == (told[-2],) == ledger.decisions(about=digest("r1"))
    assert ledger.risks() == (told[-3],)
    assert ledger.openings() == (told[-4],)
    assert ledger.predictions("r1") == (told[-5],) == ledger.predictions()
    assert ledger.evidence("r1") == (told[-6],)
    assert ledger.artifact(digest("r1-train")) == artifact("r1-train", type="model")
    assert ledger.events(artifact=digest("r1-train"))[0].direction == "output"
    assert [e.role for e in ledger.events(execution="r1/train")] == ["table", "result"]


def test_what_is_unknown_is_none_or_empty(ledger: SqlLedger) -> None:
    assert ledger.artifact(digest("no")) is ledger.execution("no") is ledger.context("no") is None
    assert ledger.evidence("no") == ledger.predictions("no") == ledger.decisions("no") == ()
    assert ledger.artifacts(run="no") == ledger.executions(run="no") == ledger.contexts("no") == ()
    assert ledger.resolve("zz") == ()
    assert not ledger.contains("f" * 64)


def test_the_newest_state_is_answered_in_the_place_of_the_first(ledger: SqlLedger) -> None:
    assert [e.step for e in ledger.executions(run="r1")] == list(STEPS)
    assert {e.state for e in ledger.executions()} == {"complete"}
    ledger.put(execution("r1", "ingest", "failed", tries=2))
    assert next((e.step, e.state) for e in ledger.executions(run="r1")) == ("ingest", "failed")
    assert ledger.executions(state="failed") == (execution("r1", "ingest", "failed", tries=2),)
    assert [e.step for e in ledger.executions(state="complete")] == ["train", "evaluate"]
    assert verify(ledger, blobs=False).ok


def test_states_in_one_put_and_over_several(tmp_path: Path) -> None:
    with open_ledger(tmp_path, create=True) as ledger:
        ledger.put(execution("r", "a", "running"), execution("r", "b", "running"), execution("r", "a", "failed"))
        ledger.put(execution("r", "a", "running"), execution("r", "a", "complete"), execution("r", "b", "canceled"))
        assert [(e.step, e.state) for e in ledger.executions()] == [("a", "complete"), ("b", "canceled")]
        assert verify(ledger).ok


def test_lists_can_be_narrowed(ledger: SqlLedger) -> None:
    ledger.put(*run_of("r2"))
    ledger.put(*run_of("r3"))
    assert [c.id for c in ledger.contexts("run")] == ["r1", "r2", "r3"]
    assert [c.id for c in ledger.contexts("run", newest=2)] == ["r2", "r3"]
    assert ledger.contexts("run", newest=0) == ()
    assert [e.step for e in ledger.executions(run="r2", newest=1)] == ["evaluate"]
    assert [e.run for e in ledger.executions(step="train")] == ["r1", "r2", "r3"]
    assert [e.id for e in ledger.executions(key=digest("r3", "train"))] == ["r3/train"]
    assert [a.name for a in ledger.artifacts(type="model", run="r2")] == ["r2-train"]
    assert [a.name for a in ledger.artifacts(name="raw")] == ["raw"]
    assert {a.name for a in ledger.artifacts(run="r1")} == {"raw", "r1-ingest", "r1-train", "r1-evaluate"}


def test_closed_risks_are_not_open(ledger: SqlLedger) -> None:
    (risk,) = ledger.risks(open_only=True)
    assert isinstance(risk, Risk)
    ledger.put(dataclasses.replace(risk, resolved=True, closed_by="evidence"))
    assert ledger.risks(open_only=True) == ()
    assert [r.closed_by for r in ledger.risks()] == ["evidence"]


def test_records_are_found_by_property(ledger: SqlLedger) -> None:
    ledger.put(
        artifact("a", rows=3, clean=True), artifact("b", rows=3, clean=False, rate=0.5), artifact("c", why="x'\"y")
    )
    assert [a.name for a in ledger.select("artifact", {"rows": 3})] == ["a", "b"]
    assert [a.name for a in ledger.select("artifact", {"rows": 3, "clean": False})] == ["b"]
    assert [a.name for a in ledger.select("artifact", {"rate": 0.5})] == ["b"]
    assert [a.name for a in ledger.select("artifact", {"why": "x'\"y"})] == ["c"]
    assert [a.name for a in ledger.select("artifact", {"rows": None, "why": "x'\"y"})] == ["c"]
    assert [c.id for c in ledger.select("context", {"state": "complete"})] == ["r1"]
    with pytest.raises(InputError, match="no properties"):
        ledger.select("event", {"rows": 3})
    with pytest.raises(InputError, match="rows"):
        ledger.select("artifact", {"rows": [3]})


def test_prefixes_are_resolved(ledger: SqlLedger) -> None:
    ledger.put(*(Context(id=f"run-{i:03}", type="run", name="x") for i in range(30)))
    ledger.put(Context(id="run-project", type="project", name="x"))
    assert ledger.resolve("r1/t") == ("r1/train",)
    assert set(ledger.resolve("r1")) == {"r1", "r1-risk", "r1-yes", *(f"r1/{s}" for s in STEPS)}
    known = digest("r1-train")
    assert ledger.resolve(known[:12]) == ledger.resolve(known.removeprefix("sha256:")[:12]) == (known,)
    assert ledger.resolve("run-") == tuple(f"run-{i:03}" for i in range(20))


def test_a_put_is_all_or_nothing(ledger: SqlLedger) -> None:
    before = ledger.head()
    with pytest.raises(InputError, match="not a record"):
        ledger.put(artifact("good"), "bad")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be written as JSON"):
        ledger.put(artifact("good"), artifact("bad", rate=float("nan")))
    with pytest.raises(InputError, match="time zone"):
        ledger.put(artifact("good"), dataclasses.replace(execution("r", "s"), started=dt.datetime(2026, 1, 1)))
    with pytest.raises(InputError, match="not text"):
        ledger.put(artifact("good"), artifact("bad \udc80"))
    with pytest.raises(InputError, match="has a name of type int"):
        ledger.put(artifact("good"), dataclasses.replace(artifact("bad"), name=5))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="has a digest of type NoneType"):
        ledger.put(artifact("good"), dataclasses.replace(artifact("bad"), digest=None))  # type: ignore[arg-type]
    assert ledger.head() == before == ledger.put()
    assert ledger.artifact(digest("good")) is None


def test_questions_that_no_record_can_answer(ledger: SqlLedger) -> None:
    for ask in (lambda: ledger.resolve("\udc80"), lambda: ledger.artifacts(name="\udc80")):
        with pytest.raises(InputError, match="not text"):
            ask()
    with pytest.raises(InputError, match="too large"):
        ledger.select("artifact", {"rows": 2**70})
    with pytest.raises(InputError, match="not the digest"):
        ledger.read("../../etc/passwd")


def test_a_record_that_was_edited_is_no_traceback(ledger: SqlLedger) -> None:
    for body in ("{", "[]", "5", '{"digest":1,"colour":2}', "x" * 10):
        edit(ledger.folder, "UPDATE records SET body = ? WHERE kind = 'artifact'", parameters=(body,))
        with pytest.raises(LedgerError, match="not as sterling wrote it") as caught:
            ledger.artifacts()
        assert "sterling verify" in caught.value.hint


def test_it_survives_closing(ledger: SqlLedger) -> None:
    head = ledger.put(artifact("late"))
    ledger.close()
    assert not ledger.file.with_name("ledger.db-wal").exists()
    with open_ledger(ledger.folder) as again:
        assert again.head() == head
        assert again.contains(head.hash)
        assert again.put(artifact("later")).seq == head.seq + 1
    assert ledger.head().seq == head.seq + 1


def test_the_clock_may_go_backwards(tmp_path: Path) -> None:
    times = iter(NOW - dt.timedelta(hours=hour) for hour in range(4))
    with open_ledger(tmp_path, create=True, clock=lambda: next(times)) as ledger:
        for name in "abcd":
            ledger.put(artifact(name))
        assert [a.name for a in ledger.artifacts()] == list("abcd")
        checked = verify(ledger)
    assert checked.ok
    assert "3 time(s)" in checked.notices[0]


def test_a_ledger_that_was_cut_off_is_not_written_on(ledger: SqlLedger) -> None:
    last = ledger.head().seq
    edit(ledger.folder, f"DELETE FROM contexts WHERE seq = {last}", f"DELETE FROM records WHERE seq = {last}")
    with pytest.raises(LedgerError, match="HEAD") as caught:
        ledger.put(artifact("more"))
    assert caught.value.exit_code == 2
    assert ledger.artifact(digest("more")) is None
