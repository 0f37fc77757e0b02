"""Two models that put the rows of each query in order: every query with what it adds to a metric of either model."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.engine.encode import Batch
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear
from sterling.quality.comparison.pair import Pair, of_change
from sterling.quality.ranking.measured import RankingMeasured
from sterling.quality.ranking.metrics import ORDERED, Parts, parts_of
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class ListPair(Pair):
    """Queries, or clusters of them, are the unit. Both models order the same candidates, so their lists correspond."""

    @staticmethod
    def gives(metric: Metric) -> bool:
        return isinstance(metric, ScoreMetric) and (metric.base or metric.name) in ORDERED

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        assert isinstance(metric, ScoreMetric)
        both = cast(tuple[RankingMeasured, RankingMeasured], (self.before, self.measured))
        m, parts = both[1], [parts_of(one, metric) for one in both]
        own = [one.quantity(metric).n_eligible for one in both]
        logs = metric.base == "skew"
        queries = Batch(
            height=len(m.rows.weight), groups=(), label=np.zeros(len(m.rows.weight)), scores=(),
            weight=m.rows.weight if m.weighted else None, cluster=m.rows.unit if m.clustered else None,
        )  # fmt: skip
        first, second = (partial(_influence, m, one, logs) for one in parts)
        found = linear.change(
            queries, [_counted(m, parts[0], row) for row in range(len(m.slices))], np.arange(queries.height),
            (first, second), of_change(metric.info, relative=relative), relative=relative,
            spans=_spans(m, parts[0], metric),
        )  # fmt: skip
        return replace(
            found, n_eligible=np.minimum(*own), method=found.method.replace("each row", "each query").replace(
                "clusters", "clusters of queries")
        )  # fmt: skip


def _lists(m: RankingMeasured, parts: Parts, row: int) -> NDArray[np.bool_]:
    """The lists of a slice that count."""
    h, _, lists = parts.of[m.sliced.family[row]]
    return np.asarray((lists.code == m.sliced.code[row]) & ~np.isnan(h))


def _counted(m: RankingMeasured, parts: Parts, row: int) -> NDArray[np.bool_] | None:
    """The queries that count in a slice; None for all of them."""
    if parts.every is not None:
        return None
    counted = np.zeros(len(m.rows.weight), dtype=bool)
    counted[parts.of[m.sliced.family[row]][2].query[_lists(m, parts, row)]] = True
    return counted


def _influence(m: RankingMeasured, parts: Parts, logs: bool, row: int, queries: Places) -> tuple[float, Floats]:
    """A ratio of totals over queries (or its logarithm), and what a query of weight 1 adds to it."""
    h, e, lists = parts.of[m.sliced.family[row]]
    mine = np.flatnonzero(_lists(m, parts, row))
    top, below = np.zeros(len(m.rows.weight)), np.zeros(len(m.rows.weight))
    top[lists.query[mine]], below[lists.query[mine]] = h[mine], e[mine]
    top, below = top[queries], (below if parts.every is None else parts.every)[queries]
    weight = m.rows.weight[queries]
    total = float(weight @ below)
    value = float(weight @ top) / total if total > 0 else np.nan
    by_query = (top - value * below) / total
    if not logs:
        return value, by_query
    return (float(np.log(value)), by_query / value) if value > 0 else (np.nan, by_query)


def _spans(m: RankingMeasured, parts: Parts, metric: ScoreMetric) -> Floats | None:
    """How far a share can move in each slice: everyone has all places and all exposure, whatever the model.

    None for means, which can move over their whole range.
    """
    if parts.every is None and parts.known is None:
        return None
    found = m.ratio(parts.of, every=parts.every)
    spans = divide(1.0, parts.against(m, found))
    return np.where(m.n == m.n[0], 0.0, divide(spans, found.value) if metric.base == "skew" else spans)
