"""Metrics that somebody named and that a model or the data cannot give: they are not left out without a word."""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.errors import ConfigError, shown
from sterling.core.metrics import Metric, resolve_metric
from sterling.engine.measured import Measured
from sterling.quality.checks.qu001_performance import ALL


def unmeasured(metrics: Sequence[str], models: Sequence[Measured]) -> list[str]:
    """A sentence for each of the named `metrics` that some of the models cannot give.

    Raises ConfigError for one that none of them can.
    """
    said = []
    for name in dict.fromkeys(m for m in metrics if m != ALL):
        metric = resolve_metric(name)
        reasons = {m.model.name: reason for m in models if (reason := _reason(m, metric))}
        if len(reasons) == len(models):
            raise ConfigError(
                next(iter(reasons.values())), where="metrics", got=shown(name),
                hint="leave it out, or give what it needs; sterling metrics lists those of each task",
            )  # fmt: skip
        said += [f"not measured of {shown(model)}: {reason}" for model, reason in reasons.items()]
    return said


def _reason(measured: Measured, metric: Metric) -> str:
    if metric.info.needs_label and not measured.has_label:
        return f"{metric.info.label} needs a label"
    return measured.lacks(metric.info)
