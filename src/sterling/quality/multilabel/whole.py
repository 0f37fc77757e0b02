"""Rows looked at with all their labels, from sums over rows (`counting.row_parts`): one set of sums for each look.

A look is a threshold, or how many of the best items of a row count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.frozen import dataclass
from sterling.engine.binary.against import asked, shares
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.task import gram_of
from sterling.engine.clusters import Gram
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.slicing import Slicing
from sterling.engine.sums import Sums
from sterling.quality.multilabel.counting import MEANS
from sterling.quality.multilabel.rows import PAIRS, Rows
from sterling.stats.arrays import divide
from sterling.stats.weights import kish_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Whole:
    """Rows looked at with all their labels. Arrays have shape (slices, looks); `n` is what rows are worth.

    `exact` holds yes/no models (one a look) of getting every label right. `sums` has Σ and Σ² by the names of
    `counting.MEANS`, as of equally weighted rows; `rows` counts those without missing labels.
    """

    exact: tuple[BinaryMeasured, ...]
    sums: dict[str, tuple[Floats, Floats]]
    n: Floats
    rows: Ints


def whole_of(of: Measured, sums: Sequence[Sums], found: Slicing, unit: float, right: Sequence[Gram | None]) -> Whole:
    """What whole rows say. `right`: of each look, the cluster products of the rows that it gets right, or None."""
    weighted = "wrows" in sums[0].totals[0]
    exact, worth, sizes, means = [], [], [], {name: ([], []) for name in MEANS}  # type: ignore[var-annotated]
    for one, gram in zip(sums, right, strict=True):
        rows = found.gather(one.counts("rows")).astype(np.float64)
        w = found.values(one.of("wrows")) * unit if weighted else None
        q = found.values(one.of("qrows")) * unit**2 if weighted else None
        exact.append(_every_right(of, rows, w, q, gram, unit))
        known = rows[:, :2].sum(axis=1)
        n = known if w is None or q is None else kish_n(w[:, :2].sum(axis=1), q[:, :2].sum(axis=1))
        size = n if gram is None else np.fmin(n, _people(exact[-1], w, known))
        for name in MEANS:
            total, squares = _sums(one, found, name, n, w, q, unit)
            means[name][0].append(total * divide(size, n))
            means[name][1].append(squares * divide(size, n))
        worth.append(size)
        sizes.append(known)
    return Whole(
        exact=tuple(exact),
        sums={name: (np.stack(a, axis=1), np.stack(b, axis=1)) for name, (a, b) in means.items()},
        n=np.stack(worth, axis=1),
        rows=np.stack(sizes, axis=1).astype(np.int64),
    )


def gram_by_row(sums: Sequence[Sums], found: Slicing, unit: float) -> Gram:
    """Rows as clusters of their labels: the products of what each row has in the confusion cells."""
    size = len(CELLS)
    products = np.zeros((len(found.slices), len(sums), size, size))
    for t, of in enumerate(sums):
        for i, j in PAIRS:
            products[:, t, i, j] = products[:, t, j, i] = found.values(of.of(f"product{i}{j}"))
    patterns = np.stack([found.gather(of.counts("patterns")) for of in sums], axis=1)
    return Gram(products * unit**2, patterns)


def right_by_cluster(rows: Rows, kept: Batch, found: Slicing, unit: float) -> Gram | None:
    """Products of cluster totals of the rows with every label right."""
    view = asked(kept, np.where(rows.whole, 1, 2).astype(np.uint8), (rows.exact == 0).astype(np.float64))
    return gram_of(found, found.families, view, 0, np.array([0.5]), unit)


def _every_right(
    of: Measured, rows: Floats, w: Floats | None, q: Floats | None, gram: Gram | None, unit: float
) -> BinaryMeasured:
    """Every label right, as the answer yes among the rows that lack none."""

    def cells(part: Floats) -> Floats:
        nobody = np.zeros(len(part))
        return np.stack([part[:, 0], nobody, part[:, 1], nobody, nobody, part[:, 2]], axis=1)

    return shares(of, cells(rows), None if w is None else cells(w), None if q is None else cells(q), gram, unit=unit)


def _people(right: BinaryMeasured, w: Floats | None, known: Floats) -> Floats:
    """Kish's n over clusters."""
    assert right.gram is not None
    labelled = right.gram.products[:, 0][:, [0, 2]][:, :, [0, 2]].sum(axis=(1, 2))
    return kish_n(known if w is None else w[:, :2].sum(axis=1), labelled)


def _sums(
    one: Sums, found: Slicing, name: str, n: Floats, w: Floats | None, q: Floats | None, unit: float
) -> tuple[Floats, Floats]:
    """Σ and Σ² of a mean over whole rows, as of `n` equally weighted ones."""
    total, squares = (found.values(one.of(f"w{name}{power}")) for power in ("", "2"))
    if w is None or q is None:
        return total, squares
    mean = divide(total * unit, w[:, :2].sum(axis=1))
    on_q, on_q2 = (found.values(one.of(f"q{name}{power}")) * unit**2 for power in ("", "2"))
    spread = on_q2 - 2 * mean * on_q + mean**2 * q[:, :2].sum(axis=1)
    variance = divide(spread, w[:, :2].sum(axis=1) ** 2) * n
    return mean * n, (variance + mean**2) * n
