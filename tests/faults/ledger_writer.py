"""A process that writes to a ledger until it is told to stop or is killed; says on its output what was committed.

    python ledger_writer.py FOLDER NAME COUNT

Each put is one execution with its artifacts and bytes; after it returned, `NAME-i seq hash` is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sterling.core.records import Event, Execution
from sterling.ledger import open_ledger
from tests.ledger.world import NOW


def main(folder: Path, name: str, count: int) -> None:
    with open_ledger(folder, create=True) as ledger:
        for i in range(count):
            id_ = f"{name}-{i}"
            kept = [ledger.keep(f"{id_}/{k}".encode() * 200, type="table", name=f"{id_}/{k}") for k in range(2)]
            running = Execution(id=id_, step="s", run=name, state="running", key=id_, started=NOW)
            complete = Execution(id=id_, step="s", run=name, state="complete", key=id_, started=NOW, ended=NOW)
            events = [Event(execution=id_, artifact=a.digest, direction="output", role=a.name) for a in kept]
            head = ledger.put(running, *kept, *events, complete)
            sys.stdout.write(f"{id_} {head.seq} {head.hash}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
