"""Rows that come in clusters: totals of numbers over the rows of each cluster in each slice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import add_at
from sterling.engine.families import Families
from sterling.engine.scales import FIRST
from sterling.engine.slicing import Slicing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FamilyClusters:
    """One family: only the pairs of slice and cluster that occur, in the order of their codes.

    `rows` are the places of its slices, `at` the code of each pair's slice, `cluster` its cluster, `totals` Σw of every
    number over its rows.
    """

    rows: Ints
    codes: Ints
    size: int
    at: Ints
    cluster: Ints
    totals: Mapping[str, Floats]

    def summed(self, values: Floats | NDArray[np.bool_]) -> Floats:
        """A number of each pair, added up for each slice; the order of the rows does not matter."""
        return np.asarray(np.bincount(self.at, weights=values, minlength=self.size)[self.codes])


def by_cluster(
    kept: Batch, families: Families, sliced: Slicing, values: Mapping[str, Floats]
) -> Iterator[FamilyClusters]:
    """Each family in turn, everyone first. `values` hold a number of at most 1 for every row."""
    assert kept.cluster is not None
    weight = np.ones(kept.height) if kept.weight is None else kept.weight
    count = int(kept.cluster.max(initial=0)) + 1

    def total(pair: Ints, size: int, values: Floats) -> Floats:
        return add_at(pair, weight * values, size, limbs=2, first=FIRST).value

    for f, family in enumerate(families.families):
        pairs, pair = np.unique(joint_codes(kept, family) * count + kept.cluster, return_inverse=True)
        rows = np.array([r for r, owner in enumerate(sliced.family) if owner == f], dtype=np.int64)
        yield FamilyClusters(
            rows=rows, codes=np.array([sliced.code[r] for r in rows], dtype=np.int64), at=pairs // count,
            size=math.prod(len(kept.groups[i].values) for i in family), cluster=pairs % count,
            totals={name: total(pair, len(pairs), v) for name, v in values.items()},
        )  # fmt: skip
