"""Quantiles of the size of the error: exact while the rows are held, from fine bins when they are streamed.

A quantile is the mean of the two middle values where the share falls between two rows (type 2 of Hyndman and Fan 1996,
The American Statistician 50:361), so that the median is what everybody calls the median.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.families import Families
from sterling.engine.slicing import Slicing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FINE = 7
"""Bits of the mantissa that are told apart: 128 bins for each doubling."""
_OCTAVES = 32
BINS = (_OCTAVES << _FINE) + 1
"""The first holds what is below 2^-32 of the scale; then come the fine ones."""
_SHIFT = 52 - _FINE
_BASE = int(np.array(2.0**-_OCTAVES).view(np.int64)) >> _SHIFT
RELATIVE_ERROR = 2.0 ** -(_FINE + 1)
"""How far the middle of a bin is from any of its values, at most, relative to the value."""
_UNIT = 2.0**30


class Errors(ABC):
    """The sizes of the errors of every slice."""

    exact: bool

    @abstractmethod
    def at(self, share: Floats, end: int = 0) -> Floats:
        """The quantile of each slice at its share (shape (slices,)), NaN where either is unknown.

        `end` is -1 for the lower end of what is known of it, 1 for the upper end, 0 for the value.
        """


@dataclass(frozen=True, slots=True, eq=False)
class BinnedErrors(Errors):
    """`below` has shape (slices, BINS): rows (or weight) up to and with each bin. Sizes are over 2^`exponent`."""

    below: Floats
    exponent: int
    exact = False

    def at(self, share: Floats, end: int = 0) -> Floats:
        total = self.below[:, -1]
        known = (total > 0) & ~np.isnan(share)
        target = np.where(known, share, 0.0) * total
        found = np.minimum((self.below < np.maximum(target, np.finfo(float).tiny)[:, None]).sum(axis=1), BINS - 1)
        low, high = _edge(found), _edge(found + 1)
        value = {-1: low, 0: (low + high) / 2, 1: high}[end]
        return np.asarray(np.where(known, np.ldexp(value, self.exponent), np.nan))


def bin_of(size: Floats, labelled: Floats) -> Ints:
    """The bin of each row's error, which is at most 1; `BINS` for rows without a label."""
    place = (np.ascontiguousarray(size).view(np.int64) >> _SHIFT) - (_BASE - 1)
    return np.where(labelled > 0, np.clip(place, 0, BINS - 1), BINS)


def _edge(place: Ints) -> Floats:
    """The lower edge of a bin."""
    edges = ((place + (_BASE - 1)) << _SHIFT).astype(np.int64).view(np.float64)
    return np.where(place > 0, edges, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class SortedErrors(Errors):
    """`size` of all labelled rows in ascending order; `codes` of each family in that order; `weight` in whole units."""

    size: Floats
    codes: tuple[NDArray[np.integer], ...]
    weight: Ints | None
    sliced: Slicing
    held: dict[int, tuple[Ints, Ints, Ints]] = field(default_factory=dict)
    exact = True

    def at(self, share: Floats, end: int = 0) -> Floats:
        out = np.full(len(share), np.nan)
        family = np.array(self.sliced.family)
        code = np.array(self.sliced.code)
        for f in range(len(self.codes)):
            rows = np.flatnonzero((family == f) & ~np.isnan(share))
            if len(rows):
                out[rows] = self._of(f, code[rows], share[rows])
        return out

    def _of(self, family: int, code: Ints, share: Floats) -> Floats:
        order, starts, upto = self._grouped(family)
        first, last = starts[code], starts[code + 1]
        if not len(order):
            return np.full(len(code), np.nan)
        before = np.where(first > 0, upto[first - 1], 0)
        total = np.where(last > first, upto[last - 1] - before, 0)
        target = share * total
        # A share that meets a row's end within rounding meets it: 0.9 of 10 rows is 9 rows.
        near = np.rint(target)
        target = np.where(np.abs(target - near) <= 1e-12 * np.maximum(near, 1.0), near, target)
        up, down = before + np.ceil(target).astype(np.int64), before + np.floor(target).astype(np.int64)
        if self.weight is None:
            ends = np.stack([up - 1, down])
        else:
            ends = np.stack([np.searchsorted(upto, up, side="left"), np.searchsorted(upto, down, side="right")])
        place = np.minimum(np.clip(ends, first, np.maximum(last - 1, first)), len(order) - 1)
        values = self.size[order[place]]
        return np.asarray(np.where(total > 0, values.mean(axis=0), np.nan))

    def _grouped(self, family: int) -> tuple[Ints, Ints, Ints]:
        """Rows in the order of slice and size, where each slice starts, and the weight up to and with each row."""
        if family not in self.held:
            codes = self.codes[family]
            order = np.argsort(codes, kind="stable")
            size = int(codes.max(initial=0)) + 1
            sizes = np.bincount(codes, minlength=max(size, self._most(family) + 1))
            starts = np.concatenate([[0], np.cumsum(sizes)])
            weight = np.ones(len(order), dtype=np.int64) if self.weight is None else self.weight[order]
            self.held[family] = order, starts, np.cumsum(weight)
        return self.held[family]

    def _most(self, family: int) -> int:
        return max((c for f, c in zip(self.sliced.family, self.sliced.code, strict=True) if f == family), default=0)


def sorted_errors(kept: Batch, families: Families, sliced: Slicing, model: int) -> SortedErrors:
    """The errors of rows that are held."""
    size = np.abs(kept.scores[model] - kept.label)
    known = np.flatnonzero(~np.isnan(size))
    order = known[np.argsort(size[known])]
    codes: list[NDArray[np.integer]] = []
    for family in families.families:
        count = math.prod(len(kept.groups[i].values) for i in family)
        narrow = np.min_scalar_type(max(count - 1, 0))  # few bytes are sorted by radix
        codes.append(joint_codes(kept, family)[order].astype(narrow))
    weight = None if kept.weight is None else np.rint(kept.weight[order] * _UNIT).astype(np.int64)
    return SortedErrors(size[order], tuple(codes), weight, sliced)
