"""Totals by slice and by whatever a task tells apart: the summary that most tasks need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue
from sterling.engine.cube import PIECE, joint_codes, spread_values, union_values
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed, add_at
from sterling.engine.threads import spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What one total adds up: a number per row (1 when None), at a place per row among `shape` (one place when None).

    `first` and `limbs` fix the precision as `exact.add_at` says; the defaults count rows.
    """

    shape: tuple[int, ...] = ()
    places: Ints | None = None
    values: Floats | None = None
    limbs: int = 1
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """A mergeable summary. `totals[b][name]` has shape (values of the columns of block b…, shape of the part…)."""

    blocks: tuple[tuple[int, ...], ...]
    values: tuple[tuple[GroupValue, ...], ...]
    totals: tuple[Mapping[str, Fixed], ...]

    def merge(self, other: Sums) -> Sums:
        """The totals of both sets of rows; group values are aligned by name."""
        values = tuple(union_values(a, b) for a, b in zip(self.values, other.values, strict=True))
        mine, theirs = self.aligned(values), other.aligned(values)
        totals = tuple({name: a[name] + b[name] for name in a} for a, b in zip(mine.totals, theirs.totals, strict=True))
        return Sums(blocks=self.blocks, values=values, totals=totals)

    def aligned(self, values: tuple[tuple[GroupValue, ...], ...]) -> Sums:
        """The same totals with room for more group values."""
        if values == self.values:
            return self
        totals = []
        for columns, held in zip(self.blocks, self.totals, strict=True):
            old, new = [self.values[i] for i in columns], [values[i] for i in columns]
            totals.append(
                {
                    name: Fixed(np.stack([spread_values(limb, old, new) for limb in total.limbs]), total.first)
                    for name, total in held.items()
                }
            )
        return Sums(blocks=self.blocks, values=values, totals=tuple(totals))

    def beside(self, other: Sums) -> Sums:
        """Totals of the same rows under both sets of names."""
        return replace(self, totals=tuple({**a, **b} for a, b in zip(self.totals, other.totals, strict=True)))

    def of(self, name: str) -> list[Fixed]:
        """One total of every block."""
        return [held[name] for held in self.totals]

    def counts(self, name: str) -> list[Ints]:
        """A total of whole numbers, of every block."""
        return [held[name].limbs[0] for held in self.totals]


def in_pieces(work: Callable[[Batch], Sums], batch: Batch, blocks: tuple[tuple[int, ...], ...]) -> Sums:
    """The sums that `work` gives of all rows, some rows at a time, on threads where they are many."""
    cells = max(math.prod(len(batch.groups[i].values) for i in b) for b in blocks)
    size = max(PIECE, cells)
    pieces = [batch.piece(start, start + size) for start in range(0, batch.height, size)] or [batch]
    return reduce(Sums.merge, spread(work, pieces, rows=batch.height))


def add_up(batch: Batch, blocks: tuple[tuple[int, ...], ...], parts: Mapping[str, Part]) -> Sums:
    """The sums of one batch."""
    totals = []
    for columns in blocks:
        codes = joint_codes(batch, columns)
        shape = tuple(len(batch.groups[i].values) for i in columns)
        totals.append({name: _total(codes, shape, part) for name, part in parts.items()})
    return Sums(blocks=blocks, values=tuple(g.values for g in batch.groups), totals=tuple(totals))


def _total(codes: Ints, shape: tuple[int, ...], part: Part) -> Fixed:
    tail = math.prod(part.shape)
    places = codes * tail if tail > 1 else codes
    if part.places is not None:
        places = places + part.places
    size = math.prod(shape) * tail
    if part.values is None:
        counted = Fixed(np.bincount(places, minlength=size)[None, :].astype(np.int64), part.first)
        return counted.reshape(*shape, *part.shape)
    return add_at(places, part.values, size, limbs=part.limbs, first=part.first).reshape(*shape, *part.shape)
