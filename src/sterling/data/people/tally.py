"""Rows counted by combination of group columns, and by any yes/no question about a row: a mergeable summary.

Only combinations that occur are held, so that crosses of many columns stay small. Weights are summed in fixed point:
the same rows give the same bits in any order, batches or partition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue, Slice
from sterling.engine.cube import union_values
from sterling.engine.encode import Codes, encode_group
from sterling.engine.exact import Fixed, add_at
from sterling.engine.table import TableAccess

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Masks = Callable[[pl.DataFrame, tuple[Codes, ...]], Mapping[str, Bools]]
"""From some rows and the codes of their groups to yes/no answers by name, each of shape (rows,). Names never change."""

ROWS = "rows"
"""The answer that every row gives."""
_DENSE = 1 << 22
_MOST = 1 << 62
_LIMBS, _FIRST = 2, 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """The groups of one family. `n` counts rows by answer; `w` and `q` are sums of weights and of their squares.

    Arrays have one entry per slice. Without weights `w` and `q` are the counts.
    """

    family: tuple[str, ...]
    slices: tuple[Slice, ...]
    n: Mapping[str, Ints]
    w: Mapping[str, Floats]
    q: Mapping[str, Floats]

    @property
    def recorded(self) -> Bools:
        """The groups in which every column has a value."""
        return np.array([all(v is not None for _, v in s.items) for s in self.slices], dtype=bool)

    def only(self, kept: Bools) -> Groups:
        """Some of the groups."""
        return Groups(
            family=self.family, slices=tuple(s for s, k in zip(self.slices, kept, strict=True) if k),
            n={a: v[kept] for a, v in self.n.items()}, w={a: v[kept] for a, v in self.w.items()},
            q={a: v[kept] for a, v in self.q.items()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Counts of rows. `cells` holds the codes of each combination that occurs, shape (combinations, columns).

    `counts` have shape (combinations, answers); `w` and `q` likewise after their limbs, in units of the largest weight.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[GroupValue, ...], ...]
    answers: tuple[str, ...]
    cells: Ints
    counts: Ints
    w: Fixed | None
    q: Fixed | None
    exponent: int

    def merge(self, other: Tally) -> Tally:
        """The counts of both sets of rows."""
        values = tuple(union_values(a, b) for a, b in zip(self.values, other.values, strict=True))
        cells = np.concatenate([self._recoded(values), other._recoded(values)])
        kept, place = np.unique(cells, axis=0, return_inverse=True)
        parts = [(self, place[: len(self.cells)].ravel()), (other, place[len(self.cells) :].ravel())]
        counts = sum(_moved(t.counts, at, len(kept)) for t, at in parts)
        w = _merged([(t.w, at) for t, at in parts], len(kept))
        q = _merged([(t.q, at) for t, at in parts], len(kept))
        return Tally(
            columns=self.columns, values=values, answers=self.answers, cells=kept, counts=np.asarray(counts), w=w, q=q,
            exponent=self.exponent,
        )  # fmt: skip

    def _recoded(self, values: tuple[tuple[GroupValue, ...], ...]) -> Ints:
        if values == self.values:
            return self.cells
        out = np.empty_like(self.cells)
        for i, (old, new) in enumerate(zip(self.values, values, strict=True)):
            out[:, i] = np.array([new.index(v) for v in old], dtype=np.int64)[self.cells[:, i]]
        return out

    def groups(self, family: Sequence[str]) -> Groups:
        """The groups of one column or of a cross, in their order; of no column: everyone."""
        places = [self.columns.index(c) for c in family]
        if places:
            kept, at = np.unique(self.cells[:, places], axis=0, return_inverse=True)
            at = at.ravel()
        else:
            kept, at = np.zeros((1, 0), dtype=np.int64), np.zeros(len(self.cells), dtype=np.int64)
        slices = tuple(
            Slice(tuple((self.columns[p], self.values[p][c]) for p, c in zip(places, row, strict=True)))
            for row in kept.tolist()
        )
        n = _moved(self.counts, at, len(kept))
        w = n.astype(np.float64) if self.w is None else _summed(self.w, at, len(kept), self.exponent)
        q = n.astype(np.float64) if self.q is None else _summed(self.q, at, len(kept), 2 * self.exponent)
        place = {a: i for i, a in enumerate(self.answers)}
        return Groups(
            family=tuple(family), slices=slices, n={a: n[:, i] for a, i in place.items()},
            w={a: w[:, i] for a, i in place.items()}, q={a: q[:, i] for a, i in place.items()},
        )  # fmt: skip


def tally(
    access: TableAccess, columns: Sequence[str], *, masks: Masks | None = None, reads: Sequence[str] = ()
) -> Tally:
    """Count all rows by `columns` and by `masks`, which read the columns `reads` besides; at any size.

    Raises InputError for a group column with too many values, and for weights that are none.
    """
    weight = access.roles.weight
    exponent = weight_exponent(access)
    wanted = dict.fromkeys([*columns, *reads, *([weight] if weight is not None else [])])
    job = partial(_count, columns=tuple(columns), masks=masks, weight=weight, exponent=exponent)
    if not wanted:
        wanted = dict.fromkeys(access.columns[:1])
    return access.fold(job, Tally.merge, list(wanted))


def _count(
    frame: pl.DataFrame, *, columns: tuple[str, ...], masks: Masks | None, weight: str | None, exponent: int
) -> Tally:
    coded = tuple(_coded(frame, c) for c in columns)
    cells, code = _combinations(coded, frame.height)
    answers: dict[str, Bools | None] = {ROWS: None}
    if masks is not None:
        answers |= masks(frame, coded)
    size = len(cells)
    counts = np.stack([np.bincount(_of(code, m), minlength=size) for m in answers.values()], axis=1).astype(np.int64)
    w = q = None
    if weight is not None:
        heavy = np.ldexp(frame[weight].cast(pl.Float64).to_numpy(), -exponent)
        w = _weighed(code, heavy, answers, size)
        q = _weighed(code, heavy * heavy, answers, size)
    return Tally(
        columns=columns, values=tuple(c.values for c in coded), answers=tuple(answers), cells=cells, counts=counts,
        w=w, q=q, exponent=exponent,
    )  # fmt: skip


def _coded(frame: pl.DataFrame, column: str) -> Codes:
    return encode_group(frame[column]) if frame.height else Codes(np.zeros(0, dtype=np.uint8), ())


def _of(code: Ints, mask: Bools | None) -> Ints:
    return code if mask is None else code[mask]


def _weighed(code: Ints, weight: Floats, answers: Mapping[str, Bools | None], size: int) -> Fixed:
    parts = [
        add_at(_of(code, m), weight if m is None else weight[m], size, limbs=_LIMBS, first=_FIRST)
        for m in answers.values()
    ]
    return Fixed(np.stack([p.limbs for p in parts], axis=-1), _FIRST)


def _combinations(coded: Sequence[Codes], height: int) -> tuple[Ints, Ints]:
    """The combinations that occur, shape (combinations, columns), and which of them each row is."""
    joint, size = np.zeros(height, dtype=np.int64), 1
    for c in coded:
        if size * max(len(c.values), 1) >= _MOST:
            joint, size = np.unique(joint, return_inverse=True)[1].astype(np.int64), height
        joint, size = joint * len(c.values) + c.codes, size * max(len(c.values), 1)
    if size <= _DENSE:
        used = np.bincount(joint, minlength=size) > 0
        code = (np.cumsum(used) - 1)[joint] if height else joint
        first = np.full(size, -1, dtype=np.int64)
        first[joint] = np.arange(height)
        first = first[used]
    else:
        _, first, code = np.unique(joint, return_index=True, return_inverse=True)
    cells = (
        np.stack([c.codes[first].astype(np.int64) for c in coded], axis=1)
        if coded
        else np.zeros((min(height, 1), 0), dtype=np.int64)
    )
    return cells, np.asarray(code, dtype=np.int64).ravel()


def _moved(counts: Ints, at: Ints, size: int) -> Ints:
    out = np.zeros((size, counts.shape[1]), dtype=np.int64)
    np.add.at(out, at, counts)
    return out


def _merged(parts: Sequence[tuple[Fixed | None, Ints]], size: int) -> Fixed | None:
    total: Fixed | None = None
    for held, at in parts:
        if held is None:
            return None
        moved = Fixed(np.stack([_moved(limb, at, size) for limb in held.limbs]), held.first)
        total = moved if total is None else total + moved
    return total


def _summed(held: Fixed, at: Ints, size: int, exponent: int) -> Floats:
    moved = Fixed(np.stack([_moved(limb, at, size) for limb in held.limbs]), held.first)
    return np.asarray(np.ldexp(moved.value, exponent))


def weight_exponent(access: TableAccess) -> int:
    """Weights are divided by 2 to this power so that they are at most 1; 0 without weights.

    Raises InputError for weights that are missing, negative, infinite or all 0.
    """
    column = access.roles.weight
    if column is None:
        return 0
    odd, negative, largest = access.fold(partial(_weights, column=column), _worse, [column])
    where, name = access.name, shown(column)
    if odd:
        raise InputError(
            f"{odd} weights in column {name!r} are missing or not finite", where=where,
            expected="a number of at least 0 for every row",
        )  # fmt: skip
    if negative:
        raise InputError(f"{negative} weights in column {name!r} are negative", where=where, expected="at least 0")
    if largest == 0:
        raise InputError(f"all weights in column {name!r} are 0", where=where, expected="at least one above 0")
    return math.frexp(largest)[1]


def _weights(frame: pl.DataFrame, *, column: str) -> tuple[int, int, float]:
    if not (frame[column].dtype.is_numeric() or frame[column].dtype == pl.Boolean):
        raise InputError(f"the weight column {shown(column)!r} holds no numbers", expected="numbers of at least 0")
    weight = frame[column].cast(pl.Float64).to_numpy()
    finite = weight[np.isfinite(weight)]
    return int(len(weight) - len(finite)), int((finite < 0).sum()), float(finite.max(initial=0.0))


def _worse(a: tuple[int, int, float], b: tuple[int, int, float]) -> tuple[int, int, float]:
    return a[0] + b[0], a[1] + b[1], max(a[2], b[2])
