"""Eight confusion-cell metrics for 24 slices, beside fairlearn's MetricFrame, which gives no interval and no AUC."""

from __future__ import annotations

from benchmarks import same_question
from benchmarks.claim import Claim, Line, at_least, plain
from benchmarks.measure import in_process
from benchmarks.table import table

ROWS = 100_000


def measure() -> list[Line]:
    """MetricFrame on pandas, as its guide shows, once per set of slices."""
    import fairlearn.metrics as fl
    from sklearn.metrics import accuracy_score, precision_score

    people = table(ROWS)
    frame = people.to_pandas()
    decided = (frame["score"] >= 0.5).astype(int)
    metrics = {
        "tpr": fl.true_positive_rate, "fpr": fl.false_positive_rate, "tnr": fl.true_negative_rate,
        "fnr": fl.false_negative_rate, "precision": precision_score, "accuracy": accuracy_score,
        "selection_rate": fl.selection_rate, "count": fl.count,
    }  # fmt: skip

    def metric_frame() -> list[object]:
        made = []
        for columns in (["sex"], ["race"], ["sex", "race"]):
            made.append(
                fl.MetricFrame(
                    metrics=metrics, y_true=frame["label"], y_pred=decided, sensitive_features=frame[columns]
                ).by_group
            )
        return made

    (theirs,) = in_process(metric_frame, times=1)
    ours, whole = in_process(lambda: same_question.rates(people), lambda: same_question.everything(people), times=15)
    return [
        plain("sterling, AUC and intervals included, CPU", ours.cpu, "s"),
        plain("fairlearn MetricFrame, CPU", theirs.cpu, "s"),
        plain("sterling with gaps, ratios and floors as well, CPU", whole.cpu, "s"),
        at_least("fairlearn ÷ sterling, CPU", theirs.cpu / ours.cpu, 500, "×"),
    ]


CLAIM = Claim(
    name="fairlearn", statement=f"{ROWS:,} rows, 24 slices, one threshold, eight metrics; in process", measure=measure
)
