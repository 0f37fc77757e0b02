"""Can a classifier tell the rows of one table from those of another, and what does it go by?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError
from sterling.core.frozen import dataclass
from sterling.data.copies.hashing import row_keys
from sterling.data.leaks.alone import FOLDS, fold_by_fold, folds_of
from sterling.data.leaks.area import Area, area
from sterling.data.leaks.coding import comparable
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.registry import RECIPES
from sterling.stats.draws import stream

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SHUFFLES = 499
NAMES_ROWS = 0.5
"""Texts of which more than this share differ name rows, and say nothing of others."""
LOOKED_AT = 3_000
"""Rows held out on which columns are shuffled."""
TREES = {"max_iter": 60, "min_samples_leaf": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What was found: the AUC on rows held out, the p-value, what each feature carries of it."""

    area: Area
    p: float
    carries: tuple[tuple[str, float], ...]


def usable(first: pl.DataFrame, second: pl.DataFrame, columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that a classifier can go by, and those left out: of no usable kind, or naming rows."""
    used: list[str] = []
    out: list[str] = []
    for column in columns:
        sides = [comparable(f[column]) for f in (first, second)]
        kinds = {s.dtype for s in sides if s is not None and s.null_count() < len(s)}
        texts = kinds == {pl.String} and all(s is not None and s.dtype == pl.String for s in sides)
        both = pl.concat([s for s in sides if s is not None]) if texts else pl.Series([])
        names = texts and both.n_unique() > max(20, NAMES_ROWS * len(both))
        (out if any(s is None for s in sides) or len(kinds) != 1 or names else used).append(column)
    return used, out


def tell_apart(first: pl.DataFrame, second: pl.DataFrame, features: Sequence[str], *, seed: int) -> Apart:
    """Train boosted trees to tell `second` from `first`, each row judged by trees that did not see it.

    Both have `features`. Equal rows share a fold, so that a row that is in both tables cannot be learned by heart. p is
    twice the mean of the folds' own exact permutation tests, which holds however the folds depend on one another.
    Raises InputError when a fold lacks rows of one side. Source: Lopez-Paz and Oquab 2017, ICLR; Vovk and Wang 2020,
    Biometrika 107:791.
    """
    table = pl.concat([_plain(f, features) for f in (first, second)], how="vertical_relaxed")
    later = np.arange(table.height) >= first.height
    fold = folds_of(row_keys(table, features), seed)
    scores, p = np.empty(table.height), []
    carries: tuple[tuple[str, float], ...] = ()
    for k in range(FOLDS):
        out = fold == k
        if any(len(np.unique(later[part])) < 2 for part in (out, ~out)):
            raise InputError("too few rows of one side to tell them apart", where="DA017", hint="give more rows")
        fitted = fit(
            RECIPES["boosted-trees"], TREES, frame=table.filter(~out), features=features,
            label=later[~out].astype(np.int64), seed=seed,
        )  # fmt: skip
        scores[out] = fitted.predict(table.filter(out))
        p.append(_permutation(scores[out], later[out], seed, k))
        if k == 0:
            carries = _carried(fitted, table.filter(out), later[out], seed)
    return Apart(area=fold_by_fold(scores, later, fold), p=min(1.0, 2 * float(np.mean(p))), carries=carries)


def _plain(frame: pl.DataFrame, features: Sequence[str]) -> pl.DataFrame:
    held = {f: comparable(frame[f]) for f in features}
    return pl.DataFrame({f: s for f, s in held.items() if s is not None})


def _permutation(scores: Floats, later: Bools, seed: int, fold: int) -> float:
    """The share of shuffles of who is who whose AUC is at least the one seen. Rows in an order of their own."""
    ranks = np.sort(pl.Series(scores).rank().to_numpy())
    seen = float(pl.Series(scores).rank().to_numpy()[later].sum())
    rng = stream(seed, f"tell apart {fold}")
    m = int(later.sum())
    beyond = sum(float(rng.permutation(ranks)[:m].sum()) >= seen - 1e-6 for _ in range(SHUFFLES))
    return (1 + beyond) / (1 + SHUFFLES)


def _carried(fitted: Fitted, held: pl.DataFrame, later: Bools, seed: int) -> tuple[tuple[str, float], ...]:
    """How much of the AUC is lost when one column is shuffled among rows held out, most first."""
    order = np.argsort(row_keys(held, held.columns), kind="stable")[:LOOKED_AT]
    rows, who = held[order], later[order]
    whole = area(fitted.predict(rows), who).value
    found = []
    gains = [fact.name for fact in fitted.summary.facts if fact.value > 0][:20]
    for column in gains:
        shuffled = rows[column][stream(seed, f"shuffle {column}").permutation(len(order))]
        lost = whole - area(fitted.predict(rows.with_columns(shuffled.alias(column))), who).value
        found.append((column, float(lost) if np.isfinite(lost) else 0.0))
    return tuple(sorted(found, key=lambda f: (-f[1], f[0])))
