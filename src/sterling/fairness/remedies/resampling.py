"""Draws rows again or leaves rows out, so that group and label have the shares that are asked for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import in_canonical_order
from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.extras import require
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.slices import group_text
from sterling.core.treatment import Learned, treatment
from sterling.fairness.remedies.groups import as_floats, coded, groups_asked

WHERE = "resampling"
METHODS, TARGETS = ("over", "under", "smote"), ("label", "cells")
NEIGHBOURS = 5
_LARGEST = 1e150
"""Of larger numbers no distance can be told: squares leave float64's range."""
Ints = NDArray[np.int64]

RESAMPLING = Remedy(
    name="resampling",
    title="Resampling by group and label",
    uses="in_training",
    improves="the gap in selection rate that a model learns from unequal shares of labels and of groups",
    worsens="calibration: shares of labels in training are not those of the world; a small cell is repeated or made up",
    source="Kamiran and Calders 2012, Knowledge and Information Systems 33:1, 5.4; Chawla et al. 2002, JAIR 16:321",
    docs="remedies/resampling.md",
)


@treatment(RESAMPLING, when="training", others="untouched")
def resampling(
    frame: pl.DataFrame, roles: Roles, seed: int, *, by: tuple[str, ...] | None = None, method: str = "over",
    to: str = "label",
) -> Learned:  # fmt: skip
    """Cells of group (crossed) and label are brought to the sizes asked for, by imbalanced-learn.

    `method`: "over" draws rows of small cells again, "under" leaves out rows of large ones, "smote" makes new rows
    between like ones (SMOTE-NC; needs numbers without gaps). `to`: "label" makes group and label independent, "cells"
    makes all cells equally large. Rows without a label are left out. Which rows are drawn depends on the seed and not
    on their order. Raises ConfigError for another word, InputError for a cell that cannot be drawn from, MissingExtra.
    """
    for word, known, what in ((method, METHODS, "method"), (to, TARGETS, "to")):
        if word not in known:
            raise ConfigError(f"{what} is {shown(word)!r}", where=WHERE, expected=", ".join(known))
    if roles.label is None:
        raise ConfigError("there is no label", where=WHERE, hint="name it: --label COLUMN")
    label, groups = roles.label, groups_asked(roles, by, frame, where=WHERE)
    _cells(frame, label, groups)
    nested = next((c for c, kind in frame.schema.items() if kind.is_nested() or kind.is_object()), None)
    if nested is not None:
        raise InputError(
            f"the cells of the column {shown(nested)!r} are not single values", where=WHERE,
            expected="numbers, text, true or false, dates", hint="leave it out, or give it columns of its own",
        )  # fmt: skip

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        rows = in_canonical_order(table.drop_nulls(label))
        cell, shape = _cells(rows, label, groups)
        target = wanted(np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape), method, to)
        sizes = {int(c): int(target.ravel()[c]) for c in np.unique(cell)}
        if method == "smote":
            return _made(rows, cell, sizes, roles, seed)
        name = "over_sampling.RandomOverSampler" if method == "over" else "under_sampling.RandomUnderSampler"
        return rows[_drawn(name, cell, sizes, seed)]

    return Learned(treat=treat, notes=tuple(_notes(method)))


def _cells(frame: pl.DataFrame, label: str, groups: tuple[str, ...]) -> tuple[Ints, tuple[int, int]]:
    rows = frame.drop_nulls(label)
    values = sorted({group_text(v) or "" for v in rows[label].unique().to_list()})
    if not 2 <= len(values) <= 20:
        raise InputError(
            f"{shown(label)!r} has {len(values):,} different values",
            where=WHERE,
            expected="from 2 to 20",
            hint="is it the label? A label of many values can be cut into ranges first",
        )
    by_group, by_label = coded(rows, groups), coded(rows, [label])
    shape = (len(by_group.slices), len(by_label.slices))
    return by_group.code * shape[1] + by_label.code, shape


def wanted(counts: Ints, method: str, to: str) -> Ints:
    """The sizes that cells are brought to, shape (groups, labels). Empty cells stay empty.

    `label`: with "over" and "smote" each group's rows of one label are enough for the share of labels among all, none
    being left out; with "under" none being drawn again. `cells`: the largest, or the smallest one.
    """
    n = counts.astype(np.float64)
    share = n.sum(axis=0) / n.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(n > 0, n / share[None, :], np.nan)
    up = method != "under"
    if to == "cells":
        size = np.nanmax(np.where(n > 0, n, np.nan)) if up else np.nanmin(np.where(n > 0, n, np.nan))
        target = np.full(n.shape, size)
    else:
        whole = np.nanmax(ratio, axis=1) if up else np.nanmin(ratio, axis=1)
        target = whole[:, None] * share[None, :]
    rounded = np.rint(target)
    fitted = np.maximum(rounded, n) if up else np.clip(rounded, 1, n)
    return np.where(counts > 0, fitted, 0).astype(np.int64)


def _drawn(name: str, cell: Ints, sizes: Mapping[int, int], seed: int) -> Ints:
    module, _, kind = name.partition(".")
    imblearn = require(f"imblearn.{module}", extra="resample", why="resampling")
    if len(sizes) < 2:
        raise InputError(
            "all rows are of one group and label", where=WHERE, hint="name a group column with two values or more"
        )
    sampler = getattr(imblearn, kind)(sampling_strategy=dict(sizes), random_state=seed)
    sampler.fit_resample(np.arange(len(cell))[:, None], cell)
    return np.sort(np.asarray(sampler.sample_indices_, dtype=np.int64))


def _made(rows: pl.DataFrame, cell: Ints, sizes: Mapping[int, int], roles: Roles, seed: int) -> pl.DataFrame:
    """The rows, and below them new ones between rows of one cell: numbers in between, else what is most frequent."""
    imblearn = require("imblearn.over_sampling", extra="resample", why="SMOTE")
    small = [n for c, n in zip(*np.unique(cell, return_counts=True), strict=True) if sizes[int(c)] > n]
    if small and min(small) <= NEIGHBOURS:
        raise InputError(
            f"a cell of group and label has {min(small)} rows", where=WHERE, expected=f"more than {NEIGHBOURS}",
            hint='method = "over", or join small groups',
        )  # fmt: skip
    used = [c for c, d in rows.schema.items() if c not in (roles.id, roles.weight) and _usable(d)]
    numbers = [c for c in used if rows.schema[c].is_numeric() and c not in (roles.label, *roles.groups)]
    names = [c for c in used if c not in numbers]
    gaps = [c for c in numbers if np.isnan(as_floats(rows[c])).any()]
    if gaps:
        raise InputError(
            f"{shown(gaps[0])!r} has missing values", where=WHERE, expected="numbers without gaps",
            hint="impute-by-group first",
        )  # fmt: skip
    wide = [c for c in numbers if not bool((np.abs(as_floats(rows[c])) <= _LARGEST).all())]
    if wide:
        raise InputError(
            f"{shown(wide[0])!r} has infinite or very large values", where=WHERE,
            expected=f"numbers of at most {_LARGEST:g}, whose distances can be told", hint='method = "over"',
        )  # fmt: skip
    if not numbers:
        raise InputError("SMOTE needs a column of numbers", where=WHERE, hint='method = "over"')
    codes = {c: coded(rows, [c]) for c in names}
    table = np.column_stack([*(as_floats(rows[c]) for c in numbers), *(codes[c].code.astype(float) for c in names)])
    places = list(range(len(numbers), len(used)))
    kind = imblearn.SMOTENC(categorical_features=places, sampling_strategy=dict(sizes), random_state=seed,
                            k_neighbors=NEIGHBOURS)  # fmt: skip
    made, _ = kind.fit_resample(table, cell)
    new = np.asarray(made)[rows.height :]
    columns = {c: _typed(new[:, i], rows[c]) for i, c in enumerate(numbers)}
    for i, c in enumerate(names, start=len(numbers)):
        values = rows[c].unique()
        order = np.argsort(coded(values.to_frame(), [c], codes[c].slices).code)
        columns[c] = values[order][new[:, i].astype(np.int64)]
    added = pl.DataFrame([columns[c].alias(c) for c in used])
    return pl.concat([rows, added], how="diagonal")


def _usable(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum)


def _typed(values: NDArray[np.float64], like: pl.Series) -> pl.Series:
    """Numbers in the column's own type; whole numbers rounded."""
    whole = like.dtype.is_integer()
    made = pl.Series(like.name, np.rint(values) if whole else values)
    if not whole:
        return made.cast(like.dtype)
    # The largest whole numbers round to floats beyond their type: nothing made lies outside what is there.
    low, high = int(like.min()), int(like.max())  # type: ignore[arg-type]
    inside = made.cast(like.dtype, strict=False)
    beyond = pl.select(pl.when(made < 0.0).then(pl.lit(low, like.dtype)).otherwise(pl.lit(high, like.dtype)))
    return inside.fill_null(beyond.to_series())


def _notes(method: str) -> list[str]:
    out = [
        "Only rows to learn from are resampled; measuring on resampled rows flatters.",
        "A model's scores are no longer shares of the world: look at its calibration before reading them as chances.",
    ]
    if method == "over":
        out.append("A row may be there many times: its model knows it by heart. Split before resampling, never after.")
    if method == "under":
        out.append("Rows of large cells are left out, and with them what they would have taught.")
    if method == "smote":
        out.append("New rows are made up: nobody has these values. They have no id and no weight.")
    return out
