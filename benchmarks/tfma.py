"""TensorFlow Model Analysis on the same 100k rows, where an environment with it is there; else its cited cost.

TFMA pins old libraries, so it lives in an environment of its own, which `make bench-peers` makes. Its import alone
takes half a minute and is not counted; the analysis takes several minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from benchmarks import same_question
from benchmarks.claim import Claim, Line, plain
from benchmarks.measure import in_process
from benchmarks.peers import python
from benchmarks.table import parquet, table

ROWS = 100_000
CITED = 91.0
"""CPU seconds of TFMA 0.52 with Fairness Indicators, AUC, no intervals, as measured in November 2026."""
LONGEST = 2400


def measure() -> list[Line]:
    """Ours in process, with intervals; theirs in a process of its own, imports not counted."""
    people = table(ROWS)
    (ours,) = in_process(lambda: same_question.rates(people), times=15)
    mine = plain("sterling, AUC and intervals included, CPU", ours.cpu, "s")
    theirs = _theirs(parquet(ROWS))
    if theirs is None:
        return [
            mine,
            plain("TFMA 0.52, CPU: cited, not run here", CITED, "s"),
            plain("TFMA (cited) ÷ sterling, CPU", CITED / ours.cpu, "×"),
        ]
    return [
        mine,
        plain("TFMA, no intervals, CPU", theirs["cpu"], "s"),
        plain("TFMA, peak memory", theirs["peak_mb"], "MB"),
        plain("TFMA ÷ sterling, CPU", theirs["cpu"] / ours.cpu, "×"),
    ]


def _theirs(path: Path) -> dict[str, float] | None:
    """What TFMA needs; None where it is not installed, cannot start or takes too long."""
    mine = python("tfma")
    if mine is None:
        return None
    line = [str(mine), "-W", "ignore", "-I", str(Path(__file__).with_name("tfma_evaluation.py")), str(path)]
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    try:
        done = subprocess.run(line, capture_output=True, text=True, env=quiet, timeout=LONGEST, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


CLAIM = Claim(
    name="tfma", statement=f"{ROWS:,} rows, 24 slices, one threshold, seven metrics and AUC; in process",
    measure=measure,
)  # fmt: skip
