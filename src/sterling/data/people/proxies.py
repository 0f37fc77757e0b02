"""How well one column alone tells the groups: learned from one half of the rows, measured on the other.

A value's score is the share of the group among the rows of the first half that have it; so a column may be of any kind,
and may tell the group in any shape. Numbers are told by their order instead where the first half says that it tells
more. Given the first half the scores are fixed: were the column and the group
independent, the rows of the second half could be dealt to the groups at random, which gives the p-value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.data.leaks.area import Area
from sterling.data.leaks.one_way import goes_one_way, one_way
from sterling.engine.ranks import auc_from_bins
from sterling.stats.normal import cdf

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEALS = 999
PARTS = 4
"""Whether order tells more is tried on so many parts of the rows learned from."""
FEW_ROWS = 50
"""With fewer rows beside the commonest score, the normal limit of ranks is not trusted: rows are dealt."""


class Alone(NamedTuple):
    """An AUC of one group against the rest, its p-value, and its standard deviation were there no relation."""

    area: Area
    p: float
    null_sd: float


def one_against_rest(
    codes: Ints, member: Bools, learning: Bools, *, rng: np.random.Generator, place: Ints | None = None
) -> Alone:
    """How well `codes` (a number from 0 per row) tell the rows of a group, all of shape (rows,).

    `place`: the order of the column's values, 0 being missing, where it has one.
    """
    wide = int(codes.max(initial=0)) + 1
    hits = np.bincount(codes[learning & member], minlength=wide)
    rows = np.bincount(codes[learning], minlength=wide)
    base = float(member[learning].mean()) if learning.any() else 0.5
    # A value's share is drawn towards the share of all by one row: a rare one says little, an unseen one nothing.
    score = (hits + base) / (rows + 1.0)
    held = ~learning
    own = score[codes[held]]
    if place is not None:
        halves = np.arange(int(learning.sum())) % PARTS
        if goes_one_way(codes[learning], member[learning], halves):
            own = one_way(codes, place, member, learning)[held]
    places, at = np.unique(own, return_inverse=True)
    p, n = (np.bincount(at[m], minlength=len(places)) for m in (member[held], ~member[held]))
    counts = np.stack([n, p], axis=1).astype(np.int64)
    found = auc_from_bins(counts[None])
    area = Area(
        value=float(found.value[0]), variance=float(found.variance[0]), positives=int(p.sum()), negatives=int(n.sum())
    )
    chance, spread = by_chance(counts.sum(axis=1), area, rng=rng)
    return Alone(area, chance, spread)


def by_chance(ties: Ints, area: Area, *, rng: np.random.Generator) -> tuple[float, float]:
    """The chance of such an AUC were rows dealt to the group at random, and the AUC's standard deviation then.

    `ties`: rows of each score, in ascending order. By the limit of ranks with ties, or by dealing where nearly all rows
    share a score. Source: Lehmann 1975, Nonparametrics, 1.4; Phipson and Smyth 2010 (the deal seen counts).
    """
    m, n, total = area.positives, area.negatives, area.n
    if not m or not n:
        return 1.0, np.nan
    tied = float((ties.astype(np.float64) ** 3 - ties).sum()) / (total * (total - 1.0)) if total > 1 else 0.0
    spread = float(np.sqrt(max(total + 1.0 - tied, 0.0) / (12.0 * m * n)))
    if spread == 0:
        return 1.0, 0.0
    if total - int(ties.max()) >= FEW_ROWS:
        # Half of the step between neighbouring values; with two scores one row more in the upper one is a long step.
        half = 0.5 / (m * n) if len(ties) > 2 else 0.25 * total / (m * n)
        return float(cdf(-(area.value - half - 0.5) / spread)), spread
    dealt = rng.multivariate_hypergeometric(ties, m, size=DEALS, method="marginals")
    below = np.cumsum(ties - dealt, axis=1) - 0.5 * (ties - dealt)
    areas = (dealt * below).sum(axis=1) / (m * n)
    return (1 + int((areas >= area.value - 1e-9).sum())) / (1 + DEALS), spread
