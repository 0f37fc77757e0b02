"""Rows that occur more than once, rows that stand on both sides of a split, and columns that give the answer away."""

from __future__ import annotations

from dataclasses import dataclass

from sterling.core.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Rows that repeat another, and texts that nearly do.

    `rows`: rows beyond the first of each set of equal rows; `sets`: such sets. `near_pairs`: pairs of different rows
    whose texts are at least `similarity` alike (Jaccard, estimated by MinHash). `by_group`: shares of repeats by group.
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
    """A feature that tells the label too well: its AUC alone on rows held out; `suspicious`: its low end is beyond."""

    column: str
    value: Estimate
    suspicious: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguishable:
    """Whether a classifier can tell two tables or parts apart: its AUC on rows held out, and what it goes by."""

    first: str
    second: str
    auc: Estimate
    features: tuple[tuple[str, float], ...] = ()
    p: float | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """What was looked for between parts or tables, and inside the features."""

    between: tuple[Leak, ...] = ()
    labels: tuple[LabelLeak, ...] = ()
    distinguishable: tuple[Distinguishable, ...] = ()
    outside: tuple[Outside, ...] = ()
