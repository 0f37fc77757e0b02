"""Comparing the groups of a family: what every check of this shelf shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, shown
from sterling.core.evidence import Side, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.policy import parse_slice
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity

Ints = NDArray[np.int64]
NO_ROWS = "no row is left to compare: no row meets the where-clause"
NOT_CROSSED = "the groups inside of {slice} were not counted: too few columns are crossed, or there are too many groups"


def nothing_seen(among: Slice) -> str:
    """Why there is no family to compare the groups of."""
    return NOT_CROSSED.format(slice=among) if among.items else NO_ROWS


SHARES = "shares of one whole move together, so two of them are not compared: set min on representation instead"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """The groups of one family that are large enough, and those that are not.

    `among`: the slice whose rows they divide; `columns` are then those beside its own.
    """

    columns: tuple[str, ...]
    rows: Ints
    quantity: Quantity
    measured: Measured
    too_small: tuple[TooSmall, ...]
    among: Slice = EVERYONE

    def side(self, index: int) -> Side:
        row = int(self.rows[index])
        return Side(
            slice=self.measured.slices[row],
            value=float(self.quantity.value[index]),
            n=int(self.measured.n[row]),
            n_eligible=int(self.quantity.n_eligible[index]),
            n_effective=float(self.quantity.n_effective[index]),
        )

    def place(self, slice_: Slice) -> int | None:
        """The index of a slice of these columns among the groups that are large enough."""
        slices = (self.measured.slices[r].without(self.among.family) for r in self.rows)
        return next((i for i, s in enumerate(slices) if s == slice_), None)


def families(
    measured: Measured, metric: Metric, *, threshold: float | None, groups: tuple[str, ...] | None,
    crosses: bool = True, among: Slice = EVERYONE,
) -> Iterator[Family]:  # fmt: skip
    """Each family of slices with its groups split by size: every one needs `min_n` eligible rows.

    `among`: the groups are those of the rows of this slice, as far as its columns were crossed with others.

    Raises ConfigError when `groups` names no group column.
    """
    unknown = set(groups or ()) - set(measured.groups)
    if unknown:
        raise ConfigError(
            f"groups names {', '.join(map(shown, sorted(unknown)))}",
            expected="group columns: " + ", ".join(map(shown, measured.groups)),
        )
    whole = measured.quantity(metric)
    column = measured.column(threshold)
    for family in measured.families:
        columns = tuple(c for c in family if c not in among.family)
        if not columns or not set(among.family) <= set(family):
            continue
        if (groups is not None and not set(columns) <= set(groups)) or (len(columns) > 1 and not crosses):
            continue
        rows = measured.family_rows(family)
        if among.items:
            inside = set(among.items)
            rows = rows[[inside <= set(measured.slices[r].items) for r in rows]]
        part = whole.part(rows, column)
        enough = (part.n_eligible >= measured.min_n) & ~np.isnan(part.value)
        small = tuple(
            TooSmall(slice=measured.slices[r], n=int(measured.n[r]), n_eligible=int(e), n_needed=measured.min_n)
            for r, e in zip(rows[~enough], part.n_eligible[~enough], strict=True)
        )
        yield Family(
            columns=columns, rows=rows[enough], quantity=whole.part(rows[enough], column), measured=measured,
            too_small=small, among=among,
        )  # fmt: skip


def baseline_for(columns: tuple[str, ...], given: tuple[str, ...] | None) -> Slice | None:
    """The baseline slice of a family when every one of its columns has a baseline value, else None."""
    values = dict(item for text in given or () for item in parse_slice(text).items)
    if not set(columns) <= set(values):
        return None
    return Slice(tuple((c, values[c]) for c in columns))


def empty_side(measured: Measured) -> Side:
    """Stands for a comparison that could not be made."""
    return Side(slice=measured.slices[0], value=float("nan"), n=int(measured.n[0]), n_eligible=0, n_effective=0.0)
