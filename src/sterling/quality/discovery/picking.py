"""A handful of candidates from all that the search found: simple ones, and none that says what another says already."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.lattice import MORE, Codes, Found, mask
from sterling.quality.discovery.sums import Rows, sums_by, total

SAME = 0.5
"""Slices that share more than this part of their rows (Jaccard) are one slice, named by the sharper."""
NEW = 0.5
"""At least this part of a slice's gap to the average must be new: not in the slices above it already."""
PLAIN = 0.9
"""Each end of a range or category beyond the first costs a slice this factor of its score when slices are compared."""
_LOOKS = 200
_ALSO = 3


Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A slice to confirm, and others that share more than half of its rows."""

    found: Found
    also: tuple[Found, ...]


class Expected:
    """What the slices taken so far lead to expect of each row: the mean loss of the rows in the same of them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._cells = np.zeros(rows.size, dtype=np.intp)
        self._average = float(total(rows).mean[0]) if rows.size else 0.0
        self._of_row = np.full(rows.size, self._average)

    def is_news(self, inside: Bools) -> bool:
        """Whether at least the part NEW of the slice's gap to the average is left when that much was to be expected."""
        at = np.flatnonzero(inside)
        loss, expected = self._rows.loss[at], self._of_row[at]
        weight = None if self._rows.weight is None else self._rows.weight[at]
        whole = float(np.average(loss, weights=weight)) - self._average
        return bool(np.average(loss - expected, weights=weight) >= NEW * whole)

    def add(self, inside: Bools) -> None:
        """Take a slice."""
        used = np.bincount(self._cells * 2 + inside) > 0
        self._cells = (np.cumsum(used) - 1)[self._cells * 2 + inside]
        self._of_row = sums_by(self._rows, self._cells, int(used.sum())).mean[self._cells]


def pick(found: Iterable[Found], rows: Rows, features: tuple[Feature, ...], *, most: int) -> tuple[Candidate, ...]:
    """At most `most` candidates, sharpest first. `rows`: the eligible rows of the search half."""
    kept: list[Found] = []
    masks: list[Bools] = []
    also: list[list[Found]] = []
    expected = Expected(rows)
    for item in _once(found, features)[:_LOOKS]:
        inside = mask(item.parts, rows, features)
        same = next((k for k, other in enumerate(masks) if _jaccard(inside, other) > SAME), None)
        if same is not None:
            also[same].append(item)
        elif len(kept) < most and expected.is_news(inside) and _says_more(item, inside, rows, features):
            kept.append(item)
            masks.append(inside)
            also.append([])
            expected.add(inside)
    return tuple(Candidate(found=k, also=_told(a, k)) for k, a in zip(kept, also, strict=True))


def _once(found: Iterable[Found], features: tuple[Feature, ...]) -> list[Found]:
    """Each conjunction once, sharpest with few words first."""
    best: dict[tuple[tuple[int, Codes], ...], Found] = {}
    for item in found:
        best.setdefault(item.parts, item)
    return sorted(best.values(), key=lambda f: (-f.score * PLAIN ** (_ends(f, features) - 1), f.parts))


def _ends(item: Found, features: tuple[Feature, ...]) -> int:
    """How much there is to say: one for each end of a range and each category, at least one for each condition."""
    return sum(max(1, _ends_of(features[f], codes)) for f, codes in item.parts)


def _ends_of(feature: Feature, codes: Codes) -> int:
    known = [c for c in codes if c < feature.known]
    if not feature.ordered or not known:
        return len(codes)
    breaks = sum(later != earlier + 1 for earlier, later in pairwise(known))
    return (known[0] > 0) + (known[-1] < feature.known - 1) + 2 * breaks


def _jaccard(a: Bools, b: Bools) -> float:
    both = int(np.count_nonzero(a & b))
    union = int(np.count_nonzero(a)) + int(np.count_nonzero(b)) - both
    return both / union if union else 0.0


def _says_more(item: Found, inside: Bools, rows: Rows, features: tuple[Feature, ...]) -> bool:
    """Whether each condition makes the slice worse by more than noise: what it leaves out surely does better."""
    for k in range(len(item.parts) if len(item.parts) > 1 else 0):
        wider = mask([p for j, p in enumerate(item.parts) if j != k], rows, features)
        sums = sums_by(rows, wider.astype(np.uint8) + inside, 3)  # 0 outside, 1 left out by this condition, 2 inside
        if not sums.n[1]:
            return False
        error = np.sqrt(sums.variance[1] + sums.variance[2])
        if not sums.mean[2] - sums.mean[1] > MORE * error:
            return False
    return True


def _told(also: list[Found], kept: Found) -> tuple[Found, ...]:
    """Others worth naming: of other features, the simplest few."""
    told: dict[tuple[int, ...], Found] = {}
    for item in also:
        if set(item.features) != set(kept.features):
            told.setdefault(item.features, item)
    return tuple(sorted(told.values(), key=lambda f: (len(f.parts), -f.score))[:_ALSO])
