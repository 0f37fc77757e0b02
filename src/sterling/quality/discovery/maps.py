"""Heat maps: the metric by two features at once, in a few bins each, on the confirmation half."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.discovered import Level, LossMap
from sterling.quality.discovery.confirming import level_of
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.lattice import Codes
from sterling.quality.discovery.losses import Kind
from sterling.quality.discovery.sums import Rows
from sterling.quality.discovery.writing import bin_words

MOST = 7
"""A map has at most so many rows and columns, missing and all other values not counted."""
_SMALLEST = 0.02


def loss_map(
    rows: Rows, features: Sequence[Feature], pair: tuple[int, int], kind: Kind, *, counts: NDArray[np.int64],
    level: float, min_n: int,
) -> LossMap:  # fmt: skip
    """The mean loss in every cell, in as many parts of each feature as leave half of the cells large enough to say.

    `counts`: of all rows of the half, eligible or not, shape (bins, bins).
    """

    def parted(most: int) -> tuple[Sequence[Codes], Sequence[Codes], list[tuple[Level, ...]]]:
        down, across = (coarse(features[f], rows.codes[f], most) for f in pair)
        return down, across, _cells(rows, pair, down, across, kind, counts=counts, level=level, min_n=min_n)

    for most in range(MOST, 2, -1):
        down, across, cells = parted(most)
        every = [cell for line in cells for cell in line if cell.n]
        if 2 * sum(cell.value is not None for cell in every) >= len(every):
            break
    else:
        down, across, cells = parted(2)
    return _named(features, pair, down, across, cells)


def _named(
    features: Sequence[Feature], pair: tuple[int, int], down: Sequence[Codes], across: Sequence[Codes],
    cells: list[tuple[Level, ...]],
) -> LossMap:  # fmt: skip
    first, second = (features[f] for f in pair)
    return LossMap(
        row_feature=first.name, column_feature=second.name, rows=tuple(bin_words(first, c) for c in down),
        columns=tuple(bin_words(second, c) for c in across), cells=tuple(cells),
    )  # fmt: skip


def _cells(
    rows: Rows, pair: tuple[int, int], down: Sequence[Codes], across: Sequence[Codes], kind: Kind, *,
    counts: NDArray[np.int64], level: float, min_n: int,
) -> list[tuple[Level, ...]]:  # fmt: skip
    cells = []
    for above in down:
        inside = np.isin(rows.codes[pair[0]], np.array(above))
        line = rows.part(inside)
        each = (
            (line.part(np.isin(line.codes[pair[1]], np.array(beside))), int(counts[np.ix_(above, beside)].sum()))
            for beside in across
        )
        cells.append(tuple(level_of(cell, kind, n=n, level=level, min_n=min_n) for cell, n in each))
    return cells


def coarse(feature: Feature, codes: NDArray[np.uint8], most: int = MOST) -> tuple[Codes, ...]:
    """The feature's bins in at most `most` parts: neighbouring ranges joined, or the most frequent categories and the
    rest. Missing is a part of its own.
    """
    n = np.bincount(codes, minlength=feature.bins)
    known = list(range(feature.known))
    if feature.ordered:
        parts = _neighbours(known, n, most)
    else:
        often = sorted(known, key=lambda c: (-int(n[c]), c))[:most]
        rest = tuple(c for c in known if c not in often)
        parts = [(c,) for c in sorted(often)] + ([rest] if rest else [])
    return tuple(parts + ([(feature.known,)] if feature.missing else []))


def _neighbours(known: list[int], n: NDArray[np.int64], most: int) -> list[Codes]:
    """Join the two smallest neighbours until few are left and none holds next to nobody."""
    parts: list[Codes] = [(c,) for c in known]
    least = _SMALLEST * n[known].sum()
    while len(parts) > 1:
        sizes = [int(n[list(p)].sum()) for p in parts]
        if len(parts) <= most and min(sizes) >= least:
            break
        k = min(range(len(parts) - 1), key=lambda i: (sizes[i] + sizes[i + 1], i))
        if len(parts) <= most:
            small = int(np.argmin(sizes))
            k = small if small == 0 or (small < len(parts) - 1 and sizes[small + 1] < sizes[small - 1]) else small - 1
        parts[k : k + 2] = [parts[k] + parts[k + 1]]
    return parts
