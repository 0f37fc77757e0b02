"""Numbers of columns that a limit can speak of, with bounds: the rows are a sample of the rows there could be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from sterling.core.evidence import Finding, Kind, Side
from sterling.core.frozen import dataclass
from sterling.core.metrics import DATA_METRICS
from sterling.core.rates import MetricInfo
from sterling.core.slices import EVERYONE
from sterling.data.statistics.facts import ColumnFacts, TableFacts
from sterling.stats.multiple import Extreme, largest_from
from sterling.stats.normal import sidak, z
from sterling.stats.proportion import exact_value

SHARE = "exact (Clopper-Pearson)"
COUNTED = "counted: the rows themselves, not a sample of others"
SKETCHED = "estimated from the smallest hashes; bounds that hold in 95 of 100 columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of one column: `hits` and `n` rows, and what they weigh where rows have weights."""

    column: str
    hits: int
    n: int
    value: float


Of = Callable[[ColumnFacts], Share | None]


def missing(column: ColumnFacts) -> Share | None:
    if not column.n:
        return None
    weighted = column.weight is not None and column.missing_weight is not None and column.weight > 0
    value = column.missing_weight / column.weight if weighted else column.absent / column.n  # type: ignore[operator]
    return Share(column=column.name, hits=column.absent, n=column.n, value=value)


def zeros(column: ColumnFacts) -> Share | None:
    if column.kind not in ("number", "integer") or not column.present:
        return None
    return _plain(column, column.zeros, column.present)


def not_finite(column: ColumnFacts) -> Share | None:
    if not column.dtype.is_float() or column.n == column.missing:
        return None
    return _plain(column, column.nan + column.infinite, column.n - column.missing)


def empty(column: ColumnFacts) -> Share | None:
    if column.text is None or not column.present:
        return None
    return _plain(column, column.text.empty + column.text.blank, column.present)


def _plain(column: ColumnFacts, hits: int, n: int) -> Share:
    return Share(column=column.name, hits=hits, n=n, value=hits / n)


SHARES: dict[str, Of] = {
    "missing_share": missing,
    "zero_share": zeros,
    "not_finite_share": not_finite,
    "empty_text_share": empty,
}


def findings_of(facts: TableFacts, *, level: float, effective: float = 1.0) -> tuple[Finding, ...]:
    """Every column's own number and the worst of all columns, for each of the numbers above, and counts of values.

    `effective`: what part of the rows the weights leave (Kish), 1 without weights.
    """
    out: list[Finding] = []
    worst = cache(_worst)  # many columns have the same counts
    for name, of in SHARES.items():
        known = [share for c in facts.columns if (share := of(c)) is not None]
        weigh = effective if name == "missing_share" else 1.0
        if known:
            info = DATA_METRICS[name].info
            out.append(_share(info, known, level, weigh, worst, columns=()))
            out += [_share(info, [s], level, weigh, worst, columns=(s.column,)) for s in known]
    out += _distinct(facts, level)
    out.append(_counted(
        DATA_METRICS["constant_columns"].info, "highest", sum(is_constant(c) for c in facts.columns), facts.rows,
        level, len(facts.columns),
    ))  # fmt: skip
    return tuple(out)


def is_constant(column: ColumnFacts) -> bool:
    """Whether all values that are there are the same, or none is there."""
    return column.distinct_error == 0 and column.distinct <= (0 if column.nan else 1)


def _worst(values: tuple[float, ...], sizes: tuple[float, ...], level: float) -> Extreme:
    """The highest of some shares: its low end holds for all of them together, its high end for the highest alone."""
    limits = cache(lambda critical: exact_value(values, sizes, critical))
    if len(values) > 1:
        return largest_from(values, lambda critical: limits(float(critical[0])), level=level)
    low, high = limits(sidak(level, 1, 1)).low[0], limits(z(level, 1)).high[0]  # of one column both ends have one
    only = np.zeros((), dtype=np.int64)
    return Extreme(np.array(values[0]), low, high, only, only, only)


def _share(
    info: MetricInfo, shares: Sequence[Share], level: float, effective: float, of: Callable[..., Extreme], *,
    columns: tuple[str, ...],
) -> Finding:  # fmt: skip
    """The worst of these shares, as `of` (see `_worst`) finds it."""
    worst = of(tuple(s.value for s in shares), tuple(s.n * effective for s in shares), level)
    at = shares[int(worst.group)]
    side = Side(slice=EVERYONE, value=at.value, n=at.n, n_eligible=at.n, n_effective=at.n * effective)
    method = SHARE if columns else f"{SHARE}; of {at.column}, the highest of {len(shares)} columns"
    return Finding(
        metric=info, kind="highest", family=(), threshold=None, first=side, second=None, value=float(worst.value),
        low=float(worst.at_least), high=float(worst.at_most), level=level, groups_compared=len(shares),
        method=method, columns=columns,
    )  # fmt: skip


def _distinct(facts: TableFacts, level: float) -> Iterator[Finding]:
    info = DATA_METRICS["distinct_values"].info
    if not facts.columns:
        return
    kinds: tuple[Kind, Kind] = ("highest", "lowest")
    for kind in kinds:
        pick = max if kind == "highest" else min
        worst = pick(facts.columns, key=lambda c: (c.distinct, c.name))
        yield _values(info, kind, worst, level, columns=(), compared=len(facts.columns))
        for column in facts.columns:
            yield _values(info, kind, column, level, columns=(column.name,), compared=1)


def _values(
    info: MetricInfo, kind: Kind, column: ColumnFacts, level: float, *, columns: tuple[str, ...], compared: int
) -> Finding:
    method = COUNTED if column.distinct_error == 0 else SKETCHED
    method = method if columns else f"{method}; of {column.name}, the {kind} of {compared} columns"
    return _counted(
        info, kind, column.distinct, column.n, level, compared, error=column.distinct_error, columns=columns,
        method=method,
    )  # fmt: skip


def _counted(
    info: MetricInfo, kind: Kind, count: int, n: int, level: float, compared: int, *, error: float = 0.0,
    columns: tuple[str, ...] = (), method: str = COUNTED,
) -> Finding:  # fmt: skip
    """A number that is counted out: its bounds are the number itself, or the error of a sketch."""
    side = Side(slice=EVERYONE, value=float(count), n=n, n_eligible=n, n_effective=float(n))
    return Finding(
        metric=info, kind=kind, family=(), threshold=None, first=side, second=None, value=float(count),
        low=count * (1 - error), high=count / (1 - error), level=level, groups_compared=compared, method=method,
        columns=columns,
    )  # fmt: skip
