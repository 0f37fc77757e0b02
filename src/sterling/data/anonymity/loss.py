"""What generalising cost, and whom: detail and rows lost, in all and group by group, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.slices import Slice, group_text
from sterling.data.anonymity.generalise import Generalised
from sterling.stats.means import mean_bounded
from sterling.stats.proportion import wilson

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoss:
    """Of the `n` rows of a group before: the share left out, the mean penalty of the rest's cells and theirs (1), and
    the label's rate among all and among those left; None where there is no label, or nobody left with one."""

    slice: Slice
    n: int
    left_out: Estimate
    penalty: Estimate
    label_before: Estimate | None = None
    label_after: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """`penalty`: normalised certainty penalty: how much of a column's range a value stands for, as the mean over cells;
    0 as it was, 1 nothing left (Xu et al. 2006). `discernibility`: sum over rows of the size of their class, n for one
    left out (Bayardo and Agrawal 2005). `average_class`: rows left over classes, over k (LeFevre et al. 2006).
    """

    rows: int
    left_out: int
    classes: int
    smallest: int
    penalty: float
    discernibility: int
    average_class: float
    groups: tuple[GroupLoss, ...] = ()


def loss_of(
    frame: pl.DataFrame, made: Generalised, *, k: int, groups: Sequence[str] = (), positive: Bools | None = None,
    level: float = 0.95,
) -> Loss:  # fmt: skip
    """`frame`: the table before. `positive`: whether a row has the positive label, if there is one, shape (n,)."""
    sizes = np.bincount(made.part[made.kept])
    sizes = sizes[sizes > 0]
    lost = int((~made.kept).sum())
    return Loss(
        rows=frame.height, left_out=lost, classes=sizes.size, smallest=int(sizes.min()),
        penalty=float(made.loss.mean()), discernibility=int((sizes**2).sum()) + lost * frame.height,
        average_class=float(sizes.sum() / sizes.size / k),
        groups=tuple(_group(s, rows, made, positive, level) for c in groups for s, rows in _members(frame[c])),
    )  # fmt: skip


def _members(column: pl.Series) -> list[tuple[Slice, Bools]]:
    """The rows of each value as it was before, missing last."""
    values = sorted(column.unique().to_list(), key=lambda v: (v is None, str(v)))
    return [(Slice(((column.name, group_text(v)),)), _equal(column, v)) for v in values]


def _equal(column: pl.Series, value: object) -> Bools:
    return np.asarray((column.is_null() if value is None else (column == value).fill_null(value=False)).to_numpy())


def _group(group: Slice, rows: Bools, made: Generalised, positive: Bools | None, level: float) -> GroupLoss:
    n, loss = int(rows.sum()), made.loss[rows]
    low, high = mean_bounded(float(loss.sum()), float((loss**2).sum()), n, level=level)
    left = rows & made.kept
    return GroupLoss(
        slice=group, n=n, left_out=_share(int((rows & ~made.kept).sum()), n, level),
        penalty=Estimate(
            value=float(loss.mean()), low=float(low), high=float(high), level=level, n=n, n_eligible=n,
            method="Wilson for a bounded mean",
        ),
        label_before=None if positive is None else _share(int((rows & positive).sum()), n, level),
        label_after=None if positive is None or not left.any() else _share(
            int((left & positive).sum()), int(left.sum()), level
        ),
    )  # fmt: skip


def _share(hits: int, n: int, level: float) -> Estimate:
    low, high = wilson(hits, n, level=level)
    return Estimate(
        value=hits / n, low=float(low), high=float(high), level=level, n=n, n_eligible=n, method="Wilson"
    )  # fmt: skip


def hit_hardest(found: Loss) -> tuple[str, ...]:
    """Groups that lost more than the rest of the table, interval and all: in rows, or in detail."""
    share = found.left_out / found.rows
    worse = []
    for g in found.groups:
        assert g.left_out.low is not None and g.penalty.low is not None
        if g.left_out.low > share:
            worse.append(f"{g.slice}: {g.left_out.value:.1%} of its rows were left out, of all rows {share:.1%}")
        elif g.penalty.low > found.penalty:
            worse.append(f"{g.slice}: its cells tell {g.penalty.value:.3f} less, all cells {found.penalty:.3f}")
    return tuple(worse)
