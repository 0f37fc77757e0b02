"""How a column's values changed between two tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One statistic of one column between two tables, with its interval.

    `statistic`: `ks`, `jensen_shannon`, `l_infinity`, `psi`, `chi_square`, `wasserstein`, `missing_share`.
    `drifted`: the change is beyond what chance gives in the columns that were looked at together (`adjusted_p` below
    the level's complement); None where there is too little to say. `n` rows here, `n_other` in the other table.
    """

    column: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    n_other: int
    p: float | None = None
    adjusted_p: float | None = None
    drifted: bool | None = None
    method: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """Rows joined on a key: in how many of the `n` joined rows the column differs, with the interval of the share."""

    column: str
    n: int
    differing: int
    share: float | None
    low: float | None
    high: float | None
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifts:
    """What changed from `other` to `table`. `unmatched`: rows of each whose key the other lacks; None without a key."""

    table: str
    other: str
    found: tuple[Drift, ...]
    skew: tuple[Skew, ...] = ()
    key: str | None = None
    unmatched: tuple[int, int] | None = None
