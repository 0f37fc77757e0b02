"""Combinations of groups that hardly occur: maximal uncovered patterns.

A pattern fixes the values of some columns and leaves the others open. It is uncovered when fewer than a threshold of
rows match it, and maximal when every wider pattern (one value fewer fixed) is covered: the maximal ones say it all,
since whatever lies inside one is uncovered too.

The paper walks a lattice pattern by pattern. Here all patterns of one set of columns are one array of counts, and a
pattern is maximal when it is uncovered and the arrays with one column less are covered at its place.

Source: Asudeh, Jin and Jagadish 2019, Assessing and Remedying Coverage for a Given Dataset, ICDE, definitions 1 to 5.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.stats.special import gamma_sf

Ints = NDArray[np.int64]

MOST_CELLS = 1 << 22
"""Patterns of one set of columns beyond this many are not looked at."""


class Pattern(NamedTuple):
    """Columns by their places, the code of each one's value, the rows that match, and how many independence expects."""

    columns: tuple[int, ...]
    codes: tuple[int, ...]
    rows: int
    expected: float


class Searched(NamedTuple):
    """The maximal uncovered patterns, and sets of columns with too many patterns to look at."""

    patterns: list[Pattern]
    skipped: list[tuple[int, ...]]


def uncovered(cells: Ints, rows: Ints, sizes: Sequence[int], *, threshold: int, depth: int) -> Searched:
    """Every maximal uncovered pattern that fixes up to `depth` columns.

    `cells` are the codes of the combinations that occur, shape (combinations, columns); `rows` how many rows have each;
    `sizes` how many values each column has. The result does not depend on the order of either.
    """
    total = int(rows.sum())
    counts: dict[tuple[int, ...], Ints] = {(): np.array(total)}
    covered: dict[tuple[int, ...], NDArray[np.bool_]] = {(): np.array(total >= threshold)}
    found: list[Pattern] = []
    skipped: list[tuple[int, ...]] = []
    for size in range(1, min(depth, len(sizes)) + 1):
        for columns in itertools.combinations(range(len(sizes)), size):
            if any(columns[:i] + columns[i + 1 :] not in counts for i in range(size)):
                continue
            shape = tuple(sizes[c] for c in columns)
            if math.prod(shape) > MOST_CELLS:
                skipped.append(columns)
                continue
            table = _counted(cells, rows, columns, shape)
            counts[columns], covered[columns] = table, table >= threshold
            parents = np.ones(shape, dtype=bool)
            for i in range(size):
                parents &= np.expand_dims(covered[columns[:i] + columns[i + 1 :]], i)
            found += _patterns(columns, table, parents & ~covered[columns], counts, total)
    return Searched(found, skipped)


def _counted(cells: Ints, rows: Ints, columns: tuple[int, ...], shape: tuple[int, ...]) -> Ints:
    place = np.zeros(len(cells), dtype=np.int64)
    for column, size in zip(columns, shape, strict=True):
        place = place * size + cells[:, column]
    out = np.zeros(math.prod(shape), dtype=np.int64)
    np.add.at(out, place, rows)
    return out.reshape(shape)


def _patterns(
    columns: tuple[int, ...], table: Ints, chosen: NDArray[np.bool_], counts: dict[tuple[int, ...], Ints], total: int
) -> Iterator[Pattern]:
    for codes in np.argwhere(chosen).tolist():
        shares = [int(counts[(c,)][k]) / total for c, k in zip(columns, codes, strict=True)]
        yield Pattern(columns, tuple(codes), int(table[tuple(codes)]), math.prod(shares) * total)


def chance_of_so_few(rows: int, expected: float) -> float:
    """The probability of at most `rows` rows where `expected` are expected: Poisson's, as combinations are rare."""
    if expected <= 0:
        return 1.0
    return float(gamma_sf(rows + 1.0, expected))
