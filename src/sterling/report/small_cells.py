"""Which counts are left out of what travels: small ones, and those by which a small one could be worked out.

Complementary suppression as official statistics do it (Hundepool et al., Statistical Disclosure Control, 2012, ch. 4),
for plain subtraction alone: docs/guide/reading-the-report.md says what that does not protect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.evidence import Finding
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, GroupValue, Slice
from sterling.report.text import FEW

NOT_SHOWN = "not shown"
"""Stands for a count that is no small one, and would give one away."""
SMALL_SHARE = 5
"""A cell of a confusion table standing for 1 to 4 people is not drawn."""


def withheld_groups(run: Run) -> frozenset[Slice]:
    """`withheld_slices` of everything that a run counted."""
    sizes: dict[Slice, int] = {EVERYONE: run.n}
    for table in reversed(run.tables):  # models are of the same rows: the first that has a slice counts it
        sizes |= dict(zip(table.slices, table.n.tolist(), strict=True))
    return withheld_slices(sizes)


def closed(finding: Finding, held: frozenset[Slice]) -> bool:
    """Whether how many people a finding counts is the count of a group in `held`, or holds it."""
    return any(side is not None and side.slice in held for side in (finding.first, finding.second))


def withheld_slices(sizes: Mapping[Slice, int]) -> frozenset[Slice]:
    """Crosses of 10 people or more whose count would give away that of a single smaller one.

    Where the groups that share all columns but one add up to a known count, and one of them alone has fewer than 10
    people, that one is the rest of the sum: the smallest of the others goes with it. Single columns have no such care.
    """
    parts: dict[tuple[Slice, str], list[Slice]] = defaultdict(list)
    for one, n in sizes.items():
        if len(one.items) > 1 and n > 0:
            for whole, column in _wholes(one):
                parts[whole, column].append(one)
    sums = [p for (whole, _), p in parts.items() if sizes.get(whole, -1) == sum(sizes[s] for s in p)]
    hidden = {s for s, n in sizes.items() if len(s.items) > 1 and 0 < n < FEW}
    found: set[Slice] = set()
    while alone := [p for p in sums if len(p) > 1 and sum(s in hidden for s in p) == 1]:
        for siblings in alone:
            others = [s for s in siblings if s not in hidden]
            if len(siblings) - len(others) == 1:
                smallest = min(others, key=lambda s: (sizes[s], str(s)))
                hidden.add(smallest)
                found.add(smallest)
    return frozenset(found)


def _wholes(one: Slice) -> list[tuple[Slice, str]]:
    """What a cross is a part of, and by which column."""
    items: tuple[tuple[str, GroupValue], ...] = one.items
    return [(Slice((*items[:i], *items[i + 1 :])), items[i][0]) for i in range(len(items))]


def withheld_cells(row: Sequence[int], least: int = SMALL_SHARE) -> set[int]:
    """Which cells of a row with a known sum are not drawn: those of 1 to `least` - 1 people, and never one alone.

    The next smallest goes with a single one, which could be filled in again otherwise.
    """
    return set(np.flatnonzero(withheld_counts(np.array([row], dtype=np.int64), least)[0]).tolist())


def withheld_counts(counts: NDArray[np.int64], least: int = FEW) -> NDArray[np.bool_]:
    """`withheld_cells` of every row of a table."""
    hidden: NDArray[np.bool_] = (counts > 0) & (counts < least)
    large = np.where(counts >= least, counts, np.iinfo(np.int64).max)
    alone = (hidden.sum(axis=1) == 1) & (counts >= least).any(axis=1)
    rows = np.flatnonzero(alone)
    hidden[rows, large.argmin(axis=1)[rows]] = True
    return hidden
