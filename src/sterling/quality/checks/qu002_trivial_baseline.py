"""QU002: is the model better than no model?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from sterling.core.evidence import Answer, Finding, Side
from sterling.core.rates import MetricInfo, Rate, parse_rate
from sterling.core.registry import check
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.stats.normal import z

if TYPE_CHECKING:
    from sterling.quality.multiclass.measured import MulticlassMeasured

GAIN = MetricInfo(
    name="accuracy_gain", label="Accuracy gain", direction="higher", scale="share", low=-1.0, high=1.0,
    plain="accuracy less that of always predicting the most common label", eligible="labelled",
    formula="accuracy - max(prevalence, 1 - prevalence)", tasks=("binary", "multiclass"),
)  # fmt: skip


@check(
    code="QU002",
    name="trivial-baseline",
    title="Better than no model?",
    question="Is the model more accurate than always predicting the most common label?",
    finds=("lowest",),
    needs=("label", "decision"),
    tasks=("binary", "multiclass"),
    pitfalls=(
        "A model with little gain in accuracy can still rank people well: read the AUC beside it.",
        "The most common label is read from the same rows; with few rows that favours the trivial predictor slightly.",
    ),
    hints=("If the model gains nothing, look at the label and the features before looking at groups.",),
)
def trivial_baseline(measured: Measured, *, threshold: float | None = None) -> Answer:
    """Accuracy less the share of the most common label, for everyone: a paired difference on the same rows."""
    column = measured.column(threshold)
    q = _gain(measured, column).part(np.array([0]), column)
    n = int(q.n_eligible[0])
    low, high = q.interval_at(np.full(1, z(measured.level)))
    known = n >= measured.min_n
    nan = float("nan")
    side = Side(slice=measured.slices[0], value=float(q.value[0]), n=int(measured.n[0]), n_eligible=n,
                n_effective=float(q.n_effective[0]))  # fmt: skip
    finding = Finding(
        metric=GAIN, kind="lowest", family=(), first=side, second=None, groups_compared=1, method=q.method,
        threshold=measured.thresholds[column] if measured.thresholds else None, level=measured.level,
        value=float(q.value[0]) if known else nan, low=float(low[0]) if known else nan,
        high=float(high[0]) if known else nan, operating=threshold is None,
    )  # fmt: skip
    return Answer(findings=(finding,), method=q.method, notes=_notes(finding), view="performance")


def _gain(measured: Measured, column: int) -> Quantity:
    if not isinstance(measured, BinaryMeasured):
        return cast("MulticlassMeasured", measured).at(column).against_common().quantity(_rate("tp - fp"))
    cells = (measured.cells if measured.w is None else measured.w)[0, column]
    # Always "yes" is right on tp + fn, always "no" on fp + tn; the difference to the model is linear in the cells.
    common_yes = cells[0] + cells[2] >= cells[1] + cells[3]
    return measured.quantity(_rate("tn - fn" if common_yes else "tp - fp"))


def _rate(gain: str) -> Rate:
    return Rate(info=GAIN, node=parse_rate(f"({gain}) / (tp + fp + fn + tn)").node)


def _notes(finding: Finding) -> tuple[str, ...]:
    if finding.value != finding.value:
        return ()
    if finding.high <= 0:
        return ("The model is less accurate than always predicting the most common label.",)
    if finding.low <= 0:
        return ("It is not shown that the model is more accurate than always predicting the most common label.",)
    return ()


__all__ = ["GAIN", "trivial_baseline"]
