"""What rows of one class give away about a sensitive column: l-diversity in three forms, and t-closeness in two.

Machanavajjhala et al. 2007 (ACM TKDD 1:3): distinct, entropy and recursive (c, l)-diversity. Li, Li and
Venkatasubramanian 2007 (ICDE): t-closeness, with the equal distance (total variation) for values without an order and
the ordered distance for numbers and dates, in which neighbouring values lie 1 / (m - 1) apart.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PerClass:
    """Of each class, arrays of one shape: rows, different values, entropy in nats, distance to the whole table.

    `largest`: rows with the commonest value. `second`: rows with any other, which recursive (c, 2) compares it with.
    """

    rows: Ints
    distinct: Ints
    entropy: Floats
    distance: Floats
    largest: Ints

    @property
    def second(self) -> Ints:
        return self.rows - self.largest


def is_ordered(kind: pl.DataType) -> bool:
    """Whether values of this type have an order and distances that mean something: numbers and dates."""
    return bool((kind.is_numeric() or kind.is_temporal()) and kind != pl.Boolean)


def per_class(counted: pl.DataFrame, whole: pl.DataFrame, *, ordered: bool) -> PerClass:
    """`counted`: class, value, n, each pair once; `whole`: value, n over the whole table, each value once.

    Missing is a value, below all others.
    """
    values = whole.sort("value", nulls_last=False).with_row_index("rank")
    share = values["n"].to_numpy() / values["n"].sum()
    rows = counted.join(values.select("value", "rank"), on="value", how="left", nulls_equal=True)
    rows = rows.sort("class", "rank")
    n, rank = rows["n"].to_numpy().astype(np.float64), rows["rank"].to_numpy().astype(np.int64)
    code = rows["class"].rle_id().to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    size = np.add.reduceat(n, starts) if n.size else n
    p = n / size[code] if n.size else n
    entropy = -np.add.reduceat(p * np.log(p), starts) if n.size else n
    distance = (_ordered if ordered else _equal)(p, rank, starts, share) if n.size else n
    return PerClass(
        rows=size.astype(np.int64),
        distinct=np.diff(np.append(starts, n.size)).astype(np.int64),
        entropy=np.maximum(entropy, 0.0),
        distance=np.clip(distance, 0.0, 1.0),
        largest=(np.maximum.reduceat(n, starts) if n.size else n).astype(np.int64),
    )


def _equal(p: Floats, rank: Ints, starts: Ints, share: Floats) -> Floats:
    """Half the sum of absolute differences; values that a class lacks count with their whole share."""
    q = share[rank]
    differing: Floats = np.add.reduceat(np.abs(p - q), starts)
    lacking: Floats = 1.0 - np.add.reduceat(q, starts)
    return (differing + lacking) / 2.0


def _ordered(p: Floats, rank: Ints, starts: Ints, share: Floats) -> Floats:
    """The mean absolute difference of the cumulated shares over all values but the last.

    A class's cumulated share stays the same from one of its values to the next, while the table's climbs; the sum over
    such a run is read off the prefix sums of the table's cumulated shares, split where it passes the class's.
    """
    m = share.size
    if m < 2:
        return np.zeros(starts.size)
    above = np.cumsum(share)
    prefix = np.concatenate([[0.0], np.cumsum(above)])
    last = np.append(starts[1:], p.size) - 1
    total = np.cumsum(p)
    before = np.concatenate([[0.0], total])[starts]
    class_of = np.repeat(np.arange(starts.size), np.diff(np.append(starts, p.size)))
    level = np.minimum(total - before[class_of], 1.0)
    level[last] = 1.0
    end = np.append(rank[1:], m)
    end[last] = m
    cut = np.clip(np.searchsorted(above, level), rank, end)
    run = level * (2 * cut - rank - end) - 2 * prefix[cut] + prefix[rank] + prefix[end]
    head = prefix[rank[starts]]
    away: Floats = (np.add.reduceat(run, starts) + head) / (m - 1)
    return away
