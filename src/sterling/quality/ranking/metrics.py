"""Metrics of models that rank, with intervals over queries: a query is the unit, or a cluster of queries.

Means of numbers from 0 to 1 have the score interval of a bounded mean; shares and what is derived of them Wilson's, at
the n that their linearised variance stands for. Candidates of one query share its places, so what one group gains the
others lose: comparisons of groups rest on half that n, which holds whatever their correlation (Cauchy and Schwarz).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import ScoreMetric
from sterling.engine.computing import computes
from sterling.engine.quantity import At, Quantity
from sterling.engine.shares import share_quantity
from sterling.quality.ranking import infos as _infos
from sterling.quality.ranking.lists import Lists
from sterling.quality.ranking.measured import RankingMeasured, Ratio
from sterling.stats.arrays import Interval, divide
from sterling.stats.means import mean_bounded_z, mean_positive_z
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import cluster_n, few_clusters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
REGISTERED = _infos
Rule = Callable[..., Interval]


def _gain(lists: Lists) -> Floats:
    return np.exp2(lists.relevance) - 1


def _ndcg(lists: Lists, top: int, gain: Floats) -> Floats:
    return divide(lists.dcg(gain, top), lists.ideal_dcg(gain, top))


def _precision(lists: Lists, top: int) -> Floats:
    return divide(lists.total(lists.relevant * lists.chance(top)), np.minimum(top, lists.size))


_MEANS: dict[str, Callable[[Lists, int], Floats]] = {
    "ndcg": lambda lists, k: _ndcg(lists, k, _gain(lists)),
    "ndcg_linear": lambda lists, k: _ndcg(lists, k, lists.relevance),
    "precision_at": _precision,
    "recall_at": lambda lists, k: divide(lists.total(lists.relevant * lists.chance(k)), lists.relevant_count),
    "hit_rate": lambda lists, k: lists.hit(k),
    "mean_reciprocal_rank": lambda lists, k: lists.reciprocal_rank(),
    "mean_average_precision": lambda lists, k: lists.average_precision(),
    "first_relevant_place": lambda lists, k: lists.first_relevant(),
    "candidates_per_query": lambda lists, k: lists.size.astype(np.float64),
}
"""Of each list, NaN where it has none."""
_SHARES = ("top_share", "exposure")
_RELATIVE = ("relative_exposure", "exposure_by_merit", "top_representation", "skew")
ORDERED = {*_MEANS, *_SHARES, *_RELATIVE} - {"candidates_per_query"}
"""Metrics that the order of the candidates decides."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """What a metric adds up over queries: of each family of slices the numbers h and e of every list, see `ratio`.

    `every`: e of each query, where queries without a row of the slice count too. `known`: the queries whose mean share
    the ratio is set against, None where it is set against nothing.
    """

    of: list[tuple[Floats, Floats, Lists]]
    every: Floats | None = None
    known: Bools | None = None

    def against(self, m: RankingMeasured, found: Ratio) -> Floats:
        """The mean share of the candidates, or of the relevance, of each slice; 1 where there is none."""
        if self.known is None:
            return np.ones(len(m.slices))
        counted = np.bincount(m.rows.unit, weights=m.rows.weight * self.known)
        return divide(found.below, counted.sum())


def parts_of(m: RankingMeasured, metric: ScoreMetric) -> Parts:
    """What one of `_MEANS`, `_SHARES` or `_RELATIVE` adds up."""
    name = metric.base or metric.name
    if name in _MEANS:
        top = int(metric.at)
        return Parts(of=[(_MEANS[name](lists, top), np.ones(len(lists.size)), lists) for _, lists in _families(m)])
    whole = m.lists(0)
    row = whole.chance(int(metric.at)) if metric.base else whole.discount()
    return _shares(m, whole, row, top=bool(metric.base)) if name in _SHARES else _relatives(m, whole, row, name)


def _shares(m: RankingMeasured, whole: Lists, row: Floats, *, top: bool) -> Parts:
    """A share of places, or of exposure, of all queries."""
    total = whole.total(row)
    every = total if top else np.ones(len(total))
    parts = [(_of_lists(m, family, row / total[whole.list_of]), lists) for family, lists in _families(m)]
    return Parts(of=[(h * every[lists.query], np.ones(len(h)), lists) for h, lists in parts], every=every)


def _relatives(m: RankingMeasured, whole: Lists, row: Floats, name: str) -> Parts:
    """Share of exposure (or of the first places) over that of candidates (or of relevance), both added over queries."""
    worth = whole.relevance if name == "exposure_by_merit" else np.ones(len(row))
    worths = whole.total(worth)
    some = worths > 0
    row = np.where(some[whole.list_of], row / whole.total(row)[whole.list_of], np.nan)
    share = divide(worth, worths[whole.list_of])
    families = _families(m)
    of = [(_of_lists(m, f, row), np.nan_to_num(_of_lists(m, f, share)), lists) for f, lists in families]
    return Parts(of=of, known=some)


@computes("ranking", *_MEANS)
def _mean(m: RankingMeasured, metric: ScoreMetric) -> Quantity:
    found = m.ratio(parts_of(m, metric).of)
    # The same interval as for that many independent queries whose mean varies as much.
    n = found.kish
    total, squares = found.value * n, found.variance * n * (n - 1) + n * found.value**2
    bounded = metric.info.high is not None
    rule = mean_bounded_z if bounded else mean_positive_z

    def at(critical: ArrayLike) -> Interval:
        return rule(total[:, None], squares[:, None], n[:, None], np.asarray(critical))

    method = "score interval for a bounded mean over queries" if bounded else "Student interval on the log scale"
    return _quantity(m, metric, found, found.value, at, at, method)


@computes("ranking", *_SHARES, *_RELATIVE)
def _share(m: RankingMeasured, metric: ScoreMetric) -> Quantity:
    """A share, or the ratio of a share to what it is set against."""
    parts = parts_of(m, metric)
    found = m.ratio(parts.of, every=parts.every)
    against = parts.against(m, found)
    return _share_quantity(m, metric, found, found.value * against, against)


def _families(m: RankingMeasured) -> list[tuple[int, Lists]]:
    return [(family, m.lists(family)) for family in range(len(m.sliced.families.families))]


def _of_lists(m: RankingMeasured, family: int, row: Floats) -> Floats:
    """Sums over each slice's rows in each query of a number that rows have in their whole query."""
    lists = m.lists(family)
    return lists.total(row[lists.order])


def _share_quantity(m: RankingMeasured, metric: ScoreMetric, found: Ratio, share: Floats, against: Floats) -> Quantity:
    """Intervals of a share, over what it is set against. `share` is at most 1."""
    share = np.clip(share, 0.0, 1.0)
    n = cluster_n(share, found.variance * against**2, 1.0, found.kish, np.inf)
    n = np.where((share > 0) & (share < 1) & (found.variance > 0), n, found.kish)
    skew = metric.base == "skew"
    # Everyone has all of it, in every query: nothing about that is uncertain.
    sure = np.minimum(share, against) >= 1 - 1e-12

    def bounds(rule: Rule, critical: ArrayLike, worth: float) -> Interval:
        size = few_clusters(n[:, None] * worth, np.asarray(critical), found.units[:, None])
        low, high = rule(share[:, None], size, np.asarray(critical))
        ends = (np.where(sure[:, None], 1.0, end / against[:, None]) for end in (low, high))
        return Interval(*((_log(end) if skew else end) for end in ends))

    value = divide(share, against)
    return _quantity(
        m, metric, found, _log(value) if skew else value, partial(bounds, wilson_value, worth=1.0),
        partial(bounds, exact_value, worth=0.5), "Wilson score interval at the effective n of the queries",
    )  # fmt: skip


def _log(value: Floats) -> Floats:
    return np.log(np.where(value > 0, value, np.nan))


@computes("ranking", "representation")
def _representation(m: RankingMeasured, metric: ScoreMetric) -> Quantity:
    whole = m.lists(0)
    unit = np.bincount(m.rows.unit, weights=whole.size)
    squares, units = np.full(len(m.n), (unit**2).sum()), np.full(len(m.n), len(unit))
    return share_quantity(metric.info, m.n, clusters=(units, squares))


def _quantity(
    m: RankingMeasured, metric: ScoreMetric, found: Ratio, value: Floats, at: At, decide: At, method: str
) -> Quantity:
    method += ", clusters of queries as units" if m.clustered else ""
    return Quantity(
        info=metric.info,
        value=np.where(found.units > 1, value, np.nan)[:, None],
        interval_at=at,
        decide_at=decide,
        n_eligible=np.where(found.units > 1, found.queries, np.minimum(found.queries, 1))[:, None].astype(np.int64),
        n_effective=found.kish[:, None],
        method=method,
        shared=found.shared,
    )
