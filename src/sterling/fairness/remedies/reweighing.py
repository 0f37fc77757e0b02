"""Reweighing: rows weigh more or less in training, so that group and label are unrelated in the weighted rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.errors import InputError
from sterling.core.frozen import dataclass
from sterling.core.remedy import Remedy, register
from sterling.core.slices import GroupValue, Slice

REWEIGHING = register(
    Remedy(
        name="reweighing",
        title="Reweighing",
        uses="in_training",
        improves="the gap in selection rate that a model learns from unequal shares of positive labels",
        worsens="accuracy where the shares of positive labels truly differ; the noise where a cell holds few rows",
        source="Kamiran and Calders 2012, Knowledge and Information Systems 33:1, section 5.3",
        docs="remedies/reweighing.md",
    )
)
Floats = NDArray[np.float64]
WHERE = "reweighing"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedCell:
    """The rows of one group with one label, and how much each of them weighs (times its own weight)."""

    slice: Slice
    label: int
    n: int
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reweighed:
    """`weights` per row, shape (n,), to be given to the fit. `cells` say how they came about."""

    weights: Floats
    cells: tuple[WeightedCell, ...]
    notes: tuple[str, ...] = ()


def reweigh(
    groups: Mapping[str, Sequence[GroupValue]], label: ArrayLike, *, weights: ArrayLike | None = None
) -> Reweighed:
    """Weights under which group and label are independent in the training rows.

    `groups`: by column, a value per row, None where missing; missing is a group like any other, and several columns are
    crossed. `label`: 0 or 1, shape (n,). `weights`: the rows' own, which are multiplied in.

    A row of group g and label y gets n_g * n_y / (n * n_gy): the rows expected in its cell, if group and label had
    nothing to do with each other, over those that are there. The new weights have the same sum as the old. A group
    with one label only cannot be balanced: its rows keep the weight by that formula, and a note names it.

    Raises InputError when shapes differ, a label is neither 0 nor 1, or no weight is above 0.
    """
    y, own = np.asarray(label), np.asarray(weights if weights is not None else np.ones(np.shape(label)), dtype=float)
    _checked(groups, y, own)
    values = list(zip(*groups.values(), strict=True))
    names = sorted(set(values), key=lambda v: [(part is None, part or "") for part in v])
    code = {value: i for i, value in enumerate(names)}
    cell = 2 * np.array([code[v] for v in values], dtype=np.int64) + y.astype(np.int64)
    mass: Floats = np.bincount(cell, weights=own, minlength=2 * len(names)).reshape(-1, 2).astype(np.float64)
    factor = _factors(mass)
    new = own * factor.ravel()[cell]
    new *= own.sum() / new.sum()
    slices = [Slice(tuple(zip(groups, v, strict=True))) for v in names]
    counts = np.bincount(cell, minlength=2 * len(names)).reshape(-1, 2)
    return Reweighed(
        weights=new,
        cells=tuple(
            WeightedCell(slice=s, label=k, n=int(counts[i, k]), factor=float(factor[i, k]))
            for i, s in enumerate(slices)
            for k in (0, 1)
            if counts[i, k]
        ),
        notes=tuple(_one_sided(slices, mass)),
    )


def _factors(mass: Floats) -> Floats:
    """Expected over actual weight of each group × label cell; 0 for an empty one."""
    expected = mass.sum(axis=1, keepdims=True) * mass.sum(axis=0, keepdims=True) / mass.sum()
    return np.asarray(np.where(mass > 0, expected / np.where(mass > 0, mass, 1.0), 0.0))


def _one_sided(slices: Sequence[Slice], mass: Floats) -> list[str]:
    return [
        f"{s}: every row has the {'positive' if part[1] else 'negative'} label, so no weights can make group and label "
        "independent there"
        for s, part in zip(slices, mass, strict=True)
        if part.sum() > 0 and (part == 0).any()
    ]


def _checked(groups: Mapping[str, Sequence[GroupValue]], y: NDArray[np.generic], own: Floats) -> None:
    if not groups:
        raise InputError("no group column is named", where=WHERE, expected="at least one", hint='reweigh = ["race"]')
    lengths = {len(v) for v in groups.values()} | {y.size, own.size}
    if len(lengths) > 1 or y.ndim != 1:
        raise InputError(
            "groups, labels and weights are not of one length", where=WHERE, hint="give one of each for every row"
        )
    if y.dtype.kind not in "iufb" or not np.isin(y, (0, 1)).all():
        raise InputError("some labels are neither 0 nor 1", where=WHERE, hint="leave out rows without a label")
    if not np.isfinite(own).all() or (own < 0).any() or not own.sum() > 0:
        raise InputError(
            "weights must be 0 or more, and some above 0",
            where=WHERE,
            hint="give rows that count for nobody a weight of 0, or leave weights out",
        )
