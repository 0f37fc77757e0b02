"""What the engine measured of one yes/no model: counts per slice and threshold, and sums of the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice
from sterling.engine.binary.levels import LevelSource
from sterling.engine.clusters import Gram, cells_at
from sterling.engine.cube import Cube
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed
from sterling.engine.families import Families
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.ranks import Auc
from sterling.engine.slicing import slicing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class LazySums(dict[str, Floats]):
    """Sums by name, of which some are worked out when one of them is first asked for."""

    def __init__(self, known: Mapping[str, Floats], rest: Callable[[], Mapping[str, Floats]]) -> None:
        super().__init__(known)
        self._rest = rest

    def __missing__(self, name: str) -> Floats:
        rest = self._rest()
        self.update(rest)
        return rest[name]


@dataclass(frozen=True, kw_only=True, eq=False)
class BinaryMeasured(Measured):
    """Counts of one yes/no model.

    `cells` are row counts of shape (slices, thresholds, 6). `w`, `q`: the same as Σw and Σw², None without weights;
    `gram` only with clusters. `moments` have shape (slices, COARSE, LABELS). `levels`: rows of a slice by score;
    None for decisions. `seed` starts whatever is resampled. `apart`: columns are no thresholds but questions of their
    own, and every number is, to the last digit, that of one such model alone.
    """

    task = "binary"

    cells: Floats
    w: Floats | None
    q: Floats | None
    gram: Gram | None
    moments: dict[str, Floats]
    coarse_rows: Ints
    coarse_edges: Floats
    scale: int
    auc: Auc | None
    weight_unit: float = 1.0
    levels: LevelSource | None = None
    seed: int = 0
    apart: bool = False

    def quantity(self, metric: Metric) -> Quantity:
        from sterling.engine.binary.quantities import binary_quantity

        return binary_quantity(self, metric)

    def lacks(self, info: MetricInfo) -> str:
        if "binary" not in info.tasks:
            return f"{info.label} is no metric of a yes/no model"
        if info.needs_score and self.model.kind == "prediction":
            return f"{info.label} needs scores, and only decisions were given"
        if info.needs_probability and self.model.kind == "raw":
            return f"{info.label} needs probabilities, and the scores are on another scale"
        return ""

    def told_of(self, batch: Batch, model: int) -> pl.DataFrame:
        label = pl.Series("label", batch.label).cast(pl.Int8)
        columns = {"label": label.set(label == 2, None)}
        given = batch.scores[model]
        if self.model.kind != "prediction":
            columns["score"] = pl.Series("score", given)
        if self.model.kind == "prediction" or self.operating >= 0:
            mark = 0.5 if self.model.kind == "prediction" else self.thresholds[self.operating]
            columns["prediction"] = pl.Series("prediction", given >= mark).cast(pl.Int8)
        return pl.DataFrame(columns)

    def count_by_label(self, prefix: str) -> Floats:
        """Rows per slice and label (negative, positive, missing); with weights Σw (for "q" Σw²) in moment units."""
        cells = self.cells if self.w is None or self.q is None else self.q if prefix == "q" else self.w
        unit = 1.0 if self.w is None else self.weight_unit ** (2 if prefix == "q" else 1)
        at = cells[:, 0] / unit
        return np.stack([at[:, 1] + at[:, 3], at[:, 0] + at[:, 2], at[:, 4] + at[:, 5]], axis=1)

    @property
    def weighted(self) -> bool:
        return self.w is not None

    @cached_property
    def drawn(self) -> dict[int, tuple[Floats, Floats, Floats]]:
        """Resamples of slices, for whoever makes them to keep and find again."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sliced:
    """Slices of a cube, those without rows left out, and which joint code each has in its family."""

    slices: tuple[Slice, ...]
    rows: NDArray[np.int64]
    w: Fixed | None
    q: Fixed | None
    moments: dict[str, Floats]
    family: tuple[int, ...]
    code: tuple[int, ...]


def marginals(cube: Cube, families: Families, columns: tuple[str, ...]) -> Sliced:
    """Sum a cube's joint counts down to every slice of every family."""
    found = slicing(families, cube.values, columns, [block.rows.sum(axis=(-1, -2)) for block in cube.blocks])
    first = cube.blocks[0]
    return Sliced(
        slices=found.slices,
        rows=found.gather([block.rows for block in cube.blocks]),
        w=None if first.w is None else found.fixed([block.w for block in cube.blocks if block.w is not None]),
        q=None if first.q is None else found.fixed([block.q for block in cube.blocks if block.q is not None]),
        moments={name: found.values([block.moments[name] for block in cube.blocks]) for name in first.moments},
        family=found.family,
        code=found.code,
    )


def coarse_rows(sliced: Sliced, cube: Cube) -> Ints:
    """Row counts per slice, coarse bin and label, from the fine bins (coarse edges are cut points too)."""
    starts = np.searchsorted(cube.spec.cuts.points, cube.spec.coarse.points, side="left") + 1
    return np.add.reduceat(sliced.rows, np.concatenate([[0], starts]).astype(np.int64), axis=1)


def threshold_cells(counts: Ints | Fixed, cube: Cube, thresholds: Floats) -> Floats:
    """Cells at each threshold; every threshold is one of the cube's cut points.

    Whole numbers are added up: a sum of floats would depend on how many bins there are beside.
    """
    starts = (np.searchsorted(cube.spec.cuts.points, thresholds, side="left") + 1).astype(np.int64)
    first = np.arange(1, len(starts) + 1)

    def cells(part: Ints) -> Ints:
        return np.asarray(cells_at(np.add.reduceat(part, np.append(0, starts), axis=1), first), dtype=np.int64)

    if isinstance(counts, Fixed):
        return Fixed(np.stack([cells(limb) for limb in counts.limbs]), counts.first).value
    return cells(counts).astype(np.float64)
