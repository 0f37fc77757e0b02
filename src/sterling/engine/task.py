"""What a task brings: how its columns are checked, what is counted of them, and what the counts become.

The engine runs tasks and knows nothing of their metrics. A shelf registers its task beside its metrics.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.metrics import ScoreMetric
from sterling.core.roles import Task
from sterling.core.subject import Subject
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.survey import Guard, Surveyed

EXACT_ROWS = 4_000_000
"""Up to this many rows the AUC is exact; beyond, it comes from fine bins with a guaranteed error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to measure: thresholds to hold exactly, how deep to cross, the level, the smallest slice, and the seed.

    `made`: the metrics with a number in brackets that are asked for, where what is counted depends on that number.
    """

    thresholds: tuple[float, ...]
    operating: float | None
    cross: int
    level: float
    min_n: int
    grid: bool = True
    exact_rows: int = EXACT_ROWS
    seed: int = 0
    made: tuple[ScoreMetric, ...] = ()


class Counter(Protocol):
    """What is counted of one model. It is sent to where the rows are, so it can be pickled."""

    def count(self, batch: Batch) -> Any:
        """A `Summary` of the batch."""
        ...


class Tasked(Protocol):
    """A task as the engine runs it."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> Surveyed:
        """Check every column in use. Raises InputError naming the column, what was expected and what to do."""
        ...

    def counters(self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool) -> Sequence[Counter]:
        """One per model. `batch`: the first rows, or all of them when they are held in memory."""
        ...

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> Measured:
        """From the counts of all rows to what was measured. `kept`: all rows, when they are held in memory."""
        ...


_TASKS: dict[Task, Tasked] = {}
_LATER: dict[Task, str] = {}
"""Modules that register a task when it is first needed: few runs need more than one."""


def register_task(name: Task, task: Tasked) -> None:
    """Make the engine able to run a task."""
    _TASKS[name] = task


def register_later(name: Task, module: str) -> None:
    """Let `module`, which registers the task, be imported when the task is first needed."""
    _LATER[name] = module


def task_of(name: Task) -> Tasked:
    """The registered task. Raises ConfigError when there is none of this name."""
    if name not in _TASKS and name in _LATER:
        importlib.import_module(_LATER.pop(name))
    if name not in _TASKS:
        raise ConfigError(f"models of the task {name} cannot be measured yet", expected=", ".join(sorted(_TASKS)))
    return _TASKS[name]
