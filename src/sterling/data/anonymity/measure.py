"""The numbers of each set of quasi-identifiers: k, unique rows, risks, and what classes give away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sterling.core.data.anonymity import Anonymity, Diversity
from sterling.data.anonymity.classes import Sizes, Tally, classes_with_values, count_classes, plain
from sterling.data.anonymity.diversity import PerClass, is_ordered, per_class
from sterling.data.anonymity.population import match_of_unique

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess


def measure_sets(
    access: TableAccess, sets: Sequence[tuple[str, ...]], sensitive: Sequence[str], *, wanted: int,
    population: int | None = None,
) -> tuple[Anonymity, ...]:  # fmt: skip
    """Every set counted over all rows. A sensitive column is left out of a set that names it as known."""
    sizes = count_classes(access, sets)
    totals = {s: value_counts(access, s) for s in sensitive}
    return tuple(
        _of(columns, size, _diversity(access, columns, sensitive, totals), wanted, population, access.level)
        for columns, size in zip(sets, sizes, strict=True)
    )


def _of(
    columns: tuple[str, ...], sizes: Sizes, diversity: tuple[Diversity, ...], wanted: int, population: int | None,
    level: float,
) -> Anonymity:  # fmt: skip
    return Anonymity(
        quasi=columns, n=sizes.rows, k=sizes.smallest, classes=sizes.classes, unique_rows=sizes.of(1),
        below=sizes.rows_below(wanted), wanted=wanted, highest_risk=1.0 / sizes.smallest,
        average_risk=sizes.classes / sizes.rows, diversity=diversity, population=population,
        match=None if population is None else match_of_unique(sizes, population, level=level),
    )  # fmt: skip


def value_counts(access: TableAccess, column: str) -> pl.DataFrame:
    """Every value of a column once, and its rows as `n`."""
    counted: Tally = access.fold(partial(_values, column=column), Tally.plus, (column,))
    return counted.whole()


def _values(frame: pl.DataFrame, *, column: str) -> Tally:
    values = frame.select(plain(frame.schema, column).alias("value"))
    return Tally((values.group_by("value").agg(pl.len().cast(pl.Int64).alias("n")),))


def _diversity(
    access: TableAccess, columns: tuple[str, ...], sensitive: Sequence[str], totals: dict[str, pl.DataFrame]
) -> tuple[Diversity, ...]:
    about = tuple(s for s in sensitive if s not in columns)
    if not about:
        return ()
    ordered = [is_ordered(access.schema[s]) for s in about]
    parts: list[list[PerClass]] = [[] for _ in about]
    for tallies in classes_with_values(access, columns, about):
        for i, tally in enumerate(tallies):
            counted = tally.whole()
            if counted.height:
                parts[i].append(per_class(counted, totals[about[i]], ordered=ordered[i]))
    return tuple(
        _worst(s, found, ordered=in_order, values=totals[s].height)
        for s, found, in_order in zip(about, parts, ordered, strict=True)
    )


def _worst(column: str, parts: Sequence[PerClass], *, ordered: bool, values: int) -> Diversity:
    """The worst class of each measure. Rounded, since equal classes may differ in their last bits."""
    others = np.concatenate([p.second for p in parts])
    largest = np.concatenate([p.largest for p in parts])
    alone = others == 0
    rows = np.concatenate([p.rows for p in parts])
    return Diversity(
        column=column,
        distinct_l=min(int(p.distinct.min()) for p in parts),
        entropy_l=round(math.exp(min(float(p.entropy.min()) for p in parts)), 12),
        t=round(max(float(p.distance.max()) for p in parts), 12),
        measure="distinct values; " + ("ordered distance" if ordered else "equal distance"),
        recursive_c=None if alone.any() else float((largest / others).max()),
        one_value=int(rows[alone].sum()),
        values=values,
    )
