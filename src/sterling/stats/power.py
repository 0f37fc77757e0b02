"""How many people a decision needs: before a run, and when it came out undecided."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array, distinct, floats
from sterling.stats.difference import square_and_add
from sterling.stats.multiple import Extreme, Widest, largest, smallest, smallest_ratio, widest_gap
from sterling.stats.normal import all_pairs, ppf, sidak, z
from sterling.stats.proportion import exact_value
from sterling.stats.ratio import mover_ratio

Kind: TypeAlias = Literal["gap", "ratio", "floor", "ceiling"]
_MOST = 1e9


class _Judge(Protocol):
    def __call__(self, hits: ArrayLike, n: ArrayLike, *, level: float) -> Widest | Extreme: ...


_JUDGES: dict[Kind, _Judge] = {"gap": widest_gap, "ratio": smallest_ratio, "floor": smallest, "ceiling": largest}


class Power(NamedTuple):
    """Chances of each outcome of a limit; they add up to 1."""

    within: float
    over: float
    undecided: float


def n_to_decide(
    p1: float,
    n1: float,
    p2: float | None,
    n2: float | None,
    limit: float,
    *,
    level: float = 0.95,
    kind: Kind = "gap",
    groups: int = 2,
    baseline: bool = False,
) -> int | None:
    """How many more people in the smaller group would decide, if the observed rates stayed as they are.

    gap: |p1 - p2| against a largest gap; ratio: smaller over larger against a smallest ratio; floor and ceiling: p1
    alone. The bounds are those of `multiple`, with `groups` groups looked at: all pairs, or with `baseline` all
    against one. 0 when already decided; None when no number would do: the value lies on the limit, or the other group
    alone is too small.
    """
    if kind in ("floor", "ceiling"):
        return _one_rate(p1, n1, limit, level, groups, kind)
    if p2 is None or n2 is None:
        raise ValueError(f"p2, n2: expected two rates for kind={kind!r}, got one\nhint: kind='floor' takes one rate")
    (top, n_top), (low, n_low) = sorted(((p1, n1), (p2, n2)), key=lambda pair: -pair[0])
    gap = kind == "gap"
    value = top - low if gap else (low / top if top > 0 else math.nan)
    if not abs(value - limit) > 1e-9:
        return None
    over = value > limit if gap else value < limit
    together = sidak(level, groups - 1) if baseline else all_pairs(level, groups)
    critical = together if over else z(level, 1)

    def decided(extra: Array) -> NDArray[np.bool_]:
        more_top, more_low = (extra, 0.0) if n_top <= n_low else (0.0, extra)
        a, b = exact_value(top, n_top + more_top, critical), exact_value(low, n_low + more_low, critical)
        if gap:
            bounds = square_and_add(top, a.low, a.high, low, b.low, b.high)
            return np.asarray(bounds.low > limit if over else bounds.high < limit)
        bounds = mover_ratio(low, b.low, b.high, top, a.low, a.high)
        return np.asarray(bounds.high < limit if over else bounds.low > limit)

    return _first(decided)


def _one_rate(p: float, n: float, limit: float, level: float, groups: int, kind: Kind) -> int | None:
    if not abs(p - limit) > 1e-9:
        return None
    over = p < limit if kind == "floor" else p > limit
    critical = sidak(level, groups, 1) if over else z(level, 1)

    def decided(extra: Array) -> NDArray[np.bool_]:
        bounds = exact_value(p, n + extra, critical)
        return np.asarray(bounds.high < limit if p < limit else bounds.low > limit)

    return _first(decided)


def _first(decided: Callable[[Array], NDArray[np.bool_]]) -> int | None:
    """The smallest whole number from which on all are decided, by ever finer grids; None beyond a billion."""
    if decided(np.zeros(1))[0]:
        return 0
    low, high = 0.0, _MOST
    while high - low > 1.5:
        grid = distinct(np.round(np.geomspace(max(low, 1.0), high, 48)))
        grid = grid[(grid > low) & (grid <= high)]
        open_ = np.flatnonzero(~decided(grid))
        if open_.size and open_[-1] == grid.size - 1:
            return None
        last = int(open_[-1]) if open_.size else -1
        high = float(grid[last + 1])
        low = float(grid[last]) if last >= 0 else low
        if high - low <= 48 and high - low > 1.5:
            tail = np.arange(low + 1, high + 1)
            return int(tail[np.argmax(decided(tail))])
    return int(high)


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
