"""Totals of numbers of a row, and of their products, by slice: what means and their linearised variances are made of.

A `Basis` names numbers of a row. A metric is a function of their totals T, and its variance needs the totals of their
products, G: both are sums over rows, so they merge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.by_cluster import by_cluster
from sterling.engine.encode import Batch
from sterling.engine.families import Families
from sterling.engine.scales import FIRST
from sterling.engine.slicing import Slicing
from sterling.engine.sums import Part, Sums
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Numbers of a row by name, each at most 1. `counts`: those that are 1 or 0.

    `products`: which sum is the total of the product of two of them; others are never asked for. `high`: sums of
    numbers that are mostly far below 1 and need the finer units.
    """

    names: tuple[str, ...]
    counts: tuple[str, ...]
    products: Mapping[tuple[str, str], str]
    high: Collection[str] = ()

    def place(self, name: str) -> int:
        """Where a number stands among all."""
        return self.names.index(name)

    def parts(self, values: Mapping[str, Floats], weight: Floats | None) -> dict[str, Part]:
        """What is added up of the rows of a batch: `values` has an entry of shape (rows,) for every sum."""
        parts = {f"n {name}": Part(values=values[name], limbs=1, first=0) for name in self.counts}
        for name, value in values.items():
            limbs = 3 if name in self.high else 2
            if name in self.names and not (weight is None and name in self.counts):
                summed = value if weight is None else weight * value
                parts[f"w {name}"] = Part(values=summed, limbs=limbs, first=FIRST)
            if weight is not None:
                parts[f"q {name}"] = Part(values=weight * weight * value, limbs=limbs, first=FIRST)
            elif name not in self.names:
                parts[f"w {name}"] = Part(values=value, limbs=limbs, first=FIRST)
        return parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Sums of one model: T of shape (slices, basis) is `sums`, G of shape (slices, basis, basis) is `products`.

    With weights T sums w and G w²; with clusters G sums the products of the clusters' totals. `counts` are rows by the
    names of the basis that count them; `clusters` the same in clusters, None without.
    """

    basis: Basis
    counts: Mapping[str, Ints]
    sums: Floats
    products: Floats
    clusters: Mapping[str, Ints] | None
    weighted: bool

    def total(self, name: str) -> Floats:
        """The total of one of the basis, shape (slices,)."""
        return np.asarray(self.sums[:, self.basis.place(name)])

    def product(self, first: str, second: str) -> Floats:
        """The total of the product of two of the basis."""
        return np.asarray(self.products[:, self.basis.place(first), self.basis.place(second)])

    def units(self, among: str) -> Floats:
        """What the rows that one of `counts` counts are worth as independent rows: clusters, or Kish's n."""
        if self.clusters is not None:
            return self.clusters[among].astype(np.float64)
        if not self.weighted:
            return self.counts[among].astype(np.float64)
        return divide(self.total(among) ** 2, self.product(among, among))

    def mean(self, what: str, among: str) -> tuple[Floats, Floats]:
        """A mean and its linearised variance: that of a ratio of totals, without a correction for few rows."""
        mean = divide(self.total(what), self.total(among))
        spread = self.product(what, what) - 2 * mean * self.product(what, among) + mean**2 * self.product(among, among)
        return mean, divide(np.maximum(spread, 0.0), self.total(among) ** 2)

    def linearised(self, slope: Floats, among: str) -> Floats:
        """The variance of a metric whose slopes by the totals are `slope`, shape (slices, basis)."""
        units, known = self.units(among), np.nan_to_num(slope)
        variance = np.einsum("sk,skl,sl->s", known, self.products, known)
        return np.asarray(np.maximum(variance, 0.0) * divide(units, units - 1))

    @property
    def dependence(self) -> str:
        """What an interval's method says of weights and clusters."""
        if self.clusters is not None:
            return ", clusters linearised"
        return ", weights linearised" if self.weighted else ""


def totals_of(basis: Basis, sums: Sums, sliced: Slicing, *, weighted: bool) -> Totals:
    """The totals of rows that are independent of each other."""
    counts = {name: sliced.gather(sums.counts(f"n {name}")) for name in basis.counts}
    held: dict[str, Floats] = {}

    def total(name: str, prefix: str) -> Floats:
        if prefix == "w" and not weighted and name in basis.counts:
            return counts[name].astype(np.float64)
        key = f"{prefix} {name}"
        if key not in sums.totals[0]:
            return np.zeros(len(sliced.slices))
        if key not in held:
            held[key] = sliced.values(sums.of(key))
        return held[key]

    size = len(basis.names)
    products = np.zeros((len(sliced.slices), size, size))
    for (a, b), name in basis.products.items():
        i, j = basis.place(a), basis.place(b)
        products[:, i, j] = products[:, j, i] = total(name, "q" if weighted else "w")
    return Totals(
        basis=basis,
        counts=counts,
        sums=np.stack([total(name, "w") for name in basis.names], axis=1),
        products=products,
        clusters=None,
        weighted=weighted,
    )


def cluster_products(
    basis: Basis, values: Mapping[str, Floats], kept: Batch, families: Families, sliced: Slicing
) -> tuple[Floats, dict[str, Ints]]:
    """G of shape (slices, basis, basis) over clusters, and how many clusters have weight among each of the counts.

    `values`: each of the basis for every row, shape (rows,).
    """
    size = len(basis.names)
    products = np.zeros((len(sliced.slices), size, size))
    clusters = {name: np.zeros(len(sliced.slices), dtype=np.int64) for name in basis.counts}
    for part in by_cluster(kept, families, sliced, values):
        for name in basis.counts:
            clusters[name][part.rows] = part.summed(part.totals[name] > 0)
        for a, b in basis.products:
            i, j = basis.place(a), basis.place(b)
            if a in part.totals and b in part.totals:
                products[part.rows, i, j] = products[part.rows, j, i] = part.summed(part.totals[a] * part.totals[b])
    return products, clusters
