"""Two scores of the same people: the difference of their AUCs, and of any mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array
from sterling.stats.means import moments, student
from sterling.stats.normal import z


class Change(NamedTuple):
    """Two values of the same people, second less first, and the interval of that difference."""

    first: float
    second: float
    difference: float
    low: float
    high: float


def auc_change(first: ArrayLike, second: ArrayLike, positive: ArrayLike, *, level: float = 0.95) -> Change:
    """AUC of two scores of shape (n,) of the same people, and the DeLong interval of the difference.

    `positive` is True where the label is positive. All NaN without at least two people of each label. Source: DeLong,
    DeLong and Clarke-Pearson 1988, Biometrics 44:837, for correlated curves.
    """
    chosen = np.asarray(positive, dtype=bool)
    if chosen.sum() < 2 or (~chosen).sum() < 2:
        return Change(*[float("nan")] * 5)
    parts = [placements(np.asarray(s, dtype=np.float64), chosen) for s in (first, second)]
    by_positive, by_negative = (parts[1][k] - parts[0][k] for k in (0, 1))
    variance = np.var(by_positive, ddof=1) / len(by_positive) + np.var(by_negative, ddof=1) / len(by_negative)
    values = [float(p.mean()) for p, _ in parts]
    gap, reach = values[1] - values[0], z(level) * float(np.sqrt(variance))
    return Change(values[0], values[1], gap, max(gap - reach, -1.0), min(gap + reach, 1.0))


def placements(score: Array, positive: np.ndarray) -> tuple[Array, Array]:
    """For each positive the share of negatives below it, for each negative the share of positives above; ties half."""
    above, below = np.sort(score[positive]), np.sort(score[~positive])
    under = _share_below(below, score[positive])
    over = 1.0 - _share_below(above, score[~positive])
    return under, over


def _share_below(ordered: Array, values: Array) -> Array:
    left, right = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.asarray((left + right) / (2.0 * len(ordered)))


def mean_change(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> Change:
    """Means of two quantities of the same people, and Student's interval of the mean of their differences."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if len(a) < 2:
        return Change(*[float("nan")] * 5)
    d = b - a
    mean, variance = (float(v) for v in moments(d.sum(), (d * d).sum(), len(d)))
    reach = float(student(z(level), len(d) - 1)) * float(np.sqrt(variance / len(d)))
    return Change(float(a.mean()), float(b.mean()), mean, mean - reach, mean + reach)
