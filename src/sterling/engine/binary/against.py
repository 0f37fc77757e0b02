"""One class against all others, one label of several: a yes/no question inside another task, counted as such."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.roles import ModelColumn
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.survey import BinarySurveyed
from sterling.engine.clusters import Gram
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed

Floats = NDArray[np.float64]


def as_yes_no(surveyed: Surveyed, model: ModelColumn) -> BinarySurveyed:
    """The subject as one with a single yes/no model, to be counted from batches that `asked` makes."""
    return BinarySurveyed(
        table=surveyed.table,
        roles=replace(surveyed.roles, task="binary", models=(model,), label_members=()),
        name=surveyed.name,
        rows=surveyed.rows,
        frame=None,
        largest_weight=surveyed.largest_weight,
        ranges=((0.0, 1.0),),
    )


def asked(batch: Batch, label: NDArray[np.uint8], score: Floats) -> Batch:
    """The rows of a batch with the label (0 no, 1 yes, 2 missing) and the score of one yes/no question."""
    return replace(batch, label=label, scores=(score,))


def shares(
    of: Measured, cells: Floats, w: Floats | None, q: Floats | None, gram: Gram | None, *, unit: float
) -> BinaryMeasured:
    """A yes/no model that gave decisions, from its confusion cells alone: (slices, 6), with weights Σw and Σw² too.

    Cells of shape (slices, questions, 6) are several yes/no models, each of which stays apart from the others.
    """
    slices, apart = len(of.slices), cells.ndim == 3
    return BinaryMeasured(
        model=replace(of.model, kind="prediction"),
        slices=of.slices,
        n=of.n,
        has_label=of.has_label,
        level=of.level,
        min_n=of.min_n,
        groups=of.groups,
        cells=cells if apart else cells[:, None, :],
        w=w if w is None or apart else w[:, None, :],
        q=q if q is None or apart else q[:, None, :],
        gram=gram,
        moments={},
        coarse_rows=np.zeros((slices, 1, 3), dtype=np.int64),
        coarse_edges=np.array([0.5]),
        scale=0,
        auc=None,
        weight_unit=unit,
        apart=apart,
    )
