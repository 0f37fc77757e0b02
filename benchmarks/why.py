"""Why a prediction is as it is, in a ledger of a million records: from the prediction to the people who signed.

The peer is cited, not run: ML Metadata on SQLite needs 62 ms to walk from an artifact to its origin at 200 steps.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.ledger import RECORDS, step
from sterling.cli.main import main
from sterling.core.project_file import read_project
from sterling.ledger import open_ledger
from sterling.pipeline.queries.history import history
from sterling.pipeline.queries.predictions import listing
from sterling.pipeline.queries.why import why

EXAMPLE = Path(__file__).parents[1] / "examples" / "lending"
WHY = 50.0
ASKED = 100


def measure() -> list[Line]:
    """Wall time of a question in an open ledger, the median of a hundred; the run is of real data, the rest is not."""
    folder = Path(tempfile.mkdtemp(prefix="why-"))
    try:
        own = shutil.ignore_patterns(".sterling", "*.html", "*.md", "__pycache__")
        place = shutil.copytree(EXAMPLE, folder / "lending", ignore=own)
        project = read_project(place)
        with open_ledger(project.state, create=True) as ledger:
            runs = 0
            while ledger.head().seq < RECORDS:
                ledger.put(*(record for run in range(runs, runs + 50) for k in range(8) for record in step(run, k)))
                runs += 50
            code = main(["run", "--quiet", "--project", str(place)])
            assert code in (0, 1, 3), code
            ids = [p.id for p in listing(ledger, "last", limit=ASKED).shown]
            took, used = [], []
            for id_ in ids:
                start, cpu = time.perf_counter(), time.process_time()
                found = why(project, ledger, id_)
                took.append(time.perf_counter() - start)
                used.append(time.process_time() - cpu)
                assert found.prediction.id == id_
            start = time.perf_counter()
            assert len(history(ledger, limit=20).runs) == 20
            listed = time.perf_counter() - start
            records = ledger.head().seq
    finally:
        shutil.rmtree(folder)
    return [
        plain("records in the ledger", records, ""),
        at_most("why, median", statistics.median(took) * 1e3, WHY, "ms"),
        plain("of which the processor worked", statistics.median(used) * 1e3, "ms"),
        plain("the newest 20 runs", listed * 1e3, "ms"),
    ]


CLAIM = Claim(
    name="why",
    statement="why a prediction is as it is: told at once, in a million records",
    measure=measure,
)
