"""Rows that come in clusters (several per person, household or branch): what the variance of a rate needs.

For each slice and threshold: sums over clusters of products of the clusters' cell totals. With them the linearised
variance of any rate h / e is a few additions: sum (h_c - R e_c)^2 = Hh - 2 R He + R^2 Ee.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.frozen import dataclass
from sterling.engine.binning import Cuts
from sterling.engine.exact import Fixed, add_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CHANGES = 1 << 20
_UNIT = 30
_BOTH = tuple(combinations_with_replacement(range(len(CELLS)), 2))
PATTERNS = 1 << len(CELLS)


@dataclass(frozen=True, slots=True)
class Gram:
    """`products` has shape (slices, thresholds, 6, 6).

    `patterns` has shape (slices, thresholds, 64): how many clusters have weight in exactly those cells (bit i: cell i).
    """

    products: Floats
    patterns: Ints

    def clusters_with(self, cells: Sequence[int]) -> Ints:
        """How many clusters have weight in any of these cells, per slice and threshold."""
        mask = sum(1 << i for i in cells)
        return np.asarray(self.patterns[..., (np.arange(PATTERNS) & mask) > 0].sum(axis=-1))

    def counted_as(self, places: Sequence[int]) -> Gram:
        """The same with the weight of every cell in another one: that of cell i in cell `places[i]`."""
        into = np.zeros((len(CELLS), len(CELLS)))
        into[list(places), np.arange(len(CELLS))] = 1.0
        patterns = np.zeros_like(self.patterns)
        for held in range(PATTERNS):
            moved = {place for i, place in enumerate(places) if held >> i & 1}
            patterns[..., sum(1 << place for place in moved)] += self.patterns[..., held]
        return Gram(into @ self.products @ into.T, patterns)


def gram(cluster: Ints, codes: Ints, slices: int, scores: Floats, label: NDArray[np.uint8],
         weight: Floats | None, thresholds: Floats) -> Gram:  # fmt: skip
    """Products of cluster totals for one family of slices (`codes` = slice of each row).

    The totals of a slice and cluster change at the scores of its rows alone: each product is added where it begins to
    hold and taken away where it ends, however many thresholds lie between. Weights are rounded to 2^-30 of the largest,
    and all is added up exactly, whatever the order of the rows.
    """
    most, count = len(thresholds), int(cluster.max(initial=0)) + 1
    bins = Cuts(thresholds).index(scores).astype(np.int64)
    # Most clusters touch few slices: only what occurs is added up. Bins of a pair of slice and cluster fall.
    changes, change = np.unique((codes * count + cluster) * (most + 1) + most - bins, return_inverse=True)
    unit = 0 if weight is None else _UNIT
    w = None if weight is None else np.rint(np.ldexp(weight, unit))
    added = np.bincount(change * 3 + label, weights=w, minlength=len(changes) * 3).reshape(-1, 3).astype(np.int64)
    starts = np.flatnonzero(np.diff(changes // (most + 1), prepend=-1))
    size = slices * (most + 1)
    adder = _adder(added, starts, unit)
    sums = {both: Fixed.zeros(size, **adder) for both in _BOTH}
    seen = np.zeros(PATTERNS * size, dtype=np.int64)
    for part in _parts(starts, len(changes)):
        states = _states(changes[part], added[part], most)
        ends = [states.pair // count * (most + 1) + at for at in (states.last, states.before)]
        mask = sum((cell > 0).astype(np.int64) << i for i, cell in enumerate(states.cells)) * size
        seen += np.bincount(mask + ends[0], minlength=len(seen)) - np.bincount(mask + ends[1], minlength=len(seen))
        cells = [np.ldexp(cell.astype(np.float64), -unit) for cell in states.cells]
        for i, j in _BOTH:
            if cells[i].any() and cells[j].any():
                product = cells[i] * cells[j]
                values = np.concatenate([product, -product])
                sums[i, j] += add_at(np.concatenate(ends), values, size, **adder)
    products = np.zeros((slices, most, len(CELLS), len(CELLS)))
    for (i, j), total in sums.items():
        held = Fixed(_holding(total.limbs, slices), total.first).value
        products[:, :, i, j] = products[:, :, j, i] = held
    return Gram(products, np.ascontiguousarray(np.moveaxis(_holding(seen.reshape(PATTERNS, size), slices), 0, -1)))


def _parts(starts: Ints, size: int) -> Iterator[slice]:
    """Some clusters at a time."""
    cuts = np.append(starts, size)[np.searchsorted(starts, np.arange(0, size + _CHANGES, _CHANGES))]
    yield from (slice(a, b) for a, b in pairwise(np.unique(cuts)))


def _adder(added: Ints, starts: Ints, unit: int) -> dict[str, int]:
    """How finely products are held: each is a whole number of 2^-(2 unit), and none is above the largest total's."""
    total = int(np.add.reduceat(added.sum(axis=1), starts).max()) if len(starts) else 0
    more = max(0, -(-(2 * total.bit_length() - 37) // 24))
    return {"limbs": more + 1, "first": 2 * unit - 24 * more}


class _States(NamedTuple):
    """Cells of pairs of slice and cluster, and the thresholds at which they hold: after `before` up to `last`."""

    pair: Ints
    before: Ints
    last: Ints
    cells: list[Ints]


def _states(changes: Ints, added: Ints, most: int) -> _States:
    """What holds between the changes of each pair. `added`: what is selected more from the bin of each change on."""
    pair, bins = changes // (most + 1), most - changes % (most + 1)
    new = np.diff(pair, prepend=-1) != 0
    starts, owner = np.flatnonzero(new), np.cumsum(new) - 1
    ends = np.append(starts[1:], len(pair)) - 1
    selected = np.cumsum(added, axis=0)
    selected -= (selected[starts] - added[starts])[owner]
    lower = np.append(bins[1:], 0)
    lower[ends] = 0
    some, none = np.flatnonzero(bins > 0), starts[bins[starts] < most]
    above = np.concatenate([selected[some], np.zeros((len(none), 3), dtype=np.int64)])
    both = np.concatenate([some, none])
    below = selected[ends][owner[both]] - above
    return _States(
        pair=pair[both], before=np.concatenate([lower[some], bins[none]]),
        last=np.concatenate([bins[some], np.full(len(none), most)]),
        cells=[above[:, 1], above[:, 0], below[:, 1], below[:, 0], above[:, 2], below[:, 2]],
    )  # fmt: skip


def _holding(changed: Ints, slices: int) -> Ints:
    """What holds at each threshold, of shape (…, slices, thresholds), from what ends and begins there going down."""
    by_bin = changed.reshape(len(changed), slices, -1)
    return np.asarray(np.cumsum(by_bin[..., :0:-1], axis=-1)[..., ::-1])


def cells_at(counts: NDArray[np.generic], first_bin: Ints) -> Floats:
    """Confusion cells at thresholds from binned counts (…, bins, labels).

    `first_bin[t]` is the lowest bin selected at threshold t. Returns (…, thresholds, 6) in the order of `CELLS`.
    """
    selected = np.flip(np.cumsum(np.flip(counts, axis=-2), axis=-2), axis=-2)
    padded = np.concatenate([selected, np.zeros_like(selected[..., :1, :])], axis=-2)
    above = padded[..., first_bin, :]
    below = padded[..., :1, :] - above
    return np.stack([above[..., 1], above[..., 0], below[..., 1], below[..., 0], above[..., 2], below[..., 2]], axis=-1)
