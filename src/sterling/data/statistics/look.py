"""The first look at some rows: every column of every slice is counted, held while it is small and sketched beyond.

`together` of any parts, in any order, is what one look at all rows gives: a part is sketched when the whole is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue
from sterling.data.statistics import counted as numbers
from sterling.data.statistics import texts as words
from sterling.data.statistics.counted import Counted, Whole, count_values, in_order
from sterling.data.statistics.kinds import NUMBERED, floats_in_order, hashes_of, kind_of, numbers_of
from sterling.data.statistics.sketched import NumberSketch, TextSketch, sketch_numbers, sketch_texts
from sterling.data.statistics.smallest import Smallest, smallest
from sterling.data.statistics.texts import Texts, texts
from sterling.data.statistics.weights import Weights
from sterling.data.statistics.wide import is_wide, wide
from sterling.engine.encode import encode_group
from sterling.engine.threads import spread

Held = Counted | Texts | NumberSketch | TextSketch | Smallest
Where = tuple[tuple[str, GroupValue], ...]
"""Which rows: none for everyone, or one group column and its value."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What was seen of one column in some rows. `missing_weight`: of rows that are null or NaN. `lengths` and
    `members`: of lists."""

    rows: int
    missing: int
    held: Held
    weight: int | None = None
    missing_weight: int | None = None
    nan: int = 0
    infinite: int = 0
    lengths: Seen | None = None
    members: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What to look at. `groups`: group columns and their values that are slices. `held`: up to so many distinct values
    of a column are held (None: all), and up to `bytes` of text."""

    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[GroupValue, ...]], ...] = ()
    weights: Weights | None = None
    held: int | None = None
    bytes: int = 1 << 22

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that a look reads."""
        weight = () if self.weights is None else (self.weights.column,)
        return tuple(dict.fromkeys([*self.columns, *(g for g, _ in self.groups), *weight]))


Sight = Mapping[Where, tuple[Seen, ...]]
"""For each slice what was seen of each column."""


def look(frame: pl.DataFrame, *, looking: Looking) -> Sight:
    """One look at some rows."""
    weight = None if looking.weights is None else looking.weights.whole(frame[looking.weights.column])
    out: dict[Where, tuple[Seen, ...]] = {}
    for where, part, heavy in slices_of(frame, weight, looking.groups):
        see = partial(_seen, weight=heavy, looking=looking)
        out[where] = tuple(spread(see, [part[c] for c in looking.columns], rows=part.height))
    return out


def together(a: Sight, b: Sight, *, looking: Looking) -> Sight:
    """What both looks saw."""
    out = dict(a)
    for where, columns in b.items():
        known = out.get(where)
        joined = columns if known is None else [_joined(x, y, looking) for x, y in zip(known, columns, strict=True)]
        out[where] = tuple(joined)
    return out


def slices_of(
    frame: pl.DataFrame, weight: Whole | None, groups: tuple[tuple[str, tuple[GroupValue, ...]], ...]
) -> Iterator[tuple[Where, pl.DataFrame, Whole | None]]:
    """Everyone, then the rows of each value of each group column, gathered once for each column."""
    yield (), frame, weight
    for group, values in groups:
        codes = encode_group(frame[group])
        order = np.argsort(codes.codes, kind="stable")
        gathered = frame[order] if frame.height else frame
        ends = np.searchsorted(codes.codes[order], np.arange(len(codes.values) + 1))
        place = {value: i for i, value in enumerate(codes.values)}
        for value in values:
            if value in place:
                first, last = int(ends[place[value]]), int(ends[place[value] + 1])
                heavy = None if weight is None else weight[order[first:last]]
                yield ((group, value),), gathered[first:last], heavy


def _seen(column: pl.Series, *, weight: Whole | None, looking: Looking) -> Seen:
    kind = kind_of(column.dtype)
    missing = column.null_count()
    seen = Seen(rows=len(column), missing=missing, held=smallest(np.zeros(0, dtype=np.uint64)))
    if weight is not None:
        lost = int(weight[column.is_null().to_numpy()].sum()) if missing else 0
        seen = replace(seen, weight=int(weight.sum()), missing_weight=lost)
    if kind in NUMBERED:
        if column.dtype.is_float() and weight is None:
            found = floats_in_order(column)
            held = in_order(found.values)
        else:
            found = numbers_of(column)
            heavy = _of(weight, found.rows)
            held = count_values(found.values, heavy)
            if is_wide(column.dtype):
                held = replace(held, exact=wide(column.drop_nulls(), heavy))
        if weight is not None and found.nan:
            lost = int(weight[(column.is_null() | column.is_nan()).to_numpy()].sum())
            seen = replace(seen, missing_weight=lost)
        return replace(seen, held=_within(held, looking), nan=found.nan, infinite=found.infinite)
    if kind == "text":
        there = column.is_not_null().to_numpy() if missing and weight is not None else None
        known = column.drop_nulls() if missing else column
        return replace(seen, held=_within(texts(known, _of(weight, there)), looking))
    seen = replace(seen, held=smallest(hashes_of(column)))
    return _with_members(seen, column, looking) if kind == "list" else seen


def _with_members(seen: Seen, column: pl.Series, looking: Looking) -> Seen:
    """Of lists also how long they are and what is in them; lists inside lists are counted and no more."""
    known = column.drop_nulls()
    lists = known if isinstance(known.dtype, pl.List) else known.arr.to_list()
    plain = replace(looking, weights=None)
    lengths = _seen(lists.list.len().cast(pl.Int64), weight=None, looking=plain)
    inner = lists.explode(empty_as_null=False)
    if kind_of(inner.dtype) == "list":
        members = Seen(rows=len(inner), missing=inner.null_count(), held=smallest(hashes_of(inner)))
    else:
        members = _seen(inner, weight=None, looking=plain)
    return replace(seen, lengths=lengths, members=members)


def _of(weight: Whole | None, rows: NDArray[np.bool_] | None) -> Whole | None:
    return weight if weight is None or rows is None else weight[rows]


def _within(held: Held, looking: Looking) -> Held:
    """The values themselves while they are few enough, else their sketch."""
    if looking.held is None:
        return held
    if isinstance(held, Counted) and held.distinct > looking.held:
        return sketch_numbers(held)
    if isinstance(held, Texts) and (held.size > looking.held or held.bytes > looking.bytes):
        return sketch_texts(held)
    return held


def _joined(a: Seen, b: Seen, looking: Looking) -> Seen:
    return Seen(
        rows=a.rows + b.rows, missing=a.missing + b.missing, held=_within(_both(a.held, b.held), looking),
        weight=_sum(a.weight, b.weight), missing_weight=_sum(a.missing_weight, b.missing_weight),
        nan=a.nan + b.nan, infinite=a.infinite + b.infinite,
        lengths=None if a.lengths is None or b.lengths is None else _joined(a.lengths, b.lengths, looking),
        members=None if a.members is None or b.members is None else _joined(a.members, b.members, looking),
    )  # fmt: skip


def _both(a: Held, b: Held) -> Held:
    if isinstance(a, Smallest) and isinstance(b, Smallest):
        return a + b
    if isinstance(a, Counted) and isinstance(b, Counted):
        return numbers.together(a, b)
    if isinstance(a, Texts) and isinstance(b, Texts):
        return words.together(a, b)
    if isinstance(a, Counted | NumberSketch) and isinstance(b, Counted | NumberSketch):
        if isinstance(a, Counted) and not a.size:
            return b
        if isinstance(b, Counted) and not b.size:
            return a
        first, second = (s if isinstance(s, NumberSketch) else sketch_numbers(s) for s in (a, b))
        return first + second
    assert isinstance(a, Texts | TextSketch)
    assert isinstance(b, Texts | TextSketch)
    left, right = (s if isinstance(s, TextSketch) else sketch_texts(s) for s in (a, b))
    return left + right


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b
