"""Which small sets of columns single out most rows: a bounded search over columns that somebody else could know."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from

if TYPE_CHECKING:
    from sterling.core.roles import Roles
    from sterling.engine.table import TableAccess

SEARCH_ROWS = 100_000
"""The search looks at so many rows of a larger table; what it finds is then counted over all of them."""
MOST_COLUMNS = 12
ALONE = 0.5
"""A column in which more than this share of values occurs once singles rows out by itself: an identifier, or a text."""
LONG_TEXT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """`sets`: of each size those that single out most rows, worst first. `looked_at`: how many sets were counted.

    `alone`: columns left out because each singles out most rows by itself. `left_out`: columns beyond the most that are
    crossed, those with the least entropy. `rows`: rows that the search looked at.
    """

    sets: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    alone: tuple[str, ...]
    left_out: tuple[str, ...]
    looked_at: int
    rows: int


def search(access: TableAccess, *, largest: int = 3, show: int = 9) -> Searched:
    """Count the rows that are alone, for every set of up to `largest` columns, on a sample of a large table.

    Looked at are columns of text, whole numbers, truth and dates which hold neither label nor score, weight or id; of
    many, the twelve with the most entropy. The worst sets of each size are kept: a larger set always singles out more.
    """
    usable = _usable(access)
    frame = access.sample(usable, most=SEARCH_ROWS) if usable else pl.DataFrame()
    coded = {c: _codes(frame[c]) for c in usable}
    alone = tuple(c for c in usable if _is_alone(frame[c], coded[c]))
    several = {c: codes for c, codes in coded.items() if c not in alone and codes.size and codes.max() > codes.min()}
    ranked = sorted(several, key=lambda c: (-_entropy(several[c]), usable.index(c)))
    kept = tuple(sorted(ranked[:MOST_COLUMNS], key=usable.index))
    largest = min(largest, len(kept))
    each = max(1, show // max(largest, 1))
    found: list[tuple[str, ...]] = []
    for size in range(largest, 0, -1):
        sets = list(combinations(kept, size))
        unique = {s: _unique([several[c] for c in s]) for s in sets}
        found += sorted(sets, key=lambda s: (-unique[s], [usable.index(c) for c in s]))[:each]
    looked_at = sum(comb(len(kept), size) for size in range(1, largest + 1))
    return Searched(
        sets=tuple(found), columns=kept, alone=alone, left_out=tuple(c for c in usable if c in ranked[MOST_COLUMNS:]),
        looked_at=looked_at, rows=frame.height,
    )  # fmt: skip


def _usable(access: TableAccess) -> list[str]:
    taken = set(_with_a_role(access.roles))
    kinds = (pl.String, pl.Categorical, pl.Enum, pl.Boolean)
    return [
        c
        for c, kind in access.schema.items()
        if c not in taken and made_from(c) is None and (kind in kinds or kind.is_integer() or kind.is_temporal())
    ]


def _with_a_role(roles: Roles) -> list[str]:
    """Columns that nobody outside knows: what the model says, what came of it, weights, and names of rows."""
    made = [s.name for s in roles.slices]
    return [c for c in (*roles.columns, *made) if c not in roles.groups or c in made]


def _codes(column: pl.Series) -> NDArray[np.int64]:
    """Values as whole numbers from 0, missing first."""
    plain = column.cast(pl.String) if column.dtype in (pl.Categorical, pl.Enum) else column
    return plain.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def _is_alone(column: pl.Series, codes: NDArray[np.int64]) -> bool:
    if column.dtype == pl.String and (column.str.len_chars().mean() or 0) > LONG_TEXT:  # type: ignore[operator]
        return True
    return bool(codes.size) and int((np.bincount(codes) == 1).sum()) > ALONE * codes.size


def _entropy(codes: NDArray[np.int64]) -> float:
    counts = np.bincount(codes)
    share = counts[counts > 0] / codes.size
    return round(float(-(share * np.log(share)).sum()), 12)


def _unique(columns: list[NDArray[np.int64]]) -> int:
    """How many rows share their values in all these columns with no other row."""
    key = columns[0]
    for codes in columns[1:]:
        key = key * (int(codes.max()) + 1) + codes
    if int(key.max()) < 8 * key.size:
        return int((np.bincount(key) == 1).sum())
    key = np.sort(key)
    edge = np.concatenate([[True], key[1:] != key[:-1], [True]])
    return int((edge[1:] & edge[:-1]).sum())
