"""Clocks. CPU seconds count every thread of the process, children excluded; memory is the largest resident set."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

STERLING = [sys.executable, "-c", "import sys; from sterling.cli.main import script; sys.exit(script())"]
"""Sterling's command as it is installed, without its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run cost. `peak_mb` is None for a function measured inside this process."""

    wall: float
    cpu: float
    peak_mb: float | None = None


def in_process(*jobs: Callable[[], object], times: int = 5) -> list[Cost]:
    """Each job's cheapest run of `times`."""
    return [_cheapest(list(runs)) for runs in zip(*turns(*jobs, times=times), strict=True)]


def turns(*jobs: Callable[[], object], times: int) -> list[list[Cost]]:
    """What each job cost in every round, warmed up once; the jobs take turns, so that a busy spell hits all alike."""
    for job in jobs:
        job()
    return [[_in_process(job) for job in jobs] for _ in range(times)]


def _in_process(job: Callable[[], object]) -> Cost:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return Cost(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def commands(*lines: list[str], times: int = 3) -> list[Cost]:
    """As `in_process`, for whole commands: interpreter, imports and all. Raises RuntimeError for one that fails."""
    return [_cheapest(list(runs)) for runs in zip(*rounds(*lines, times=times), strict=True)]


def rounds(*lines: list[str], times: int) -> list[list[Cost]]:
    """What each command cost in every round; the commands of one round follow each other. Raises as `commands` does."""
    return [[command(line)[0] for line in lines] for _ in range(times)]


def command(line: list[str]) -> tuple[Cost, str]:
    """What one whole command cost, processes that it waited for included, and what it wrote.

    Raises RuntimeError when it ends with anything but 0; Sterling's own ends with 1 or 3 as well, which are verdicts.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(line, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        wrote, said = (_text(file) for file in (out, err))
    if child.returncode not in ((0, 1, 3) if line[: len(STERLING)] == STERLING else (0,)):
        raise RuntimeError(f"{' '.join(line)}\nended with {child.returncode}\n{said[-2000:]}")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_mb=usage.ru_maxrss / unit), wrote


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _cheapest(runs: list[Cost]) -> Cost:
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    return Cost(
        wall=min(run.wall for run in runs), cpu=min(run.cpu for run in runs), peak_mb=max(peaks) if peaks else None
    )
