"""What steps leave reaches the ledger in order, whole, and with whatever went wrong told to everybody."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sterling.core.errors import InputError, LedgerError
from sterling.core.records import Artifact, Context, Head, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from sterling.pipeline.conduct import Silent, all_steps
from sterling.pipeline.execution import Hands
from sterling.pipeline.recording import Recording
from sterling.pipeline.step import Inputs, Made, Step


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    with open_ledger(tmp_path / "state", create=True) as made:
        yield made


def said(number: int) -> Context:
    return Context(id=f"run-{number}", type="run", name=str(number))


def test_everything_is_there_once_settled(ledger: SqlLedger) -> None:
    recording = Recording(ledger)
    kept = [recording.keep(b"bytes %d" % k, type="table", name=f"t{k}") for k in range(5)]
    recording.put(*kept, said(0))
    recording.settle()
    recording.settle()
    assert [ledger.read(artifact.digest) for artifact in kept] == [b"bytes %d" % k for k in range(5)]
    assert ledger.artifact(kept[3].digest) == kept[3] == ledger.keep(b"bytes 3", type="table", name="t3")
    assert ledger.context("run-0") is not None
    assert verify(ledger).ok


def test_order_is_kept_whoever_hands_over(ledger: SqlLedger) -> None:
    recording = Recording(ledger)

    def hand_over(first: int) -> None:
        for number in range(first, 200, 4):
            recording.put(said(number))
            if number % 40 < 4:
                recording.settle()

    threads = [threading.Thread(target=hand_over, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recording.settle()
    numbers = [int(context.name) for context in ledger.contexts("run")]
    assert sorted(numbers) == list(range(200))
    for k in range(4):
        mine = [n for n in numbers if n % 4 == k]
        assert mine == sorted(mine)
    assert verify(ledger).ok


def test_what_waits_goes_into_one_transaction_with_its_bytes_before_it(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[object] = []
    held = threading.Event()
    put, store = SqlLedger.put, SqlLedger.store

    def slow_put(self: SqlLedger, *records: Record) -> Head:
        did.append(len(records))
        held.wait(30)
        return put(self, *records)

    def told_store(self: SqlLedger, artifact: Artifact, content: bytes) -> None:
        did.append(artifact.name)
        store(self, artifact, content)

    monkeypatch.setattr(SqlLedger, "put", slow_put)
    monkeypatch.setattr(SqlLedger, "store", told_store)
    recording = Recording(ledger)
    recording.put(said(0))
    while not did:
        pass
    recording.put(said(1))
    recording.put(recording.keep(b"x", type="table", name="bytes"), said(2))
    held.set()
    recording.settle()
    assert did == [1, "bytes", 3]


def test_after_a_failure_nothing_is_written_and_everybody_is_told(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: SqlLedger, artifact: Artifact, content: bytes) -> None:
        raise LedgerError("the disk is full", where="here")

    recording = Recording(ledger)
    recording.put(said(0))
    recording.settle()
    monkeypatch.setattr(SqlLedger, "store", full)
    recording.put(recording.keep(b"x", type="table", name="t"), said(1))
    for _ in range(2):
        with pytest.raises(LedgerError, match="full"):
            recording.settle()
    monkeypatch.undo()
    with pytest.raises(LedgerError, match="full"):
        recording.put(said(2))
    with pytest.raises(LedgerError, match="full"):
        recording.keep(b"y", type="table", name="t")
    assert [context.name for context in ledger.contexts("run")] == ["0"]
    assert verify(ledger).ok


def test_without_a_thread_to_write_everybody_is_told_and_nobody_waits_for_ever(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    recording = Recording(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError, match="thread"):
            recording.put(said(0))
    told: list[BaseException] = []
    waiting = threading.Thread(target=_settled, args=(recording, told), daemon=True)
    waiting.start()
    waiting.join(30)
    assert [str(error) for error in told] == ["can't start new thread"]
    with pytest.raises(RuntimeError, match="thread"):
        recording.put(said(1))


def _settled(recording: Recording, told: list[BaseException]) -> None:
    try:
        recording.settle()
    except RuntimeError as error:
        told.append(error)


def test_a_step_that_fails_is_told_of_once_nothing_is_being_written(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gave the ledger a folder for the time being may take it away then."""
    store = SqlLedger.store

    def slow_store(self: SqlLedger, artifact: Artifact, content: bytes) -> None:
        time.sleep(0.3)
        store(self, artifact, content)

    def make(inputs: Inputs) -> dict[str, Made]:
        return {"table": Made(content=b"rows", type="table", name="t")}

    def fail(inputs: Inputs) -> dict[str, Made]:
        raise InputError("something of their own", where="here")

    monkeypatch.setattr(SqlLedger, "store", slow_store)
    hands = Hands(
        project=None, ledger=ledger, recording=Recording(ledger), run="r", lock="", fresh=True,  # type: ignore[arg-type]
        now=lambda: dt.datetime.now(dt.UTC),
    )  # fmt: skip
    steps = (
        Step(name="make", title="Make", stage="data", work=make, makes=("table",)),
        Step(name="fail", title="Fail", stage="data", work=fail, reads=("table",), makes=("more",)),
    )
    with pytest.raises(InputError, match="of their own"):
        all_steps(steps, {}, hands, Silent())
    assert [e.state for e in ledger.executions(run="r")] == ["complete", "failed"]
