"""Subset scan: the subgroup in which labels depart most from the predicted probabilities, and what chance would find.

A subgroup is a set of values for each of some columns. Its score is the log likelihood ratio between odds multiplied by
q in it and the predicted odds, at the best q. For a given q the best values of one column are those with a positive
part; columns are taken in turn until nothing improves (coordinate ascent), from several starts. Source: Zhang and Neill
2016, arXiv:1611.08292, "Identifying Significant Predictive Bias in Classifiers"; Neill 2012, JRSS B 74:337.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Direction = Literal["higher", "lower", "either"]
"""Whether labels lie above what was predicted, below it, or either."""
_FACTORS = np.exp(np.linspace(np.log(1.05), np.log(20.0), 24))
_BINS = 200
_CLIP = 1e-6
_STEPS = 20


class Found(NamedTuple):
    """The best subset: its score, the factor of the odds, and which values of each column belong to it."""

    score: float
    factor: float
    values: tuple[Bools, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Rows summed up by the cells of the columns' crosses.

    `codes` has shape (cells, columns); `positive` counts labels; `change` of shape (cells, factors) is the sum of
    -log(1 - p + q p). `parts` are cell, mean probability and rows of each score bin of each cell, from which tables are
    drawn that agree with the predictions.
    """

    codes: Ints
    sizes: tuple[int, ...]
    positive: Floats
    change: Floats
    logs: Floats
    parts: tuple[Ints, Floats, Ints]


def tabulate(codes: Ints, sizes: Sequence[int], label: Bools, probability: Floats, direction: Direction) -> Table:
    """Sum rows up. `codes` of shape (rows, columns) with values below `sizes`; scores in 200 bins of equal width."""
    p = np.clip(probability, _CLIP, 1 - _CLIP)
    factors = {"higher": _FACTORS, "lower": 1 / _FACTORS}.get(direction, np.concatenate([1 / _FACTORS, _FACTORS]))
    cells, cell = np.unique(codes, axis=0, return_inverse=True)
    bins = np.minimum((p * _BINS).astype(np.int64), _BINS - 1)
    spots, spot = np.unique(cell.ravel() * _BINS + bins, return_inverse=True)
    rows = np.bincount(spot)
    # Sums of sorted values: they must not depend on the order of the rows.
    order = np.lexsort([p, spot])
    mean = np.add.reduceat(p[order], np.concatenate([[0], np.cumsum(rows)[:-1]])) / rows
    owner = spots // _BINS
    change = np.zeros((len(cells), len(factors)))
    np.add.at(change, owner, -rows[:, None] * np.log1p(mean[:, None] * (factors - 1)))
    return Table(
        codes=cells, sizes=tuple(sizes), positive=_summed(cell.ravel(), label, len(cells)),
        change=change, logs=np.log(factors), parts=(owner, mean, rows),
    )  # fmt: skip


def _summed(place: Ints, values: NDArray[np.generic], size: int) -> Floats:
    return np.asarray(np.bincount(place, weights=values, minlength=size), dtype=np.float64)


def scan(table: Table, positive: Floats, *, penalty: float, starts: int, seed: int) -> Found:
    """The best subset for these counts of positive labels. Each column that is restricted costs `penalty`."""
    gain = positive[:, None] * table.logs + table.change
    rng = np.random.default_rng(seed)
    best = Found(0.0, 1.0, tuple(np.ones(k, dtype=bool) for k in table.sizes))
    for start in range(starts):
        values = [np.ones(k, dtype=bool) if start == 0 else rng.random(k) < 0.5 for k in table.sizes]
        values = [v if v.any() else ~v for v in values]
        found = _ascend(table, gain, values, penalty)
        best = found if found.score > best.score + 1e-9 else best
    return best


def _ascend(table: Table, gain: Floats, values: list[Bools], penalty: float) -> Found:
    inside = np.stack([v[table.codes[:, a]] for a, v in enumerate(values)])
    best = Found(-np.inf, 1.0, tuple(values))
    for _ in range(_STEPS):
        before = best.score
        for a, size in enumerate(table.sizes):
            others = np.delete(inside, a, axis=0).all(axis=0)
            costs = penalty * sum(not values[b].all() for b in range(len(values)) if b != a)
            found, chosen, factor = _column(gain[others], table.codes[others, a], size, penalty)
            if found - costs > best.score:
                values[a] = chosen
                inside[a] = chosen[table.codes[:, a]]
                best = Found(found - costs, float(np.exp(table.logs[factor])), tuple(v.copy() for v in values))
        if best.score <= before + 1e-9:
            break
    return best


def _column(gain: Floats, code: Ints, size: int, penalty: float) -> tuple[float, Bools, int]:
    """The best values of one column, all others held: score less the cost of restricting it, values, factor."""
    by_value = np.zeros((size, gain.shape[1]))
    np.add.at(by_value, code, gain)
    some, every = np.maximum(by_value, 0.0).sum(axis=0) - penalty, by_value.sum(axis=0)
    if every.max() >= some.max():
        return float(every.max()), np.ones(size, dtype=bool), int(every.argmax())
    factor = int(some.argmax())
    return float(some[factor]), by_value[:, factor] > 0, factor


def chance(table: Table, *, shuffles: int, penalty: float, starts: int, seed: int) -> Floats:
    """The best scores of so many tables in which labels are drawn from the predicted probabilities."""
    owner, mean, rows = table.parts
    rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    out = np.empty(shuffles)
    for k in range(shuffles):
        drawn = _summed(owner, rng.binomial(rows, mean), len(table.codes))
        out[k] = scan(table, drawn, penalty=penalty, starts=starts, seed=seed).score
    return out
