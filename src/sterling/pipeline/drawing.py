"""Counts for the calibration and score-distribution pictures."""

from __future__ import annotations

import numpy as np

from sterling.core.run import Drawing
from sterling.engine.binary.measured import BinaryMeasured
from sterling.stats.arrays import divide
from sterling.stats.proportion import wilson


def drawing(measured: BinaryMeasured) -> Drawing:
    """Per slice and coarse score bin: rows by label, mean score, observed share with its interval."""
    rows = measured.coarse_rows
    labelled = rows[:, :, :2].sum(axis=2)
    weighted = measured.moments.get("p")
    mean = np.full(labelled.shape, np.nan)
    observed = divide(rows[:, :, 1], labelled)
    low, high = wilson(rows[:, :, 1], labelled, level=measured.level)
    if weighted is not None and measured.model.kind == "probability" and not measured.weighted and measured.has_label:
        mean = divide(weighted[:, :, :2].sum(axis=2), labelled)
    edges = (float("-inf"), *measured.coarse_edges.tolist(), float("inf"))
    if measured.model.kind == "probability":
        edges = (0.0, *measured.coarse_edges.tolist(), 1.0)
    return Drawing(
        model=measured.model.name,
        edges=tuple(edges),
        positive=_ints(rows[:, :, 1]),
        negative=_ints(rows[:, :, 0]),
        mean_score=_floats(mean),
        observed=_floats(observed),
        low=_floats(low),
        high=_floats(high),
    )


def _ints(array: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in array.tolist())


def _floats(array: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in array.tolist())
