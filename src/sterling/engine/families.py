"""Which slices there are: every group column, every cross of them, and everyone."""

from __future__ import annotations

import itertools
import math

from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.slices import GroupValue, Slice
from sterling.engine.encode import Batch

MAX_SLICES = 20_000
MAX_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Families:
    """`families`: column-index tuples, () first. `blocks`: sets of columns counted jointly; each family lies in one."""

    families: tuple[tuple[int, ...], ...]
    blocks: tuple[tuple[int, ...], ...]
    owner: tuple[int, ...]
    dropped_crosses: bool


def plan_families(
    cardinalities: list[int], *, cross: int, cells_per_slice: int, alone: tuple[int, ...] = ()
) -> Families:
    """Families up to `cross` columns, those `alone` in none but their own, and as few joint counts as fit in memory.

    Crosses are left out (and said to be) when they would make more than MAX_SLICES slices.
    """
    everything = tuple(range(len(cardinalities)))
    crossed = tuple(i for i in everything if i not in alone)
    widest = depth = min(cross, len(crossed))
    while depth > 1 and _slices([cardinalities[i] for i in crossed], depth) > MAX_SLICES:
        depth -= 1
    singles = tuple(f for f in itertools.combinations(everything, 1) if depth > 0 or f[0] in alone)
    deeper = tuple(f for size in range(2, depth + 1) for f in itertools.combinations(crossed, size))
    families = ((), *singles, *deeper)
    if math.prod(cardinalities) * cells_per_slice <= MAX_CELLS:
        blocks: tuple[tuple[int, ...], ...] = (everything,)
    else:
        joint = itertools.combinations(crossed, max(depth, 1))
        blocks = (*joint, *((i,) for i in everything if i in alone))
    owner = tuple(next(i for i, b in enumerate(blocks) if set(f) <= set(b)) for f in families)
    return Families(families, blocks, owner, depth < widest)


def families_in(batch: Batch, roles: Roles, *, cross: int, cells_per_slice: int, streaming: bool = False) -> Families:
    """`plan_families` of a batch's groups; where rows stream, with room for a value that only later batches hold."""
    return plan_families(
        [len(g.values) + streaming for g in batch.groups],
        cross=cross, cells_per_slice=cells_per_slice, alone=roles.uncrossed,
    )  # fmt: skip


def _slices(cardinalities: list[int], depth: int) -> int:
    return sum(math.prod(c) for size in range(depth + 1) for c in itertools.combinations(cardinalities, size))


def name_slices(
    columns: tuple[str, ...], values: tuple[tuple[GroupValue, ...], ...], family: tuple[int, ...]
) -> list[Slice]:
    """The slices of one family, in the order of its joint codes."""
    return [
        Slice(tuple(zip((columns[i] for i in family), combination, strict=True)))
        for combination in itertools.product(*(values[i] for i in family))
    ]
