"""Sentences of a check about what can fool it and what to try, and which models and metrics they hold for."""

from __future__ import annotations

from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.core.roles import TASKS, UNCUT, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A sentence that holds for models of `tasks`; of `metrics` only, where some are named.

    `cut`: it speaks of a threshold, and holds where the metric changes with one.
    """

    text: str
    tasks: tuple[Task, ...] = TASKS
    metrics: tuple[str, ...] = ()
    cut: bool = False

    def holds(self, task: Task, metric: MetricInfo | None) -> bool:
        """Whether it holds for a model of this task, asked about this metric or about none."""
        if task not in self.tasks or (self.metrics and (metric is None or metric.name not in self.metrics)):
            return False
        return not self.cut or (task not in UNCUT and (metric is None or metric.by_threshold))


def texts(advice: tuple[str | Advice, ...]) -> tuple[str, ...]:
    """All sentences, wherever they hold."""
    return tuple(a if isinstance(a, str) else a.text for a in advice)
