"""QU001: how good is the model, for everyone and for every group?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sterling.core.advice import Advice
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer
from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric, resolve_metric
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
    finds=(),
    pitfalls=(
        "Each interval speaks of its own slice alone; for the widest of many gaps use FA001.",
        Advice(
            text="Accuracy is high without skill where one label is common: see QU002.", tasks=("binary", "multiclass")
        ),
    ),
    hints=("Compare the groups in the chart, then set limits in a file given with --policy.",),
)
def performance(
    measured: Measured, *, metrics: tuple[str, ...] | None = None, also: tuple[str, ...] | None = None
) -> Answer:
    """Metrics for every slice and threshold, each with its own two-sided interval.

    `metrics` names them; ("all",) is the whole catalogue of the task, and None the common ones. `also` are others that
    somebody asks for.
    """
    named = list(map(_unfiltered, (*_without_all(metrics), *(also or ()))))
    chosen = {m.name: m for m in [*_listed(measured, metrics), *named]}
    blocks = tuple(_block(measured, m) for m in chosen.values() if applies(measured, m))
    if not blocks:
        return Answer(outcome="not_applicable", reason="the model or the data lack what these metrics need")
    table = EstimateTable(
        model=measured.model.name, slices=measured.slices, n=measured.n, thresholds=measured.thresholds,
        blocks=blocks, level=measured.level, min_n=measured.min_n,
    )  # fmt: skip
    methods = "; ".join(dict.fromkeys(b.method for b in blocks))
    return Answer(table=table, method=methods, view="performance")


ALL = "all"
"""Stands for every metric of the task."""


def _without_all(metrics: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(m for m in metrics or () if m != ALL)


def _listed(measured: Measured, metrics: tuple[str, ...] | None) -> list[Metric]:
    """The metrics that nobody has to name: common ones, or with "all" every one."""
    if metrics is not None and ALL not in metrics:
        return []
    every: list[Metric] = [*RATES.values(), *SCORE_METRICS.values()]
    every = [m for m in every if not (isinstance(m, ScoreMetric) and m.own)]  # functions of one's own are named
    known = [m for m in every if measured.task in m.info.tasks and (m.info.common or metrics is not None)]
    return [*known, *measured.listed()]


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
