"""How well all columns together tell the groups, and which of them carry it.

A recipe learns each group against the rest from one half of the rows. On the other half the group is dealt anew many
times while the scores stay: how often a deal is told as well as the groups themselves is the p-value, exact for any
recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.data.leaks.area import Area, area
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.recipe import Recipe
from sterling.stats.draws import stream
from sterling.stats.normal import z
from sterling.stats.paired_auc import placements

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEALS = 499
LOOKED_AT = 3_000
"""Rows held out on which columns are shuffled."""
MOST_SHUFFLED = 20
REPEATS = 3


class Learned(NamedTuple):
    """The recipe that tells one group from the rest, and its scores of the rows held out."""

    fitted: Fitted
    scores: Floats
    area: Area


class Lost(NamedTuple):
    """How much AUC goes when a column is shuffled, with its interval."""

    feature: str
    value: float
    low: float
    high: float


def learn(
    recipe: Recipe, parameters: Mapping[str, object], frame: pl.DataFrame, features: Sequence[str], member: Bools,
    learning: Bools, *, seed: int,
) -> Learned:  # fmt: skip
    """Learn one group against the rest. Raises InputError when a half lacks rows of either."""
    fitted = fit(
        recipe, parameters, frame=frame.filter(learning), features=features,
        label=member[learning].astype(np.int64), seed=seed,
    )  # fmt: skip
    scores = fitted.predict(frame.filter(~learning))
    return Learned(fitted, scores, area(scores, member[~learning]))


def dealt(
    learned: Sequence[Learned], groups: Ints, values: Sequence[int], *, key: str, seed: int
) -> tuple[float, Floats]:
    """The p-value of the best told group, and the best AUC of each deal, shape (deals,).

    `groups` are codes of the rows held out, in an order of their own; `values` the code that each of `learned` tells.
    """
    rng = stream(seed, key)
    told, none = len(learned), len(learned)
    ranks = np.zeros((told + 1, len(groups)))  # the last row is of those whom nothing was learned to tell
    for i, found in enumerate(learned):
        ranks[i] = pl.Series(found.scores).rank().to_numpy()
    which = np.full(max(int(groups.max()), *values) + 1, none)
    which[list(values)] = np.arange(told)
    m, n = np.array([[found.area.positives, found.area.negatives] for found in learned], dtype=np.float64).T
    seen = max(found.area.value for found in learned)
    member, best, rows = which[groups], np.empty(DEALS), np.arange(len(groups))
    for i in range(DEALS):
        order = rng.permutation(member)
        sums = np.bincount(order, weights=ranks[order, rows], minlength=told)[:told]
        best[i] = float(((sums - m * (m + 1) / 2) / (m * n)).max())
    return (1 + int((best >= seen - 1e-9).sum())) / (1 + DEALS), best


def carried(found: Learned, held: pl.DataFrame, member: Bools, *, level: float, key: str, seed: int) -> list[Lost]:
    """What is lost when each column is shuffled among rows held out, most first.

    The interval is DeLong's, of the difference of two scores of the same rows; the shuffles are averaged. Source:
    Breiman 2001, Machine Learning 45:5, 10; DeLong et al. 1988.
    """
    rows, who = held.head(LOOKED_AT), member[:LOOKED_AT]
    if who.sum() < 2 or (~who).sum() < 2:
        return []
    whole = placements(found.fitted.predict(rows), who)
    names = [fact.name for fact in found.fitted.summary.facts]
    gains = list(dict.fromkeys(n for n in names if n in rows.columns)) or list(found.fitted.features)
    out = []
    for feature in gains[:MOST_SHUFFLED]:
        rng = stream(seed, f"{key} {feature}")
        drawn = [rows[feature][rng.permutation(rows.height)].alias(feature) for _ in range(REPEATS)]
        scores = found.fitted.predict(pl.concat([rows.with_columns(d) for d in drawn]))
        parts = [placements(part, who) for part in np.split(scores, REPEATS)]
        apart = [whole[side] - np.mean([p[side] for p in parts], axis=0) for side in (0, 1)]
        value = float(apart[0].mean())
        spread = sum(float(np.var(a, ddof=1)) / len(a) for a in apart)
        reach = z(level) * float(np.sqrt(spread))
        out.append(Lost(feature, value, max(value - reach, -1.0), min(value + reach, 1.0)))
    return sorted(out, key=lambda item: (-item.value, item.feature))
