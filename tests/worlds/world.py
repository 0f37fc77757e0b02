"""Made-up tables whose truth is known: many worlds at once, each a column of decisions or scores of one table.

The groups and labels stay; decisions are drawn anew for every world, so the worlds are independent given the groups,
and one
call of `evaluate` carries plan, check and verdict through all of them. `through` does so for some worlds and holds the
result
against the same rule computed for all worlds as arrays; rates of false verdicts are then counted over thousands of
worlds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import sterling as st
from sterling.core.evidence import Finding
from sterling.core.judge import VerdictWord, judge
from sterling.stats.multiple import Extreme, Widest

Rates = float | Sequence[float]
Floats = NDArray[np.float64]


def decisions(sizes: Sequence[int], rate: Rates, *, worlds: int, seed: int, prevalence: Rates = 0.5) -> pl.DataFrame:
    """Columns `group` (g0, g1, …), `y` and one column of 0 and 1 per world: selected with probability `rate` (per
    group).
    """
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = _people(rng, sizes, prevalence)
    chance = np.repeat(np.broadcast_to(rate, len(sizes)), sizes)
    columns |= {f"world{k}": (rng.random(len(chance)) < chance).astype(np.int8) for k in range(worlds)}
    return pl.DataFrame(columns)


def scores(sizes: Sequence[int], shift: Rates, *, worlds: int, seed: int) -> pl.DataFrame:
    """As `decisions`, with scores: people with a positive label score higher by `shift` standard deviations (per
    group).
    """
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = _people(rng, sizes, 0.5)
    lift = np.repeat(np.broadcast_to(shift, len(sizes)), sizes) * np.asarray(columns["y"])
    columns |= {f"world{k}": rng.normal(lift) for k in range(worlds)}
    return pl.DataFrame(columns)


def _people(rng: np.random.Generator, sizes: Sequence[int], prevalence: Rates) -> dict[str, object]:
    share = np.repeat(np.broadcast_to(prevalence, len(sizes)), sizes)
    return {"group": np.repeat([f"g{i}" for i in range(len(sizes))], sizes), "y": (rng.random(len(share)) < share) * 1}


def judged(
    frame: pl.DataFrame, check: str, limit: str, *, kind: str = "prediction", **parameters: object
) -> list[VerdictWord]:
    """The verdict of every world: one ask of `check`, one limit written as in a policy (`max_gap = 0.05`)."""
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "{check}"\n[[limit]]\nask = "q"\n{limit}')
    run = asked(frame, check, kind=kind, **parameters)
    verdicts = judge(policy, run.evidence, more_people=lambda *_: None).verdicts
    assert len(verdicts) == sum(c.startswith("world") for c in frame.columns)
    return [v.verdict for v in verdicts]


def asked(frame: pl.DataFrame, check: str, *, kind: str = "prediction", **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask(check, name="q", **parameters),), grid=False)
    worlds = [c for c in frame.columns if c.startswith("world")]
    given = {"prediction": worlds} if kind == "prediction" else {"score": worlds, "score_kind": kind}
    return st.evaluate(frame, label="y", positive=1, groups="group", plan=plan, **given)


def findings(run: st.Run) -> list[Finding]:
    return [f for e in run.evidence for f in e.findings]


def hits(frame: pl.DataFrame, where: pl.Expr | None = None) -> tuple[Floats, Floats]:
    """People selected and people counted, shape (worlds, groups), among the rows of `where`."""
    rows = frame if where is None else frame.filter(where)
    worlds = [c for c in frame.columns if c.startswith("world")]
    table = rows.group_by("group").agg(pl.len().alias("n"), pl.col(worlds).cast(pl.Float64).sum()).sort("group")
    chosen = table.select(worlds).to_numpy().T
    return chosen, np.broadcast_to(table["n"].to_numpy().astype(np.float64), chosen.shape)


def through(frame: pl.DataFrame, check: str, rule: Widest | Extreme, *, some: int = 12, **parameters: object) -> None:
    """The first worlds, carried through plan and check, give the bounds that `rule` gives for all worlds at once."""
    people = [c for c in frame.columns if not c.startswith("world")]
    found = findings(asked(frame.select(*people, *(f"world{k}" for k in range(some))), check, **parameters))
    assert [f.value for f in found] == pytest.approx(list(rule.value[:some]), abs=1e-12)
    assert [f.low for f in found] == pytest.approx(list(rule.at_least[:some]), abs=1e-9)
    assert [f.high for f in found] == pytest.approx(list(rule.at_most[:some]), abs=1e-9)


def share(verdicts: Sequence[str], word: str) -> float:
    return sum(v == word for v in verdicts) / len(verdicts)


def allowed(rate: float, worlds: int) -> float:
    """The promised rate plus three standard errors of a simulation of that many worlds."""
    return rate + 3 * (rate * (1 - rate) / worlds) ** 0.5
