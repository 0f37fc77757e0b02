"""QU001: how good is the model, for everyone and for every group?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer
from sterling.core.metrics import SCORE_METRICS, Metric, resolve_metric
from sterling.core.rates import RATES, Rate
from sterling.core.registry import check
from sterling.core.table import Block, EstimateTable
from sterling.engine.measured import Measured
from sterling.stats.normal import z


@check(
    code="QU001",
    name="performance",
    title="Performance",
    question="How good is the model, for everyone and for every group, at every threshold?",
    pitfalls=(
        "Each interval speaks of its own slice alone; for the widest of many gaps use FA001.",
        "Accuracy is high without skill where one label is common: see QU002.",
    ),
    hints=("Compare the groups in the chart, then set limits on what matters to the people concerned.",),
)
def performance(measured: Measured, *, also: tuple[str, ...] | None = None) -> Answer:
    """Every applicable metric for every slice and threshold, each with its own two-sided interval."""
    every: list[Metric] = [*RATES.values(), *SCORE_METRICS.values()]
    known = (m for m in every if measured.task in m.info.tasks)
    metrics = [*known, *map(_unfiltered, also or ())]
    blocks = tuple(_block(measured, m) for m in metrics if applies(measured, m))
    table = EstimateTable(
        model=measured.model.name, slices=measured.slices, n=measured.n, thresholds=measured.thresholds,
        blocks=blocks, level=measured.level, min_n=measured.min_n,
    )  # fmt: skip
    methods = "; ".join(dict.fromkeys(b.method for b in blocks))
    return Answer(table=table, method=methods, view="performance")


def _unfiltered(text: str) -> Metric:
    metric = resolve_metric(text)
    if isinstance(metric, Rate) and metric.where is not None:
        raise ConfigError(f"QU001 speaks of all rows, and {text!r} of some", hint="ask FA001 or FA003 for it")
    return metric


def applies(measured: Measured, metric: Metric) -> bool:
    """Whether the model and data give what the metric needs."""
    return (measured.has_label or not metric.info.needs_label) and not measured.lacks(metric.info)


def _block(measured: Measured, metric: Metric) -> Block:
    q = measured.quantity(metric)
    low, high = q.interval_at(np.full((1, 1), z(measured.level)))
    flat = not measured.thresholds or not metric.info.by_threshold
    keep = slice(0, 1) if flat else slice(None)
    info = replace(metric.info, by_threshold=metric.info.by_threshold and not flat)
    return Block(
        info=info, value=q.value[:, keep], low=low[:, keep], high=high[:, keep], n_eligible=q.n_eligible[:, keep],
        method=q.method,
    )  # fmt: skip
