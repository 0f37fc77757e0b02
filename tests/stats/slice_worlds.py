"""Worlds in which slices are searched: nothing is worse anywhere, so that every slice confirmed is a mistake.

And slices that are given, against everyone else, as the half of the rows that did not find them is asked.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

import sterling as st
from sterling.core.discovered import Discovery
from sterling.quality.discovery.confirming import contrast
from sterling.quality.discovery.losses import Kind
from sterling.quality.discovery.sums import Rows
from tests.stats.object_worlds import KINDS, PER_CLUSTER

Floats = NDArray[np.float64]
ROWS, INSIDE, MANY = 1_200, 180, 2_000_000
BASE: dict[Kind, Callable[[Floats, np.random.Generator], Floats]] = {
    "event": lambda ease, rng: (rng.random(len(ease)) < 0.15 * ease) * 1.0,
    "bounded": lambda ease, rng: np.minimum(rng.beta(0.6, 2.5, len(ease)) * ease, 1.0),
    "positive": lambda ease, rng: rng.exponential(1.0, len(ease)) ** 1.3 * ease,
}
"""The loss of rows by how easy they are, about 1: an error, a squared error of a probability, an absolute error."""


def against_everyone(kind: Kind, dependence: str, worlds: int) -> tuple[float, float, float]:
    """How often the intervals of a slice and of its gap hold the truth, and how often p is at most 0.05 by mistake."""
    rng = np.random.default_rng([KINDS.index(dependence), *map(ord, kind)])
    inside, times = np.arange(ROWS) < INSIDE, 1.5
    there, elsewhere = (float(BASE[kind](_ease(dependence, MANY, rng) * k, rng).mean()) for k in (times, 1.0))
    held, apart, alarms = 0, 0, 0
    for _ in range(worlds):
        loss = BASE[kind](_ease(dependence, ROWS, rng), rng)
        p = _contrast(loss, inside, kind, dependence, rng).p
        alarms += p is not None and p <= 0.05
        worse = BASE[kind](_ease(dependence, ROWS, rng) * np.where(inside, times, 1.0), rng)
        seen = _contrast(worse, inside, kind, dependence, rng)
        assert seen.low is not None and seen.high is not None
        assert seen.slice.low is not None and seen.slice.high is not None
        apart += seen.low <= there - elsewhere <= seen.high
        held += seen.slice.low <= there <= seen.slice.high
    return held / worlds, apart / worlds, alarms / worlds


def _ease(dependence: str, rows: int, rng: np.random.Generator) -> Floats:
    """About 1, and shared in part by the rows of a cluster."""
    if dependence != "clustered":
        return np.ones(rows)
    return np.repeat(rng.gamma(4, 0.25, -(-rows // PER_CLUSTER)), PER_CLUSTER)[:rows]


def _contrast(loss: Floats, inside: NDArray[np.bool_], kind: Kind, dependence: str, rng: np.random.Generator):  # type: ignore[no-untyped-def]
    rows = Rows(
        codes=(), loss=loss, event=kind == "event" and dependence != "weighted",
        weight=rng.lognormal(0, 0.6, ROWS) if dependence == "weighted" else None,
        cluster=np.arange(ROWS) // PER_CLUSTER if dependence == "clustered" else None,
    )  # fmt: skip
    return contrast(rows, inside, kind, n=INSIDE, n_rest=ROWS - INSIDE, level=0.95, min_n=2)


def nothing(task: str, rows: int, seed: int) -> pl.DataFrame:
    """Labels and predictions whose errors have to do with no column; weights, and clusters that share their errors."""
    rng = np.random.default_rng([seed, sum(map(ord, task))])
    hard = np.repeat(rng.gamma(4, 0.25, -(-rows // PER_CLUSTER)), PER_CLUSTER)[:rows]
    wrong = rng.random(rows) < 0.15 * hard
    if task == "regression":
        y = rng.gamma(5, 10, rows)
        given: dict[str, object] = {"y": y, "p": y + rng.standard_t(4, rows) * 5 * hard}
    else:
        classes = 2 if task == "binary" else 4
        y = rng.integers(0, classes, rows)
        given = {"y": y, "p": np.where(wrong, (y + rng.integers(1, classes, rows)) % classes, y)}
    return pl.DataFrame({
        **given, "age": rng.integers(18, 80, rows), "region": rng.choice(["north", "south", "east", "west"], rows),
        "shoe": rng.normal(40, 3, rows), "day": rng.integers(0, 7, rows), "weight": rng.lognormal(0, 0.6, rows),
        "cluster": np.arange(rows) // PER_CLUSTER,
    })  # fmt: skip


TASKS: dict[str, dict[str, object]] = {
    "binary": {"positive": 1}, "regression": {"task": "regression"}, "multiclass": {"task": "multiclass"},
}  # fmt: skip
"""The tasks whose models can be searched."""


def searched(task: str, dependence: str, seed: int, *, rows: int = 1_500) -> Discovery:
    """One search of a world where nothing is worse anywhere."""
    frame = nothing(task, rows, seed)
    roles = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(dependence, {})
    gone = [c for c in ("weight", "cluster") if c not in roles]
    run = st.evaluate(
        frame.drop(gone), label="y", prediction="p", discover={"features": ["age", "region", "shoe", "day"]},
        seed=seed, **TASKS[task], **roles,
    )  # type: ignore[arg-type]  # fmt: skip
    return next(e.discovered for e in run.evidence if e.discovered is not None)
