"""Where to cut a column of numbers: near its quantiles, at round numbers, so that conditions read well."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_SLACK = 0.3
"""How far, in shares of a range's rows, a cut may lie from its quantile for the sake of a rounder number."""
_STEPS = (10.0, 5.0, 2.0, 1.0)


def edges_of(ordered: NDArray[np.float64], bins: int) -> tuple[float, ...]:
    """At most `bins` - 1 ascending cut points for numbers in ascending order; each begins a range (`>=`).

    A value that many rows share gets a range of its own. No cut point is more precise than telling the ranges apart
    asks for, so none gives away a row's value. Numbers are finite. Empty when all are equal or there are none.
    """
    n = len(ordered)
    if n == 0:
        return ()
    found: set[float] = set()
    for k in range(1, bins):
        low, middle, high = (float(ordered[_place(n, (k + d) / bins)]) for d in (-_SLACK, 0.0, _SLACK))
        if low < high:
            found.add(roundest(low, high, middle))
        else:
            found.update(_around(ordered, middle))
    return _at_most(ordered, sorted(e for e in found if ordered[0] < e <= ordered[-1]), bins)


def roundest(low: float, high: float, near: float) -> float:
    """The number above `low` and at most `high` with the fewest digits, close to `near` among equals."""
    power = math.floor(math.log10(max(abs(low), abs(high)))) + 1 if (low or high) else 0
    for exponent in range(power, power - 18, -1):
        for step in _STEPS:
            unit = step * 10.0 ** (exponent - 1)
            if unit == 0 or not math.isfinite(high / unit):
                return high
            for whole in (round(near / unit), math.floor(high / unit)):
                candidate = float(f"{whole * unit:.12g}")
                if low < candidate <= high:
                    return candidate
    return high


def _place(n: int, share: float) -> int:
    return min(max(math.ceil(share * n) - 1, 0), n - 1)


def _around(ordered: NDArray[np.float64], value: float) -> list[float]:
    """Cuts just below and just above a value that fills a whole range."""
    below, above = (int(np.searchsorted(ordered, value, side=s)) for s in ("left", "right"))
    cuts = []
    if below > 0:
        cuts.append(roundest(float(ordered[below - 1]), value, value))
    if above < len(ordered):
        cuts.append(roundest(value, float(ordered[above]), float(ordered[above])))
    return cuts


def _at_most(ordered: NDArray[np.float64], edges: list[float], bins: int) -> tuple[float, ...]:
    """Drop the cuts that leave a range empty, then those beside the smallest ranges until few enough are left."""
    places = np.searchsorted(ordered, edges, side="left").tolist()
    kept = [k for k, place in enumerate(places) if k == 0 or place > places[k - 1]]
    edges, places = [edges[k] for k in kept], [places[k] for k in kept]
    while len(edges) > bins - 1:
        sizes = np.diff([0, *places, len(ordered)])
        worst = int(np.argmin(sizes[:-1] + sizes[1:]))
        del edges[worst], places[worst]
    return tuple(edges)
