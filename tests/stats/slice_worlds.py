"""Worlds in which slices are searched: nothing is worse anywhere, so that every slice confirmed is a mistake.

And slices that are given, against everyone else, as the half of the rows that did not find them is asked.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import sterling as st
from sterling.core.discovered import Discovery
from sterling.quality.discovery.confirming import contrast
from sterling.quality.discovery.losses import Kind
from sterling.quality.discovery.sums import Rows
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER

Floats = NDArray[np.float64]
ROWS, INSIDE, TIMES, MANY = 1_200, 180, 1.5, 2_000_000
CONTRASTED = ("level of the slice", "gap to everyone else", "p at most 0.05 by mistake")
BASE: dict[Kind, Callable[[Floats, np.random.Generator], Floats]] = {
    "event": lambda ease, rng: (rng.random(len(ease)) < 0.15 * ease) * 1.0,
    "bounded": lambda ease, rng: np.minimum(rng.beta(0.6, 2.5, len(ease)) * ease, 1.0),
    "positive": lambda ease, rng: rng.exponential(1.0, len(ease)) ** 1.3 * ease,
}
"""The loss of rows by how easy they are, about 1: an error, a squared error of a probability, an absolute error."""


def contrasts(kind: Kind, dependence: str, worlds: int) -> list[tuple[float, ...]]:
    """Ends of the level of a slice 1.5 times as bad, ends of its gap, and p of one that is no worse, of each world."""
    rng = np.random.default_rng([KINDS.index(dependence), *map(ord, kind)])
    inside = np.arange(ROWS) < INSIDE
    out = []
    for _ in range(worlds):
        p = _contrast(BASE[kind](_ease(dependence, ROWS, rng), rng), inside, kind, dependence, rng).p
        worse = BASE[kind](_ease(dependence, ROWS, rng) * np.where(inside, TIMES, 1.0), rng)
        seen = _contrast(worse, inside, kind, dependence, rng)
        out.append((seen.slice.low, seen.slice.high, seen.low, seen.high, 1.0 if p is None else p))
    return out


def against_everyone(kind: Kind, dependence: str, worlds: int) -> Figures:
    """How often the intervals of a slice and of its gap hold the truth, and how often p is at most 0.05 by mistake."""
    rng = np.random.default_rng([7, KINDS.index(dependence), *map(ord, kind)])
    there, elsewhere = (float(BASE[kind](_ease(dependence, MANY, rng) * k, rng).mean()) for k in (TIMES, 1.0))
    low, high, least, most, p = np.array(contrasts(kind, dependence, worlds)).T
    held = (low <= there) & (there <= high)
    apart = (least <= there - elsewhere) & (there - elsewhere <= most)
    found = (held, apart, p <= 0.05)
    return {name: float(np.mean(share)) for name, share in zip(CONTRASTED, found, strict=True)}


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


LOOSE = {"lattice.CAUTION": -1.0, "lattice.MORE": -9.0, "picking.MORE": -9.0, "picking.NEW": -9.0}
Search = Callable[[str, str, int], Discovery]


def believed(task: str, dependence: str, seed: int) -> Discovery:
    """One such search that is made to believe in noise, so that many candidates are sent to be confirmed."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in LOOSE.items():
            patched.setattr(f"sterling.quality.discovery.{name}", value)
        return searched(task, dependence, seed, rows=1_000)


def false_discoveries(of: Search, task: str, dependence: str, searches: int) -> Figures:
    """The share of worlds in which a slice is confirmed though nothing is worse anywhere, and candidates a world."""
    found = [of(task, dependence, seed) for seed in range(searches)]
    wrong = [any(s.p_adjusted is not None and s.p_adjusted <= 0.05 for s in f.slices) for f in found]
    return {"wrong": float(np.mean(wrong)), "candidates": float(np.mean([len(f.slices) for f in found]))}


def tried(of: Search, task: str, dependence: str, searches: int) -> Behind:
    """Candidates of a few worlds, and means of their adjusted p and of the low end of their level."""
    found = [s for seed in range(searches) for s in of(task, dependence, seed).slices]
    return {"candidates": [float(len(found))], "p": means([_known(s.p_adjusted) for s in found]),
            "low": means([_known(s.level.low) for s in found])}  # fmt: skip


def _known(x: float | None) -> float:
    return float("nan") if x is None else x
