"""No class for the rows that a model is not sure of: what was measured, again at each threshold of confidence.

A row whose highest probability is below the threshold has no prediction: a column of its own in the confusion table,
as in TensorFlow Model Analysis' confusion matrix at thresholds. It is right of no class and taken for none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.metrics import ScoreMetric
from sterling.core.rates import RATES
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import computes
from sterling.engine.quantity import Quantity
from sterling.quality.multiclass.measured import MulticlassMeasured, Tally

Floats = NDArray[np.float64]
MOST_CELLS = 1 << 27
"""Slices times cells of all tables: about a gigabyte."""


def cut_at(m: MulticlassMeasured, stages: Tally, thresholds: tuple[float, ...], operating: int) -> MulticlassMeasured:
    """`m` at thresholds. `stages` counts by label, prediction, and how many of the thresholds a row reaches.

    Raises ConfigError where the tables would be too many.
    """
    if stages.rows.size > MOST_CELLS:
        raise ConfigError(
            f"{len(thresholds):,} thresholds of {len(m.classes):,} classes in {len(m.slices):,} slices are too many "
            "tables", expected=f"at most {MOST_CELLS:,} cells", hint="give fewer thresholds, or fewer groups",
        )  # fmt: skip
    told, cut = None if m.clustered is None else m.clustered.cut(), []
    for j in range(len(thresholds)):
        rows, w, q = (None if part is None else _table(part, j) for part in (stages.rows, stages.w, stages.q))
        assert rows is not None
        clustered = None if told is None else told.at(j)
        cut.append(replace(m, confusion=Tally(rows=rows, w=w, q=q), clustered=clustered, abstains=True))
    return replace(m, thresholds=thresholds, operating=operating, cut=tuple(cut))


def _table(stages: Floats, j: int) -> Floats:
    """Label by prediction at the j-th threshold, no prediction last."""
    named, none = stages[..., j + 1 :].sum(axis=-1), stages[..., : j + 1].sum(axis=(-1, -2))
    return np.concatenate([named, none[..., None]], axis=-1)


@computes("multiclass", "abstention_rate")
def _abstention(m: MulticlassMeasured, metric: ScoreMetric) -> Quantity:
    return binary_quantity(m.abstained(), replace(RATES["selection_rate"], info=metric.info))
