"""A ledger of a million records: what a step costs, a walk from an artifact to where it came from, and checking it all.

The peer is cited, not run: ML Metadata on SQLite needs 44 ms to put a step and 62 ms for such a walk at 200 steps.
"""

from __future__ import annotations

import datetime as dt
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.claim import Claim, Line, at_most, plain
from sterling.core.records import Artifact, Context, Event, Execution, Membership, Record
from sterling.ledger import open_ledger
from sterling.ledger.verify import verify

RECORDS = 1_000_000
STEPS = ("ingest", "validate", "split", "train", "score", "evaluate", "judge", "render")
PUT, WALK, VERIFY = 2.0, 50.0, 60.0
_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def step(run: int, place: int) -> list[Record]:
    """The records of a step that reads one artifact and makes two. The first reads what the run before made last."""
    before = (run, place - 1) if place else (run - 1, len(STEPS) - 1)
    made = [
        Artifact(digest=_digest(run, place, k), type="table", name=f"{STEPS[place]}-{k}", size=1024, state="reference")
        for k in range(2)
    ]
    execution = Execution(
        id=f"{run:08x}-{place}", step=STEPS[place], run=f"run-{run:08x}", state="complete", key=_digest(run, place, 9),
        started=_START, ended=_START, properties={"rows": 4096, "code": "0.1.0"},
    )  # fmt: skip
    context = [Context(id=execution.run, type="run", name=execution.run, started=_START)] if place == 0 else []
    return [
        *context,
        *made,
        execution,
        Event(execution=execution.id, artifact=_digest(*before, 0), direction="input", role="table"),
        *(Event(execution=execution.id, artifact=a.digest, direction="output", role=a.name) for a in made),
        *(Membership(context=execution.run, member=a.digest, kind="artifact") for a in made),
        Membership(context=execution.run, member=execution.id, kind="execution"),
    ]


def _digest(run: int, place: int, k: int) -> str:
    return f"sha256:{hash((run, place, k)) & (2**64 - 1):016x}{run:032x}{place:08x}{k:08x}"


def measure() -> list[Line]:
    """Wall time; the median of a hundred puts and walks, one pass of verify."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    try:
        with open_ledger(folder / ".sterling", create=True) as ledger:
            runs = 0
            while ledger.head().seq < RECORDS:
                ledger.put(*(record for run in range(runs, runs + 50) for k in range(8) for record in step(run, k)))
                runs += 50
            steps = [step(runs + i // 8, i % 8) for i in range(104)]
            put = _median([partial(ledger.put, *records) for records in steps])
            ends = [_digest(runs * i // 104, 7, 0) for i in range(1, 104)]
            walk = _median([partial(ledger.lineage, end, direction="up", hops=6) for end in ends])
            found = ledger.lineage(ends[0], direction="up", hops=6)
            assert len(found.executions) == 6
            start = time.perf_counter()
            checked = verify(ledger)
            whole = time.perf_counter() - start
            assert checked.ok
        size = (folder / ".sterling" / "ledger.db").stat().st_size / 1e6
    finally:
        shutil.rmtree(folder)
    return [
        plain("records in the ledger", checked.records, ""),
        plain("size of the database", size, "MB"),
        at_most("put a step (9 or 10 records, on the disk), median", put * 1e3, PUT, "ms"),
        at_most("walk from an artifact 6 hops up, median", walk * 1e3, WALK, "ms"),
        at_most("verify everything", whole, VERIFY, "s"),
    ]


def _median(jobs: list[Callable[[], object]]) -> float:
    took = []
    for job in jobs:
        start = time.perf_counter()
        job()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


CLAIM = Claim(
    name="ledger", statement="remembering: a million records, still quick to add to, ask and check", measure=measure
)
