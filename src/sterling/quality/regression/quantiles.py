"""Quantiles of the size of the error: exact while the rows are held, from fine bins when they are streamed.

A quantile is the mean of the two middle values where the share falls between two rows (type 2 of Hyndman and Fan 1996,
The American Statistician 50:361), so that the median is what everybody calls the median.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordered:
    """Sizes in the order of slice and size, where each slice starts, and the weight up to and with each size.

    `upto` is None where every row counts once.
    """

    size: Floats
    starts: Ints
    upto: Ints | None

    def up_to(self, place: Ints) -> Ints:
        """The weight before the size at `place`."""
        if self.upto is None:
            return place
        return np.where(place > 0, self.upto[np.maximum(place - 1, 0)], 0)


@dataclass(frozen=True, slots=True, eq=False)
class SortedErrors(Errors):
    """`size` of all labelled rows; `codes` of each family in the same order; `weight` in whole units."""

    size: Floats
    codes: tuple[NDArray[np.integer], ...]
    weight: Ints | None
    sliced: Slicing
    held: dict[int, Ordered] = field(default_factory=dict)
    exact = True

    def at(self, share: Floats, end: int = 0) -> Floats:
        out = np.full(len(share), np.nan)
        family = np.array(self.sliced.family)
        code = np.array(self.sliced.code)
        for f in range(len(self.codes)):
            rows = np.flatnonzero((family == f) & ~np.isnan(share))
            if len(rows):
                out[rows] = self._of(self._ordered(f), code[rows], share[rows])
        return out

    def _of(self, ordered: Ordered, code: Ints, share: Floats) -> Floats:
        first, last = ordered.starts[code], ordered.starts[code + 1]
        if not len(ordered.size):
            return np.full(len(code), np.nan)
        before = ordered.up_to(first)
        total = ordered.up_to(last) - before
        target = share * total
        # A share that meets a row's end within rounding meets it: 0.9 of 10 rows is 9 rows.
        near = np.rint(target)
        target = np.where(np.abs(target - near) <= 1e-12 * np.maximum(near, 1.0), near, target)
        up, down = before + np.ceil(target).astype(np.int64), before + np.floor(target).astype(np.int64)
        if ordered.upto is None:
            ends = np.stack([up - 1, down])
        else:
            ends = np.stack([
                np.searchsorted(ordered.upto, up, side="left"), np.searchsorted(ordered.upto, down, side="right"),
            ])  # fmt: skip
        place = np.minimum(np.clip(ends, first, np.maximum(last - 1, first)), len(ordered.size) - 1)
        return np.asarray(np.where(total > 0, ordered.size[place].mean(axis=0), np.nan))

    def _ordered(self, family: int) -> Ordered:
        if family not in self.held:
            slices = max(
                (c for f, c in zip(self.sliced.family, self.sliced.code, strict=True) if f == family), default=0
            )
            self.held[family] = _by_slice(self.codes[family], self.size, self.weight, slices + 1)
        return self.held[family]


def _by_slice(codes: NDArray[np.integer], size: Floats, weight: Ints | None, slices: int) -> Ordered:
    """Rows gathered by slice, and each slice sorted by itself: values alone sort several times as fast as places."""
    sizes = np.bincount(codes, minlength=slices)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.argsort(codes, kind="stable") if len(sizes) > 1 else np.arange(len(size))
    size, weight = size[rows], None if weight is None else weight[rows]
    for start, end in itertools.pairwise(starts):
        if weight is None:
            size[start:end].sort()
        else:
            order = start + np.argsort(size[start:end])
            size[start:end], weight[start:end] = size[order], weight[order]
    return Ordered(size=size, starts=starts, upto=None if weight is None else np.cumsum(weight))


def sorted_errors(kept: Batch, families: Families, sliced: Slicing, model: int) -> SortedErrors:
    """The errors of rows that are held."""
    size = np.abs(kept.scores[model] - kept.label)
    known = ~np.isnan(size)
    rows = slice(None) if known.all() else known
    codes: list[NDArray[np.integer]] = []
    for family in families.families:
        count = math.prod(len(kept.groups[i].values) for i in family)
        narrow = np.min_scalar_type(max(count - 1, 0))  # few bytes are sorted by radix
        codes.append(joint_codes(kept, family)[rows].astype(narrow))
    weight = None if kept.weight is None else np.rint(kept.weight[rows] * _UNIT).astype(np.int64)
    return SortedErrors(size[rows], tuple(codes), weight, sliced)
