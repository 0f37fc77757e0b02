"""How many of all rows are in a group, in worlds where one row in five is."""

from __future__ import annotations

import numpy as np

from sterling.core.rates import RATES
from sterling.engine.shares import share_quantity
from sterling.stats.normal import z
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER

SHARES, LOOK, TRUTH = 2_000, 20, 0.2
SIZES = (60, 300)


def drawn(kind: str, n: int, worlds: int) -> np.ndarray:
    """Both ends of the interval of each world."""
    rng = np.random.default_rng([n, KINDS.index(kind)])
    out = np.empty((2, worlds))
    for i in range(worlds):
        chance = np.repeat(rng.beta(1, 4, n // PER_CLUSTER), PER_CLUSTER) if kind == "clustered" else np.full(n, TRUTH)
        weight = rng.lognormal(0, 0.6, n) if kind == "weighted" else np.ones(n)
        there = np.stack([np.ones(n, dtype=bool), rng.random(n) < chance])
        w, q = there @ weight, there @ weight**2
        squares = np.array([np.sum(np.bincount(np.arange(n) // PER_CLUSTER, weights=t) ** 2) for t in there])
        found = share_quantity(
            RATES["selection_rate"].info, there.sum(axis=1), w if kind == "weighted" else None,
            q if kind == "weighted" else None,
            (np.full(2, n // PER_CLUSTER), squares) if kind == "clustered" else None,
        )  # fmt: skip
        out[:, i] = [end[1, 0] for end in found.interval_at(np.full((2, 1), z(0.95)))]
    return out


def covered(kind: str, n: int) -> Figures:
    low, high = drawn(kind, n, SHARES)
    return {"representation": float(np.mean((low <= TRUTH) & (high >= TRUTH)))}


def ends(kind: str, n: int) -> Behind:
    return {"representation": means(*drawn(kind, n, LOOK))}
