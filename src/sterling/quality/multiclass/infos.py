"""Metrics of models that name one of several classes, in words. `metrics` computes them."""

from __future__ import annotations

from functools import partial

from sterling.core.metrics import register_made, register_metric
from sterling.core.rates import MetricInfo

NEEDS_WEIGHTS = "class_weighted_"
"""Begins the names of averages that class weights are needed for."""

_info = partial(MetricInfo, direction="higher", eligible="labelled", by_threshold=False, tasks=("multiclass",))
_both = partial(_info, tasks=("multiclass", "multilabel"), by_threshold=True)
_scored = partial(_info, needs_score=True, needs_probability=True)
_SOKOLOVA = "Sokolova, Lapalme 2009"
_RARE = "classes with few people, each of which weighs as much as the largest"
_CHOSEN = "the weights, which somebody chose: they stand in the notices"
_COMMON = "one common class, which hides how the others are treated"

register_metric(
    _both(
        name="macro_precision", label="Macro precision", scale="value", source=_SOKOLOVA, fooled_by=_RARE,
        plain="the mean precision over classes; a class that is never predicted has 0", formula="mean_c precision_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="macro_recall", label="Macro recall", scale="value", source=_SOKOLOVA, fooled_by=_RARE,
        plain="the mean recall over classes; a class that is predicted and never a label has 0",
        formula="mean_c recall_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="macro_f1", label="Macro F1", scale="value", source=f"{_SOKOLOVA}; Opitz, Burst 2019", fooled_by=_RARE,
        plain="the mean F1 over classes", formula="mean_c F1_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="weighted_precision", label="Weighted precision", scale="value", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="the mean precision over classes, each weighted by its share of the labels",
        formula="sum_c share_c precision_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="weighted_recall", label="Weighted recall", scale="value", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="the mean recall over classes, each weighted by its share of the labels; of one label a person, accuracy",
        formula="sum_c share_c recall_c", common=False,
    )
)  # fmt: skip
register_metric(
    _both(
        name="weighted_f1", label="Weighted F1", scale="value", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="the mean F1 over classes, each weighted by its share of the labels", formula="sum_c share_c F1_c",
    )
)  # fmt: skip
for _name, _each in (("precision", "precision"), ("recall", "recall"), ("f1", "F1")):
    register_metric(
        _both(
            name=f"class_weighted_{_name}", label=f"Class-weighted {_each}", scale="value",
            source="Sokolova, Lapalme 2009 (macro average), with weights as in TensorFlow Model Analysis",
            plain=f"the mean {_each} over classes, each with the weight that was given to it",
            formula=f"sum_c weight_c {_each}_c / sum_c weight_c", fooled_by=_CHOSEN,
        )
    )  # fmt: skip
register_metric(
    _both(
        name="micro_precision", label="Micro precision", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="of all classes predicted, the share that is right; of one label a person, the accuracy of those for "
        "whom a class is named", eligible="predicted and labelled", common=False,
        formula="sum_c tp_c / sum_c (tp_c + fp_c)",
    ),
    also=("selective_accuracy",),
)  # fmt: skip
register_metric(
    _both(
        name="micro_recall", label="Micro recall", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="of all labels, the share that is predicted; of one label a person, accuracy",
        formula="sum_c tp_c / sum_c (tp_c + fn_c)", common=False,
    )
)  # fmt: skip
register_metric(
    _both(
        name="micro_f1", label="Micro F1", scale="value", source=_SOKOLOVA, fooled_by=_COMMON,
        plain="the harmonic mean of micro precision and micro recall; of one label a person, accuracy",
        formula="2 sum_c tp_c / sum_c (2 tp_c + fp_c + fn_c)", common=False,
    )
)  # fmt: skip
for _k in (2, 3, 5):
    register_metric(
        _scored(
            name=f"top_{_k}_accuracy", label=f"Top-{_k} accuracy", source="Russakovsky et al. 2015",
            plain=f"of the people with a label, the share whose class is among the {_k} with the highest probability",
            formula=f"P(rank of the label <= {_k})", fooled_by="few classes: with many guesses one is soon right",
        )
    )  # fmt: skip


def _top(name: str, label: str, **facts: str) -> None:
    """A metric of the k classes with the highest probabilities, `{k}` in its words."""

    def made(at: float) -> MetricInfo:
        k = int(at)
        said = {key: text.format(k=k) for key, text in facts.items()}
        return _scored(name=f"{name}({k})", label=label.format(k=k), common=False, source=_TOP, **said)

    register_made(name, made, within=range(1, 501), usual=(3,), of_class=not name.startswith("macro"))


_TOP = "Manning, Raghavan, Schütze 2008, 8.4; TensorFlow Model Analysis, binarisation by the top k"
_MANY = "how many classes there are: of few, k hold the label soon"
_top(
    "top_recall", "Recall of the {k} most probable classes", formula="P(rank of the label <= {k})", fooled_by=_MANY,
    plain="of the labels of a class, the share for which it is among the {k} with the highest probability; of all "
    "classes, top-{k} accuracy",
)  # fmt: skip
_top(
    "top_precision", "Precision of the {k} most probable classes", eligible="predicted and labelled",
    formula="P(label = c | rank of c <= {k})", fooled_by="k itself: one label a person, so that 1/k is the most of all",
    plain="of the people among whose {k} most probable classes one is, the share whose label it is; of all classes "
    "together at most 1/{k}",
)  # fmt: skip
_top(
    "macro_top_recall", "Macro recall of the {k} most probable classes", scale="value", fooled_by=_RARE,
    formula="mean_c P(rank of c <= {k} | label = c)",
    plain="the mean over the classes that a label has of the share for which the class is among the {k} most probable",
)  # fmt: skip
_top(
    "macro_top_precision", "Macro precision of the {k} most probable classes", scale="value", fooled_by=_RARE,
    formula="mean_c P(label = c | rank of c <= {k})",
    plain="the mean over classes of the share whose label it is, among people of whose {k} most probable classes it is "
    "one; 0 for a class that has labels and is never among them",
)  # fmt: skip
register_metric(
    _both(
        name="macro_auc", label="Macro AUC", scale="value", needs_score=True, by_threshold=False,
        source="Fawcett 2006 (one versus rest)", fooled_by=_RARE,
        plain="the mean over classes of the AUC of each class against the rest", formula="mean_c AUC_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="weighted_auc", label="Weighted AUC", scale="value", needs_score=True, by_threshold=False,
        source="Provost, Domingos 2000", fooled_by=_COMMON,
        plain="the mean over classes of the AUC of each class against the rest, weighted by their shares of the labels",
        formula="sum_c share_c AUC_c",
    )
)  # fmt: skip
register_metric(
    _both(
        name="class_weighted_auc", label="Class-weighted AUC", scale="value", needs_score=True, by_threshold=False,
        source="Fawcett 2006 (one versus rest), with weights as in TensorFlow Model Analysis", fooled_by=_CHOSEN,
        plain="the mean over classes of the AUC of each class against the rest, with the weights given to them",
        formula="sum_c weight_c AUC_c / sum_c weight_c",
    )
)  # fmt: skip
register_metric(
    _scored(
        name="abstention_rate", label="Abstention rate", direction="none", eligible="everyone", needs_label=False,
        by_threshold=True, plain="of all people, the share for whom no class is named: none reaches the threshold",
        formula="P(max_c p_c < t)", source="Chow 1970; TensorFlow Model Analysis, confusion matrix at thresholds",
        fooled_by="a model that is sure and wrong, which abstains for nobody",
    )
)  # fmt: skip
register_metric(
    _scored(
        name="mean_confidence", label="Mean confidence", direction="none", eligible="everyone", needs_label=False,
        plain="the mean probability of the class that is predicted", formula="mean(max_c p_c)",
        source="Guo et al. 2017", fooled_by="it says how sure the model is, not how right",
    )
)  # fmt: skip
register_metric(
    _scored(
        name="overconfidence", label="Overconfidence", direction="none", scale="share", low=-1.0,
        plain="the mean probability of the class predicted less the share of right predictions; 0 is best",
        formula="mean(max_c p_c) - accuracy", source="Guo et al. 2017; Naeini et al. 2015",
        fooled_by="errors that cancel: too sure of some and not sure enough of others is 0 on the whole",
    )
)  # fmt: skip
register_metric(
    _scored(
        name="confidence_auc", label="AUC of confidence", scale="value",
        plain="the chance that a right prediction is surer than a wrong one", formula="AUC of max_c p_c",
        source="Hendrycks, Gimpel 2017", fooled_by="a model that is hardly ever wrong leaves few wrong ones to tell",
    )
)  # fmt: skip
