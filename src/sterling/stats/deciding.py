"""How many people more decide a limit that came out open, when all groups that keep it open are looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array, distinct, divide, floats
from sterling.stats.difference import square_and_add
from sterling.stats.normal import all_pairs, sidak, z
from sterling.stats.power import Kind
from sterling.stats.proportion import exact_value
from sterling.stats.ratio import mover_ratio

Pairs: TypeAlias = NDArray[np.int64]
"""Group indices, shape (comparisons, 2); of floors and ceilings both are the same group."""
_MOST = 1e9
_ON_THE_LIMIT = 1e-9
_LOOKED_AT = 8
"""Of the pairs that lie beyond a limit one is enough: so many are tried, those nearest to being certain of it."""


class Needed(NamedTuple):
    """`more`: people that count, more of each group, shape (groups,); None when no number would do.

    `open`: the comparisons that keep the limit open, the one that reaches furthest first.
    """

    more: NDArray[np.int64] | None
    open: Pairs


class _Question(NamedTuple):
    """`over`: the limit is exceeded as measured, so that one of the comparisons has to show it; else all must pass."""

    kind: Kind
    limit: float
    over: bool
    critical: float
    value: Array
    pairs: Pairs


def people_to_decide(
    value: ArrayLike, n: ArrayLike, limit: float, *, kind: Kind = "gap", level: float = 0.95,
    baseline: int | None = None, each: ArrayLike = 1.0,
) -> Needed:  # fmt: skip
    """How many more people, of which groups, would decide a limit if all rates stayed as they are.

    `value` and `n` (shape (groups,)) are the rates and effective sizes of all groups compared; the bounds are those of
    `multiple`: gap and ratio look at all ordered pairs, or with `baseline` at those with this group; floor and ceiling
    at single groups. Where the limit is kept as measured, every open comparison has to pass: its groups are brought up
    to one size, the smaller ones first. Where it is exceeded, one comparison has to show it: the one that takes the
    fewest people. None of the groups could do with one person fewer. `each`: how many people come for one that counts.
    """
    v, size, cost = floats(value, n, each)
    asked = _question(v, limit, kind, level, baseline)
    reach = _reach(asked, size, asked.pairs)
    settled = _settled(asked, reach)
    if settled.any() if asked.over else settled.all():
        return Needed(np.zeros(len(v), dtype=np.int64), asked.pairs[:0])
    apart = _compared(asked.kind, v, asked.pairs)
    beyond = apart > limit if _upper(kind) else apart < limit
    where = np.flatnonzero(beyond if asked.over else ~settled)
    open_ = asked.pairs[where[np.argsort(reach[where] * (-1 if _upper(kind) else 1), kind="stable")]]
    if np.abs(apart[where] - limit).min(initial=np.inf) <= _ON_THE_LIMIT and not asked.over:
        return Needed(None, open_)
    tried = [open_[i : i + 1] for i in range(min(len(open_), _LOOKED_AT))] if asked.over else [open_]
    found = [more for pairs in tried if (more := _fewest(asked, size, pairs, cost)) is not None]
    return Needed(min(found, key=lambda more: float((more * cost).sum()), default=None), open_)


def _question(v: Array, limit: float, kind: Kind, level: float, baseline: int | None) -> _Question:
    k = len(v)
    if kind in ("floor", "ceiling"):
        pairs = np.stack([np.arange(k)] * 2, axis=1)
    else:
        pairs = np.argwhere(~np.eye(k, dtype=bool))
        pairs = pairs if baseline is None else pairs[(pairs == baseline).any(axis=1)]
    apart = _compared(kind, v, pairs)
    pairs, apart = pairs[~np.isnan(apart)], apart[~np.isnan(apart)]
    over = bool((apart > limit + _ON_THE_LIMIT).any() if _upper(kind) else (apart < limit - _ON_THE_LIMIT).any())
    together = {
        "floor": sidak(level, k, 1), "ceiling": sidak(level, k, 1),
    }.get(kind) or (all_pairs(level, k) if baseline is None else sidak(level, k - 1))  # fmt: skip
    return _Question(kind, limit, over, together if over else z(level, 1), v, pairs)


def _upper(kind: Kind) -> bool:
    return kind in ("gap", "ceiling")


def _compared(kind: Kind, v: Array, pairs: Pairs) -> Array:
    first, second = v[pairs[:, 0]], v[pairs[:, 1]]
    return first - second if kind == "gap" else divide(first, second) if kind == "ratio" else first


def _reach(asked: _Question, size: Array, pairs: Pairs) -> Array:
    """The end of each comparison that the decision rests on, for sizes of shape (..., groups)."""
    low, high = exact_value(asked.value, size, asked.critical)
    if asked.kind in ("gap", "ratio"):
        i, j = pairs[:, 0], pairs[:, 1]
        v, join = asked.value, square_and_add if asked.kind == "gap" else mover_ratio
        low, high = join(v[i], low[..., i], high[..., i], v[j], low[..., j], high[..., j])
    else:
        low, high = low[..., pairs[:, 0]], high[..., pairs[:, 0]]
    return low if asked.over == _upper(asked.kind) else high


def _settled(asked: _Question, reach: Array) -> NDArray[np.bool_]:
    if _upper(asked.kind):
        return np.asarray(reach > asked.limit if asked.over else reach <= asked.limit)
    return np.asarray(reach < asked.limit if asked.over else reach >= asked.limit)


def _fewest(asked: _Question, size: Array, pairs: Pairs, cost: Array) -> NDArray[np.int64] | None:
    """People more of the groups of these comparisons that settle all of them; None beyond a billion."""
    mine = np.unique(pairs)
    base = size[mine].min()
    extra = first_whole(lambda x: _all_settled(asked, _levelled(size, mine, base + x), pairs))
    if extra is None:
        return None
    more = np.ceil(_levelled(size, mine, np.array([base + extra]))[0] - size)
    for g in mine[np.argsort(-(more * cost)[mine], kind="stable")]:
        more[g] = _least_of(asked, size, pairs, more, int(g))
    return np.asarray(more, dtype=np.int64)


def _levelled(size: Array, groups: NDArray[np.int64], level: Array) -> Array:
    """Sizes where each of some groups has grown to a level, for each of several levels: shape (levels, groups)."""
    grown = np.broadcast_to(size, (len(level), len(size))).copy()
    grown[:, groups] = np.maximum(grown[:, groups], level[:, None])
    return grown


def _least_of(asked: _Question, size: Array, pairs: Pairs, more: Array, group: int) -> float:
    """How few people more of one group do, when the others have grown as they have."""

    def decided(extra: Array) -> NDArray[np.bool_]:
        grown = np.broadcast_to(size + more, (len(extra), len(size))).copy()
        grown[:, group] = size[group] + extra
        return _all_settled(asked, grown, pairs)

    found = first_whole(decided, most=more[group])
    return float(more[group]) if found is None else float(found)


def _all_settled(asked: _Question, sizes: Array, pairs: Pairs) -> NDArray[np.bool_]:
    return np.asarray(_settled(asked, _reach(asked, sizes, pairs)).all(axis=-1))


def first_whole(decided: Callable[[Array], NDArray[np.bool_]], *, most: float = _MOST) -> int | None:
    """The smallest whole number from which on all up to `most` are decided, by ever finer grids; None if none is."""
    if most <= 0 or decided(np.zeros(1))[0]:
        return 0 if decided(np.zeros(1))[0] else None
    low, high = 0.0, float(most)
    while high - low > 1.5:
        grid = distinct(np.round(np.geomspace(max(low, 1.0), high, 48)))
        grid = grid[(grid > low) & (grid <= high)]
        open_ = np.flatnonzero(~decided(grid))
        if open_.size and open_[-1] == grid.size - 1:
            return None
        last = int(open_[-1]) if open_.size else -1
        high = float(grid[last + 1])
        low = float(grid[last]) if last >= 0 else low
        if high - low <= 48 and high - low > 1.5:
            tail = np.arange(low + 1, high + 1)
            return int(tail[np.argmax(decided(tail))])
    return int(high) if decided(np.array([high]))[0] else None
