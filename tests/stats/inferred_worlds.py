"""Groups known by chances only (FA020): bounds, and what chance adds, where the group tells more than its chances."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

import sterling as st
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER

Floats = NDArray[np.float64]
WORLDS, LOOK, MANY = 300, 2, 400_000
SIZES = (300, 1_500)
NAMES = ("gap", "rate of a", "rate of b")
BEYOND = {"nothing": 0.15, "independence": 0.0}
"""By what is assumed: how much the group raises the rate among people of equal chances."""


def people(kind: str, n: int, beyond: float, rng: np.random.Generator) -> pl.DataFrame:
    """Columns of chances and a decision."""
    shared = np.repeat(rng.normal(size=-(-n // PER_CLUSTER)), PER_CLUSTER)[:n] * (0.6 if kind == "clustered" else 0.0)
    chance = rng.beta(0.7, 0.7, n)
    group = rng.random(n) < chance
    rate = np.clip(0.3 + 0.3 * chance + beyond * group + 0.15 * shared, 0, 1)
    hit = rng.random(n) < rate
    return pl.DataFrame({
        "y": rng.integers(0, 2, n), "d": hit.astype(int), "p_a": chance, "p_b": 1 - chance,
        "weight": rng.lognormal(0, 0.6, n), "cluster": np.arange(n) // PER_CLUSTER,
    })  # fmt: skip


def _asked(frame: pl.DataFrame, assume: str, kind: str) -> Floats:
    """Both ends of the gap and of each group's rate: shape (2, 3)."""
    roles: dict[str, str] = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    ask = st.ask("FA020", group="g", metric="selection_rate", probabilities=["a=p_a", "b=p_b"], assume=assume)
    run = st.evaluate(frame, label="y", positive=1, prediction="d", plan=st.Plan(asks=(ask,), grid=False), **roles)  # type: ignore[arg-type]
    (evidence,) = run.evidence
    assert evidence.inferred is not None
    (gap,) = evidence.findings
    rates = evidence.inferred.blocks[0]
    return np.array([[gap.low, *rates.low[:, 0]], [gap.high, *rates.high[:, 0]]])


@cache
def truths(assume: str) -> Floats:
    """The ends of the gap and of each group's rate that very many people have: bounds where nothing is assumed."""
    return _asked(people("independent", MANY, BEYOND[assume], np.random.default_rng(99)), assume, "independent")


def drawn(assume: str, kind: str, n: int, worlds: int) -> Floats:
    rng = np.random.default_rng([n, KINDS.index(kind), *map(ord, assume)])
    made = (people(kind, n, BEYOND[assume], rng) for _ in range(worlds))
    return np.array([_asked(frame, assume, kind) for frame in made]).transpose(1, 0, 2)


def figures(assume: str, kind: str, n: int) -> Figures:
    """How often each end lies beyond the end that very many people have."""
    (low, high), (least, most) = drawn(assume, kind, n, WORLDS), truths(assume)
    held = [*(low <= least).mean(axis=0), *(high >= most).mean(axis=0)]
    return dict(zip((f"{of}, {end} end" for end in ("low", "high") for of in NAMES), map(float, held), strict=True))


def few(assume: str, kind: str, n: int) -> Behind:
    low, high = drawn(assume, kind, n, LOOK)
    return {"ends": means(*low.T, *high.T)}
