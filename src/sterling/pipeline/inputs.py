"""Holds the files that a run read against what lies there now, by their digests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress

from sterling.core.errors import InputError
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import LedgerReader
from sterling.pipeline.environment import file_digests
from sterling.pipeline.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Names of files that are not what the run read, and of those that are not there to be compared."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def compare_inputs(project: Project, ledger: LedgerReader, run: str, today: dt.date) -> Compared:
    """Compare data, model and the project's own code with what the steps of a run read. Reads the files whole.

    A file that is there and was not read by the run has changed too: a pattern of the project finds it now.
    """
    recorded = {e.step: e.properties.get("files") for e in ledger.executions(run=run)}
    read = {step: files for step, files in recorded.items() if isinstance(files, Mapping) and files}
    if not read:
        return Compared()
    changed: list[str] = []
    missing: list[str] = []
    now = {step.name: step for step in _steps(project, ledger, today)}
    for name, files in read.items():
        there = _there(now[name]) if name in now else {}
        changed += [file for file, digest in there.items() if files.get(file) != digest]
        missing += [file for file in files if file not in there]
    return Compared(changed=tuple(dict.fromkeys(changed)), missing=tuple(dict.fromkeys(missing)))


def _steps(project: Project, ledger: LedgerReader, today: dt.date) -> tuple[Step, ...]:
    from sterling.pipeline.steps import steps_of  # which loads all that measures

    try:
        return steps_of(project, ledger, today)
    except InputError:  # the data are not there
        return steps_of(project, ledger, today, gone=True)


def _there(step: Step) -> dict[str, str]:
    """The digests of those of a step's files that can be read, by name."""
    try:
        return file_digests(step.files)
    except OSError:  # of some; names are told apart by folders only where all files are there
        found: dict[str, str] = {}
        for path in step.files:
            with suppress(OSError):
                found |= file_digests((path,))
        return found
