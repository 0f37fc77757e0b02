"""Clocks. CPU seconds count every thread of the process, children excluded; memory is the largest resident set."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run cost. `peak_mb` is None for a function measured inside this process."""

    wall: float
    cpu: float
    peak_mb: float | None = None


def in_process(*jobs: Callable[[], object], times: int = 5) -> list[Cost]:
    """Each job's cheapest run of `times`, warmed up once, the jobs taking turns so that a busy spell hits all alike."""
    runs: list[list[Cost]] = [[] for _ in jobs]
    for job in jobs:
        job()
    for _ in range(times):
        for kept, job in zip(runs, jobs, strict=True):
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            job()
            kept.append(Cost(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu))
    return [_cheapest(kept) for kept in runs]


def commands(*lines: list[str], times: int = 3) -> list[Cost]:
    """As `in_process`, for whole commands: interpreter, imports and all. Exit codes 0, 1 and 3 count as done."""
    runs: list[list[Cost]] = [[] for _ in lines]
    for _ in range(times):
        for kept, line in zip(runs, lines, strict=True):
            kept.append(_command(line))
    return [_cheapest(kept) for kept in runs]


def _command(line: list[str]) -> Cost:
    start = time.perf_counter()
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(line)}\nended with {child.returncode}\n{said.decode(errors='replace')[-2000:]}")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_mb=usage.ru_maxrss / unit)


def _cheapest(runs: list[Cost]) -> Cost:
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    return Cost(
        wall=min(run.wall for run in runs), cpu=min(run.cpu for run in runs), peak_mb=max(peaks) if peaks else None
    )
