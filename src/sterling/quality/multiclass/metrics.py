"""Metrics of models that name one of several classes: values and intervals from the confusion table and its like.

Shares have score intervals. Averages over classes are linearised on the joint cells of the table (delta method), and
the effective n that follows gives Wilson's interval on their range. Averages of AUC lie between the averages of the
classes' own bounds: as wide as if the classes' errors rose and fell together, which they never do more than.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric, resolve_metric
from sterling.core.of_class import of_class
from sterling.core.rates import RATES, MetricInfo, Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import compute, computes
from sterling.engine.quantity import At, Quantity
from sterling.engine.ranks import Auc
from sterling.quality.multiclass import infos as _infos
from sterling.quality.multiclass.averages import AVERAGES, Average, abstaining, class_weighted, soften
from sterling.quality.multiclass.means import mean_of
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.rows import TOP
from sterling.quality.multiclass.tops import RATE_OF
from sterling.stats.arrays import Interval, divide
from sterling.stats.means import mean_bounded_z, mean_positive_z
from sterling.stats.proportion import wilson_value
from sterling.stats.weights import few_clusters, kish_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REGISTERED = _infos
MOST_LISTED = 20
"""With more classes than this, the table of all metrics has none of single classes; a limit can still name them."""
OF_EACH = ("selection_rate", "prevalence", "true_positive_rate", "precision", "f1", "false_positive_rate")
OF_EACH_SCORE = ("auc", "calibration_in_the_large")


def of_classes(m: MulticlassMeasured) -> tuple[Metric, ...]:
    """What is listed of each class without being asked for, and of those who are given one where some are not."""
    also: tuple[Metric, ...] = (SCORE_METRICS["micro_precision"],) if m.cut else ()
    if len(m.classes) > MOST_LISTED:
        return also
    names = [*OF_EACH, *(OF_EACH_SCORE if m.scored else ())]
    every = (_of_one(whole, c) for whole in map(resolve_metric, names) for c in m.classes)
    return (*also, *(x for x in every if isinstance(x, Rate) or x.info.of in m.scored))


def _of_one(whole: Metric, name: str) -> Metric:
    """What `resolve_metric` reads in "… of name"."""
    info = of_class(whole.info, name)
    return replace(whole, info=info) if isinstance(whole, Rate) else ScoreMetric(info=info, whole=whole)


@computes("multiclass", "representation")
def _representation(m: MulticlassMeasured, metric: Metric) -> Quantity:
    return compute(m.decided(m.classes[0]), metric)


@computes("multiclass", "accuracy", "weighted_recall", "micro_recall")
def accuracy(m: MulticlassMeasured, metric: Metric) -> Quantity:
    """The share of labelled rows whose class is the one predicted."""
    k, width = len(m.classes), m.confusion.rows.shape[2]
    return _share(m.hits(m.confusion, range(0, k * width, width + 1), k * width, "cell"), metric.info)


@computes("multiclass", "micro_precision", "micro_f1")
def _micro(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    """Accuracy, unless some rows have no prediction: those have a label to be found and no prediction to be wrong."""
    if not m.abstains:
        return accuracy(m, metric)
    if metric.info.name == "micro_f1":
        return _average(m, metric)
    return _share(m.hits_of_decided(), metric.info)


@computes("multiclass", "error_rate")
def _error_rate(m: MulticlassMeasured, metric: Metric) -> Quantity:
    k, width = len(m.classes), m.confusion.rows.shape[2]
    wrong = [i for i in range(k * width) if i % (width + 1)]
    return _share(m.hits(m.confusion, wrong, k * width, "cell"), metric.info)


@computes("multiclass", *(f"top_{k}_accuracy" for k in TOP[1:]))
def _top(m: MulticlassMeasured, metric: Metric) -> Quantity:
    assert m.ranks is not None
    place = next(i for i, k in enumerate(TOP) if metric.info.name == f"top_{k}_accuracy")
    return _share(m.hits(m.ranks, range(place + 1), len(TOP) + 1, "rank"), metric.info)


@computes("multiclass", "top_recall", "top_precision")
def _top_pooled(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    """Of all labels, or of the k classes of every row, those that are both."""
    k = int(metric.at)
    found = _share(m.label_in_top(k), metric.info)
    return found if metric.base == "top_recall" else part_of(found, k)


def part_of(q: Quantity, k: int) -> Quantity:
    """A k-th of a share, as of k answers of which one at most is right."""

    def at(end: At, critical: Floats) -> Interval:
        low, high = end(critical)
        return Interval(low / k, high / k)

    return replace(q, value=q.value / k, interval_at=partial(at, q.interval_at), decide_at=partial(at, q.decide_at))


@computes("multiclass", "macro_top_recall", "macro_top_precision")
def _top_mean(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    """Over the classes that a label has; for precision, and those among the k best of anybody."""
    k, rate = int(metric.at), RATES[RATE_OF[metric.base.removeprefix("macro_")]]
    parts = [binary_quantity(m.top(c, k), rate) for c in m.classes]
    labels = m.confusion.rows[:, :-1].sum(axis=2)[:, None, :]
    return mean_of(metric.info, parts, np.ones(labels.shape), nothing=labels > 0)


def _share(hits: object, info: MetricInfo) -> Quantity:
    rate = RATES["true_positive_rate"]
    return binary_quantity(hits, replace(rate, info=info))  # type: ignore[arg-type]


@computes("multiclass", *AVERAGES, *class_weighted(np.ones(0)))
def _average(m: MulticlassMeasured, metric: Metric) -> Quantity:
    info = metric.info
    average = averages_of(m)[info.name]
    table, squares, rows = map(partial(labelled, m), (m.confusion.worth, m.confusion.squares, m.confusion.rows))
    value, slope = average(table)
    count = rows.sum(axis=(1, 2))
    clusters: Ints | None = None
    if m.clustered is not None:
        variance, clusters = m.clustered.squares(slope)
        variance = variance * divide(clusters, clusters - 1)
        value, count = np.where(clusters > 1, value, np.nan), np.where(clusters > 1, count, np.minimum(count, clusters))
    else:
        variance = (slope**2 * squares).sum(axis=(1, 2))
    size = count if m.confusion.w is None else kish_n(table.sum(axis=(1, 2)), squares.sum(axis=(1, 2)))
    soft = soften(table, size)
    if m.abstains:
        soft[:, -1] = 0.0
    soft_value, soft_slope = average(soft)
    floor = (soft_slope**2 * soft).sum(axis=(1, 2)) * divide(table.sum(axis=(1, 2)), size)
    return _linearised(info, value, np.fmax(variance, floor), soft_value, count, clusters)


def averages_of(m: MulticlassMeasured) -> dict[str, Average]:
    """The averages over classes by name, of tables as `labelled` gives them."""
    weights = np.array(m.class_weights)
    if not m.abstains:
        return AVERAGES | class_weighted(weights)
    return abstaining(weights if len(weights) else np.ones(len(m.classes)))


def labelled(m: MulticlassMeasured, table: Floats) -> Floats:
    """The rows with a label, label by prediction: a square, which no label of no class fills up."""
    return np.pad(table[:, :-1], ((0, 0), (0, 1), (0, 0))) if m.abstains else table[:, :-1]


def _linearised(
    info: MetricInfo, value: Floats, variance: Floats, soft: Floats, count: Floats, clusters: Ints | None
) -> Quantity:
    """Wilson's interval on the metric's range, at the n that makes a share of that range vary as much."""
    low = info.low if info.low is not None else 0.0
    width = (info.high if info.high is not None else 1.0) - low
    unit, inner = np.clip((value - low) / width, 0, 1)[:, None], np.clip((soft - low) / width, 0, 1)[:, None]
    size = divide(np.fmax(unit * (1 - unit), inner * (1 - inner)), variance[:, None] / width**2)

    def at(critical: ArrayLike) -> Interval:
        n = size if clusters is None else few_clusters(size, critical, clusters[:, None])
        bounds = wilson_value(unit, n, critical)
        return Interval(low + width * bounds.low, low + width * bounds.high)

    method = "linearised (delta method) on joint cell counts, Wilson's interval at the effective n"
    return Quantity(
        info=info, value=np.where(np.isnan(value), np.nan, low + width * unit[:, 0])[:, None], interval_at=at,
        decide_at=at, n_eligible=count.astype(np.int64)[:, None], n_effective=size,
        method=method + (" of the clusters" if clusters is not None else ""),
    )  # fmt: skip


@computes("multiclass", "brier", "log_loss")
def _mean(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    info = metric.info
    brier = info.name == "brier"
    total, squares, n = _sums(m, "distance" if brier else "loss")
    count = m.confusion.rows[:, :-1].sum(axis=(1, 2))
    value = divide(total, n)
    method = "score interval for a bounded mean" if brier else "Student interval on the log scale"
    if m.clustered is not None:
        alone, clusters = m.clustered.squares(np.ones((len(n), *m.confusion.rows[0, :-1].shape)))
        size = np.fmin(kish_n(m.confusion.worth[:, :-1].sum(axis=(1, 2)), alone), n)
        total, squares, n = total * divide(size, n), squares * divide(size, n), size
        value, count = np.where(clusters > 1, value, np.nan), np.where(clusters > 1, count, np.minimum(count, clusters))
        method += ", each cluster counted as one person"
    rule = mean_bounded_z if brier else mean_positive_z
    at: At = partial(rule, total[:, None], squares[:, None], n[:, None])
    return Quantity(
        info=info, value=value[:, None], interval_at=at, decide_at=at, n_eligible=count.astype(np.int64)[:, None],
        n_effective=n[:, None], method=method,
    )  # fmt: skip


def _sums(m: MulticlassMeasured, name: str) -> tuple[Floats, Floats, Floats]:
    """Sum, sum of squares and effective n of a mean over labelled rows."""
    labelled = m.confusion.rows[:, :-1].sum(axis=(1, 2))
    if m.confusion.w is None or m.confusion.q is None:
        return m.means[name], m.means[f"{name}2"], labelled
    w, q = m.confusion.w[:, :-1].sum(axis=(1, 2)), m.confusion.q[:, :-1].sum(axis=(1, 2))
    mean, n = divide(m.means[f"w{name}"], w), kish_n(w, q)
    spread = m.means[f"q{name}2"] - 2 * mean * m.means[f"q{name}"] + mean**2 * q
    variance = divide(spread, w * w) * n
    return mean * n, (variance + mean**2) * n, n


@computes("multiclass", "macro_auc", "weighted_auc", "class_weighted_auc")
def _mean_auc(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    labels = m.confusion.worth[:, :-1].sum(axis=2)
    how = {
        "macro_auc": np.ones(labels.shape), "weighted_auc": labels,
        "class_weighted_auc": np.broadcast_to(np.array(m.class_weights or 1.0), labels.shape),
    }  # fmt: skip
    names = [c for c in m.classes if c in m.scored]
    parts = [m.scored[c].quantity(SCORE_METRICS["auc"]) for c in names]
    share = how[metric.info.name][:, [m.classes.index(c) for c in names]]
    return mean_of(metric.info, parts, share[:, None, :], together=partial(_aucs_at, [m.scored[c] for c in names]))


def _aucs_at(parts: Sequence[BinaryMeasured], critical: Floats) -> Interval:
    """Bounds of the AUC of every class, found in one search: shape (slices, 1, classes)."""
    every = Auc(*(np.concatenate(field) for field in zip(*(p.auc for p in parts if p.auc is not None), strict=True)))
    bounds = replace(parts[0], auc=every).quantity(SCORE_METRICS["auc"]).interval_at(np.tile(critical, (len(parts), 1)))
    return Interval(*(np.ascontiguousarray(np.moveaxis(b.reshape(len(parts), *critical.shape), 0, -1)) for b in bounds))


_SURE = {"mean_confidence": "mean_score", "overconfidence": "calibration_in_the_large", "confidence_auc": "auc"}


@computes("multiclass", *_SURE)
def _sure(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    assert m.sure is not None
    return replace(m.sure.quantity(SCORE_METRICS[_SURE[metric.info.name]]), info=metric.info)
