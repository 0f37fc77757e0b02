"""What limits on drift are held against: each number of each column, and the worst of all columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sterling.core.evidence import Finding, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.slices import EVERYONE, Slice
from sterling.data.drift.compare import Compare
from sterling.data.drift.facts import Found, Measured
from sterling.data.drift.measure import size_of
from sterling.stats.effect import Bounds

_ALONE = ("wasserstein_units",)
"""Numbers whose unit is the column's own: there is no worst of several columns."""
METHOD = "over: bounds of all columns together (Sidak); within: one-sided"


def drift_findings(compared: Sequence[Compare], level: float) -> Iterator[Finding]:
    """The worst column of each number first, then column by column; with several tables the worst of them."""
    yield from _of_slice(compared, level, None)


def group_findings(sliced: Sequence[Compare], level: float) -> Iterator[Finding]:
    """The same of each group by itself, for limits that name it (`slice`)."""
    for slice_ in dict.fromkeys(item.slice for item in sliced):
        yield from _of_slice([item for item in sliced if item.slice == slice_], level, slice_)


def _of_slice(compared: Sequence[Compare], level: float, only: Slice | None) -> Iterator[Finding]:
    held: dict[str, dict[str, list[tuple[Found, Measured]]]] = {}
    for item in compared:
        for m in item.measured:
            for found in m.found:
                held.setdefault(found.statistic, {}).setdefault(m.column, []).append((found, m))
    for statistic, columns in held.items():
        if statistic not in _ALONE:
            yield _finding(statistic, (), [pair for pairs in columns.values() for pair in pairs], level, only)
    for statistic, columns in held.items():
        for column, pairs in columns.items():
            yield _finding(statistic, (column,), pairs, level, only)


def _bounds(found: Found) -> Bounds:
    return size_of(found.effect) if found.statistic == "missing_share" else found.effect.at


def _finding(
    statistic: str, columns: tuple[str, ...], pairs: Iterable[tuple[Found, Measured]], level: float, only: Slice | None
) -> Finding:
    """At least: the largest bound when all hold together. At most: the largest of the one-sided ones."""
    every = list(pairs)
    over = 1.0 - level ** (1.0 / len(every))
    ends = [_bounds(found)(over, 1.0 - level) for found, _ in every]
    found, m = max(every, key=lambda pair: abs(pair[0].effect.value))
    value = abs(found.effect.value)
    rows = m.all_rows if statistic == "missing_share" else m.rows
    side = Side(slice=only or EVERYONE, value=value, n=m.all_rows[0], n_eligible=rows[0], n_effective=float(rows[0]))
    return Finding(
        metric=DATA_METRICS[f"drift_{statistic}"].info, kind="highest", family=(), threshold=None, first=side,
        second=None, value=value, low=max(low for low, _ in ends), high=max(value, *(high for _, high in ends)),
        level=level, groups_compared=len(every), columns=columns, method=f"{found.effect.method}; {METHOD}",
        only=only, at=() if columns or only is None else (m.column,),
    )  # fmt: skip
