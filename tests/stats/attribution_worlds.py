"""What moves the scores of whom (EX001): shares of size by slice, and how far groups are apart in a feature."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

import sterling as st
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER

Floats = NDArray[np.float64]
WORLDS, LOOK, MANY = 200, 2, 300_000
SIZES = (60, 300)
GROUPS = {"one group moved more": True, "equal groups": False}
TOGETHER = "each group less the others, all together"


def people(kind: str, n: int, far: bool, rng: np.random.Generator) -> pl.DataFrame:
    """Attributions of three features of people in three groups; the first feature moves one group more."""
    each = PER_CLUSTER if kind == "clustered" else 1
    group = np.repeat(rng.permutation(n // each) % 3, each)
    shared = np.repeat(rng.normal(size=n // PER_CLUSTER), PER_CLUSTER)
    merit = 0.6 * shared + 0.8 * rng.normal(size=n) if kind == "clustered" else rng.normal(size=n)
    return pl.DataFrame({
        "y": (rng.random(n) < 0.5).astype(int), "p": rng.random(n), "g": np.array(list("abc"))[group],
        "shap_a": merit + (0.5 * (group == 0) if far else 0.0), "shap_b": rng.exponential(1.0, n) - 1 + 0.3 * merit,
        "shap_c": 0.2 * rng.standard_t(5, n), "weight": rng.lognormal(0, 0.6, n),
        "cluster": np.arange(n) // PER_CLUSTER,
    })  # fmt: skip


def _asked(frame: pl.DataFrame, kind: str) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Low end, high end and value by name: of one number, or of every feature and group."""
    roles: dict[str, str] = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    plan = st.Plan(asks=(st.ask("EX001", attributions="shap_*"),), grid=False, min_n=10)
    run = st.evaluate(frame, label="y", positive=1, score="p", groups="g", plan=plan, **roles)  # type: ignore[arg-type]
    (evidence,) = run.evidence
    assert evidence.attributed is not None
    every = evidence.attributed.frame().cast(dict.fromkeys(("low", "high", "value"), pl.Float64))
    share = every.filter((pl.col("slice") == "everyone") & (pl.col("metric") == "share_of_size(shap_a)"))
    apart = every.filter((pl.col("of") == "apart") & (pl.col("slice") != "everyone")).sort("metric", "slice")
    f = evidence.findings[0]
    low, high, value = (np.array([x]) for x in (f.low, f.high, f.value))
    return {
        "share of size": _ends(share), TOGETHER: _ends(apart),
        "widest gap, low end": (low, low + np.inf, value), "widest gap, high end": (high - np.inf, high, value),
    }  # fmt: skip


def _ends(rows: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    low, high, value = (rows[c].fill_null(np.nan).to_numpy() for c in ("low", "high", "value"))
    return low, high, value


@cache
def truths(far: bool) -> dict[str, Floats]:
    found = _asked(people("independent", MANY, far, np.random.default_rng(99)), "independent")
    none = () if far else (TOGETHER, "widest gap, low end", "widest gap, high end")
    return {name: np.zeros_like(value) if name in none else value for name, (_, _, value) in found.items()}


def drawn(kind: str, n: int, far: bool, worlds: int) -> dict[str, Floats]:
    """Of each number both ends in every world, shape (2, worlds, 1 or as many as hold together)."""
    rng = np.random.default_rng([n, KINDS.index(kind), far])
    made = [_asked(people(kind, n, far, rng), kind) for _ in range(worlds)]
    return {name: np.array([m[name][:2] for m in made]).transpose(1, 0, 2) for name in made[0]}


def figures(kind: str, n: int, far: bool) -> Figures:
    """How often the interval holds the truth, or all intervals do that hold together."""
    truth = truths(far)
    return {
        name: float(np.mean(~((low > truth[name] + 1e-12) | (high < truth[name] - 1e-12)).any(axis=1)))
        for name, (low, high) in drawn(kind, n, far, WORLDS).items()
    }


def few(kind: str, n: int, far: bool) -> Behind:
    return {name: means(*ends) for name, ends in drawn(kind, n, far, LOOK).items()}
