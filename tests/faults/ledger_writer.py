"""Writes to a ledger until it has written enough or its process is killed; says what was committed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from sterling.core.records import Event, Execution
from sterling.ledger import open_ledger
from tests.ledger.world import NOW


def main(folder: Path, name: str, count: int, out: Connection) -> None:
    """Each put is one execution with its artifacts and bytes; after it returned, its id, place and hash are sent."""
    with open_ledger(folder, create=True) as ledger:
        for i in range(count):
            id_ = f"{name}-{i}"
            kept = [ledger.keep(f"{id_}/{k}".encode() * 200, type="table", name=f"{id_}/{k}") for k in range(2)]
            running = Execution(id=id_, step="s", run=name, state="running", key=id_, started=NOW)
            complete = Execution(id=id_, step="s", run=name, state="complete", key=id_, started=NOW, ended=NOW)
            events = [Event(execution=id_, artifact=a.digest, direction="output", role=a.name) for a in kept]
            head = ledger.put(running, *kept, *events, complete)
            out.send((id_, head.seq, head.hash))
