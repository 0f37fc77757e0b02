"""From joint counts of group columns to every slice: which slices have rows, and totals of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, GroupValue, Slice
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed
from sterling.engine.families import Families, name_slices

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Slicing:
    """The slices that have rows (everyone always), in order; `family` and `code` say where each is counted.

    `kept` holds the codes of each family's slices. The arrays that it gathers have one entry per block of `families`,
    of shape (values of the block's columns…, anything…), and come back as (slices, anything…).
    """

    families: Families
    slices: tuple[Slice, ...]
    family: tuple[int, ...]
    code: tuple[int, ...]
    kept: tuple[Ints, ...]

    def gather(self, blocks: Sequence[Ints]) -> Ints:
        """Whole numbers, summed down to every slice."""
        return np.concatenate([_down(blocks[o], a, k, n) for o, a, k, n in self._parts()])

    def values(self, blocks: Sequence[Fixed]) -> NDArray[np.float64]:
        """Exact sums of floats, summed down to every slice."""
        return self.fixed(blocks).value

    def fixed(self, blocks: Sequence[Fixed]) -> Fixed:
        """The same, still exact: for whoever adds them up further."""
        limbs = [self.gather(limb) for limb in zip(*(block.limbs for block in blocks), strict=True)]
        return Fixed(np.stack(limbs), blocks[0].first)

    def places(self, batch: Batch) -> tuple[Ints, ...]:
        """Of each family, the place among all slices of the slice that each row is in."""
        out, start = [], 0
        for family, kept in zip(self.families.families, self.kept, strict=True):
            table = np.zeros(int(kept.max(initial=0)) + 1, dtype=np.int64)
            table[kept] = start + np.arange(len(kept))
            start += len(kept)
            out.append(table[joint_codes(batch, family)])
        return tuple(out)

    def _parts(self) -> list[tuple[int, tuple[int, ...], Ints, int]]:
        """Of each family: its block, the axes to sum over, its codes, and how many columns the block has."""
        out = []
        for family, owner, kept in zip(self.families.families, self.families.owner, self.kept, strict=True):
            held = self.families.blocks[owner]
            out.append((owner, _away(held, family), kept, len(held)))
        return out


def slicing(
    families: Families, values: tuple[tuple[GroupValue, ...], ...], columns: tuple[str, ...], rows: Sequence[Ints]
) -> Slicing:
    """Which slices there are. `rows` counts the rows of each block, of shape (values of its columns…)."""
    names: list[Slice] = []
    which: list[int] = []
    codes: list[int] = []
    every: list[Ints] = []
    for index, (family, owner) in enumerate(zip(families.families, families.owner, strict=True)):
        counted = rows[owner].sum(axis=_away(families.blocks[owner], family)).reshape(-1)
        kept = np.flatnonzero(counted > 0)
        if not len(kept) and not family:
            kept = np.array([0])
        named = name_slices(columns, values, family)
        names += [named[i] if family else EVERYONE for i in kept]
        which += [index] * len(kept)
        codes += kept.tolist()
        every.append(kept)
    return Slicing(families, tuple(names), tuple(which), tuple(codes), tuple(every))


def _away(held: tuple[int, ...], family: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(i for i, column in enumerate(held) if column not in family)


def _down(block: Ints, away: tuple[int, ...], kept: Ints, held: int) -> Ints:
    total = block.sum(axis=away) if away else block
    return np.asarray(total.reshape(-1, *total.shape[held - len(away) :])[kept], dtype=np.int64)
