"""What the engine measured of one model: counts per slice and threshold, and sums of the score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.roles import ModelColumn
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.clusters import Gram, cells_at
from sterling.engine.cube import LABELS, Cube
from sterling.engine.families import Families, name_slices
from sterling.engine.ranks import Auc

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Counts of one model, ready for arithmetic.

    `slices[0]` is everyone; `n` rows per slice. `cells` are row counts of shape (slices, thresholds, 6). `w`, `q`: the
    same as Σw and Σw², None without weights; `gram` only with clusters. `moments` have shape (slices, COARSE, LABELS).
    `thresholds` is empty when the model gives decisions: then there is one column. `operating` is the column of the
    operating threshold, -1 when there is none (raw scores without a threshold).
    """

    model: ModelColumn
    slices: tuple[Slice, ...]
    n: Ints
    thresholds: tuple[float, ...]
    operating: int
    cells: Floats
    w: Floats | None
    q: Floats | None
    gram: Gram | None
    moments: dict[str, Floats]
    coarse_rows: Ints
    coarse_edges: Floats
    scale: int
    auc: Auc | None
    has_label: bool
    level: float
    min_n: int
    groups: tuple[str, ...]
    weight_unit: float = 1.0

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
    def rows_of(self) -> dict[tuple[str, ...], Ints]:
        """Indices of the slices of each family."""
        rows: dict[tuple[str, ...], list[int]] = {}
        for i, s in enumerate(self.slices):
            rows.setdefault(s.family, []).append(i)
        return {family: np.array(indices, dtype=np.int64) for family, indices in rows.items()}

    def family_rows(self, family: tuple[str, ...]) -> Ints:
        """Indices of the slices of one family."""
        return self.rows_of[family]

    @property
    def families(self) -> tuple[tuple[str, ...], ...]:
        """Families of slices other than everyone, in order."""
        return tuple(f for f in self.rows_of if f)

    def column(self, threshold: float | None) -> int:
        """The index of a threshold (None: the operating one)."""
        if threshold is None or not self.thresholds:
            return self.operating
        return self.thresholds.index(threshold)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sliced:
    """Slices of a cube, those without rows left out, and which joint code each has in its family."""

    slices: tuple[Slice, ...]
    rows: NDArray[np.int64]
    w: Floats | None
    q: Floats | None
    moments: dict[str, Floats]
    family: tuple[int, ...]
    code: tuple[int, ...]


def marginals(cube: Cube, families: Families, columns: tuple[str, ...]) -> Sliced:
    """Sum a cube's joint counts down to every slice of every family."""
    names: list[Slice] = []
    parts: dict[str, list[NDArray[np.generic]]] = {"rows": [], "w": [], "q": []}
    moments: dict[str, list[Floats]] = {k: [] for k in cube.blocks[0].moments}
    which: list[int] = []
    codes: list[int] = []
    for index, (family, owner) in enumerate(zip(families.families, families.owner, strict=True)):
        block, held = cube.blocks[owner], cube.spec.blocks[owner]
        away = tuple(i for i, c in enumerate(held) if c not in family)
        rows = block.rows.sum(axis=away).reshape(-1, cube.spec.cuts.bins, LABELS)
        kept = np.flatnonzero(rows.sum(axis=(1, 2)) > 0)
        if not len(kept) and not family:
            kept = np.array([0])
        every = name_slices(columns, cube.values, family)
        names += [every[i] for i in kept]
        which += [index] * len(kept)
        codes += kept.tolist()
        parts["rows"].append(rows[kept])
        for key, total in (("w", block.w), ("q", block.q)):
            if total is not None:
                parts[key].append(total.sum(away).value.reshape(-1, cube.spec.cuts.bins, LABELS)[kept])
        for key, fixed in block.moments.items():
            shape = fixed.limbs.shape[-2:]
            moments[key].append(fixed.sum(away).value.reshape(-1, *shape)[kept])
    return Sliced(
        slices=tuple(s if s.items else EVERYONE for s in names),
        rows=np.concatenate(parts["rows"]).astype(np.int64),
        w=np.concatenate(parts["w"]).astype(np.float64) if parts["w"] else None,
        q=np.concatenate(parts["q"]).astype(np.float64) if parts["q"] else None,
        moments={k: np.concatenate(v) for k, v in moments.items()},
        family=tuple(which),
        code=tuple(codes),
    )


def coarse_rows(sliced: Sliced, cube: Cube) -> Ints:
    """Row counts per slice, coarse bin and label, from the fine bins (coarse edges are cut points too)."""
    starts = np.searchsorted(cube.spec.cuts.points, cube.spec.coarse.points, side="left") + 1
    return np.add.reduceat(sliced.rows, np.concatenate([[0], starts]).astype(np.int64), axis=1)


def threshold_cells(counts: NDArray[np.generic], cube: Cube, thresholds: Floats) -> Floats:
    """Cells at each threshold; every threshold is one of the cube's cut points."""
    first = np.searchsorted(cube.spec.cuts.points, thresholds, side="left") + 1
    return cells_at(counts, first.astype(np.int64)).astype(np.float64)
