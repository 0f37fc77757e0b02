"""How likely a decision is before a run, and which gap would show."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, floats
from sterling.stats.multiple import Extreme, Widest, largest, smallest, smallest_ratio, widest_gap
from sterling.stats.normal import ppf, z

Kind: TypeAlias = Literal["gap", "ratio", "floor", "ceiling"]


class _Judge(Protocol):
    def __call__(self, hits: ArrayLike, n: ArrayLike, *, level: float) -> Widest | Extreme: ...


_JUDGES: dict[Kind, _Judge] = {"gap": widest_gap, "ratio": smallest_ratio, "floor": smallest, "ceiling": largest}


class Power(NamedTuple):
    """Chances of each outcome of a limit; they add up to 1."""

    within: float
    over: float
    undecided: float


def detectable_gap(n1: ArrayLike, n2: ArrayLike, p: ArrayLike, *, level: float = 0.95, power: float = 0.8) -> Array:
    """The smallest gap above a rate p that two groups of n1 and n2 would show, with probability `power`.

    Normal approximation, two-sided test of no gap. NaN where even p + gap = 1 would not show.
    """
    m, n, rate = floats(n1, n2, p)
    m, n = np.where(m > 0, m, np.nan), np.where(n > 0, n, np.nan)
    need, slack = z(level), float(ppf(power))

    def missing(gap: Array) -> Array:
        other = np.minimum(rate + gap, 1.0)
        pooled = (m * other + n * rate) / (m + n)
        null = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
        return np.asarray(need * null + slack * np.sqrt(other * (1 - other) / m + rate * (1 - rate) / n) - gap)

    low, high = np.zeros(rate.shape), 1.0 - rate
    reachable = missing(high) <= 0
    for _ in range(50):
        middle = 0.5 * (low + high)
        short = missing(middle) > 0
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(np.where(reachable, high, np.nan))


def power_to_decide(
    n: ArrayLike,
    p: ArrayLike,
    limit: float,
    *,
    level: float = 0.95,
    kind: Kind = "gap",
    draws: int = 2000,
    seed: int = 0,
) -> Power:
    """The chance that groups of sizes n with true rates p (one, or one per group) come out within or over a limit.

    The decision itself is run on `draws` seeded binomial worlds, so it holds for any sizes; the standard error is at
    most 0.011 with 2,000 draws. Without an idea of p, 0.5 is the cautious choice for a gap.
    """
    sizes, rates = np.broadcast_arrays(np.asarray(n), np.asarray(p, dtype=np.float64))
    sizes = np.floor(sizes.astype(np.float64)).astype(np.int64)
    hits = np.random.Generator(np.random.PCG64(seed)).binomial(sizes, rates, size=(draws, *sizes.shape))
    found = _JUDGES[kind](hits, sizes, level=level)
    upper_limit = kind in ("gap", "ceiling")
    over = found.at_least > limit if upper_limit else found.at_most < limit
    within = found.at_most < limit if upper_limit else found.at_least > limit
    return Power(float(within.mean()), float(over.mean()), float(1 - within.mean() - over.mean()))
