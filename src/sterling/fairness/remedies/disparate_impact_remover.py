"""Repairs columns of numbers so that their distributions are nearer to one another in all groups; ranks are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.core.treatment import Learned, treatment
from sterling.fairness.remedies.groups import as_floats, coded, groups_asked, numbers_asked

WHERE = "disparate-impact-remover"
FEW = 10
"""A group with fewer known values of a column is left as it is there: its quantiles would be noise."""
Floats = NDArray[np.float64]

DISPARATE_IMPACT_REMOVER = Remedy(
    name="disparate-impact-remover",
    title="Repairing features by group quantiles",
    uses="at_decision",
    improves="how much the repaired columns tell of the group, one by one",
    worsens="what a value means: equal values of two groups become unequal; accuracy where a column truly tells",
    source="Feldman, Friedler, Moeller, Scheidegger and Venkatasubramanian 2015, KDD, section 5",
    docs="remedies/disparate-impact-remover.md",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Quantiles:
    """The known values of one column in each group, ascending; None for a group that has too few."""

    of: tuple[Floats | None, ...]

    def repaired(self, values: Floats, code: NDArray[np.int64], amount: float) -> Floats:
        out = values.copy()
        for place, known in enumerate(self.of):
            mine = (code == place) & ~np.isnan(values)
            if known is not None and mine.any():
                share = rank_share(known, values[mine])
                out[mine] = (1 - amount) * values[mine] + amount * self.median_at(share)
        return out

    def median_at(self, share: Floats) -> Floats:
        """The median over groups of their values at these shares of their rows."""
        held = [np.quantile(known, share) for known in self.of if known is not None]
        return np.asarray(np.median(np.stack(held), axis=0))


def rank_share(known: Floats, values: Floats) -> Floats:
    """Where values stand among the known ones (ascending), from 0 to 1: the inverse of `numpy.quantile`.

    Equal values stand in the middle of their places; values in between in proportion; beyond the ends at 0 and 1.
    """
    distinct, first, count = np.unique(known, return_index=True, return_counts=True)
    middle = first + (count - 1) / 2
    if len(distinct) == 1:
        return np.where(values < distinct[0], 0.0, np.where(values > distinct[0], 1.0, 0.5))
    return np.asarray(np.interp(values, distinct, middle / (len(known) - 1)))


@treatment(DISPARATE_IMPACT_REMOVER, when="training")
def disparate_impact_remover(
    frame: pl.DataFrame, roles: Roles, seed: int, *, columns: tuple[str, ...] | None = None,
    by: tuple[str, ...] | None = None, amount: float = 1.0,
) -> Learned:  # fmt: skip
    """Move each value towards the median, over groups, of their quantiles at the share where it stands in its group.

    `columns`: of numbers; unless given, all without a role with more than two values. `by`: group columns, crossed;
    unless given, those of the roles. `amount`: from 0 (nothing changes) to 1 (the groups' distributions are equal).
    Missing values stay missing; a group that was not learned from, or has fewer than 10 values, is left as it is.
    Raises ConfigError or InputError for columns that cannot be repaired.
    """
    if not 0 <= amount <= 1:
        raise ConfigError(f"an amount of {amount:g}", where=WHERE, expected="a number from 0 to 1")
    groups = groups_asked(roles, by, frame, where=WHERE)
    asked = numbers_asked(frame, columns, (roles.label, roles.id, roles.weight, *groups), where=WHERE)
    learned_of = coded(frame, groups)
    held = {c: _quantiles(as_floats(frame[c]), learned_of.code, len(learned_of.slices)) for c in asked}
    if all(sum(k is not None for k in q.of) < 2 for q in held.values()):
        raise InputError(
            f"fewer than two groups have {FEW} values of any column",
            where=WHERE,
            hint="name a group column with larger groups, or other columns",
        )

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        code = coded(table, groups, learned_of.slices).code
        return table.with_columns(
            pl.Series(c, q.repaired(as_floats(table[c]), code, amount)).fill_nan(None) for c, q in held.items()
        )

    return Learned(treat=treat, notes=tuple(_notes(held, learned_of.slices)))


def _quantiles(values: Floats, code: NDArray[np.int64], groups: int) -> _Quantiles:
    of = [np.sort(values[(code == g) & ~np.isnan(values)]) for g in range(groups)]
    return _Quantiles(of=tuple(k if len(k) >= FEW else None for k in of))


def _notes(held: Mapping[str, _Quantiles], slices: Sequence[Slice]) -> list[str]:
    out = [
        "Each column is repaired by itself: what columns tell of the group together may remain.",
        "The group of everybody who is decided about must be known, and it changes the values the model sees.",
    ]
    small = {str(s) for q in held.values() for s, k in zip(slices, q.of, strict=True) if k is None}
    if small:
        out.append(
            f"Left as they are, for fewer than {FEW} values in some column: {', '.join(map(shown, sorted(small)))}."
        )
    return out
