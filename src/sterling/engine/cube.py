"""The count cube: slice codes × score bin × label, with sums of weights and of powers of the score.

Everything about decisions at the cut points, calibration, Brier score and log loss is arithmetic on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue, group_order
from sterling.engine.binning import Cuts
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed, add_at
from sterling.engine.kernels import TALLIED, Kernels, ready
from sterling.engine.threads import WORKERS, on_worker, spread

LABELS = 3
"""Negative, positive, missing."""

COARSE = 10
"""Bins of the calibration and distribution pictures."""

PIECE = 1 << 16
"""Rows a thread counts at a time."""

SLAB = 1 << 15
"""Rows worked out at a time: they fit the processor's cache, and threads seldom wait for each other."""

RUN = 1 << 18
"""The same where compiled loops do it all: to call one costs as much as a thousand rows."""

_NARROW = 1 << 16
"""Up to so many joint codes take two bytes a row, and probabilities are counted and summed in one loop."""

_FIRST = {"p": 36, "error": 36, "error2": 36, "loss": 31, "loss2": 26}
"""First scale of each moment of probabilities, as `kernels.tally` has it."""

_LEAN = ("p", "error")
"""What `kernels.lean` adds up: enough for calibration."""

_EPS = float(np.finfo(np.float64).eps)
Values = tuple[tuple[GroupValue, ...], ...]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Leaves = tuple[NDArray[Any], ...]


@dataclass(frozen=True, kw_only=True)
class CubeSpec:
    """What to count for one model. `scale`: exponent e with |score| <= 2^e. `blocks`: columns counted jointly.

    Without `losses` two moments of probabilities are added up, not all: see `_LEAN`.
    """

    model: int
    cuts: Cuts
    coarse: Cuts
    blocks: tuple[tuple[int, ...], ...]
    probability: bool
    moments: bool
    weighted: bool
    scale: int = 0
    losses: bool = True

    @property
    def sums(self) -> tuple[str, ...]:
        """The moments of probabilities that are added up."""
        return tuple(_FIRST) if self.losses else _LEAN

    @property
    def places(self) -> int:
        """How many places compiled loops have for the sums of a coarse cell."""
        return TALLIED if self.losses else len(self.sums)

    @cached_property
    def coarse_of(self) -> Ints:
        """Where the labels of each fine bin's coarse bin begin; coarse edges are cut points too."""
        starts = np.append(-np.inf, self.cuts.points)
        return np.minimum(np.searchsorted(self.coarse.points, starts, side="right"), COARSE - 1) * LABELS

    def plain(self, leaves: int) -> bool:
        """Whether a block of so many joint codes is counted and summed in one loop."""
        known = self.losses or not self.cuts.searched
        return self.moments and self.probability and not self.weighted and known and leaves <= _NARROW


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Counts of one set of columns. `rows` has shape (*values, bins, labels); `w` and `q` are Σw and Σw² likewise.

    `moments` have shape (*values, COARSE, labels).
    """

    rows: Ints
    w: Fixed | None
    q: Fixed | None
    moments: dict[str, Fixed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """A mergeable summary of one model's scores."""

    spec: CubeSpec
    values: Values
    blocks: tuple[Block, ...]

    def merge(self, other: Cube) -> Cube:
        """The cube of both sets of rows; group values are aligned by name."""
        values = tuple(union_values(a, b) for a, b in zip(self.values, other.values, strict=True))
        mine, theirs = self.aligned(values), other.aligned(values)
        blocks = tuple(_add(a, b) for a, b in zip(mine.blocks, theirs.blocks, strict=True))
        return Cube(spec=self.spec, values=values, blocks=blocks)

    def aligned(self, values: Values) -> Cube:
        if values == self.values:
            return self
        blocks = []
        for columns, block in zip(self.spec.blocks, self.blocks, strict=True):
            old = [self.values[i] for i in columns]
            new = [values[i] for i in columns]
            blocks.append(_map(block, partial(spread_values, old=old, new=new)))
        return Cube(spec=self.spec, values=values, blocks=tuple(blocks))


def leaves_of(spec: CubeSpec, batch: Batch) -> Leaves:
    """The joint codes of each block, for cubes of the same rows with other scores and labels."""
    sizes = [math.prod(len(batch.groups[i].values) for i in columns) for columns in spec.blocks]
    kinds = [np.uint16 if spec.plain(size) else np.int64 for size in sizes]
    return tuple(joint_codes(batch, columns, kind) for columns, kind in zip(spec.blocks, kinds, strict=True))


def count(spec: CubeSpec, batch: Batch, *, leaves: Leaves | None = None) -> Cube:
    """The cube of one batch. Pieces that fit the cache are counted on threads; sums are exact, so order is free.

    With `leaves` it is one of many cubes of the same rows, which the threads share out: compiled loops count it whole.
    """
    cells = max(np.prod([len(batch.groups[i].values) for i in b], dtype=np.int64) for b in spec.blocks)
    rows = max(PIECE, int(cells) * spec.cuts.bins)  # adding up the pieces must cost less than counting them
    fast = ready() if _in_bounds(batch) else None
    if fast is not None:
        rows = max(rows, batch.height if leaves is not None or on_worker() else -(-batch.height // WORKERS))
    pieces = [batch.piece(start, start + rows) for start in range(0, batch.height, rows)] or [batch]
    work = partial(_count_piece, spec) if fast is None else partial(_count_compiled, spec, fast, leaves=leaves)
    parts = iter(spread(work, pieces, rows=batch.height))
    total = next(parts)
    for part in parts:
        total = [_add(a, b) for a, b in zip(total, part, strict=True)]
    return Cube(spec=spec, values=tuple(g.values for g in batch.groups), blocks=tuple(total))


def _count_piece(spec: CubeSpec, batch: Batch) -> list[Block]:
    shapes = [tuple(len(batch.groups[i].values) for i in columns) for columns in spec.blocks]
    codes = [np.empty(batch.height, dtype=np.int64) for _ in shapes]
    moments: list[dict[str, Fixed]] = [{} for _ in shapes]
    for start in range(0, max(batch.height, 1), SLAB):
        for sums, part in zip(moments, _slab(spec, batch.piece(start, start + SLAB), start, codes), strict=True):
            sums |= {name: sums[name] + total if name in sums else total for name, total in part.items()}
    parts = zip(shapes, codes, moments, strict=True)
    return [_count_block(spec, batch, shape, place, sums) for shape, place, sums in parts]


def _in_bounds(batch: Batch) -> bool:
    """Compiled loops look up places without asking whether they exist, and count in 32 bits; NumPy does neither."""
    return codes_in_bounds(batch) and int(batch.label.max(initial=0)) < LABELS and batch.height < 1 << 32


def codes_in_bounds(batch: Batch) -> bool:
    """Whether the codes of all groups are of values that exist."""
    return all(int(g.codes.max(initial=0)) < len(g.values) for g in batch.groups)


def _count_compiled(spec: CubeSpec, fast: Kernels, batch: Batch, *, leaves: Leaves | None = None) -> list[Block]:
    """As `_count_piece`, by compiled loops, to the same bits."""
    tallies = [_Tally.of(spec, tuple(len(batch.groups[i].values) for i in columns)) for columns in spec.blocks]
    cuts, ends = spec.cuts, np.append(spec.cuts.points, np.nan)  # which no score reaches
    scale = 0.0 if cuts.searched else cuts.scale
    plain = all(tally.plain.size for tally in tallies)
    at_once = plain and not spec.losses
    run = max(batch.height, 1) if at_once else RUN if plain else SLAB
    bins, cells, spots = (np.empty(0 if at_once else min(run, batch.height), dtype=np.int64) for _ in range(3))
    logs = np.empty(min(run, batch.height) if spec.losses else 0)
    for start in range(0, batch.height, run):
        part = batch.piece(start, start + run)
        scores = np.require(part.scores[spec.model], np.float64, ["C", "A"])
        label = np.require(part.label, np.uint8, ["C", "A"])
        lookup = len(cuts.table), cuts.steps, scale
        if cuts.searched:
            fast.search(scores, ends, bins, part.height, len(cuts.points))
        elif not at_once:
            fast.reach(scores, ends, cuts.table, bins, part.height, len(cuts.table), scale)
            for _ in range(cuts.steps - 1):
                fast.climb(scores, ends, bins, part.height)
        if spec.losses and any(tally.plain.size for tally in tallies):
            fast.chances(scores, label, logs, part.height)
            np.log(logs[: part.height], out=logs[: part.height])
        values = _moments(spec, part) if spec.moments and not plain else {}
        here = leaves_of(spec, part) if leaves is None else [codes[start : start + run] for codes in leaves]
        for leaf, tally in zip(here, tallies, strict=True):
            sizes = part.height, cuts.bins * LABELS, COARSE * LABELS
            if tally.plain.size and spec.losses:
                fast.tally(leaf, bins, label, spec.coarse_of, scores, logs, tally.rows, tally.plain, *sizes)
                continue
            if tally.plain.size:
                totals = tally.rows, tally.plain
                fast.lean(leaf, label, spec.coarse_of, scores, ends, cuts.table, *totals, *sizes, *lookup)
                continue
            fast.place(leaf, bins, label, spec.coarse_of, cells, spots, tally.rows, *sizes)
            tally.add(fast, cells[: part.height], spots[: part.height], part.weight, values)
    return [tally.block() for tally in tallies]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """Running totals of one block, flat; `rows` in 32 bits, since the cache has room for more of them.

    `plain`: the moments of unweighted probabilities, side by side, `places` for each coarse cell.
    """

    shape: tuple[int, ...]
    bins: int
    names: tuple[str, ...]
    places: int
    rows: NDArray[np.uint32]
    plain: Ints
    sums: dict[str, Fixed]

    @staticmethod
    def of(spec: CubeSpec, shape: tuple[int, ...]) -> _Tally:
        leaves = int(np.prod(shape, dtype=np.int64))
        plain = spec.plain(leaves)
        return _Tally(
            shape=shape, bins=spec.cuts.bins, names=spec.sums, places=spec.places, sums={},
            rows=np.zeros(leaves * spec.cuts.bins * LABELS, dtype=np.uint32),
            plain=np.zeros(leaves * COARSE * LABELS * spec.places if plain else 0, dtype=np.int64),
        )  # fmt: skip

    def add(
        self, fast: Kernels, cells: Ints, spots: Ints, weight: Floats | None,
        values: dict[str, tuple[Floats, int, int]],
    ) -> None:  # fmt: skip
        coarse = math.prod(self.shape) * COARSE * LABELS
        parts = [(name, spots, coarse, *given) for name, given in values.items()]
        if weight is not None:
            parts += [("", cells, len(self.rows), weight, 32, 2), ("²", cells, len(self.rows), weight * weight, 32, 2)]
        for name, places, size, given, first, limbs in parts:
            if name not in self.sums:
                self.sums[name] = Fixed.zeros(size, limbs=limbs, first=first)
            exact = np.require(given, np.float64, ["C", "A"])
            fast.add_fixed(places, exact, self.sums[name].limbs, len(places), size, limbs, 2.0**first)

    def block(self) -> Block:
        fine, coarse = (*self.shape, self.bins, LABELS), (*self.shape, COARSE, LABELS)
        plain = self.plain.reshape(-1, self.places).T
        moments = {}
        if self.plain.size:
            moments = {n: Fixed(plain[k : k + 1].copy(), _FIRST[n]) for k, n in enumerate(self.names)}
        moments |= {name: total for name, total in self.sums.items() if name not in ("", "²")}
        w, q = self.sums.get(""), self.sums.get("²")
        return Block(
            rows=self.rows.reshape(fine).astype(np.int64),
            w=None if w is None else w.reshape(*fine),
            q=None if q is None else q.reshape(*fine),
            moments={name: total.reshape(*coarse) for name, total in moments.items()},
        )


def _slab(spec: CubeSpec, batch: Batch, start: int, codes: list[Ints]) -> list[dict[str, Fixed]]:
    """Write each row's place in the cube into `codes`, one array per block, and sum its moments."""
    within = spec.cuts.index(batch.scores[spec.model])
    coarse = spec.coarse_of.take(within) if spec.moments else None
    values = _moments(spec, batch) if spec.moments else {}
    within *= LABELS
    within += batch.label
    out: list[dict[str, Fixed]] = []
    for columns, place in zip(spec.blocks, codes, strict=True):
        leaf = joint_codes(batch, columns)
        mine = place[start : start + batch.height]
        np.multiply(leaf, spec.cuts.bins * LABELS, out=mine)
        mine += within
        sums: dict[str, Fixed] = {}
        if coarse is not None:
            leaf *= COARSE * LABELS
            leaf += coarse
            leaf += batch.label
            shape = tuple(len(batch.groups[i].values) for i in columns)
            cells = int(np.prod(shape, dtype=np.int64)) * COARSE * LABELS
            for name, (part, first, limbs) in values.items():
                total = add_at(leaf, part, cells, limbs=limbs, first=first)
                sums[name] = total.reshape(*shape, COARSE, LABELS)
        out.append(sums)
    return out


def joint_codes(batch: Batch, columns: tuple[int, ...], dtype: type[np.integer] = np.int64) -> NDArray[Any]:
    """One code per row for a set of columns, last column fastest; `dtype` has room for all of them."""
    if not columns:
        return np.zeros(batch.height, dtype=dtype)
    leaf = batch.groups[columns[0]].codes.astype(dtype)
    for i in columns[1:]:
        leaf *= dtype(len(batch.groups[i].values))
        leaf += batch.groups[i].codes.astype(dtype, copy=False)
    return leaf


def _count_block(spec: CubeSpec, batch: Batch, shape: tuple[int, ...], codes: Ints, moments: dict[str, Fixed]) -> Block:
    full = (*shape, spec.cuts.bins, LABELS)
    size = int(np.prod(full, dtype=np.int64))
    rows = np.bincount(codes, minlength=size).reshape(full)
    w = q = None
    weight = batch.weight
    if weight is not None:
        w = add_at(codes, weight, size, limbs=2, first=32).reshape(*full)
        q = add_at(codes, weight * weight, size, limbs=2, first=32).reshape(*full)
    return Block(rows=rows, w=w, q=q, moments=moments)


def _moments(spec: CubeSpec, batch: Batch) -> dict[str, tuple[Floats, int, int]]:
    """Name → (value per row, first scale, limbs). With weights each comes as w·value and w²·value.

    `error` is the squared distance to the label (to 0 for scores that are no probabilities, and where it is missing).
    """
    p = np.ldexp(batch.scores[spec.model], -spec.scale) if spec.scale else batch.scores[spec.model]
    if spec.probability:
        # `chance`: what was given to what happened; its distance from 1 is the distance of the score from the label.
        chance = p - (batch.label != 1).view(np.uint8)
        np.abs(chance, out=chance)
        error = 1.0 - chance
        error *= error
        sums = [p, error]
        if spec.losses:
            loss = np.clip(chance, _EPS, 1.0 - _EPS, out=chance)
            np.negative(np.log(loss, out=loss), out=loss)
            sums += [error * error, loss, loss * loss]
        parts = {name: (value, _FIRST[name]) for name, value in zip(spec.sums, sums, strict=True)}
    else:
        parts = {"p": (p, 36), "error": (p * p, 36)}
    if batch.weight is None:
        return {name: (values, first, 1) for name, (values, first) in parts.items()}
    w, q = batch.weight, batch.weight * batch.weight
    out: dict[str, tuple[Floats, int, int]] = {}
    for name, (values, first) in parts.items():
        out[name], out[f"q{name}"] = (w * values, first, 2), (q * values, first, 2)
    return out


def union_values(a: tuple[GroupValue, ...], b: tuple[GroupValue, ...]) -> tuple[GroupValue, ...]:
    return a if a == b else tuple(sorted({*a, *b}, key=group_order))


def spread_values(array: Ints, old: list[tuple[GroupValue, ...]], new: list[tuple[GroupValue, ...]]) -> Ints:
    """Move counts to their place among more group values; trailing axes stay."""
    out = np.zeros((*(len(n) for n in new), *array.shape[len(new) :]), dtype=array.dtype)
    places = [np.array([n.index(v) for v in o], dtype=np.int64) for o, n in zip(old, new, strict=True)]
    out[np.ix_(*places)] = array
    return out


def _map(block: Block, change: Callable[[Ints], Ints]) -> Block:
    def fixed(total: Fixed) -> Fixed:
        return Fixed(np.stack([change(limb) for limb in total.limbs]), total.first)

    return Block(
        rows=change(block.rows),
        w=None if block.w is None else fixed(block.w),
        q=None if block.q is None else fixed(block.q),
        moments={k: fixed(v) for k, v in block.moments.items()},
    )


def _add(a: Block, b: Block) -> Block:
    return Block(
        rows=a.rows + b.rows,
        w=a.w + b.w if a.w is not None and b.w is not None else None,
        q=a.q + b.q if a.q is not None and b.q is not None else None,
        moments={k: a.moments[k] + b.moments[k] for k in a.moments},
    )
