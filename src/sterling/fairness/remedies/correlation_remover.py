"""Takes out of columns of numbers what a straight line through the groups tells of them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.treatment import Learned, treatment
from sterling.fairness.remedies.groups import Coded, as_floats, coded, groups_asked, numbers_asked

WHERE = "correlation-remover"
Floats = NDArray[np.float64]

CORRELATION_REMOVER = Remedy(
    name="correlation-remover",
    title="Removing correlation with the group",
    uses="at_decision",
    improves="the correlation of each changed column with each group",
    worsens="what a value means: it is moved by the group's mean; what is not linear remains",
    source="fairlearn 0.13, CorrelationRemover; Frisch and Waugh 1933, Econometrica 1:387",
    docs="remedies/correlation-remover.md",
)


@treatment(CORRELATION_REMOVER, when="training")
def correlation_remover(
    frame: pl.DataFrame, roles: Roles, seed: int, *, columns: tuple[str, ...] | None = None,
    by: tuple[str, ...] | None = None, amount: float = 1.0,
) -> Learned:  # fmt: skip
    """Each column less its least-squares prediction from the groups (an indicator each, less its mean), times `amount`.

    Afterwards the column is uncorrelated with every group on the rows it learned from; its mean stays. `columns` and
    `by` as in the disparate-impact remover; groups are not crossed. Rows where the column is missing are not learned
    from and stay missing. A group that was not learned from counts as none.
    Raises ConfigError or InputError for columns that cannot be changed.
    """
    if not 0 <= amount <= 1:
        raise ConfigError(f"an amount of {amount:g}", where=WHERE, expected="a number from 0 to 1")
    groups = groups_asked(roles, by, frame, where=WHERE)
    asked = numbers_asked(frame, columns, (roles.label, roles.id, roles.weight, *groups), where=WHERE)
    held = {g: coded(frame, [g]) for g in groups}
    known = {g: c.slices for g, c in held.items()}
    if all(len(s) < 2 for s in known.values()):
        raise InputError("every row is of one group", where=WHERE, hint="name a group column with two values or more")
    design = indicators(list(held.values()))
    weights = {c: _line(as_floats(frame[c]), design, c) for c in asked}

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        rows = indicators([coded(table, [g], known[g]) for g in groups])
        return table.with_columns(_without(table[c], rows, *weights[c], amount) for c in asked)

    return Learned(
        treat=treat,
        notes=(
            "Straight lines only: a spread, a shape, or columns together may still tell the group.",
            "The group of everybody who is decided about must be known, and it changes the values the model sees.",
        ),
    )


def indicators(groups: list[Coded]) -> Floats:
    """A column of 0 and 1 for every group but the first of each group column; shape (rows, columns)."""
    parts = [(g.code[:, None] == np.arange(1, len(g.slices))[None, :]).astype(np.float64) for g in groups]
    return np.concatenate(parts, axis=1)


def _line(values: Floats, design: Floats, column: str) -> tuple[Floats, Floats]:
    """Means of the indicators and the slopes of the column on them less these means, where the column is known."""
    here = ~np.isnan(values)
    if not here.any():
        raise InputError(
            f"{shown(column)!r} is missing in every row", where=WHERE, hint="leave the column out, or fill it in first"
        )
    means = design[here].mean(axis=0)
    slopes = np.linalg.lstsq(design[here] - means, values[here], rcond=None)[0]
    return means, np.asarray(slopes)


def _without(values: pl.Series, design: Floats, means: Floats, slopes: Floats, amount: float) -> pl.Series:
    moved = as_floats(values) - amount * ((design - means) @ slopes)
    return pl.Series(values.name, moved).fill_nan(None)
