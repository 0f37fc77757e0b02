"""Who is in a table, and what is missing, odd or doubtful for whom."""

from __future__ import annotations

from typing import Literal

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.slices import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstReference:
    """A group's share of the table beside its share of a reference population.

    `ratio` is share over reference. `reference_low` and `reference_high` are None when the reference is given as exact.
    `low_together` and `high_together`: bounds of the difference that hold for all groups of the family together.
    """

    slice: Slice
    share: Estimate
    reference: float
    difference: Estimate
    ratio: Estimate
    reference_low: float | None = None
    reference_high: float | None = None
    low_together: float | None = None
    high_together: float | None = None


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
class Fit:
    """A test of all groups of a family at once: do their shares fit the reference, or each other?"""

    family: tuple[str, ...]
    hypothesis: Literal["reference", "uniform", "independence"]
    statistic: float
    df: int
    p: float
    n: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A measure of balance. `about` labels: of `first` less that of `second`; groups: of all shares of a family.

    `distribution` measures compare the shares of the groups with a reference (`against`); `aggregate` measures say how
    unequal they are.
    """

    measure: str
    about: Literal["labels", "distribution", "aggregate"]
    family: tuple[str, ...]
    estimate: Estimate
    first: Slice | None = None
    second: Slice | None = None
    p: float | None = None
    against: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A combination of groups that hardly occurs: how many rows there are and how many independence would give.

    `rows` None: fewer than ten, not counted out. `largest`: no wider combination that holds it is hardly there too.
    `needed`: rows that would fill it up to `threshold`, at most; `p`: the chance of so few rows if columns were
    independent.
    """

    slice: Slice
    rows: int | None
    expected: float
    largest: bool = False
    needed: int | None = None
    threshold: int | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What one question about the people in a table found."""

    reference: tuple[AgainstReference, ...] = ()
    numbers: tuple[GroupNumber, ...] = ()
    gaps: tuple[GroupGap, ...] = ()
    holes: tuple[Hole, ...] = ()
    source: str = ""
    """Where the reference comes from."""
    fits: tuple[Fit, ...] = ()
    balance: tuple[Balance, ...] = ()
    holes_found: int | None = None
    """How many holes there are; `holes` lists those that surprise most."""
    ids: tuple[str, ...] = ()
    """Ids of rows whose label is least like what a model expects; only when somebody asked for them."""
