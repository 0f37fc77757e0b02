"""Real processes, to be killed: forked from one that has imported what they need and has done nothing else."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess

KILLED = -9
_FORKED = multiprocessing.get_context("forkserver")


def started(target: Callable[..., None], *given: object) -> BaseProcess:
    """A process that carries `target` out; its faults are on the error stream, and its exit code is then 1."""
    _FORKED.set_forkserver_preload([name for name in sys.modules if name.startswith(("sterling.", "sklearn."))])
    process = _FORKED.Process(target=target, args=given)
    process.start()
    return process
