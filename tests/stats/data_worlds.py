"""Intervals of what is said of tables: how far two are apart, how unequal groups are, what goes together.

Each world is drawn anew from populations that are known, equal ones and others. The truth is the same number of so many
rows that chance has no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sterling.data.copies.shares import estimate, share_of_sets
from sterling.data.drift.measure import _change, _share
from sterling.data.people.labels import Table, measures
from sterling.stats.association import Strength, contingency, correlation_ratio, cramers_v, mutual_information
from sterling.stats.correlation import pearson, spearman
from sterling.stats.divergence import jensen_shannon_effect, l_infinity_effect, psi_effect, total_variation_effect
from sterling.stats.effect import Effect
from sterling.stats.homogeneity import chi_square
from sterling.stats.homogeneity import cramers_v as cramers_v_of_two
from sterling.stats.imbalance import distances, inequalities, reference_counts
from sterling.stats.kolmogorov import ks_effect, ks_statistic
from sterling.stats.transport import Moments, noise, wasserstein, wasserstein_effect
from tests.stats.kept import Behind, Figures, means

Floats = NDArray[np.float64]
Said = dict[str, tuple[float, float, float]]
"""By name: the low end, the high end and the value."""
WORLDS, LOOK, ENDLESS, ROWS = 400, 20, 1e10, 200_000
SIZES = (100, 1_000)
SAME, OTHER = np.array([0.3, 0.25, 0.2, 0.12, 0.08, 0.05]), np.array([0.2, 0.2, 0.2, 0.2, 0.12, 0.08])


def _of(effect: Effect | None) -> tuple[float, float, float]:
    return (*effect.interval(0.95), effect.value) if effect is not None else (np.nan,) * 3


def _counts(rng: np.random.Generator | None, n: float, share: Floats, weighted: bool) -> Floats:
    """Rows by cell; of weighted rows as many as they are worth, divided as they weigh. Exact without a generator."""
    if rng is None:
        return share * ENDLESS
    rows = rng.multinomial(int(n), share).astype(np.float64)
    if not weighted:
        return rows
    weight = rng.lognormal(0, 0.6, int(n))
    cell = np.bincount(np.repeat(np.arange(len(share)), rows.astype(int)), weights=weight, minlength=len(share))
    return np.asarray(cell * weight.sum() / (weight**2).sum())


def categories(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """Two tables of n rows each with values of six kinds, and one that the first table lacks."""
    a, b = _counts(rng, n, SAME, weighted), _counts(rng, n, OTHER if far else SAME, weighted)
    new = _counts(rng, n, np.array([0.95, 0.05]), weighted)
    gone = [_counts(rng, n, np.array([1 - p, p]), weighted) for p in (0.1, 0.2 if far else 0.1)]
    sizes = float(a.sum()), float(b.sum())
    return {
        "Jensen-Shannon distance": _of(jensen_shannon_effect(a, b)),
        "stability index": _of(psi_effect(a, b)),
        "Cramer's V of two tables": _of(cramers_v_of_two(chi_square(a, b), len(a) - 1, *sizes)),
        "total variation": _of(total_variation_effect(a, b)),
        "largest difference of a share": _of(l_infinity_effect(a, b)),
        "new values": _of(_share(float(new[1]), float(new.sum()))),
        "change of missing values": _of(
            _change(float(gone[0][1]), float(gone[0].sum()), float(gone[1][1]), float(gone[1].sum()))
        ),
    }


def numbers(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """Two tables of n skewed numbers each."""
    rows, draw = (int(n), rng) if rng is not None else (ROWS, np.random.default_rng(99))
    x, y = np.sort(draw.gamma(2.0, 1.0, rows)), np.sort(draw.gamma(2.0, 1.3 if far else 1.0, rows))
    weight = [draw.lognormal(0, 0.6, rows) if weighted and rng is not None else np.ones(rows) for _ in "xy"]
    worth = [float(w.sum() ** 2 / (w**2).sum()) for w in weight]
    given = (*weight,) if weighted else (None, None)
    ks, distance = ks_statistic(x, y, *given), wasserstein(x, y, *given)
    both = np.sort(np.concatenate([x, y]))
    under = [np.append(0.0, np.cumsum(w) / w.sum()) for w in weight]
    f, g = (u[np.searchsorted(v, both, side="right")] for u, v in zip(under, (x, y), strict=True))
    sides = [_moments(v, w, m) for v, w, m in zip((x, y), weight, worth, strict=True)]
    moved = wasserstein_effect(distance, *sides, noise(both, f, g, *worth))
    ends = np.quantile(both, np.arange(1, 10) / 10)
    tenths = [
        np.bincount(np.searchsorted(ends, v), weights=w, minlength=10) * m / w.sum()
        for v, w, m in zip((x, y), weight, worth, strict=True)
    ]
    return {
        "Kolmogorov-Smirnov distance": _of(ks_effect(ks, *worth)), "Wasserstein distance": _of(moved),
        "Jensen-Shannon distance of tenths": _of(jensen_shannon_effect(*tenths)),
    }  # fmt: skip


def _moments(x: Floats, w: Floats, worth: float) -> Moments:
    mean = float(np.average(x, weights=w))
    return Moments(n=worth, mean=mean, std=float(np.sqrt(np.average((x - mean) ** 2, weights=w))))


def sizes_of_groups(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """n rows in six groups: how far from a population that is given, and how unequal."""
    a = _counts(rng, n, OTHER if far else SAME, weighted)
    even = _counts(rng, n, OTHER if far else np.full(6, 1 / 6), weighted)
    found = {f"{name} from a population".replace("_", " "): effect
             for name, (_, effect) in distances(a, reference_counts(SAME, None), ordered=True).items()
             if name != "chi_square"}  # fmt: skip
    return {name: _of(e) for name, e in (found | {k.replace("_", " "): e for k, (_, e) in
            inequalities(even).items()}).items()}  # fmt: skip


def labels_of_groups(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """n rows in three groups with a label: how much more it goes with the first group than with the second."""
    share = np.array([0.5, 0.3, 0.2])[:, None] * np.stack([1 - (p := np.array([0.4, 0.2 if far else 0.4, 0.3])), p], 1)
    cells = _counts(rng, n, share.ravel(), weighted).reshape(3, 2)
    found = measures(Table(positive=cells[:, 1], n=cells.sum(axis=1)), 0, 1, level=0.95)
    return {f"{name.replace('_', ' ')} of two groups": (m.low, m.high, m.value) for name, m in found}


def together(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """n rows with two numbers and two columns of three and four values."""
    rows, draw = (int(n), rng) if rng is not None else (ROWS * 5, np.random.default_rng(99))
    x = draw.gamma(2.0, 1.0, rows)
    y = (0.5 * x if far else 0.0) + draw.exponential(1.0, rows)
    first = draw.integers(0, 3, rows)
    second = np.where(draw.random(rows) < (0.3 if far else 0.0), first, draw.integers(0, 4, rows))
    table = contingency(first, second)
    of_groups = correlation_ratio(y + (0.4 * first if far else 0.0), first)
    found: dict[str, Strength] = {
        "Pearson's correlation": pearson(x, y), "Spearman's correlation": spearman(x, y),
        "Cramer's V": cramers_v(table), "mutual information": mutual_information(table),
        "correlation ratio": of_groups,
    }  # fmt: skip
    return {name: (s.low, s.high, s.value) for name, s in found.items()}


def copies(rng: np.random.Generator | None, n: float, far: bool, weighted: bool) -> Said:
    """About n rows in sets of equal ones, of which one in five or in twenty stand in another table as well."""
    sets, draw = (int(n) // 2, rng) if rng is not None else (ROWS * 5, np.random.default_rng(99))
    size = 1 + draw.poisson(1.0, sets)
    found = estimate(share_of_sets(np.where(draw.random(sets) < (0.2 if far else 0.05), size, 0), size), level=0.95)
    return {"share of rows with copies": (found.low, found.high, found.value)}  # type: ignore[dict-item]


KINDS: dict[str, tuple[Callable[..., Said], bool]] = {
    "categories": (categories, True), "numbers": (numbers, True), "sizes of groups": (sizes_of_groups, True),
    "labels of groups": (labels_of_groups, True), "together": (together, False), "copies": (copies, False),
}  # fmt: skip
"""By name: how worlds are drawn, and whether rows can have weights there."""


WORDS = {"equal": (False, False), "equal, weighted": (False, True), "apart": (True, False),
         "apart, weighted": (True, True)}  # fmt: skip
"""By name: whether populations differ, and whether rows have weights."""


def drawn(kind: str, n: int, far: bool, weighted: bool, worlds: int) -> dict[str, Floats]:
    """Of each number both ends and the value of every world, shape (3, worlds)."""
    rng = np.random.default_rng([n, far, weighted, *map(ord, kind)])
    made = [KINDS[kind][0](rng, n, far, weighted) for _ in range(worlds)]
    return {name: np.array([m[name] for m in made], dtype=np.float64).T for name in made[0]}


@cache
def truths(kind: str, far: bool) -> dict[str, float]:
    found = {name: value for name, (_, _, value) in KINDS[kind][0](None, np.inf, far, False).items()}
    return found if far or kind == "copies" else {k: v if k == "new values" else _none(v) for k, v in found.items()}


def _none(value: float) -> float:
    """What is close to 0 in very many rows of equal populations is 0."""
    return 0.0 if abs(value) < 0.02 else value


def figures(kind: str, n: int, far: bool, weighted: bool) -> Figures:
    """How often the 95 % interval holds the truth, of the worlds that have one."""
    out = {}
    for name, (low, high, _) in drawn(kind, n, far, weighted, WORLDS).items():
        known, truth = ~np.isnan(low), truths(kind, far)[name]
        held = (low[known] <= truth + 1e-9) & (high[known] >= truth - 1e-9)
        out[name] = float(held.mean()) if known.mean() >= 0.9 else float("nan")
    return out


def few(kind: str, n: int, far: bool, weighted: bool) -> Behind:
    return {name: means(*ends[:2]) for name, ends in drawn(kind, n, far, weighted, LOOK).items()}
