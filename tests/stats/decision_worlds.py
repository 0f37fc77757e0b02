"""What checks of groups decide: how often a bound leaves out the truth, in worlds with equal groups and with a gap.

Each world is a column of scores; twenty of them share the labels and weights of one table of three groups. Scores of
people of a cluster share 36 % of their variance; no cluster lies in two groups.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import sterling as st
from sterling.fairness.inequality import Bounded, between_bounds, entropy_bounds
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER

WORLDS, LOOK, TABLE, EACH, MANY = 600, 2, 20, 100, 300_000
Floats = NDArray[np.float64]
SHIFT = {"equal": 0.0, "apart": 0.6}
"""How many standard deviations one group's scores lie above those of the others, positive labels more than others."""
RATE, ONE = {"metric": "selection_rate"}, {"groups": ["g"]}
ASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "FA001 gap of selection rate": ("FA001", RATE | ONE),
    "FA001 gap of true positive rate": ("FA001", {"metric": "true_positive_rate"} | ONE),
    "FA001 gap of auc": ("FA001", {"metric": "auc"} | ONE),
    "FA001 gap of mean score": ("FA001", {"metric": "mean_score"} | ONE),
    "FA002 ratio of selection rate": ("FA002", RATE | ONE),
    "FA003 lowest selection rate": ("FA003", RATE | ONE),
    "FA005 gap of selection rate, mix made equal": ("FA005", RATE | ONE | {"given": "given"}),
    "FA006 equalized odds": ("FA006", ONE),
    "FA006 average odds": ("FA006", {"of": "average"} | ONE),
    "FA007 differential fairness": ("FA007", ONE),
}
ENTROPY, BETWEEN = "FA004 generalised entropy", "FA004 generalised entropy between groups"
NAMES = (*ASKS, ENTROPY, BETWEEN)
LEVELS = ("FA003 lowest selection rate", ENTROPY)
"""Numbers that groups have though they are equal."""
LOWER = ("FA002", "FA003")
"""Of these a low number is the bad one: what is too low is over a limit."""


def people(kind: str, scenario: str, each: int, worlds: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([each, KINDS.index(kind), seed, *map(ord, scenario)])
    n = 3 * each
    label = (rng.random(n) < 0.5).astype(int)
    given = rng.integers(0, 2, n)
    apart = np.where(np.arange(n) < each, SHIFT[scenario], 0.0)
    shift = 0.8 * label + 0.4 * given + apart * (0.5 + label) - 0.6
    out: dict[str, object] = {
        "g": np.repeat(list("abc"), each), "label": label, "given": np.array(["u", "v"])[given],
        "weight": rng.lognormal(0, 0.6, n), "cluster": np.arange(n) // PER_CLUSTER,
    }  # fmt: skip
    for k in range(worlds):
        own, shared = rng.normal(size=n), np.repeat(rng.normal(size=n // PER_CLUSTER), PER_CLUSTER)
        out[f"w{k}"] = 1 / (1 + np.exp(-shift - (0.8 * own + 0.6 * shared if kind == "clustered" else own)))
    return pl.DataFrame(out)


def drawn(kind: str, scenario: str, each: int, worlds: int) -> dict[str, Floats]:
    """Of every question low end, high end and value of its finding, of shape (3, worlds); NaN where it has none."""
    roles: dict[str, str] = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    asks = tuple(st.ask(code, name=name, **more) for name, (code, more) in ASKS.items())
    plan = st.Plan(asks=asks, thresholds=(0.5,), grid=False)
    out: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ASKS}
    for seed, start in enumerate(range(0, worlds, TABLE)):
        columns = [f"w{k}" for k in range(min(TABLE, worlds - start))]
        frame = people(kind, scenario, each, len(columns), seed)
        run = st.evaluate(frame, label="label", positive=1, groups=["g", "given"], score=columns, plan=plan, **roles)  # type: ignore[arg-type]
        for evidence in run.evidence:
            found = [f for f in evidence.findings if f.family in ((), ("g",))]
            out[evidence.ask].append((found[0].low, found[0].high, found[0].value) if found else (np.nan,) * 3)
    found = {name: np.array(ends, dtype=np.float64).T for name, ends in out.items()}
    return found | entropies(kind, scenario, each, worlds)


def entropies(kind: str, scenario: str, each: int, worlds: int) -> dict[str, Floats]:
    """The same of FA004, of tables that share nothing: how labels fall decides much of it."""
    made: list[tuple[Bounded, Bounded]] = []
    for seed in range(worlds):
        frame = people(kind, scenario, each, 1, 1_000 + seed)
        wrong = frame.select(tp=_both("w0", True, True), fp=_both("w0", True, False), fn=_both("w0", False, True),
                             tn=_both("w0", False, False)).to_numpy()  # fmt: skip
        w = frame["weight"].to_numpy()[:, None] if kind == "weighted" else 1.0
        cells, squares = ((wrong * v).reshape(3, each, 4).sum(axis=1) for v in (w, w * w))
        clusters = wrong.reshape(-1, PER_CLUSTER, 4).sum(axis=1) if kind == "clustered" else None
        whole = cells.sum(axis=0)
        total = entropy_bounds(
            whole, squares.sum(axis=0) if kind == "weighted" else whole, 2.0, level=0.95,
            products=None if clusters is None else clusters.T @ clusters,
        )  # fmt: skip
        among = Bounded(*[np.nan] * 3) if kind == "clustered" else between_bounds(cells, squares, 2.0, level=0.95)
        made.append((total, among))
    ends = np.array([[(b.at_least, b.at_most, b.value) for b in both] for both in made])
    return {ENTROPY: ends[:, 0].T, BETWEEN: ends[:, 1].T}


def _both(score: str, selected: bool, positive: bool) -> pl.Expr:
    chosen = pl.col(score) >= 0.5
    return ((chosen if selected else ~chosen) & (pl.col("label") == int(positive))).cast(pl.Float64)


@cache
def truths(scenario: str) -> dict[str, float]:
    """What very many people show; of equal groups no gap at all, nor a ratio but 1."""
    found = {name: float(ends[2, 0]) for name, ends in drawn("independent", scenario, MANY, 1).items()}
    same = {name: float(name.startswith("FA002")) for name in NAMES if name not in LEVELS}
    return found | same if scenario == "equal" else found


def figures(kind: str, scenario: str) -> Figures:
    """How often either bound leaves out the truth: *over* the one that finds too much, *within* the other one."""
    out = {}
    for name, (low, high, _) in drawn(kind, scenario, EACH, WORLDS).items():
        truth = truths(scenario)[name]
        low, high = low[~np.isnan(low)], high[~np.isnan(high)]
        above, below = (
            float(np.mean(x)) if x.size else float("nan") for x in (low > truth + 1e-12, high < truth - 1e-12)
        )
        over, within = (below, above) if name.startswith(LOWER) else (above, below)
        out |= {f"{name}, over": over, f"{name}, within": within}
    return out


def few(kind: str, scenario: str) -> Behind:
    return {name: means(*ends[:2]) for name, ends in drawn(kind, scenario, EACH, LOOK).items()}
