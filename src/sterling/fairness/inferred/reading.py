"""From columns of probabilities, or shares of groups, to people with their chances to belong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.metrics import Metric
from sterling.core.rates import Rate
from sterling.engine.encode import Batch
from sterling.fairness.inferred.bounds import People

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_ROUNDING = 1e-6
_CODE = "FA020"


def pairs_of(written: Sequence[str], what: str) -> dict[str, str]:
    """From `white=p_white` to value and column (or share). Raises ConfigError for anything else."""
    pairs: dict[str, str] = {}
    for text in written:
        value, found, rest = text.partition("=")
        if not found or not value.strip() or not rest.strip() or value.strip() in pairs:
            raise ConfigError(f"cannot read {shown(text)!r}", where=_CODE, expected=f"value={what}, each value once")
        pairs[value.strip()] = rest.strip()
    if len(pairs) < 2:
        raise ConfigError("there is nothing to compare", where=_CODE, expected="two values or more")
    return pairs


def columns_of(written: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The columns of probabilities. Raises ConfigError naming one that does not exist."""
    columns = tuple(pairs_of(written, "column").values())
    for column in columns:
        if column not in known:
            raise ConfigError(f"there is no column {shown(column)!r}", where=_CODE, hint=near_miss(column, known))
    return columns


def chances_of(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[Floats, Bools]:
    """Probabilities of shape (rows, values), and the rows where none is missing.

    Raises InputError when a column holds no probabilities, or a row's sum to more than 1.
    """
    for column in columns:
        if not frame[column].dtype.is_numeric():
            raise InputError(
                f"the column {shown(column)!r} holds no numbers", where=_CODE, expected="probabilities from 0 to 1"
            )
    chance = frame.select(pl.col(c).cast(pl.Float64).fill_null(float("nan")) for c in dict.fromkeys(columns))
    array = np.stack([chance[c].to_numpy() for c in columns], axis=1)
    known = ~np.isnan(array).any(axis=1)
    held = array[known]
    if held.size and not (held.min() >= 0 and held.max() <= 1):
        raise InputError(
            "chances to belong to a group lie outside 0 to 1", where=_CODE, expected="probabilities from 0 to 1",
            hint="give percentages divided by 100",
        )  # fmt: skip
    too_much = int((held.sum(axis=1) > 1 + _ROUNDING).sum())
    if too_much:
        raise InputError(
            f"in {too_much:,} rows the chances sum to more than 1", where=_CODE,
            expected="chances of values of which a person has one",
        )  # fmt: skip
    return array, known


def shares_of(written: Sequence[str]) -> dict[str, float]:
    """The share of each value among all people. Raises ConfigError when they are none."""
    shares: dict[str, float] = {}
    for value, text in pairs_of(written, "share").items():
        try:
            shares[value] = float(text)
        except ValueError:
            raise ConfigError(f"{shown(text)!r} is no share", where=_CODE, expected="a number from 0 to 1") from None
    if not all(0 <= share <= 1 for share in shares.values()) or sum(shares.values()) > 1 + _ROUNDING:
        raise ConfigError(
            "shares of groups lie outside 0 to 1 or sum to more than 1",
            where=_CODE,
            hint="give shares such as 0.6 and 0.4, of groups of which a person has one",
        )
    return shares


def cells_counted(metric: Metric) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The confusion cells a plain share counts, and those it counts among; None for every other metric."""
    if not isinstance(metric, Rate) or metric.where is not None or metric.proportion is None:
        return None
    return metric.proportion


def people_of(batch: Batch, model: int, cut: float, counted: tuple[tuple[int, ...], tuple[int, ...]],
              chance: Floats, known: Bools) -> People:  # fmt: skip
    """The rows that the rate counts among. `cut`: scores at or above it are selected."""
    selected = batch.scores[model] >= cut
    # As `core.algebra.CELLS`: selected and labelled positive, negative; not selected likewise; the unlabelled last.
    cell = np.where(
        batch.label == 2, np.where(selected, 4, 5), np.where(selected, 0, 2) + np.where(batch.label == 1, 0, 1)
    )
    hits, among = (np.isin(cell, part) for part in counted)
    return People(
        chance=chance[known], hit=hits[known], miss=(among & ~hits)[known],
        weight=np.ones(int(known.sum())) if batch.weight is None else batch.weight[known],
        cluster=None if batch.cluster is None else np.unique(batch.cluster[known], return_inverse=True)[1],
    )  # fmt: skip
