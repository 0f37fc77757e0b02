"""Fills missing values by the median or the most frequent value of each group, and says where it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.treatment import Learned, treatment
from sterling.stats.adjust import holm
from sterling.stats.special import chi2_sf

WHERE = "impute-by-group"
FEW = 10
"""A group with fewer known values is filled as everybody is."""
SIGNIFICANT = 0.05
_KEY = "\0group"

IMPUTE_BY_GROUP = Remedy(
    name="impute-by-group",
    title="Filling missing values by group",
    uses="in_training",
    improves="the share of missing values, without drawing a small group towards the values of a large one",
    worsens="how much a filled column tells of the group, and how sure everything computed from it looks",
    source="Little and Rubin 2019, Statistical Analysis with Missing Data, 3rd ed., 4.2.2; Jeong et al. 2022, AAAI",
    docs="remedies/impute-by-group.md",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fill:
    """What a column is filled with: by group (as text), and for everybody else."""

    column: str
    by_group: Mapping[str, object]
    otherwise: object


@treatment(IMPUTE_BY_GROUP, when="table")
def impute_by_group(
    frame: pl.DataFrame, roles: Roles, seed: int, *, columns: tuple[str, ...] | None = None,
    by: tuple[str, ...] | None = None, indicators: bool = True,
) -> Learned:  # fmt: skip
    """Fill missing numbers by the group's median, and all else by its most frequent value (of several the first).

    `columns`: unless given, all with missing values but label, id, weight and groups. `by`: group columns, crossed;
    unless given, those of the roles; none means everybody alike. Missing is a group. `indicators`: a column
    `<column>_missing` says where a value was missing. Raises ConfigError for a column that does not exist, InputError
    for one that is missing everywhere.
    """
    groups = by if by is not None else roles.groups
    out = {roles.label, roles.id, roles.weight, *groups}
    asked = (
        columns if columns is not None else tuple(c for c in frame.columns if c not in out and _lost(frame[c]).any())
    )
    for column in (*asked, *groups):
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=WHERE, hint=near_miss(column, frame.columns)
            )  # fmt: skip
    for name in (f"{c}_missing" for c in asked if indicators):
        if name in frame.columns:
            raise InputError(f"there is a column {shown(name)!r} already", where=WHERE, hint="indicators = false")
    fills = [_fill(frame, column, groups) for column in asked]

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        key = _group_key(table, groups)
        lost = {f.column: _lost(table[f.column]) for f in fills}
        filled = [_filled(table[f.column], lost[f.column], key, f) for f in fills]
        marks = [lost[f.column].alias(f"{f.column}_missing") for f in fills if indicators]
        return table.with_columns(*filled, *marks)

    return Learned(treat=treat, notes=tuple(_notes(frame, asked, groups)))


def _lost(values: pl.Series) -> pl.Series:
    """Missing, NaN being missing."""
    return values.is_null() | values.is_nan().fill_null(False) if values.dtype.is_float() else values.is_null()


def _group_key(frame: pl.DataFrame, groups: Sequence[str]) -> pl.Series:
    """One text for the crossed groups of each row; lengths keep values apart that hold the separator."""
    if not groups:
        return pl.repeat("", frame.height, dtype=pl.String, eager=True)
    parts = [
        pl.when(pl.col(g).is_null())
        .then(pl.lit("-"))
        .otherwise(pl.col(g).cast(pl.String).str.len_bytes().cast(pl.String) + ":" + pl.col(g).cast(pl.String))
        for g in groups
    ]
    return frame.select(pl.concat_str(parts, separator="|")).to_series()


def _fill(frame: pl.DataFrame, column: str, groups: Sequence[str]) -> _Fill:
    values = _plain(frame[column])
    table = pl.DataFrame({_KEY: _group_key(frame, groups), "v": values}).filter(~_lost(values))
    if not table.height:
        raise InputError(f"{shown(column)!r} is missing in every row", where=WHERE, hint="leave the column out")
    if values.dtype.is_nested():
        raise InputError(
            f"{shown(column)!r} holds no single values",
            where=WHERE,
            got=str(values.dtype),
            hint="leave the column out of columns: lists and records are not filled in",
        )
    number = frame.schema[column].is_numeric()
    large = table.group_by(_KEY).agg(pl.len().alias("n"), *([pl.col("v").median().alias("fill")] if number else []))
    if not number:
        large = large.join(_modes(table), on=_KEY)
    large = large.filter(pl.col("n") >= FEW)
    whole = table["v"].median() if number else _modes(table.with_columns(pl.lit("").alias(_KEY)))["fill"][0]
    by_group = dict(zip(large[_KEY].to_list(), large["fill"].to_list(), strict=True))
    return _Fill(column=column, by_group=by_group, otherwise=whole)


def _modes(table: pl.DataFrame) -> pl.DataFrame:
    value = pl.col("v")
    tie = value if table.schema["v"] not in (pl.Categorical, pl.Enum) else value.cast(pl.String)
    counts = table.group_by(_KEY, "v").len().sort([_KEY, "len", tie], descending=[False, True, False])
    return counts.group_by(_KEY, maintain_order=True).agg(pl.col("v").first().alias("fill"))


def _filled(values: pl.Series, lost: pl.Series, key: pl.Series, fill: _Fill) -> pl.Series:
    """The column with its gaps filled. A column of whole numbers stays one: medians are rounded to even."""
    kind, values = values.dtype, _plain(values)
    whole = values.dtype.is_integer() and not kind.is_temporal()
    low, high = (values.min(), values.max()) if whole else (None, None)

    def fit(value: object) -> object:
        if isinstance(low, int) and isinstance(high, int) and isinstance(value, float):
            return min(max(round(value), low), high)  # the largest whole numbers round to floats beyond their type
        return value

    known = list(fill.by_group)
    other = pl.Series([fit(fill.otherwise)], dtype=values.dtype)
    with_groups = pl.Series([fit(fill.by_group[k]) for k in known], dtype=values.dtype)
    table = pl.DataFrame({"k": pl.Series(known, dtype=pl.String), "fill": with_groups})
    found = key.to_frame("k").join(table, on="k", how="left", maintain_order="left")["fill"]
    found = pl.select(pl.coalesce(found, other.new_from_index(0, len(found)))).to_series()
    return pl.select(pl.when(lost).then(found).otherwise(values)).to_series().cast(kind).alias(values.name)


def _plain(values: pl.Series) -> pl.Series:
    """Days and moments as the numbers behind them: files hold some that no calendar has."""
    return values.to_physical() if values.dtype.is_temporal() else values


def _notes(frame: pl.DataFrame, columns: Sequence[str], groups: Sequence[str]) -> Iterator[str]:
    if not columns:
        yield "No column has missing values."
        return
    tests = [(c, g, _chi_square(_lost(frame[c]), _group_key(frame, [g]))) for c in columns for g in groups]
    if tests:
        adjusted = holm([p for *_, p in tests])
        told = [(c, g, p) for (c, g, _), p in zip(tests, adjusted, strict=True) if p < SIGNIFICANT]
        for column, group, p in told:
            yield (
                f"Whether {shown(column)} is missing goes with {shown(group)} (chi-square, p {_p(float(p))}, all "
                "columns together): values are not missing at random, and a filled or marked column tells of the group."
            )
        yield (
            f"Filled by {', '.join(shown(g) for g in groups)}: a column filled so tells more of the group. Rows to be "
            "decided about that are filled by group, too, use the group at decision."
        )
    yield "One value stands for many unknown ones: intervals of a model trained on them are too narrow."


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _chi_square(lost: pl.Series, key: pl.Series) -> float:
    """The p-value of independence of missingness and group; 1 where either has one value."""
    table = pl.DataFrame({"k": key, "m": lost}).group_by("k").agg(pl.len().alias("n"), pl.col("m").sum()).sort("k")
    n, m = table["n"].to_numpy().astype(float), table["m"].to_numpy().astype(float)
    share = m.sum() / n.sum()
    if len(n) < 2 or share in (0.0, 1.0):
        return 1.0
    statistic = float((((m - n * share) ** 2) / (n * share * (1 - share))).sum())
    return float(chi2_sf(np.array(statistic), np.array(len(n) - 1.0)))
