"""Who computes a metric: shelves and tasks register a function for a name, the engine looks it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sterling.core.errors import ConfigError
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.roles import Task
from sterling.engine.quantity import Quantity

if TYPE_CHECKING:
    from sterling.engine.measured import Measured

Compute = Callable[[Any, Any], Quantity]
"""Takes what was measured of a task and the metric."""

F = TypeVar("F", bound=Compute)
_COMPUTED: dict[tuple[Task, str], Compute] = {}


def computes(task: Task, *names: str) -> Callable[[F], F]:
    """Register the decorated function for metrics of a task. Raises ConfigError when one has a function already."""

    def register(function: F) -> F:
        for name in names:
            if _COMPUTED.setdefault((task, name), function) is not function:
                raise ConfigError(f"{name} is computed already for the task {task}", hint="choose another name")
        return function

    return register


def compute(measured: Measured, metric: Metric) -> Quantity:
    """The quantity of a registered metric. Raises ConfigError when nobody computes it for the task."""
    task = measured.task
    if isinstance(metric, ScoreMetric) and metric.own is not None and measured.of_rows is not None:
        return measured.of_rows(measured, metric)
    if isinstance(metric, ScoreMetric) and metric.column is not None and measured.amounts is not None:
        return measured.amounts.quantity(metric)
    name = (metric.base if isinstance(metric, ScoreMetric) else "") or metric.info.name
    found = _COMPUTED.get((task, name))
    if found is None:
        raise ConfigError(
            f"{metric.info.label} is no metric of a {task} model",
            hint="sterling metrics lists those of each task",
        )
    return found(measured, metric)
