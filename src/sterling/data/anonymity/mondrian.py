"""Mondrian: cuts a table into the finest classes of at least k rows, all classes of a level at once.

LeFevre, DeWitt, Ramakrishnan 2006 (ICDE), greedy partitioning. A class is cut in the column in which it is widest, seen
against the whole table, at the cut between values that is nearest to its middle (strict) or at the middle itself, where
rows of one value may fall on both sides (relaxed). It is cut as long as both sides keep k rows and what else is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Admits = Callable[[Ints, Ints, int], Bools]
"""From row numbers, the class of each and how many classes there are, to which classes keep what else is asked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """One column: `codes` of shape (n,), ascending with the value, and the `place` of each code on a line."""

    codes: Ints
    place: Floats

    @property
    def span(self) -> float:
        return float(self.place[-1] - self.place[0]) if self.place.size > 1 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """Of every class, one axis's best cut: whether there is one, how wide the class is; of every row, the side."""

    possible: Bools
    width: Floats
    right: Bools


def mondrian(axes: Sequence[Axis], k: int, *, admits: Admits | None = None, relaxed: bool = False) -> Ints:
    """The class of each row, shape (n,), numbered from 0. The whole table must have k rows and keep what is asked.

    Ties of equal widths go to the earlier axis. Relaxed cuts part rows of one value in the order in which they come:
    give rows in an order that depends on their values alone.
    """
    n = axes[0].codes.size
    done, count = np.zeros(n, dtype=np.int64), 0
    rows, part, parts = np.arange(n), np.zeros(n, dtype=np.int64), 1
    while rows.size:
        cuts = [_cuts(a, rows, part, parts, k, relaxed) for a in axes]
        axis = _chosen(cuts, rows, part, parts, admits)
        stays = axis[part] < 0
        ended, done[rows[stays]] = _numbered(part[stays], count)
        count += ended
        rows, part = rows[~stays], part[~stays]
        right = np.stack([c.right[~stays] for c in cuts])[axis[part], np.arange(rows.size)]
        parts, part = _numbered(2 * part + right, 0)
    return done


def _numbered(part: Ints, first: int) -> tuple[int, Ints]:
    """How many different classes there are, and their numbers without gaps, from `first`."""
    names, numbers = np.unique(part, return_inverse=True)
    return names.size, numbers.ravel() + first


def _cuts(axis: Axis, rows: Ints, part: Ints, parts: int, k: int, relaxed: bool) -> _Cuts:
    codes = axis.codes[rows]
    order = np.argsort(part * axis.place.size + codes, kind="stable")
    sizes = np.bincount(part, minlength=parts)
    starts = np.cumsum(sizes) - sizes
    sorted_codes, sorted_part = codes[order], part[order]
    low, high = sorted_codes[starts], sorted_codes[starts + sizes - 1]
    cut = sizes // 2 if relaxed else _nearest(sorted_codes, sorted_part, starts, sizes)
    possible = (low < high) & (cut >= k) & (sizes - cut >= k)
    right = np.empty(rows.size, dtype=np.bool_)
    right[order] = np.arange(rows.size) - starts[sorted_part] >= cut[sorted_part]
    width = (axis.place[high] - axis.place[low]) / axis.span if axis.span > 0 else np.zeros(parts)
    return _Cuts(possible, width, right)


def _nearest(codes: Ints, part: Ints, starts: Ints, sizes: Ints) -> Ints:
    """Rows left of the cut between two values that is nearest to the middle; 0 where all values are the same."""
    n = codes.size
    at = np.flatnonzero((codes[1:] != codes[:-1]) & (part[1:] == part[:-1])) + 1
    cut = np.zeros(sizes.size, dtype=np.int64)
    if at.size:
        of = part[at]
        # The distance decides, then the earlier cut: both in one number, whose least is taken for each class.
        ranked = np.abs(2 * (at - starts[of]) - sizes[of]) * (n + 1) + at
        first = np.flatnonzero(np.diff(of, prepend=-1))
        best = np.minimum.reduceat(ranked, first) % (n + 1)
        cut[of[first]] = best - starts[of[first]]
    return cut


def _chosen(cuts: Sequence[_Cuts], rows: Ints, part: Ints, parts: int, admits: Admits | None) -> Ints:
    """The axis in which each class is cut, -1 for none: the widest whose sides keep what is asked."""
    width = np.stack([np.where(c.possible, c.width, -1.0) for c in cuts])
    ranked = np.argsort(-width, axis=0, kind="stable")
    axis = np.full(parts, -1, dtype=np.int64)
    for attempt in ranked:
        trying = (axis < 0) & (np.take_along_axis(width, attempt[None], axis=0)[0] >= 0)
        if not trying.any():
            break
        if admits is None:
            axis[trying] = attempt[trying]
            continue
        inside = trying[part]
        right = np.stack([c.right[inside] for c in cuts])[attempt[part[inside]], np.arange(int(inside.sum()))]
        kept = admits(rows[inside], 2 * part[inside] + right, 2 * parts).reshape(parts, 2).all(axis=1)
        axis[trying & kept] = attempt[trying & kept]
    return axis
