"""Rows that occur more than once, rows that stand on both sides of a split, and columns that give the answer away."""

from __future__ import annotations

from typing import Literal

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.slices import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOf:
    """A share among the rows of one group."""

    slice: Slice
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Rows that repeat another, and texts that nearly do.

    `rows`: rows beyond the first of each set of equal rows; `sets`: such sets. `near_pairs`: pairs of different rows
    whose texts are at least `similarity` alike (Jaccard of their pieces, worked out for every pair that MinHash
    proposes); `near_rows`: different rows that have such a partner, of `near_looked_at`. `by_group`: shares of repeats
    by group. `one_in`: only one in so many different rows was counted, all its copies with it; 1 for all of them.
    """

    n: int
    rows: int
    sets: int
    columns: tuple[str, ...]
    share: Estimate | None = None
    near_pairs: int | None = None
    near_rows: int | None = None
    near_columns: tuple[str, ...] = ()
    similarity: float | None = None
    conflicting: int | None = None
    """Sets of rows that are equal in everything but the label."""
    conflicting_share: Estimate | None = None
    """Of rows with a label, those in such a set."""
    near_share: Estimate | None = None
    near_looked_at: int | None = None
    recall: float | None = None
    """The least chance that a pair just as alike as `similarity` is found; more alike ones are found more surely."""
    by_group: tuple[ShareOf, ...] = ()
    one_in: int = 1
    but_one: tuple[tuple[str, int], ...] = ()
    """Columns, with how many different rows have a partner that differs in this column alone; only when asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Rows of one part whose like is in another: `kind` exact, near, entity or time.

    `n`: rows of the second part, `rows` of them affected, `share` with its interval.
    """

    kind: str
    first: str
    second: str
    n: int
    rows: int
    share: Estimate
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLeak:
    """A feature that may tell the label too well: its AUC alone on rows held out.

    The low end of `value` holds for all features that were looked at together; `suspicious`: it is above `beyond`.
    """

    column: str
    value: Estimate
    suspicious: bool
    note: str = ""
    by: Literal["value", "missing", "order"] = "value"
    """What tells it: the value, whether there is one, or the order of an id."""
    beyond: float | None = None

    @property
    def near(self) -> bool:
        """Whether it is above the line, and not beyond doubt."""
        return not self.suspicious and self.beyond is not None and (self.value.value or 0.0) > self.beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguishable:
    """Whether a classifier can tell two tables or parts apart: its AUC on rows held out, and what it goes by."""

    first: str
    second: str
    auc: Estimate
    features: tuple[tuple[str, float], ...] = ()
    """Columns, with what of the AUC is lost on rows held out when the column is shuffled, most first."""
    p: float | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Rows of one table beyond the support of another: the share outside, of everyone (`group` empty) or one group.

    `reasons`: columns and what is outside in them, with counts; never a row's value.
    """

    first: str
    second: str
    group: str
    share: Estimate
    reasons: tuple[tuple[str, int], ...] = ()
    expected: float | None = None
    """The share that falls outside, at most, when the rows come from where the first ones do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """What was looked for between parts or tables, and inside the features."""

    between: tuple[Leak, ...] = ()
    labels: tuple[LabelLeak, ...] = ()
    distinguishable: tuple[Distinguishable, ...] = ()
    outside: tuple[Outside, ...] = ()
