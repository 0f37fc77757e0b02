"""Who is in a table, and what is missing, odd or doubtful for whom."""

from __future__ import annotations

from dataclasses import dataclass

from sterling.core.estimate import Estimate
from sterling.core.slices import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstReference:
    """A group's share of the table beside its share of a reference population.

    `ratio` is share over reference. `reference_low` and `reference_high` are None when the reference is given as exact.
    """

    slice: Slice
    share: Estimate
    reference: float
    difference: Estimate
    ratio: Estimate
    reference_low: float | None = None
    reference_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNumber:
    """A number of one group: a share missing, a share of outliers, a share of doubtful labels, a balance measure."""

    slice: Slice
    measure: str
    estimate: Estimate
    column: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGap:
    """The widest difference of a number between groups of one kind, with bounds that hold for all of them together.

    `p`: of the hypothesis that group and number are independent, adjusted for all columns looked at.
    """

    measure: str
    column: str | None
    family: tuple[str, ...]
    first: Slice
    second: Slice
    value: float | None
    low: float | None
    high: float | None
    level: float
    p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A combination of groups that hardly occurs: how many rows there are and how many independence would give.

    `rows` None: fewer than ten, not counted out.
    """

    slice: Slice
    rows: int | None
    expected: float
    largest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What one question about the people in a table found."""

    reference: tuple[AgainstReference, ...] = ()
    numbers: tuple[GroupNumber, ...] = ()
    gaps: tuple[GroupGap, ...] = ()
    holes: tuple[Hole, ...] = ()
    source: str = ""
    """Where the reference comes from."""
