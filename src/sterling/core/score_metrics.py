"""Metrics of scores that are found by name, beside the common ones: curves, searched thresholds, calibration.

`sterling.core.metrics` imports this file when it is complete. Who computes them is in `quality/metrics`.
"""

from __future__ import annotations

from sterling.core.metrics import register_made, register_metric
from sterling.core.rates import MetricInfo

_SEARCHED = "the search itself: the best of many thresholds on the same rows is better than it will be on others"
_RARE = "how common the positive label is: groups with other base rates differ though the order is as good"


def _add(name: str, *, also: tuple[str, ...] = (), **facts: object) -> None:
    known = {"scale": "value", "eligible": "labelled", "by_threshold": False, "needs_score": True, "common": False}
    register_metric(MetricInfo(name=name, **{**known, **facts}), also=also)  # type: ignore[arg-type]


_add(
    "average_precision",
    also=("pr_auc", "auc_pr"),
    label="Average precision",
    direction="higher",
    formula="sum((recall_k - recall_k-1) * precision_k)",
    plain="the mean precision at the score of each person with a positive label; no skill gives the prevalence",
    source="Manning, Raghavan, Schütze 2008, 8.4; Davis, Goadrich 2006",
    fooled_by=_RARE,
)
_add(
    "gini",
    also=("accuracy_ratio", "somers_d"),
    label="Gini coefficient",
    direction="higher",
    low=-1.0,
    formula="2 * auc - 1",
    plain="how far the scores tell the two labels apart; 0 is chance, 1 is perfect",
    source="Somers 1962; Engelmann, Hayden, Tasche 2003",
    fooled_by="as the AUC: people alike in all that matters are harder to tell apart than a mixed crowd",
)
_add(
    "ks",
    also=("kolmogorov_smirnov",),
    label="Kolmogorov-Smirnov distance",
    direction="higher",
    formula="max over t of (true_positive_rate(t) - false_positive_rate(t))",
    plain="the widest distance between the score distributions of the two labels",
    source="Smirnov 1939",
    fooled_by="few people: the largest of many differences is above 0 by chance",
)
_add(
    "max_f1",
    label="Largest F1",
    direction="higher",
    formula="max over t of f1(t)",
    plain="F1 at the threshold where it is largest",
    source="Lipton, Elkan, Naryanaswamy 2014",
    fooled_by=_SEARCHED,
)
_add(
    "expected_calibration_error",
    also=("ece",),
    label="Expected calibration error",
    direction="lower",
    formula="sum over 10 equal bins of n_k / n * |mean(p) - mean(y)|, less what chance adds",
    plain="how far, on average, predicted probabilities lie from the share of positive labels among similar scores",
    source="Naeini, Cooper, Hauskrecht 2015; Bröcker 2012 and Kumar, Liang, Ma 2019 for the chance part",
    fooled_by="bins that hide errors of both signs; a model that gives everybody the prevalence has none",
    needs_probability=True,
)
_add(
    "expected_calibration_error_plain",
    also=("ece_plain",),
    label="Expected calibration error, chance included",
    direction="lower",
    formula="sum over 10 equal bins of n_k / n * |mean(p) - mean(y)|",
    plain="the same as it is usually computed: large in small groups by chance alone",
    source="Naeini, Cooper, Hauskrecht 2015",
    fooled_by="the size of the group: a perfectly calibrated score of 50 people has a large one",
    needs_probability=True,
)
_add(
    "adaptive_calibration_error",
    also=("ace",),
    label="Adaptive calibration error",
    direction="lower",
    formula="sum over 10 bins of equal size of n_k / n * |mean(p) - mean(y)|, less what chance adds",
    plain="the expected calibration error over bins that hold equally many people",
    source="Nixon et al. 2019",
    fooled_by="bins that hide errors of both signs; a model that gives everybody the prevalence has none",
    needs_probability=True,
)
_add(
    "calibration_slope",
    label="Calibration slope",
    low=None,
    high=None,
    formula="b of logit P(y) = a + b logit(p)",
    plain="1 is right; below 1 scores are too extreme, above 1 too timid",
    source="Cox 1958; Van Calster et al. 2019",
    fooled_by="scores of 0 or 1, which are taken 1e-6 away from them; a line hides what is not straight",
    needs_probability=True,
)
_add(
    "calibration_intercept",
    label="Calibration intercept",
    low=None,
    high=None,
    formula="a of logit P(y) = a + logit(p)",
    plain="0 is right; below 0 scores are too high, above 0 too low, on the scale of log odds",
    source="Cox 1958; Van Calster et al. 2019",
    fooled_by="errors that cancel: too high for some and too low for others is 0 on the whole",
    needs_probability=True,
)
_add(
    "calibration_ratio",
    also=("expected_to_observed",),
    label="Expected to observed",
    high=None,
    formula="sum(p) / sum(y)",
    plain="how many positive labels the scores expect for each that there is; 1 is right",
    source="Debray et al. 2017",
    fooled_by="errors that cancel; few positive labels, with which it swings widely",
    needs_probability=True,
)
_add(
    "score_lift",
    label="Score lift among equal labels",
    low=None,
    high=None,
    formula="sum over labels of P(label) * (mean(p | label) - mean(p | label, everyone))",
    plain="the mean score less that of everyone, as if the group had the same labels as everyone",
    source="TensorFlow Model Analysis, lift metrics",
    fooled_by="a label that means something else in one group",
)
_add(
    "coefficient_of_discrimination",
    also=("tjur_r2", "discrimination_slope"),
    label="Coefficient of discrimination",
    direction="higher",
    low=-1.0,
    formula="mean(p | y = 1) - mean(p | y = 0)",
    plain="the mean score of people with a positive label less that of people with a negative one; 1 is perfect",
    source="Tjur 2009, The American Statistician 63:366",
    fooled_by=_RARE,
    needs_probability=True,
)
_add(
    "relative_coefficient_of_discrimination",
    label="Relative coefficient of discrimination",
    direction="higher",
    high=None,
    formula="mean(p | y = 1) / mean(p | y = 0)",
    plain="how many times as high the mean score is of people with a positive label as of those with a negative one",
    source="TensorFlow Model Analysis, relative coefficient of discrimination",
    fooled_by="a mean score near 0 of people with a negative label, which makes it large",
    needs_probability=True,
)


def _curve(area: float) -> MetricInfo:
    return MetricInfo(
        name=f"partial_auc({area:g})", label=f"Partial AUC up to a false positive rate of {area:g}",
        plain="the AUC where few people with a negative label are selected, stretched so that 0.5 is chance and 1 is "
        "perfect", eligible="labelled", formula="(1 + (A - f^2 / 2) / (f - f^2 / 2)) / 2", scale="value",
        direction="higher", needs_score=True, by_threshold=False, source="McClish 1989", common=False,
        fooled_by="few people with a negative label: only the highest scores among them count",
    )  # fmt: skip


def _top(share: float) -> MetricInfo:
    return MetricInfo(
        name=f"lift({share:g})", label=f"Lift in the top {100 * share:g} percent",
        plain="how many times as common the positive label is among the highest scores as among all",
        eligible="labelled", formula="precision among the highest scores / prevalence", scale="value", high=None,
        direction="higher", needs_score=True, by_threshold=False, source="Berry, Linoff 1999", common=False,
        fooled_by=_RARE,
    )  # fmt: skip


def _search(name: str, label: str, plain: str, formula: str) -> None:
    def made(at: float) -> MetricInfo:
        return MetricInfo(
            name=f"{name}({at:g})", label=label.format(at=f"{at:g}"), plain=plain.format(at=f"{at:g}"),
            eligible="labelled", formula=formula.format(at=f"{at:g}"), direction="higher", needs_score=True,
            by_threshold=False, source="every score that occurs is tried as the threshold", common=False,
            fooled_by=_SEARCHED,
        )  # fmt: skip

    register_made(name, made, within=(0.0, 1.0), usual=(0.9,))


register_made("partial_auc", _curve, within=(0.0, 1.0), usual=(0.1, 0.2))
register_made("lift", _top, within=(0.0, 1.0), usual=(0.1,))
_search(
    "sensitivity_at_specificity", "Sensitivity at a specificity of {at}",
    "the largest true positive rate of any threshold whose true negative rate is at least {at}",
    "max of tpr(t) where tnr(t) >= {at}",
)  # fmt: skip
_search(
    "specificity_at_sensitivity", "Specificity at a sensitivity of {at}",
    "the largest true negative rate of any threshold whose true positive rate is at least {at}",
    "max of tnr(t) where tpr(t) >= {at}",
)  # fmt: skip
_search(
    "precision_at_recall", "Precision at a recall of {at}",
    "the largest precision of any threshold whose true positive rate is at least {at}",
    "max of precision(t) where tpr(t) >= {at}",
)  # fmt: skip
_search(
    "recall_at_precision", "Recall at a precision of {at}",
    "the largest true positive rate of any threshold whose precision is at least {at}; 0 where there is none",
    "max of tpr(t) where precision(t) >= {at}",
)  # fmt: skip


def _recall_at_fpr(at: float) -> MetricInfo:
    return MetricInfo(
        name=f"recall_at_fpr({at:g})", label=f"Recall at a false positive rate of {at:g}",
        plain=f"the largest true positive rate of any threshold whose false positive rate is at most {at:g}",
        eligible="labelled", formula=f"max of tpr(t) where fpr(t) <= {at:g}", direction="higher", needs_score=True,
        by_threshold=False, source="every score that occurs is tried as the threshold", common=False,
        fooled_by=_SEARCHED,
    )  # fmt: skip


def _threshold_at_recall(at: float) -> MetricInfo:
    return MetricInfo(
        name=f"threshold_at_recall({at:g})", label=f"Threshold at a recall of {at:g}",
        plain=f"the highest threshold whose true positive rate is at least {at:g}", eligible="labelled",
        formula=f"max of t where tpr(t) >= {at:g}", scale="value", low=None, high=None, needs_score=True,
        by_threshold=False, source="every score that occurs is tried as the threshold", common=False,
        fooled_by="groups whose scores differ: one threshold gives them other recalls",
    )  # fmt: skip


register_made("recall_at_fpr", _recall_at_fpr, within=(0.0, 1.0), usual=(0.1,))
register_made("threshold_at_recall", _threshold_at_recall, within=(0.0, 1.0), usual=(0.9,))
