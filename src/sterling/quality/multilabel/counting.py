"""What is counted of a model that gives any of several labels: a cube for each label, and sums over whole rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.frozen import dataclass
from sterling.engine.binary.against import asked
from sterling.engine.clusters import PATTERNS
from sterling.engine.cube import Cube, CubeSpec, count
from sterling.engine.encode import Batch
from sterling.engine.families import Families
from sterling.engine.sums import Part, Sums, add_up
from sterling.quality.multilabel.rows import PAIRS, Rows, look_at

Floats = NDArray[np.float64]
MEANS = ("overlap", "labels", "said")
"""Of each row without missing labels: its Jaccard index, how many labels it has, and how many are predicted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """A mergeable summary. `sums`: of whole rows, by threshold; `cubes`: of each label."""

    sums: tuple[Sums, ...]
    cubes: tuple[Cube, ...]

    def merge(self, other: Counts) -> Counts:
        """The counts of both sets of rows."""
        sums = tuple(a.merge(b) for a, b in zip(self.sums, other.sums, strict=True))
        cubes = tuple(a.merge(b) for a, b in zip(self.cubes, other.cubes, strict=True))
        return Counts(sums=sums, cubes=cubes)


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelCounter:
    """Counts one model at `thresholds`."""

    index: int
    labels: int
    thresholds: tuple[float, ...]
    families: Families
    spec: CubeSpec

    def count(self, batch: Batch) -> Counts:
        """The counts of one batch."""
        scores = batch.scores[self.index]
        cubes = tuple(count(self.spec, asked(batch, batch.label[:, k], scores[:, k])) for k in range(self.labels))
        looked = (look_at(batch.label, scores, t) for t in self.thresholds)
        sums = tuple(add_up(batch, self.families.blocks, row_parts(rows, batch.weight)) for rows in looked)
        return Counts(sums=sums, cubes=cubes)


def pair_parts(rows: Rows, w: Floats | None) -> dict[str, Part]:
    """How the labels of one row go together: which cells it has labels in, and the products of how many."""
    counted = rows.pattern if w is None else np.where(w > 0, rows.pattern, 0)
    parts = {"patterns": Part(shape=(PATTERNS,), places=counted)}
    for i, j in PAIRS:
        product = rows.cells[i] * rows.cells[j]
        parts[f"product{i}{j}"] = weighed(product, None if w is None else w * w, 0 if w is None else 16)
    return parts


def row_parts(rows: Rows, w: Floats | None) -> dict[str, Part]:
    """What is added up of whole rows, of weights `w`."""
    parts = {"rows": Part(shape=(3,), places=rows.exact), **pair_parts(rows, w)}
    if w is not None:
        parts["wrows"] = Part(shape=(3,), places=rows.exact, values=w, limbs=2, first=32)
        parts["qrows"] = Part(shape=(3,), places=rows.exact, values=w * w, limbs=2, first=32)
    given = (rows.overlap, rows.cells[0] + rows.cells[2], rows.cells[0] + rows.cells[1])
    for name, value in zip(MEANS, given, strict=True):
        known = np.where(rows.whole, value, 0.0)
        first = 36 if name == "overlap" else 0 if w is None else 16
        parts[f"w{name}"] = weighed(known, w, first)
        parts[f"w{name}2"] = weighed(known * known, w, first)
        if w is not None:
            parts[f"q{name}"] = weighed(known, w * w, first)
            parts[f"q{name}2"] = weighed(known * known, w * w, first)
    return parts


def weighed(values: Floats, weight: Floats | None, first: int) -> Part:
    """The sum of a number of each row, times a weight where there is one; `first` fixes the precision."""
    if weight is None:
        return Part(values=values, limbs=1, first=first)
    return Part(values=values * weight, limbs=2, first=first)


assert len(CELLS) == 6
