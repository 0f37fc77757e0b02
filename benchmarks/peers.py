"""Peers that cannot share an environment: each runs in one of its own, which `make bench-peers` installs."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Cost, commands
from benchmarks.table import CACHE

HOME = CACHE / "peers"
VERSIONS = {
    "tfdv": "tensorflow-data-validation==1.16.1",
    "whylogs": "whylogs==1.6.4",
    "ydata": "ydata-profiling==4.18.4",
    "evidently": "evidently==0.7.23",
}

STATISTICS = {
    "tfdv": """
import sys, pandas as pd, tensorflow_data_validation as tfdv
frame = pd.read_parquet(sys.argv[1])
print(len(tfdv.generate_statistics_from_dataframe(frame, n_jobs=1).datasets[0].features))
""",
    "whylogs": """
import sys, pandas as pd, whylogs as why
frame = pd.read_parquet(sys.argv[1])
print(len(why.log(frame).view().to_pandas()))
""",
    "ydata": """
import sys, pandas as pd
from ydata_profiling import ProfileReport
frame = pd.read_parquet(sys.argv[1])
print(len(ProfileReport(frame, minimal=True, progress_bar=False).get_description().variables))
""",
    "evidently": """
import sys, pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataSummaryPreset
frame = pd.read_parquet(sys.argv[1])
print(len(Report([DataSummaryPreset()]).run(Dataset.from_pandas(frame), None).dict()["metrics"]))
""",
}
LOAD = "import sys, pandas as pd; print(len(pd.read_parquet(sys.argv[1])))"


def python(peer: str) -> Path | None:
    """The interpreter of a peer's environment, if it was made."""
    path = HOME / peer / "bin" / "python"
    return path if path.exists() else None


def statistics(peer: str, path: Path, *, times: int = 1) -> Cost | None:
    """What a peer's statistics of a Parquet file cost, imports and all; None when it is not installed or fails."""
    mine = python(peer)
    if mine is None:
        return None
    try:
        (cost,) = commands([str(mine), "-c", STATISTICS[peer], str(path)], times=times)
    except RuntimeError as error:
        print(f"  {peer} stopped: {str(error).splitlines()[-1][:200]}", file=sys.stderr)
        return None
    return cost
