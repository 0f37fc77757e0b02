"""What steps leave reaches the ledger in order, whole, and with whatever went wrong told to everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sterling.core.errors import LedgerError
from sterling.core.records import Artifact, Context, Head, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from sterling.pipeline.recording import Recording


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
