"""Carries a project out in a process that kills itself, without warning, at the point it is told."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from sterling.core.project_file import read_project
from sterling.core.records import Head, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.pipeline.conduct import run_project
from sterling.pipeline.execution import Ended
from sterling.pipeline.recording import Recording
from sterling.pipeline.step import Step


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def one_by_one(put: Callable[..., None]) -> Callable[..., None]:
    """What is handed over is written before anything else happens: as many places to be killed at as there can be."""

    def settled(self: Recording, *records: Record) -> None:
        put(self, *records)
        self.settle()

    return settled


class Within:
    """Watches for one step and kills the process a while after it began."""

    def __init__(self, step: str, seconds: float) -> None:
        self.step, self.seconds = step, seconds

    def began(self, step: Step) -> None:
        if step.name == self.step:
            threading.Timer(self.seconds, _die).start()

    def progressed(self, step: Step, done: int, total: int | None) -> None:
        """Progress is of no account here."""

    def ended(self, ended: Ended) -> None:
        """A step that ends before its time is up is killed after it."""


def main(folder: str, how: str, *rest: str) -> None:
    """`records N` kills after the Nth time that something was recorded; `within STEP S` S seconds after STEP began."""
    if how == "records":
        left = int(rest[0])
        put = SqlLedger.put
        lock = threading.Lock()

        def counted(self: SqlLedger, *records: Record) -> Head:
            nonlocal left
            head = put(self, *records)
            with lock:
                left -= 1
                if left == 0:
                    _die()
            return head

        SqlLedger.put = counted  # type: ignore[method-assign]
        Recording.put = one_by_one(Recording.put)  # type: ignore[method-assign]
    project = read_project(Path(folder))
    ledger = open_ledger(project.state, create=True)
    watcher = Within(rest[0], float(rest[1])) if how == "within" else None
    run_project(project, ledger, watcher=watcher)
