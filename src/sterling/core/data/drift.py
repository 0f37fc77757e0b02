"""How a column's values changed between two tables."""

from __future__ import annotations

from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One statistic of one column between two tables, with its interval.

    `statistic`: of numbers and dates `ks`, `jensen_shannon`, `psi`, `wasserstein` (in interquartile ranges of the other
    table), `wasserstein_units` (in `unit`); of categories `jensen_shannon`, `l_infinity`, `psi`, `total_variation`,
    `cramers_v`, `new_values` (share of rows whose value the other table lacks); of both `missing_share` (here less
    there, the only one with a sign); of texts `length_ks`; `type` where the column is of another type, and nothing
    else of it is compared.

    `p` is of the hypothesis that nothing changed: one test of a column's values serves all their statistics. `drifted`:
    the change is beyond what chance gives in the columns that were looked at together (`adjusted_p` below the level's
    complement); False as well where every value is there in both tables; None where there is too little to say, or no
    test. `n` rows here, `n_other` in the other table. `high` None beside a value: no upper bound holds. `slice`: the
    rows of one group in both tables.
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
    unit: str = ""
    slice: Slice = EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """Rows joined on a key: in how many of the `n` joined rows the column differs, with the interval of the share.

    Of those that differ, `missing_here` and `missing_there` have a value in the other table only. `note`: what else to
    know, such as another type.
    """

    column: str
    n: int
    differing: int
    share: float | None
    low: float | None
    high: float | None
    level: float
    missing_here: int = 0
    missing_there: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifts:
    """What changed from `other` to `table`. `unmatched`: rows of each whose key the other lacks; None without a key.

    `found` is of everyone, `by_group` of groups; both are in order of strength. `repeated`: rows of each that
    share their key with another row and were left out of the join. `tests`: how many the p-values are
    adjusted over. `only_here` and `only_there`: columns that the other table lacks, or this one.
    """

    table: str
    other: str
    found: tuple[Drift, ...]
    skew: tuple[Skew, ...] = ()
    key: str | None = None
    unmatched: tuple[int, int] | None = None
    repeated: tuple[int, int] | None = None
    tests: int = 0
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    by_group: tuple[Drift, ...] = ()
    left_out: tuple[str, ...] = ()
    """Columns that are not compared: ids, weights, and what another column makes."""
