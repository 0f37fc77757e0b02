"""Rows that come in clusters: totals of the basis over each cluster, and the products of those totals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import add_at
from sterling.engine.families import Families
from sterling.engine.slicing import Slicing
from sterling.quality.regression.rows import BASIS, COUNTS, PLACE, basis_values
from sterling.quality.regression.survey import Scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def cluster_products(
    kept: Batch, families: Families, sliced: Slicing, model: int, scale: Scale
) -> tuple[Floats, dict[str, Ints]]:
    """G of shape (slices, basis, basis) over clusters, and how many clusters have weight among each of `COUNTS`."""
    assert kept.cluster is not None
    values = basis_values(kept.label, kept.scores[model], scale)
    weight = np.ones(kept.height) if kept.weight is None else kept.weight
    count = int(kept.cluster.max(initial=0)) + 1
    products = np.zeros((len(sliced.slices), len(BASIS), len(BASIS)))
    clusters = {name: np.zeros(len(sliced.slices), dtype=np.int64) for name in COUNTS}
    for f, family in enumerate(families.families):
        size = math.prod(len(kept.groups[i].values) for i in family)
        # Only the pairs of slice and cluster that occur; in the order of their codes, whatever the order of the rows.
        pairs, pair = np.unique(joint_codes(kept, family) * count + kept.cluster, return_inverse=True)
        at = pairs // count
        totals = {name: add_at(pair, weight * v, len(pairs), limbs=2, first=34).value for name, v in values.items()}
        rows = [r for r, owner in enumerate(sliced.family) if owner == f]
        codes = np.array([sliced.code[r] for r in rows], dtype=np.int64)
        for name in COUNTS:
            clusters[name][rows] = np.bincount(at, weights=totals[name] > 0, minlength=size).astype(np.int64)[codes]
        for a, first in totals.items():
            for b, second in totals.items():
                if PLACE[a] <= PLACE[b]:
                    found = np.bincount(at, weights=first * second, minlength=size)[codes]
                    products[rows, PLACE[a], PLACE[b]] = products[rows, PLACE[b], PLACE[a]] = found
    return products, clusters
