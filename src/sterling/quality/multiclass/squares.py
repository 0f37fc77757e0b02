"""Squared totals of clusters, at all thresholds of confidence at once where clusters are small.

The square of a total is the sum of products of its rows, two by two. Which cells two rows stand in changes at two
thresholds only: there the weight of the two is moved from one product of cells to another.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed
from sterling.engine.slicing import Slicing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.signedinteger]
Reached = NDArray[np.unsignedinteger]
FEW_ROWS = 64
"""Rows of larger clusters are not taken two by two: their totals are added up at each threshold."""
MOST_PRODUCTS = 1 << 24
"""Numbers that products are held in: 128 MB of them."""
_STEP = 24


class Pairs(NamedTuple):
    """Labelled rows of one family, by slice and cluster and there by what they add, and each such pair.

    `named` and `none`: places in all slices' tables, with the class predicted and with none. `reached` and `weight` are
    those of the rows, None where there are none. `starts`: the first row of each pair; `slices`: its slice.
    """

    named: Places
    none: Places
    reached: Reached | None
    weight: Floats | None
    starts: Ints
    slices: Ints

    def lengths(self) -> Ints:
        """How many rows each pair has."""
        return np.diff(self.starts, append=len(self.named))

    def of(self, some: NDArray[np.bool_]) -> Pairs:
        """Some of the pairs, with their rows."""
        lengths = self.lengths()
        rows = np.repeat(some, lengths)
        return Pairs(
            named=self.named[rows], none=self.none[rows],
            reached=None if self.reached is None else self.reached[rows],
            weight=None if self.weight is None else self.weight[rows],
            starts=np.cumsum(lengths[some]) - lengths[some], slices=self.slices[some],
        )  # fmt: skip

    def squares(self, flat: Floats, below: int, size: int) -> Floats:
        """Σ over clusters of (Σ w·slope)² of each of `size` slices; `flat` has the slope of every place."""
        places = self.named if self.reached is None else np.where(self.reached > below, self.named, self.none)
        added = flat[places] if self.weight is None else flat[places] * self.weight
        totals = np.add.reduceat(added, self.starts) if len(added) else added
        return np.asarray(np.bincount(self.slices, weights=totals * totals, minlength=size), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Squares:
    """What squared totals at any threshold are made of, in tables of `cells` for each slice.

    `products` of cells, (thresholds, slices, cells, cells), of small clusters; `families`: the rows of others.
    `clusters`: how many there are in each slice.
    """

    cells: int
    clusters: Ints
    families: tuple[Pairs, ...]
    products: Floats | None = None

    def at(self, slope: Floats, below: int) -> Floats:
        """Σ over clusters of (Σ w·slope)², per slice, where rows count as named that reach more than `below`."""
        size = len(slope)
        table = np.ascontiguousarray(np.nan_to_num(slope.reshape(size, -1)[:, : self.cells]))
        out = np.zeros(size)
        for rows in self.families:
            out += rows.squares(table.ravel(), below, size)
        if self.products is not None:
            out += np.maximum((table * (self.products[below] @ table[..., None])[..., 0]).sum(axis=1), 0.0)
        return out


def squares_of(
    batch: Batch, slicing: Slicing, predicted: Ints, classes: int, reached: Reached | None, most: int
) -> Squares:
    """Of the labelled rows of a batch in clusters. `reached`: how many of `most` thresholds each row reaches."""
    size, cells = len(slicing.slices), classes * (classes + (reached is not None))
    families = _families(batch, slicing, predicted, classes, reached)
    clusters = sum((np.bincount(rows.slices, minlength=size) for rows in families), np.zeros(size, dtype=np.int64))
    limbs, first = (1, 0) if batch.weight is None else (4, 30)
    shape = (limbs, most + 1, size, cells, cells)
    if reached is None or math.prod(shape) > MOST_PRODUCTS:
        return Squares(cells=cells, clusters=clusters, families=tuple(families))
    few = [rows.lengths() <= FEW_ROWS for rows in families]
    held = np.zeros(shape, dtype=np.int64)
    for rows, some in zip(families, few, strict=True):
        _two_by_two(held.reshape(limbs, -1), first, rows.of(some), cells, size)
    products = Fixed(np.cumsum(held, axis=1, out=held)[:, :-1], first).value
    others = tuple(rows.of(~some) for rows, some in zip(families, few, strict=True) if not some.all())
    return Squares(cells=cells, clusters=clusters, families=others, products=products)


def _two_by_two(held: Ints, first: int, rows: Pairs, cells: int, size: int) -> None:
    """Add the products of rows of one cluster, each where it begins to count, and take them away where it ends."""
    assert rows.reached is not None
    owner = np.repeat(np.arange(len(rows.starts)), rows.lengths())
    named, none, reached = rows.named.astype(np.int64), rows.none % cells, rows.reached.astype(np.int64)
    for apart in range(int(rows.lengths().max(initial=0))):
        a = np.flatnonzero(owner[: len(owner) - apart] == owner[apart:])
        b = a + apart
        late = reached[a] >= reached[b]
        a, b = np.where(late, a, b), np.where(late, b, a)
        value = np.full(len(a), 1.0 if apart == 0 else 2.0)
        if rows.weight is not None:
            value *= rows.weight[a] * rows.weight[b]
        nobody, other = named[a] - named[a] % cells + none[a], named[b] % cells
        for at, one, two, sign in (
            (np.zeros(len(a), dtype=np.int64), named[a], other, 1.0),
            (reached[b], named[a], other, -1.0),
            (reached[b], named[a], none[b], 1.0),
            (reached[a], named[a], none[b], -1.0),
            (reached[a], nobody, none[b], 1.0),
        ):
            _add(held, first, (at * size * cells + one) * cells + two, sign * value)


def _add(held: Ints, first: int, places: Ints, values: Floats) -> None:
    """Add values at places exactly, in limbs as `Fixed` has them: of many places, few of which are met."""
    rest = np.ldexp(values, first)
    for limb in held:
        whole = np.rint(rest)
        np.add.at(limb, places, whole.astype(np.int64))
        rest = np.ldexp(rest - whole, _STEP)


def _families(batch: Batch, slicing: Slicing, predicted: Ints, classes: int, reached: Reached | None) -> list[Pairs]:
    """Of each family. Rows that are alike in all that is sorted by add the same, in whatever order they come."""
    assert batch.cluster is not None
    width, first = classes + (reached is not None), 0
    alike = [part for part in (batch.weight, reached, predicted, batch.label) if part is not None]
    order = np.lexsort((*alike, batch.cluster))
    order = order[batch.label[order] < classes]
    cluster, label = batch.cluster[order], batch.label[order].astype(np.int64)
    cells, none = label * width + predicted[order], label * width + classes
    size = classes * width
    narrow = np.int32 if len(slicing.slices) * size < 1 << 31 else np.int64
    found = []
    for family, kept in zip(slicing.families.families, slicing.kept, strict=True):
        codes = joint_codes(batch, family)[order]
        slice_of = np.zeros(max(int(kept.max(initial=0)), int(codes.max(initial=0))) + 1, dtype=np.int64)
        slice_of[kept] = first + np.arange(len(kept))
        first += len(kept)
        slices = slice_of[codes]
        by = np.argsort(slices, kind="stable")
        mine, of = slices[by], cluster[by]
        starts = np.flatnonzero((np.diff(mine, prepend=-1) != 0) | (np.diff(of, prepend=-1) != 0))
        found.append(Pairs(
            named=(mine * size + cells[by]).astype(narrow), none=(mine * size + none[by]).astype(narrow),
            reached=None if reached is None else reached[order][by],
            weight=None if batch.weight is None else batch.weight[order][by], starts=starts, slices=mine[starts],
        ))  # fmt: skip
    return found
