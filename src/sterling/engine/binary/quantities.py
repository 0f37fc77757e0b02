"""Metrics from counts: a value per slice and threshold, and its interval at any critical value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core import algebra
from sterling.core.algebra import CELLS
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import MetricInfo, Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import compute, computes
from sterling.engine.quantity import At, CellByCell, Quantity
from sterling.stats.arrays import Interval, divide, factor
from sterling.stats.auc import delong_z
from sterling.stats.means import mean_bounded_z, mean_positive_z, mean_t_z, student
from sterling.stats.proportion import along, exact_value, wilson_value
from sterling.stats.weights import cluster_n, cluster_variance_from_sums, few_clusters, kish_n, weighted_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def binary_quantity(measured: BinaryMeasured, metric: Metric) -> Quantity:
    """Compute a metric from what was measured.

    Raises ConfigError when the model gives no score, or no probability, and the metric needs one.
    """
    if isinstance(metric, Rate):
        if metric.proportion:
            return _proportion(measured, metric.info, *metric.proportion)
        return _rising(measured, metric.info, *metric.rising) if metric.rising else _algebra(measured, metric)
    measured.must_give(metric.info)
    return compute(measured, metric)


def _proportion(m: BinaryMeasured, info: MetricInfo, among: tuple[int, ...], of: tuple[int, ...]) -> Quantity:
    """A share of rows: of the cells `among` in the cells `of`."""
    hits, eligible = list(among), list(of)
    count = m.cells[..., eligible].sum(axis=-1)
    value, n, method = divide(m.cells[..., hits].sum(axis=-1), count), count, "Wilson score interval"
    if m.w is not None and m.q is not None:
        w_hit, w_elig = m.w[..., hits].sum(axis=-1), m.w[..., eligible].sum(axis=-1)
        value = np.clip(divide(w_hit, w_elig), 0.0, 1.0)
        n = weighted_n(w_elig, m.q[..., eligible].sum(axis=-1), w_hit, m.q[..., hits].sum(axis=-1))
        method = "Wilson score interval at the effective n of the weights"
    at, decide = _of_share(value, n, np.arange(value.shape[1]) if m.apart else None)
    if m.gram is not None:
        clusters = m.gram.clusters_with(eligible)
        n, at, decide = _clustered(m, hits, eligible, value, n)
        value, count = _known_clusters(value, count, clusters)
        method = "Wilson score interval at the effective n of the clusters"
    return Quantity(
        info=info,
        value=value,
        interval_at=at,
        decide_at=decide,
        n_eligible=count.astype(np.int64),
        n_effective=n,
        method=method,
    )


def _rising(m: BinaryMeasured, info: MetricInfo, among: tuple[int, ...], of: tuple[int, ...], k: float) -> Quantity:
    """k h / (k h + m) of hits and misses: the share of hits and its bounds, each where it lies on that curve."""
    share = _proportion(m, info, among, of)

    def moved(at: At) -> At:
        if isinstance(at, CellByCell):
            return CellByCell(partial(_moved, at.bounds, k), at.given)
        return lambda critical: Interval(*(along(end, k) for end in at(critical)))

    value = along(share.value, k)
    return replace(
        share, value=value, interval_at=moved(share.interval_at), decide_at=moved(share.decide_at),
        n_effective=share.n_effective * (1 + (k - 1) * np.nan_to_num(share.value)) ** 2 / k,
        method=f"{share.method}, of the share that it rises with",
    )  # fmt: skip


def _moved(bounds: Callable[..., Interval], k: float, *given: Floats) -> Interval:
    low, high = bounds(*given)
    return Interval(along(low, k), along(high, k))


@computes("binary", "representation")
def _representation(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    info = metric.info
    n, total = m.n[:, None], np.full((len(m.n), 1), m.n[0])
    value = divide(n, total)
    size = total.astype(np.float64)
    if m.w is not None and m.q is not None:
        w, q = (part[:, 0].sum(axis=-1)[:, None] for part in (m.w, m.q))
        value, size = divide(w, w[0]), weighted_n(np.full_like(w, w[0]), np.full_like(q, q[0]), w, q)
    at, decide = _of_share(value, size)
    method = "Wilson score interval"
    if m.gram is not None:
        # A slice's rows times its clusters' are not kept; the slice's own squares in their place err on the wide side.
        own = m.gram.products[:, :1].sum(axis=(-1, -2))
        every = np.broadcast_to(own[:1], own.shape)
        rows = (m.cells if m.w is None else m.w)[:1, :1].sum(axis=-1)
        clusters = m.gram.clusters_with(range(len(CELLS)))[:1, :1]
        size, at, decide = _by_clusters(own, own, every, rows, clusters, value, size)
        value, total = _known_clusters(value, total, clusters)
        method = "Wilson score interval at the effective n of the clusters"
    return Quantity(
        info=info,
        value=value,
        interval_at=at,
        decide_at=decide,
        n_eligible=total,
        n_effective=size,
        method=method,
    )


def _of_share(value: Floats, n: Floats, batch: Ints | None = None) -> tuple[At, At]:
    """Wilson's bounds and the exact ones. `batch` numbers the columns that are solved together; None: all are."""
    given = (value, np.broadcast_to(n, value.shape))
    exact = CellByCell(exact_value, given)
    if batch is not None:
        exact = CellByCell(_exact_apart, (*given, np.broadcast_to(batch, value.shape)))
    return CellByCell(wilson_value, given), exact


def _exact_apart(value: Floats, n: Floats, batch: Ints, critical: ArrayLike) -> Interval:
    return exact_value(value, n, critical, batch=batch)


def _clustered(
    m: BinaryMeasured, hits: list[int], eligible: list[int], value: Floats, n: Floats
) -> tuple[Floats, At, At]:
    assert m.gram is not None
    g = m.gram.products
    ee = g[..., eligible, :][..., eligible].sum(axis=(-1, -2))
    he = g[..., hits, :][..., eligible].sum(axis=(-1, -2))
    hh = g[..., hits, :][..., hits].sum(axis=(-1, -2))
    total = (m.cells if m.w is None else m.w)[..., eligible].sum(axis=-1)
    return _by_clusters(hh, he, ee, total, m.gram.clusters_with(eligible), value, n)


def _by_clusters(
    hh: Floats, he: Floats, ee: Floats, total: Floats, clusters: Ints, value: Floats, n: Floats
) -> tuple[Floats, At, At]:
    """The effective n of a clustered share and its intervals, from sums of products over clusters."""
    variance = cluster_variance_from_sums(hh, he, ee, total, clusters, value)
    size = cluster_n(value, variance, ee, total, n)

    def shrunk(critical: ArrayLike) -> Floats:
        return few_clusters(size, critical, clusters)

    return (
        size,
        lambda critical: wilson_value(value, shrunk(critical), critical),
        lambda critical: exact_value(value, shrunk(critical), critical),
    )


def _known_clusters(value: Floats, count: NDArray[np.generic], clusters: Ints) -> tuple[Floats, Ints]:
    """Value and eligible rows where there are two clusters or more; one cluster is one person, and says nothing."""
    enough = clusters > 1
    return np.where(enough, value, np.nan), np.where(enough, count, np.minimum(count, clusters)).astype(np.int64)


def _algebra(m: BinaryMeasured, rate: Rate) -> Quantity:
    """Any other algebra of rates: linearised (delta method) on the joint cell counts, kept inside its range."""
    cells = m.cells if m.w is None else m.w
    value, slope = algebra.evaluate(rate.node, cells)
    if m.gram is not None:
        variance = np.einsum("stk,stkl,stl->st", slope, m.gram.products, slope)
    else:
        variance = (slope**2 * (m.cells if m.q is None else m.q)).sum(axis=-1)
    count = m.cells[..., list(rate.cells_read)].sum(axis=-1)
    clusters: Ints | None = None
    if m.gram is not None:
        clusters = m.gram.clusters_with(rate.cells_read)
        variance = variance * divide(clusters, clusters - 1)
        value, count = _known_clusters(value, count, clusters)
    # Empty cells have no variance of their own: half a row in each keeps the interval from closing at the ends.
    size, worth = count, np.ones(cells.shape[:-1])
    if m.w is not None and m.q is not None:
        size = kish_n(m.w.sum(axis=-1), m.q.sum(axis=-1))
        worth = divide(cells.sum(axis=-1), size)
    smoothed = cells + 0.5 * worth[..., None]
    soft_value, soft = algebra.evaluate(rate.node, smoothed)
    floor = (soft**2 * smoothed).sum(axis=-1) * worth
    if clusters is not None:  # there it is half a cluster, however many rows one has
        read = np.isin(np.arange(len(CELLS)), rate.cells_read)  # a cluster is as large as what of it counts
        each = divide(cells[..., read].sum(axis=-1), clusters)
        _, slopes = algebra.evaluate(rate.node, cells + 0.5 * each[..., None] * read)
        floor = np.fmax(floor, (slopes**2).sum(axis=-1) * 0.5 * each**2)
    error = np.sqrt(np.fmax(variance, floor))
    info = rate.info
    on_log = info.scale == "value" and info.low == 0 and info.high is None

    def at(critical: ArrayLike) -> Interval:
        times = np.asarray(critical) if clusters is None else student(critical, np.maximum(clusters - 1, 1))
        if on_log:
            spread = np.sqrt(np.where(np.isnan(variance), floor, variance))
            return _on_log(value, spread, soft_value, np.sqrt(floor), times)
        low, high = value - times * error, value + times * error
        if info.low is not None or info.high is not None:
            low, high = np.clip(low, info.low, info.high), np.clip(high, info.low, info.high)
        return Interval(low, high)

    effective = divide(value * (1 - value), error**2)
    return Quantity(
        info=info,
        value=value,
        interval_at=at,
        decide_at=at,
        n_eligible=count.astype(np.int64),
        n_effective=np.where(effective > 0, effective, size),
        method="linearised (delta method) on joint cell counts" + (", log scale" if on_log else ""),
    )


def _on_log(value: Floats, error: Floats, soft: Floats, soft_error: Floats, times: Floats) -> Interval:
    """Of a ratio that is never negative: the delta method for its logarithm.

    At 0 the upper bound is that of the ratio with half a row more in every cell.
    """
    some, relative = value > 0, divide(soft_error, soft)
    middle, spread = np.where(some, value, soft), np.where(some, np.fmax(divide(error, value), relative), relative)
    reach = factor(times * spread, middle)
    return Interval(np.where(some, middle / reach, np.where(value == 0, 0.0, np.nan)), middle * reach + 0 * value)


@computes("binary", "auc")
def _auc(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    info = metric.info
    assert m.auc is not None
    auc = m.auc
    value, bound = auc.value[:, None], auc.bound[:, None]
    n_pos, n_neg = auc.n_pos[:, None], auc.n_neg[:, None]
    variance = auc.variance[:, None]

    def at(critical: ArrayLike) -> Interval:
        low, high = delong_z(value, variance, n_pos, n_neg, critical)
        return Interval(np.maximum(low - bound, 0.0), np.minimum(high + bound, 1.0))

    method = "DeLong variance, score interval"
    if bound.any():
        method += f"; binned scores, error of the value at most {np.nanmax(bound):.1e}, included"
    count = (auc.positives + auc.negatives)[:, None]
    smaller = np.minimum(auc.positives, auc.negatives)[:, None]
    return Quantity(
        info=info,
        value=value,
        interval_at=at,
        decide_at=at,
        n_eligible=np.where(smaller > 0, count, 0),
        n_effective=2.0 * np.fmin(n_pos, n_neg),
        method=method,
    )


@computes("binary", "brier", "log_loss", "calibration_in_the_large", "mean_score")
def _mean(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    info = metric.info
    total, squares, n, count = _sums(m, info.name)
    value = divide(total, n)
    if m.gram is not None:
        cells = range(len(CELLS) if info.name == "mean_score" else 4)
        n, keep = _clusters_as_people(m, list(cells), n)
        total, squares = total * keep, squares * keep
        value, count = _known_clusters(value, count, m.gram.clusters_with(cells)[:, :1])
    if info.name == "brier":
        at: At = lambda c: mean_bounded_z(total, squares, n, c)  # noqa: E731
        method = "score interval for a bounded mean"
    elif info.name == "log_loss":
        at, method = (lambda c: mean_positive_z(total, squares, n, c)), "Student interval on the log scale"
    elif info.name == "calibration_in_the_large":
        at, method = (
            (lambda c: mean_bounded_z(total, squares, n, c, low=-1.0, high=1.0)),
            "score interval for a bounded mean",
        )
    else:
        at, method = (lambda c: mean_t_z(total, squares, n, c)), "Student interval"
    if m.gram is not None:
        method += ", each cluster counted as one person"
    return Quantity(
        info=info, value=value, interval_at=at, decide_at=at, n_eligible=count, n_effective=n, method=method
    )


def _clusters_as_people(m: BinaryMeasured, cells: list[int], n: Floats) -> tuple[Floats, Floats]:
    """Kish's n over clusters, the cautious end (rows of a cluster are taken to be alike), and its share of n."""
    assert m.gram is not None
    rows = (m.cells if m.w is None else m.w)[:, :1, cells].sum(axis=-1)
    squares = m.gram.products[:, :1][..., cells, :][..., cells].sum(axis=(-1, -2))
    size = np.fmin(kish_n(rows, squares), n)
    return size, divide(size, n)


def _sums(m: BinaryMeasured, name: str) -> tuple[Floats, Floats, Floats, Ints]:
    """Sum, sum of squares and (effective) n of the per-row quantity, each of shape (slices, 1), and rows."""
    which = [0, 1] if name != "mean_score" else [0, 1, 2]
    rows = m.coarse_rows[:, :, which].sum(axis=(1, 2))[:, None]
    plain = _powers(m, name, which, "")
    if not m.weighted:
        total, squares = plain
        return total, squares, rows.astype(np.float64), rows
    assert m.w is not None and m.q is not None
    unlabelled = [4, 5] if name == "mean_score" else []
    w = m.w[:, 0, [0, 1, 2, 3, *unlabelled]].sum(axis=-1)[:, None]
    q = m.q[:, 0, [0, 1, 2, 3, *unlabelled]].sum(axis=-1)[:, None]
    unit = m.weight_unit
    total_w, _ = (part * unit for part in plain)
    total_q, squares_q = (part * unit * unit for part in _powers(m, name, which, "q"))
    mean = divide(total_w, w)
    n = kish_n(w, q)
    variance = divide(squares_q - 2 * mean * total_q + mean**2 * q, w * w) * n
    return mean * n, (variance + mean**2) * n, n, rows


def _powers(m: BinaryMeasured, name: str, which: list[int], prefix: str) -> tuple[Floats, Floats]:
    """Σ v and Σ v² of the per-row quantity v."""

    def s(key: str, labels: list[int]) -> Floats:
        if key == "":
            return np.asarray(m.count_by_label(prefix)[:, labels].sum(axis=1)[:, None])
        return np.asarray(m.moments[prefix + key][:, :, labels].sum(axis=(1, 2))[:, None])

    if name == "mean_score":
        unit = 2.0**m.scale
        squares = s("error", which)
        if m.model.kind == "probability":  # p^2 = (p - 1)^2 + 2p - 1 where the label is positive
            squares = squares + 2 * s("p", [1]) - s("", [1])
        return s("p", which) * unit, squares * unit * unit
    if name == "log_loss":
        return s("loss", which), s("loss2", which)
    if name == "calibration_in_the_large":
        return s("p", which) - s("", [1]), s("error", which)
    return s("error", which), s("error2", which)
