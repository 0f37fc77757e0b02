"""Which groups a question looks at, what the label means, and estimates and findings from counts of groups."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.estimate import Estimate
from sterling.core.evidence import Finding, Side, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.metrics import DATA_METRICS
from sterling.core.slices import Slice
from sterling.data.people.tally import ROWS, Groups
from sterling.engine.label_values import Rows, rows_of
from sterling.engine.labels import LabelMeaning, label_meaning
from sterling.engine.table import TableAccess
from sterling.stats.normal import z
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import weighted_n

Floats = NDArray[np.float64]

FEW = 10
"""Fewer rows than this are not counted out in words: a note may be read by anyone the page is sent to."""
MOST_LABELS = 20
"""A label with more values is a number or a text, not a class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """A share of each group: value, effective rows behind it, rows and eligible rows. NaN where nobody is eligible."""

    value: Floats
    size: Floats
    n: NDArray[np.int64]
    eligible: NDArray[np.int64]


def families(
    access: TableAccess, groups: Sequence[str] | None, cross: int, *, where: str
) -> tuple[tuple[str, ...], ...]:
    """Single group columns, then crosses of up to `cross` of them; slices that are not to be crossed stay alone.

    Raises ConfigError for a name that is no group column, or a `cross` out of range.
    """
    roles = access.roles
    for name in groups or ():
        if name not in roles.groups:
            raise ConfigError(
                f"{shown(name)!r} is not a group column", where=where,
                expected="one of " + ", ".join(map(shown, roles.groups)) if roles.groups else "",
                hint=near_miss(name, roles.groups) or "name it under groups",
            )  # fmt: skip
    if not 1 <= cross <= 3:
        raise ConfigError(f"cross is {cross}", where=where, expected="1 (no crosses), 2 (pairs) or 3 (triples)")
    used = tuple(dict.fromkeys(groups if groups is not None else roles.groups))
    alone = {roles.groups[i] for i in roles.uncrossed}
    free = [g for g in used if g not in alone]
    crossed = (f for size in range(2, cross + 1) for f in itertools.combinations(free, size))
    return (*((g,) for g in used), *crossed)


def meaning_of(access: TableAccess) -> LabelMeaning | str:
    """What the label's values mean, or why that cannot be told. Raises nothing: a table may have any label."""
    roles = access.roles
    if roles.label is None:
        return "there is no label"
    kind = access.schema[roles.label]
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return f"the label holds values of type {kind}"
    most = None if roles.positive is not None else MOST_LABELS + 2
    seen, missing = access.fold(partial(_seen, column=roles.label, most=most), partial(_both, most=most), [roles.label])
    try:
        found = label_meaning(roles, {roles.label: seen}, missing, access.name, rows=_rows_of(access))
    except InputError as error:
        return error.what
    return "there is no label" if found is None else found


def check_positive(access: TableAccess) -> None:
    """Raises InputError when a positive value was named that no row has."""
    roles = access.roles
    if roles.label is None or roles.positive is None or access.schema[roles.label].is_nested():
        return
    seen, missing = access.fold(partial(_seen, column=roles.label, most=None), partial(_both, most=None), [roles.label])
    if len(seen):
        label_meaning(roles, {roles.label: seen}, missing, access.name, rows=_rows_of(access))


def _rows_of(access: TableAccess) -> Rows:
    return partial(rows_of, access.table, place=access.place)


def distinct_labels(access: TableAccess) -> int:
    """How many values the label has, as far as a class goes: more than `MOST_LABELS` are not counted out."""
    label = access.roles.label
    if label is None or access.schema[label].is_nested() or access.schema[label] in (pl.Binary, pl.Object):
        return MOST_LABELS + 1
    most = MOST_LABELS + 2
    seen, _ = access.fold(partial(_seen, column=label, most=most), partial(_both, most=most), [label])
    return len(seen)


def _seen(frame: pl.DataFrame, *, column: str, most: int | None) -> tuple[pl.Series, int]:
    values = frame[column].fill_nan(None) if frame[column].dtype.is_float() else frame[column]
    distinct = values.drop_nulls().unique().sort()
    return (distinct if most is None else distinct.head(most)), values.null_count()


def _both(a: tuple[pl.Series, int], b: tuple[pl.Series, int], *, most: int | None) -> tuple[pl.Series, int]:
    distinct = pl.concat([a[0], b[0]]).unique().sort()
    return (distinct if most is None else distinct.head(most)), a[1] + b[1]


def shares(groups: Groups, hit: str, eligible: str = ROWS) -> Shares:
    """Of the eligible rows of each group, the share that is hit, weighted when rows are."""
    w, q, h, hq = groups.w[eligible], groups.q[eligible], groups.w[hit], groups.q[hit]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(w > 0, np.clip(h / w, 0.0, 1.0), np.nan)
    return Shares(value=value, size=weighted_n(w, q, h, hq), n=groups.n[ROWS], eligible=groups.n[eligible])


def parts(groups: Groups, eligible: str = ROWS) -> Shares:
    """The share of each group in all rows of the family."""
    w, q, n = groups.w[eligible], groups.q[eligible], groups.n[eligible]
    total, squares = float(w.sum()), float(q.sum())
    value = w / total if total > 0 else np.full(len(w), np.nan)
    size = weighted_n(np.full(len(w), total), np.full(len(w), squares), w, q)
    return Shares(value=value, size=size, n=n, eligible=np.full(len(n), int(n.sum())))


def share_estimates(found: Shares, *, level: float, min_n: int = 1, weighted: bool = False) -> list[Estimate]:
    """An estimate for each group, with Wilson's interval; *insufficient* below `min_n` eligible rows."""
    at = wilson_value(found.value, found.size, z(level))
    method = "Wilson interval at the effective number of rows" if weighted else "Wilson interval"
    return [
        estimate(
            float(v), float(lo), float(hi), level=level, n=int(n), eligible=int(e), method=method, enough=e >= min_n
        )
        for v, lo, hi, n, e in zip(found.value, at.low, at.high, found.n, found.eligible, strict=True)
    ]  # fmt: skip


def estimate(
    value: float, low: float, high: float, *, level: float, n: int, eligible: int | None, method: str,
    enough: bool = True,
) -> Estimate:  # fmt: skip
    """An estimate; None throughout when there is too little to say, or when a part of it is not finite."""
    if not enough:
        return Estimate(
            value=None, low=None, high=None, level=level, n=n, n_eligible=eligible, method=method, status="insufficient"
        )
    if not np.isfinite([value, low, high]).all():
        return Estimate(
            value=None, low=None, high=None, level=level, n=n, n_eligible=eligible, method=method, status="undefined"
        )
    return Estimate(value=value, low=low, high=high, level=level, n=n, n_eligible=eligible, method=method)


def decided(found: Shares, critical: Floats) -> tuple[Floats, Floats]:
    """The exact (Clopper-Pearson) interval of every group at critical values, on which decisions rest."""
    return exact_value(found.value, found.size, critical)


def small(groups: Groups, min_n: int, eligible: str = ROWS) -> tuple[TooSmall, ...]:
    """The groups with fewer eligible rows than are judged."""
    return tuple(
        TooSmall(slice=s, n=int(n), n_eligible=int(e), n_needed=min_n)
        for s, n, e in zip(groups.slices, groups.n[ROWS], groups.n[eligible], strict=True)
        if e < min_n
    )


def side(groups_slices: Sequence[Slice], found: Shares, place: int) -> Side:
    """One of the groups that a finding is about."""
    size = float(found.size[place])
    return Side(
        slice=groups_slices[place], value=float(found.value[place]), n=int(found.n[place]),
        n_eligible=int(found.eligible[place]), n_effective=size if np.isfinite(size) else 0.0,
    )  # fmt: skip


def finding(
    metric: str, *, family: tuple[str, ...], first: Side, second: Side | None, value: float, low: float, high: float,
    level: float, compared: int, method: str, kind: str = "highest", columns: tuple[str, ...] = (),
    too_small: tuple[TooSmall, ...] = (), outermost: tuple[Side, ...] = (),
) -> Finding:  # fmt: skip
    """A number of the table that a limit can speak of."""
    return Finding(
        metric=DATA_METRICS[metric].info, kind=kind, family=family, threshold=None, first=first, second=second,  # type: ignore[arg-type]
        value=value, low=low, high=high, level=level, groups_compared=compared, method=method, columns=columns,
        too_small=too_small, outermost=outermost,
    )  # fmt: skip


def feature_columns(access: TableAccess, *, also: Iterable[str] = ()) -> tuple[str, ...]:
    """The table's columns that have no role, groups made from others among the roles; `also`: more to leave out."""
    roles = access.roles
    taken = {*roles.columns, *also}
    return tuple(c for c in access.columns if c not in taken)


def named_columns(access: TableAccess, columns: Sequence[str] | None, *, where: str) -> tuple[str, ...]:
    """The columns that were named, known to exist, or every one without a role."""
    if columns is None:
        return feature_columns(access)
    return tuple(dict.fromkeys(access.known(columns, where=where)))


def without_repeats(small_groups: Iterable[TooSmall]) -> tuple[TooSmall, ...]:
    """Each slice once, with the fewest eligible rows that any part of the question met."""
    held: dict[Slice, TooSmall] = {}
    for item in small_groups:
        known = held.get(item.slice)
        if known is None or item.n_eligible < known.n_eligible:
            held[item.slice] = item
    return tuple(held.values())


def clusters_note(access: TableAccess) -> tuple[str, ...]:
    """A word on a role that answers from counts do not use."""
    return ("Rows count as independent: clusters are not used here.",) if access.roles.cluster is not None else ()


def few_words(n: int) -> str:
    """A count for a sentence; small ones are not counted out."""
    return f"{n:,}" if n >= FEW else f"fewer than {FEW}"
