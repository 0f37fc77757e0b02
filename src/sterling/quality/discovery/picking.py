"""A handful of candidates from all that the search found: simple ones, and none that says what another says already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.lattice import MORE, Codes, Found, mask
from sterling.quality.discovery.sums import Floats, Rows, sums_by, total

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
    """A slice to confirm, and others of nearly the same rows."""

    found: Found
    also: tuple[Found, ...]


def pick(found: Iterable[Found], rows: Rows, features: tuple[Feature, ...], *, most: int) -> tuple[Candidate, ...]:
    """At most `most` candidates, sharpest first. `rows`: the eligible rows of the search half."""
    kept: list[Found] = []
    masks: list[Bools] = []
    also: list[list[Found]] = []
    cells, average = np.zeros(rows.size, dtype=np.int64), float(total(rows).mean[0])
    expected = np.full(rows.size, average)
    for item in _once(found, features)[:_LOOKS]:
        inside = mask(item.parts, rows, features)
        same = next((k for k, other in enumerate(masks) if _jaccard(inside, other) > SAME), None)
        if same is not None:
            also[same].append(item)
        elif len(kept) < most and _is_new(rows, inside, expected, average) and _says_more(item, rows, features):
            kept.append(item)
            masks.append(inside)
            also.append([])
            cells = np.unique(cells * 2 + inside, return_inverse=True)[1]
            expected = sums_by(rows, cells, int(cells.max()) + 1).mean[cells]
    return tuple(Candidate(found=k, also=_told(a, k)) for k, a in zip(kept, also, strict=True))


def _is_new(rows: Rows, inside: Bools, expected: Floats, average: float) -> bool:
    """Whether enough of the slice's gap is left when every row is held against what the slices above it lead to expect.

    `expected`: the mean loss of the rows that are in the same of those slices, shape (rows,).
    """
    weight = np.ones(rows.size) if rows.weight is None else rows.weight
    left = np.average(rows.loss[inside] - expected[inside], weights=weight[inside])
    whole = np.average(rows.loss[inside], weights=weight[inside]) - average
    return bool(left >= NEW * whole)


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
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 0.0


def _says_more(item: Found, rows: Rows, features: tuple[Feature, ...]) -> bool:
    """Whether each condition makes the slice worse by more than noise: without it, the mean loss is surely lower."""
    inside = mask(item.parts, rows, features)
    mine = total(rows.part(inside))
    for k in range(len(item.parts) if len(item.parts) > 1 else 0):
        wider = mask([p for j, p in enumerate(item.parts) if j != k], rows, features)
        lost = sums_by(rows, (wider & ~inside).astype(np.uint8), 2).each(lambda part: part[1:])
        if not lost.n[0]:
            return False
        error = np.sqrt(mine.variance + lost.variance)
        if not (mine.mean - lost.mean > MORE * error)[0]:
            return False
    return True


def _told(also: list[Found], kept: Found) -> tuple[Found, ...]:
    """Others worth naming: of other features, the simplest few."""
    told: dict[tuple[int, ...], Found] = {}
    for item in also:
        if set(item.features) != set(kept.features):
            told.setdefault(item.features, item)
    return tuple(sorted(told.values(), key=lambda f: (len(f.parts), -f.score))[:_ALSO])
