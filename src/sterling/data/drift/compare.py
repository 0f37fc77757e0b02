"""Tables compared in pairs; p-values adjusted over all that was looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl

from sterling.core.data.drift import Drift
from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice
from sterling.data.drift.columns import Compared, Plan, plan_of
from sterling.data.drift.facts import Facts, Found, Measured
from sterling.data.drift.held import Side, compare_held
from sterling.data.drift.measure import measured
from sterling.data.drift.origins import with_origins
from sterling.data.drift.streamed import compare_streamed
from sterling.data.statistics.weights import Weights, weights_of
from sterling.engine.table import TableAccess
from sterling.engine.threads import spread
from sterling.stats.adjust import benjamini_hochberg, holm
from sterling.stats.arrays import Array

Against = Literal["each", "previous", "first"]
ADJUSTMENTS: dict[str, Callable[[Sequence[float]], Array]] = {"holm": holm, "benjamini-hochberg": benjamini_hochberg}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two tables: what changed from `there` to `here`."""

    here: TableAccess
    there: TableAccess
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A pair's slice with all its columns."""

    pair: int
    slice: Slice
    measured: tuple[Measured, ...]


def pairs_of(access: TableAccess, against: Against, columns: tuple[str, ...]) -> tuple[Pair, ...]:
    """The tables in their order, oldest first and this one last: this one with each, or each later one with another."""
    spans = (*access.others, access)
    if against == "each":
        chosen = [(access, other) for other in access.others]
    elif against == "first":
        chosen = [(later, spans[0]) for later in spans[1:]]
    else:
        chosen = [(later, before) for before, later in pairwise(spans)]
    return tuple(Pair(here=h, there=t, plan=plan_of(h, t, columns)) for h, t in chosen)


def compare(pair: Pair, place: int, *, slice_: Slice = EVERYONE) -> Compare:
    """Every column of a pair."""
    here, there = pair.here, pair.there
    columns = with_origins([c for c in pair.plan.columns if c.how != "changed"], here, there)
    seed, min_n = here.seed, max(here.min_n, 2)

    def done(column: Compared, facts: Facts) -> Measured:
        key = f"drift {there.name} {here.name} {slice_} {column.name}"
        return measured(column, facts, seed=seed, min_n=min_n, key=key)

    if here.streams or there.streams:
        found = [done(c, f) for c, f in zip(columns, compare_streamed(columns, here, there), strict=True)]
    else:
        sides = _side(here, columns), _side(there, columns)
        rows = here.rows + there.rows
        found = list(spread(lambda c: done(c, compare_held(c, *sides)), columns, rows=rows))
        for table in (here, there):
            if table.progress is not None:
                table.progress(table.rows)
    found += [_changed(c, here, there) for c in pair.plan.columns if c.how == "changed"]
    return Compare(pair=place, slice=slice_, measured=tuple(sorted(found, key=lambda m: (-m.strength, m.column))))


def _side(access: TableAccess, columns: Sequence[Compared]) -> Side:
    weights = weights_of(access)
    names = list(dict.fromkeys([*(c.name for c in columns), *([weights.column] if weights else [])]))
    frame = access.frame(names)
    return Side(frame=frame, weight=None if weights is None else _shares(frame, weights, access.rows))


def _shares(frame: pl.DataFrame, weights: Weights, rows: int) -> Array:
    whole = weights.whole(frame[weights.column]).astype(np.float64)
    return np.asarray(np.ldexp(whole, -(62 - max(rows, 1).bit_length())), dtype=np.float64)


def _changed(column: Compared, here: TableAccess, there: TableAccess) -> Measured:
    rows = here.rows, there.rows
    return Measured(
        column=column.name, how=column.how, rows=rows, all_rows=rows, found=(), strength=1.0, changed=column.note
    )


def adjusted(compared: Sequence[Compare], how: str) -> list[dict[tuple[str, str], float]]:
    """For every comparison, the adjusted p-value of each (column, test); all are adjusted together."""
    places = [
        (i, (m.column, name), t.p) for i, c in enumerate(compared) for m in c.measured for name, t in m.tests.items()
    ]
    values = ADJUSTMENTS[how]([p for _, _, p in places])
    out: list[dict[tuple[str, str], float]] = [{} for _ in compared]
    for (i, key, _), p in zip(places, values, strict=True):
        out[i][key] = float(p)
    return out


def records(compared: Compare, p: dict[tuple[str, str], float], *, level: float) -> Iterator[Drift]:
    """The records of one comparison, strongest columns first."""
    for m in compared.measured:
        if m.changed:
            yield _record(m, "type", level, compared.slice, drifted=True, note=m.changed)
        elif not m.found:
            yield _record(m, _unknown(m), level, compared.slice, note=m.note)
        for found in m.found:
            yield _of(found, m, p, level, compared.slice)
        if m.found and all(f.statistic == "missing_share" for f in m.found) and m.note:
            yield _record(m, _unknown(m), level, compared.slice, note=m.note)


def _unknown(m: Measured) -> str:
    return "ks" if m.how == "number" else "jensen_shannon"


def _record(
    m: Measured, statistic: str, level: float, slice_: Slice, *, drifted: bool | None = None, note: str = ""
) -> Drift:
    return Drift(
        column=m.column, statistic=statistic, value=None, low=None, high=None, level=level, n=m.rows[0],
        n_other=m.rows[1], drifted=drifted, note=note, slice=slice_,
    )  # fmt: skip


def _of(found: Found, m: Measured, p: dict[tuple[str, str], float], level: float, slice_: Slice) -> Drift:
    low, high = found.effect.interval(level)
    rows = m.all_rows if found.statistic == "missing_share" else m.rows
    tested = m.tests.get(found.test) if found.test is not None else None
    after = p.get((m.column, found.test)) if found.test is not None else None
    drifted = None if after is None else after < 1 - level
    if found.statistic == "missing_share" and tested is None:
        drifted = False  # all values are there in both tables, or none is in either
    method = found.effect.method if tested is None else f"{found.effect.method}; {tested.method}"
    return Drift(
        column=m.column, statistic=found.statistic, value=found.effect.value, low=low,
        high=high if np.isfinite(high) else None, level=level, n=rows[0], n_other=rows[1],
        p=None if tested is None else tested.p, adjusted_p=after, drifted=drifted,
        method=method, note="; ".join(t for t in (found.note, m.note) if t), unit=found.unit, slice=slice_,
    )  # fmt: skip
