"""Peers that cannot share an environment: each runs in one of its own, which `make bench-peers` installs."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.measure import Cost, command
from benchmarks.table import CACHE

HOME = CACHE / "peers"
VERSIONS = {
    "tfdv": "tensorflow-data-validation==1.16.1",
    "whylogs": "whylogs==1.6.4",
    "ydata": "ydata-profiling==4.18.4",
    "evidently": "evidently==0.7.23",
}

_TIMED = """
start = time.process_time()
found = ask(frame)
print(json.dumps({"cpu": time.process_time() - start, "found": found}))
"""
_HEAD = "import json, sys, time\nimport pandas as pd\n"
_READ = "frame = pd.read_parquet(sys.argv[1])\n"
STATISTICS = {
    "tfdv": """
import tensorflow_data_validation as tfdv
ask = lambda frame: len(tfdv.generate_statistics_from_dataframe(frame, n_jobs=1).datasets[0].features)
""",
    "whylogs": """
import whylogs as why
ask = lambda frame: len(why.log(frame).view().to_pandas())
""",
    "ydata": """
from ydata_profiling import ProfileReport
ask = lambda frame: len(ProfileReport(frame, minimal=True, progress_bar=False).get_description().variables)
""",
    "evidently": """
from evidently import Dataset, Report
from evidently.presets import DataSummaryPreset
ask = lambda frame: len(Report([DataSummaryPreset()]).run(Dataset.from_pandas(frame), None).dict()["metrics"])
""",
}


def python(peer: str) -> Path | None:
    """The interpreter of a peer's environment, if it was made."""
    path = HOME / peer / "bin" / "python"
    return path if path.exists() else None


def statistics(peer: str, path: Path) -> tuple[float, Cost]:
    """A peer's statistics of a table: CPU seconds from the data frame in memory, and what the whole process cost.

    Raises RuntimeError for a peer that fails.
    """
    whole, said = command([str(python(peer)), "-c", _HEAD + STATISTICS[peer] + _READ + _TIMED, str(path)])
    return float(json.loads(said.strip().splitlines()[-1])["cpu"]), whole
