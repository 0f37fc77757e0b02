"""What was measured of one model that ranks: its rows in the order of queries and places, and sums over queries."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.engine.computing import compute
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity, Shared
from sterling.engine.slicing import Slicing
from sterling.quality.ranking.lists import Lists
from sterling.stats.arrays import divide
from sterling.stats.weights import cluster_variance_from_sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordered:
    """All rows by query, score (highest first) and relevance. `codes`: the values of each group column.

    `weight` and `unit` have one entry per query: its weight, and the number of its cluster (its own without clusters).
    """

    query: Ints
    score: Floats
    relevance: Floats
    codes: tuple[NDArray[np.integer], ...]
    weight: Floats
    unit: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    """A ratio of totals over queries, per slice: value, variance, and how many units (queries, clusters) it rests on.

    `kish`: what the units are worth as equally weighted ones; `queries`: the queries counted; `shared`: those that two
    slices of one family both count.
    """

    value: Floats
    variance: Floats
    units: Floats
    kish: Floats
    queries: Floats
    below: Floats
    shared: Shared


@dataclass(frozen=True, kw_only=True, eq=False)
class RankingMeasured(Measured):
    """One model's lists: those of every query, and those of each slice's rows within every query."""

    task = "ranking"

    rows: Ordered
    sliced: Slicing
    sizes: tuple[int, ...]
    clustered: bool
    weighted: bool
    held: dict[int, Lists] = field(default_factory=dict)

    def quantity(self, metric: Metric) -> Quantity:
        self.must_give(metric.info)
        return compute(self, metric)

    def lacks(self, info: MetricInfo) -> str:
        return "" if "ranking" in info.tasks else f"{info.label} is no metric of a model that ranks"

    def lists(self, family: int) -> Lists:
        """The rows of each slice of a family within each query, in their order."""
        if family not in self.held:
            rows = self.rows
            code = self.codes(family)
            size = math.prod(self.sizes[i] for i in self.sliced.families.families[family])
            self.held[family] = Lists.of(rows.query, code, size, rows.score, rows.relevance)
        return self.held[family]

    def codes(self, family: int) -> Ints:
        """Which slice of a family each row is in."""
        code = np.zeros(len(self.rows.query), dtype=np.int64)
        for i in self.sliced.families.families[family]:
            code = code * self.sizes[i] + self.rows.codes[i]
        return code

    def slices_of(self, family: int) -> tuple[Ints, Ints]:
        """The rows of the table of slices that belong to a family, and their codes."""
        rows = np.flatnonzero(np.array(self.sliced.family) == family)
        return rows, np.array(self.sliced.code, dtype=np.int64)[rows]

    def ratio(self, parts: list[tuple[Floats, Floats, Lists]], *, every: Floats | None = None) -> Ratio:
        """Σ w h / Σ w e over queries. `parts`: for each family h and e per list; NaN in h leaves a list out.

        `every` is e per query when queries without a row of the slice count too.
        """
        out = {name: np.zeros(len(self.slices)) for name in Ratio.__slots__ if name != "shared"}
        for family, (h, e, lists) in enumerate(parts):
            rows, codes = self.slices_of(family)
            found = self._family(h, e, lists, int(codes.max(initial=0)) + 1, every)
            for name, array in out.items():
                array[rows] = found[name][codes]
        return Ratio(**out, shared=self._shared(parts, every))

    def _shared(self, parts: list[tuple[Floats, Floats, Lists]], every: Floats | None) -> Shared:
        def queries(row: int) -> Ints:
            h, _, lists = parts[self.sliced.family[row]]
            mine: Ints = lists.query[~np.isnan(h) & (lists.code == self.sliced.code[row])]
            return mine

        def shared(first: int, second: int) -> int:
            if every is not None:
                return len(every)
            return len(np.intersect1d(queries(first), queries(second), assume_unique=True))

        return shared

    def _family(self, h: Floats, e: Floats, lists: Lists, size: int, every: Floats | None) -> dict[str, Floats]:
        known = ~np.isnan(h) & (lists.code < size)
        w, unit, code = self.rows.weight[lists.query], self.rows.unit[lists.query], lists.code
        top, bottom = np.where(known, w * h, 0.0), np.where(known, w * e, 0.0)
        many = int(self.rows.unit.max(initial=0)) + 1
        key, at = np.unique(code[known] * many + unit[known], return_inverse=True)
        h_unit, e_unit = (np.bincount(at, weights=part[known], minlength=len(key)) for part in (top, bottom))
        of = key // many

        def add(values: NDArray[Any]) -> Floats:
            return np.bincount(of, weights=values, minlength=size).astype(np.float64)

        hits, queries = add(h_unit), np.bincount(code[known], minlength=size).astype(np.float64)
        if every is None:
            he, ee, below, units = add(h_unit * e_unit), add(e_unit**2), add(e_unit), add(e_unit > 0)
        else:
            whole = np.bincount(self.rows.unit, weights=self.rows.weight * every, minlength=many)
            he = add(h_unit * whole[key % many])
            ee, below, units = (np.full(size, float(v)) for v in ((whole**2).sum(), whole.sum(), (whole > 0).sum()))
            queries = np.full(size, float(len(every)))
        value = divide(hits, below)
        variance = cluster_variance_from_sums(add(h_unit**2), he, ee, below, units, value)
        return {
            "value": value, "variance": variance, "units": units, "kish": divide(below**2, ee),
            "queries": queries, "below": below,
        }  # fmt: skip
