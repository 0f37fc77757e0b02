"""What probabilities of belonging say of a group's rate: an estimate under an assumption, and bounds without it.

With p = P(group | proxy) known, hits and the group meet in at least max(0, p + h - 1) and at most min(p, h) of the
people of one proxy value, h being their share of hits (Fréchet and Hoeffding). Over all proxy values this bounds the
group's rate, sharply (Kallus, Mao and Zhou 2022, Management Science 68:1959). People are put in cells by p: coarser
than the proxy, which can only widen the bounds. The weighting estimate takes hits and group to be independent given the
proxy; otherwise it is biased, and no sample says by how much (Chen, Kallus, Mao, Svacha and Udell 2019, FAT*).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import divide
from sterling.stats.identified import clipped_mean_bias

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CELL = 100
"""At least this many people in a cell: in smaller ones chance decides which of two numbers is the smaller."""
MOST_CELLS = 50
FEW = 4
"""Hits of a share whose standard error is taken where there are fewer: with none, 95 % of such samples are covered."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """Rows with their chances to belong. `chance` has shape (rows, groups) and sums to at most 1 in each row.

    `hit` and `miss`: eligible rows that the rate counts, and those that it does not. `cluster`: 0, 1, …, or None.
    """

    chance: Floats
    hit: Bools
    miss: Bools
    weight: Floats
    cluster: Ints | None

    def ordered(self) -> People:
        """The same rows in an order of their values alone, so that sums do not depend on the order of the table."""
        keys: list[NDArray[np.generic]] = [*self.chance.T, self.hit, self.miss, self.weight]
        order = np.lexsort([*keys, *([] if self.cluster is None else [self.cluster])])
        return People(
            chance=self.chance[order], hit=self.hit[order], miss=self.miss[order], weight=self.weight[order],
            cluster=None if self.cluster is None else self.cluster[order],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InferredRates:
    """Of each group, arrays of shape (groups,): the weighting estimate and both bounds; `n` expected eligible people.

    `covariance` has shape (3 × groups, 3 × groups): of all estimates, then all lower bounds, then all upper ones.
    """

    estimate: Floats
    low: Floats
    high: Floats
    n: Floats
    n_effective: Floats
    covariance: Floats

    def error(self, first: int, second: int | None = None) -> float:
        """Standard error of one of the 3 × groups numbers, or of the difference of two."""
        c = self.covariance
        if second is None:
            return float(np.sqrt(max(c[first, first], 0.0)))
        return float(np.sqrt(max(c[first, first] + c[second, second] - 2 * c[first, second], 0.0)))


def group_rates(people: People) -> InferredRates:
    """The rate of each group: estimated, and bounded. Needs no order of the rows."""
    rows = people.ordered()
    groups = range(rows.chance.shape[1])
    parts = [*(_weighting(rows, g) for g in groups), *(_end(rows, g, upper=False) for g in groups),
             *(_end(rows, g, upper=True) for g in groups)]  # fmt: skip
    value = np.array([v for v, _ in parts]).reshape(3, -1)
    eligible = rows.chance * (rows.hit | rows.miss)[:, None] * rows.weight[:, None]
    n = (rows.chance * (rows.hit | rows.miss)[:, None]).sum(axis=0)
    units = eligible if rows.cluster is None else _by_cluster(eligible.T, rows.cluster).T
    n_effective = divide(units.sum(axis=0) ** 2, (units**2).sum(axis=0))
    covariance = _covariance([psi for _, psi in parts], rows.cluster)
    # Where none (or all) are hits the rows tell no error: it is at least that of a share with FEW hits.
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), np.tile(divide(FEW, n_effective**2), 3)))
    return InferredRates(
        estimate=value[0], low=np.fmin(value[1], value[0]), high=np.fmax(value[2], value[0]), n=n,
        n_effective=n_effective, covariance=covariance,
    )  # fmt: skip


def _weighting(rows: People, group: int) -> tuple[float, Floats]:
    """Hits over eligible people, each weighted by the chance to belong; and each row's part in its error."""
    w = rows.weight * rows.chance[:, group]
    return _ratio(w * rows.hit, w * rows.miss)


def _end(rows: People, group: int, *, upper: bool) -> tuple[float, Floats]:
    """One end of the rate: as many of the hits as can be (or must be) the group's, and as few (many) of the misses."""
    p = rows.chance[:, group]
    cell = cells(p)
    few, many = (rows.miss, rows.hit) if upper else (rows.hit, rows.miss)
    least, least_bias = _overlap(rows, p, few, cell, most=False)
    most, most_bias = _overlap(rows, p, many, cell, most=True)
    hit, miss = (most, least) if upper else (least, most)
    hit_bias, miss_bias = (most_bias, -least_bias) if upper else (-least_bias, most_bias)
    return _ratio(hit, miss, hit_bias, miss_bias)


def _overlap(rows: People, p: Floats, among: Bools, cell: Ints, *, most: bool) -> tuple[Floats, float]:
    """The largest (or least) total of people who are both in the group and `among`, row by row, and its bias.

    Largest: min(p, share) in each cell; least: max(0, p + share - 1). Which of the two is taken is decided by the cell
    as a whole, and then the rows' own numbers are added up.
    """
    w, other = rows.weight, among.astype(np.float64)
    own = p - other if most else p + other - 1
    size = int(cell.max(initial=0)) + 1
    weight, total, squares, shares = (
        np.bincount(cell, weights=part, minlength=size) for part in (w, w * own, w * w * own * own, w * w)
    )
    mean = divide(total, weight)
    error = np.sqrt(np.maximum(divide(squares - mean**2 * shares, weight**2), 0.0))
    bias = float(np.nansum(weight * clipped_mean_bias(mean, error)))
    above = (mean > 0)[cell]
    if most:  # min(p, other) = other + min(p - other, 0)
        return w * np.where(above, other, p), bias
    return w * np.where(above, own, 0.0), bias


def _ratio(hit: Floats, miss: Floats, hit_bias: float = 0.0, miss_bias: float = 0.0) -> tuple[float, Floats]:
    """hit / (hit + miss) of the totals, within 0 and 1, and each row's part in its error (linearised)."""
    top, bottom = max(float(hit.sum()) + hit_bias, 0.0), max(float(miss.sum()) + miss_bias, 0.0)
    both = top + bottom
    if not both > 0:
        return float("nan"), np.full(len(hit), np.nan)
    return top / both, (bottom * hit - top * miss) / both**2


def cells(chance: Floats) -> Ints:
    """The cell of each row: about equally many of similar chance, equal chances together."""
    count = int(np.clip(len(chance) // CELL, 1, MOST_CELLS))
    ranks = np.searchsorted(np.sort(chance), chance, side="left")
    cell = np.asarray(ranks * count // max(len(chance), 1), dtype=np.int64)
    return _joined(np.bincount(cell, minlength=count))[cell]


def _joined(sizes: Ints) -> Ints:
    """The new number of each cell: neighbours are put together until each holds `CELL` people."""
    number, held = 0, 0
    out = np.zeros(len(sizes), dtype=np.int64)
    for i, size in enumerate(sizes.tolist()):
        if held >= CELL and size:
            number, held = number + 1, 0
        out[i] = number
        held += size
    return np.maximum(np.where(out == number, number - 1, out), 0) if held < CELL else out


def _covariance(parts: list[Floats], cluster: Ints | None) -> Floats:
    if cluster is not None:
        parts = list(_by_cluster(parts, cluster))
    units = len(parts[0])
    out = np.empty((len(parts), len(parts)))
    for i, first in enumerate(parts):
        for j in range(i, len(parts)):
            out[i, j] = out[j, i] = (first * parts[j]).sum()
    return out * (units / (units - 1) if units > 1 else np.nan)


def _by_cluster(parts: Iterable[Floats], cluster: Ints) -> Floats:
    """Totals over clusters of each part, shape (parts, clusters)."""
    size = int(cluster.max(initial=0)) + 1
    return np.stack([np.bincount(cluster, weights=part, minlength=size).astype(np.float64) for part in parts])
