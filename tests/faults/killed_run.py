"""Carries a project out in a process that kills itself, without warning, at the point it is told."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sterling.core.project_file import read_project
from sterling.core.records import Head, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.pipeline import finish
from sterling.pipeline.conduct import run_project
from sterling.pipeline.execution import Ended
from sterling.pipeline.recording import Recording
from sterling.pipeline.step import Step


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def one_by_one(put: Callable[..., None]) -> Callable[..., None]:
    """What is handed over is written before anything else happens: as many places to be killed at as there can be.

    Steps at work side by side wait for each other, so that every run has the same number of them.
    """
    one = threading.Lock()

    def settled(self: Recording, *records: Record) -> None:
        with one:
            put(self, *records)
            self.settle()

    return settled


class Within:
    """Watches for one step and kills the process a while after it began, or when it ends if that is earlier."""

    def __init__(self, step: str, seconds: float) -> None:
        self.step, self.seconds = step, seconds

    def began(self, step: Step) -> None:
        if step.name == self.step:
            threading.Timer(self.seconds, _die).start()

    def progressed(self, step: Step, done: int, total: int | None) -> None:
        """Progress is of no account here."""

    def ended(self, ended: Ended) -> None:
        if ended.step.name == self.step:
            _die()


def _after_records(left: int) -> None:
    """Die after so many times that something was recorded."""
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


def _while_called(name: str, nth: int, seconds: float) -> None:
    """Die a while after the nth call of a function of `finish` began, or when it ends if that is earlier."""
    function = getattr(finish, name)
    left = nth

    def called(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            threading.Timer(seconds, _die).start()
        made = function(*given, **named)
        if left == 0:
            _die()
        return made

    setattr(finish, name, called)


def _prepare(how: str, rest: tuple[str, ...]) -> None:
    if how == "records":
        _after_records(int(rest[0]))
    elif how == "calling":
        _while_called(rest[0], int(rest[1]), float(rest[2]))


def approve(folder: str, how: str, *rest: str) -> None:
    """As `main`, of somebody who signs the newest run."""
    _prepare(how, rest)
    sign(Path(folder))


def sign(folder: Path) -> int:
    """Ada signs the run as it stands: the exit code."""
    from sterling.cli.main import main as sterling

    with_ledger = open_ledger(read_project(folder).state)
    run = with_ledger.contexts("run")[-1].id
    return sterling(
        ["approve", run, "--as", "Ada", "--reason", "seen", "--override", "--project", str(folder)]
    )  # fmt: skip


def main(folder: str, how: str, *rest: str) -> None:
    """`records N` kills after the Nth time that something was recorded; `within STEP S` S seconds after STEP began;
    `calling NAME N S` S seconds after the Nth call of a function that draws or writes.
    """
    _prepare(how, rest)
    project = read_project(Path(folder))
    ledger = open_ledger(project.state, create=True)
    watcher = Within(rest[0], float(rest[1])) if how == "within" else None
    run_project(project, ledger, watcher=watcher)
