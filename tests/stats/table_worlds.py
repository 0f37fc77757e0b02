"""Numbers of the tables that rules ask for: ratios to the highest rate, predicted against observed, two models."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sterling.core.outcomes import BackTest, Band
from sterling.core.slices import Slice
from sterling.fairness.tables.impact import Counts, category_table, rate_of
from sterling.fairness.tables.model_risk import challenger, inversions
from sterling.stats.backtest import binomial_range
from tests.stats.kept import Behind, Figures, means

Floats = NDArray[np.float64]
Ends = dict[str, list[tuple[float, float]]]
WORLDS, LOOK, MANY = 1_000, 20, 400_000
RATES = {"equal": (0.3, 0.3, 0.3, 0.3), "apart": (0.5, 0.4, 0.3, 0.2)}
SIZES = (60, 300)


def ratios(rates: str, n: int, worlds: int) -> Ends:
    """Both ends of every ratio to the group whose rate came out highest, over the true ratio to that group."""
    rng, p = np.random.default_rng([n, *map(ord, rates)]), RATES[rates]
    out: list[tuple[float, float]] = []
    for hits in rng.binomial(n, p, (worlds, len(p))):
        groups = {Slice.of({"g": str(i)}): (n, int(h)) for i, h in enumerate(hits)}
        counts = Counts({Slice(): (n * len(p), int(hits.sum())), **groups})
        table = category_table(counts, ("g",), level=0.95, small=0.02, leave_out=False, flag=None)
        top = next(i for i, c in enumerate(table.categories) if c.reference)
        for i, c in enumerate(table.categories):
            if c.ratio is not None:
                true = p[i] / p[top]
                out.append((c.ratio.low / true, c.ratio.high / true))  # type: ignore[operator]
    return {"ratio to the highest rate (Katz)": out}


def people(rng: np.random.Generator, n: int) -> tuple[Floats, Floats, NDArray[np.uint8]]:
    """Two models' probabilities, the first of which is calibrated, and labels."""
    merit = rng.normal(size=n)
    p = 1 / (1 + np.exp(1.0 - 1.3 * merit))
    other = 1 / (1 + np.exp(0.7 - merit - rng.normal(0, 0.5, n)))
    return p, other, (rng.random(n) < p).astype(np.uint8)


def models(n: int, worlds: int) -> Ends:
    """Both ends of the changes from one model to another, and the range of the count that the first foretells."""
    rng = np.random.default_rng(n)
    out: Ends = {}
    for _ in range(worlds):
        p, other, y = people(rng, n)
        for c in challenger("other", p, other, y, level=0.95).comparisons:
            d = c.difference
            out.setdefault(f"{c.metric}, paired", []).append((d.low, d.high) if d.low is not None else (np.nan,) * 2)  # type: ignore[arg-type]
        low, high = binomial_range(n, float(p.mean()))
        out.setdefault("count as predicted", []).append((float(low - y.sum()), float(high - y.sum())))
        hits = rng.binomial(n // 5, 0.3, 5)
        _, sure = inversions(tuple(_band(int(h), n // 5) for h in hits), level=0.95)
        out.setdefault("no sure fall between equal bands", []).append((0.0, -float(sure)))
    return out


def _band(hits: int, n: int) -> Band:
    test = BackTest(
        n=n, predicted=0.3, observed=rate_of(hits, n, 0.95), count=hits, expected=0.3 * n, expected_low=0,
        expected_high=n, outside=False,
    )  # fmt: skip
    return Band(low=0.0, high=1.0, test=test)


@cache
def truths() -> dict[str, float]:
    p, other, y = people(np.random.default_rng(99), MANY)
    found = {
        f"{c.metric}, paired": c.difference.value for c in challenger("other", p, other, y, level=0.95).comparisons
    }
    return found | {"count as predicted": 0.0, "no sure fall between equal bands": 0.0}  # type: ignore[return-value]


def _figures(ends: Ends, truth: dict[str, float]) -> Figures:
    out = {}
    for name, both in ends.items():
        low, high = np.array(both).T
        known = ~np.isnan(low)
        out[name] = float(np.mean((low[known] <= truth[name]) & (high[known] >= truth[name])))
    return out


def figures_of_ratios(rates: str, n: int) -> Figures:
    ends = ratios(rates, n, WORLDS)
    return _figures(ends, dict.fromkeys(ends, 1.0))


def figures_of_models(n: int) -> Figures:
    return _figures(models(n, WORLDS), truths())


def few(ends: Ends) -> Behind:
    return {name: means(*np.array(both, dtype=np.float64).T) for name, both in ends.items()}
