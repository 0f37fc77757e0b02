"""The rates that have a name: what each means, where it comes from and what can fool it.

`sterling.core.rates` imports this file when it is complete, so that whoever reads a rate knows them all.
"""

from __future__ import annotations

from sterling.core.rates import SHORT, register_rate

SHORT |= {
    "tpr": "true_positive_rate", "recall": "true_positive_rate", "sensitivity": "true_positive_rate",
    "fpr": "false_positive_rate", "fall_out": "false_positive_rate",
    "tnr": "true_negative_rate", "specificity": "true_negative_rate",
    "fnr": "false_negative_rate", "miss_rate": "false_negative_rate",
    "ppv": "precision", "positive_predictive_value": "precision", "npv": "negative_predictive_value",
    "fdr": "false_discovery_rate", "for": "false_omission_rate", "positive_rate": "selection_rate",
    "predicted_positive_rate": "selection_rate", "base_rate": "prevalence", "mean_label": "prevalence",
    "mcc": "matthews_correlation", "phi": "matthews_correlation", "fm": "fowlkes_mallows",
    "critical_success_index": "threat_score", "csi": "threat_score", "jaccard": "threat_score",
    "youden_j": "informedness", "lr_plus": "positive_likelihood_ratio", "lr_minus": "negative_likelihood_ratio",
    "dor": "diagnostic_odds_ratio", "kappa": "cohens_kappa", "g_mean": "geometric_mean",
    "zero_one_loss": "error_rate", "misclassification_rate": "error_rate",
}  # fmt: skip

_ALL = "(tp + fp + fn + tn + selected_unlabelled + rejected_unlabelled)"
_YOUDEN = "https://doi.org/10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3"
_LABEL = "a label that is wrong or missing more often in one group"
_FOUND = "selected and labelled, or label is positive"
_RARE = "how common the positive label is: groups with other base rates differ though errors are as likely"

register_rate(
    "selection_rate",
    f"(tp + fp + selected_unlabelled) / {_ALL}",
    label="Selection rate",
    plain="of all people, the share the model selects",
    eligible="everyone",
    needs_label=False,
    source="Calders, Kamiran, Pechenizkiy 2009 (demographic parity)",
    fooled_by="who is in the table: people turned away before are not counted",
)
register_rate(
    "negative_rate",
    f"(fn + tn + rejected_unlabelled) / {_ALL}",
    label="Negative rate",
    plain="of all people, the share the model does not select",
    eligible="everyone",
    needs_label=False,
    source="Calders, Kamiran, Pechenizkiy 2009",
    fooled_by="who is in the table: people turned away before are not counted",
)
register_rate(
    "true_positive_rate",
    "tp / (tp + fn)",
    label="True positive rate",
    direction="higher",
    plain="of the people whose label is positive, the share selected",
    eligible="label is positive",
    source="Hardt, Price, Srebro 2016 (equal opportunity)",
    fooled_by=f"selecting everyone, which makes it 1; {_LABEL}",
)
register_rate(
    "false_negative_rate",
    "fn / (tp + fn)",
    label="False negative rate",
    direction="lower",
    plain="of the people whose label is positive, the share not selected",
    eligible="label is positive",
    source="Hardt, Price, Srebro 2016",
    fooled_by=f"selecting everyone, which makes it 0; {_LABEL}",
)
register_rate(
    "false_positive_rate",
    "fp / (fp + tn)",
    label="False positive rate",
    direction="lower",
    plain="of the people whose label is negative, the share selected",
    eligible="label is negative",
    source="Hardt, Price, Srebro 2016 (equalized odds)",
    fooled_by=f"selecting nobody, which makes it 0; {_LABEL}",
)
register_rate(
    "true_negative_rate",
    "tn / (fp + tn)",
    label="True negative rate",
    direction="higher",
    plain="of the people whose label is negative, the share not selected",
    eligible="label is negative",
    source="Hardt, Price, Srebro 2016",
    fooled_by=f"selecting nobody, which makes it 1; {_LABEL}",
)
register_rate(
    "precision",
    "tp / (tp + fp)",
    label="Precision",
    direction="higher",
    plain="of the people selected, the share whose label is positive",
    eligible="selected and labelled",
    source="Chouldechova 2017 (predictive parity)",
    fooled_by=f"{_RARE}; selecting a handful of sure cases",
)
register_rate(
    "false_discovery_rate",
    "fp / (tp + fp)",
    label="False discovery rate",
    direction="lower",
    plain="of the people selected, the share whose label is negative",
    eligible="selected and labelled",
    source="Chouldechova 2017",
    fooled_by=f"{_RARE}; selecting a handful of sure cases",
)
register_rate(
    "negative_predictive_value",
    "tn / (fn + tn)",
    label="Negative predictive value",
    direction="higher",
    plain="of the people not selected, the share whose label is negative",
    eligible="not selected and labelled",
    source="Chouldechova 2017",
    fooled_by=f"{_RARE}; it is near 1 without skill where positives are rare",
)
register_rate(
    "false_omission_rate",
    "fn / (fn + tn)",
    label="False omission rate",
    direction="lower",
    plain="of the people not selected, the share whose label is positive",
    eligible="not selected and labelled",
    source="Chouldechova 2017",
    fooled_by=f"{_RARE}; it is near 0 without skill where positives are rare",
)
register_rate(
    "accuracy",
    "(tp + tn) / (tp + fp + fn + tn)",
    label="Accuracy",
    direction="higher",
    plain="of the people with a label, the share the model agrees with",
    eligible="labelled",
    fooled_by="one label being common: always guessing it is accurate (see QU002)",
    tasks=("binary", "multiclass"),
)
register_rate(
    "prevalence",
    "(tp + fn) / (tp + fp + fn + tn)",
    label="Prevalence",
    plain="of the people with a label, the share whose label is positive",
    eligible="labelled",
    by_threshold=False,
    fooled_by="labels that are missing more often for one outcome: of people refused, the outcome is never seen",
)
register_rate(
    "balanced_accuracy",
    "(true_positive_rate + true_negative_rate) / 2",
    label="Balanced accuracy",
    direction="higher",
    plain="the mean of true positive rate and true negative rate",
    eligible="labelled",
    source="Brodersen et al. 2010",
    fooled_by="a rare label: half of the number rests on few people",
    tasks=("binary", "multiclass"),
)
register_rate(
    "informedness",
    "true_positive_rate - false_positive_rate",
    label="Informedness (Youden's J)",
    direction="higher",
    plain="true positive rate less false positive rate",
    eligible="labelled",
    low=-1.0,
    source=_YOUDEN,
    fooled_by="a threshold that was chosen on the same rows to make it largest",
)
register_rate(
    "f1",
    "2 * tp / (2 * tp + fp + fn)",
    label="F1",
    direction="higher",
    scale="value",
    plain="the harmonic mean of precision and true positive rate",
    eligible=_FOUND,
    source="van Rijsbergen 1979",
    fooled_by=f"{_RARE}; true negatives count for nothing",
)

# Found by name, and in the table of all metrics when it is asked for.
register_rate(
    "f2",
    "5 * tp / (5 * tp + fp + 4 * fn)",
    label="F2",
    direction="higher",
    scale="value",
    plain="the weighted harmonic mean of precision and true positive rate, the latter counted twice as important",
    eligible=_FOUND,
    source="van Rijsbergen 1979 (F-beta)",
    fooled_by=f"{_RARE}; selecting everyone scores well",
    common=False,
)
register_rate(
    "f05",
    "1.25 * tp / (1.25 * tp + fp + 0.25 * fn)",
    label="F0.5",
    direction="higher",
    scale="value",
    plain="the weighted harmonic mean of precision and true positive rate, the former counted twice as important",
    eligible=_FOUND,
    source="van Rijsbergen 1979 (F-beta)",
    fooled_by=f"{_RARE}; selecting a handful of sure cases scores well",
    common=False,
)
register_rate(
    "negative_f1",
    "2 * tn / (2 * tn + fp + fn)",
    label="F1 of the negative label",
    direction="higher",
    scale="value",
    plain="F1 with the negative label as the one that is looked for",
    eligible="not selected and labelled, or label is negative",
    source="van Rijsbergen 1979",
    fooled_by="the negative label being common: it is near 1 without skill",
    common=False,
)
register_rate(
    "error_rate",
    "(fp + fn) / (tp + fp + fn + tn)",
    label="Error rate",
    direction="lower",
    plain="of the people with a label, the share the model disagrees with",
    eligible="labelled",
    fooled_by="one label being common: always guessing it is rarely wrong (see QU002)",
    common=False,
    tasks=("binary", "multiclass"),
)
register_rate(
    "threat_score",
    "tp / (tp + fp + fn)",
    label="Threat score",
    direction="higher",
    plain="of the people selected or with a positive label, the share for whom both hold",
    eligible=_FOUND,
    source="Gilbert 1884; Jaccard 1901",
    fooled_by=f"{_RARE}; true negatives count for nothing",
    common=False,
)
register_rate(
    "matthews_correlation",
    "(tp * tn - fp * fn) / sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))",
    label="Matthews correlation coefficient",
    direction="higher",
    scale="value",
    low=-1.0,
    plain="the correlation of decision and label; 0 is chance, 1 is agreement",
    eligible="labelled",
    source="Matthews 1975; Yule 1912 (phi)",
    fooled_by="few people of one label or of one decision, where it swings widely; unknown where one of them is empty",
    common=False,
    tasks=("binary", "multiclass"),
)
register_rate(
    "cohens_kappa",
    "2 * (tp * tn - fn * fp) / ((tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))",
    label="Cohen's kappa",
    direction="higher",
    scale="value",
    low=-1.0,
    plain="agreement of decision and label beyond what chance gives; 0 is chance, 1 is agreement",
    eligible="labelled",
    source="Cohen 1960",
    fooled_by=_RARE,
    common=False,
    tasks=("binary", "multiclass"),
)
register_rate(
    "fowlkes_mallows",
    "tp / sqrt((tp + fp) * (tp + fn))",
    label="Fowlkes-Mallows index",
    direction="higher",
    scale="value",
    plain="the geometric mean of precision and true positive rate",
    eligible=_FOUND,
    source="Fowlkes, Mallows 1983",
    fooled_by=f"{_RARE}; true negatives count for nothing",
    common=False,
)
register_rate(
    "geometric_mean",
    "sqrt(true_positive_rate * true_negative_rate)",
    label="Geometric mean of the two rates",
    direction="higher",
    scale="value",
    plain="the geometric mean of true positive rate and true negative rate",
    eligible="labelled",
    source="Kubat, Matwin 1997",
    fooled_by="a rare label: one of its two factors rests on few people",
    common=False,
)
register_rate(
    "markedness",
    "precision - false_omission_rate",
    label="Markedness",
    direction="higher",
    low=-1.0,
    plain="precision less false omission rate",
    eligible="labelled",
    source="Powers 2011",
    fooled_by=_RARE,
    common=False,
)
register_rate(
    "positive_likelihood_ratio",
    "true_positive_rate / false_positive_rate",
    label="Positive likelihood ratio",
    direction="higher",
    scale="value",
    high=None,
    plain="how many times as often people with a positive label are selected as those with a negative one",
    eligible="labelled",
    source="Altman, Bland 1994",
    fooled_by="few false positives: it grows without bound, and is unknown where there is none",
    common=False,
)
register_rate(
    "negative_likelihood_ratio",
    "false_negative_rate / true_negative_rate",
    label="Negative likelihood ratio",
    direction="lower",
    scale="value",
    high=None,
    plain="how many times as often people with a positive label are not selected as those with a negative one",
    eligible="labelled",
    source="Altman, Bland 1994",
    fooled_by="few false negatives: near 0 a handful of people decide",
    common=False,
)
register_rate(
    "diagnostic_odds_ratio",
    "(tp * tn) / (fp * fn)",
    label="Diagnostic odds ratio",
    direction="higher",
    scale="value",
    high=None,
    plain="the odds of being selected with a positive label over those with a negative one",
    eligible="labelled",
    source="Glas et al. 2003",
    fooled_by="few errors of either kind: it grows without bound, and is unknown where one kind is missing",
    common=False,
)
register_rate(
    "prevalence_threshold",
    "sqrt(false_positive_rate) / (sqrt(true_positive_rate) + sqrt(false_positive_rate))",
    label="Prevalence threshold",
    plain="the prevalence below which precision falls fastest for a decision with these two error rates",
    eligible="labelled",
    source="Balayla 2020",
    fooled_by="rates measured among other people than those it is applied to",
    common=False,
)
