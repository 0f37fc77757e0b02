"""Metrics of models that give any of several labels, in words. `metrics` computes them.

Averages over labels share their names with those over classes.
"""

from __future__ import annotations

from functools import partial

from sterling.core.metrics import register_metric
from sterling.core.rates import MetricInfo

_info = partial(MetricInfo, eligible="rows without missing labels", tasks=("multilabel",))
_sets = partial(_info, tasks=("multilabel", "sets"))
_TSOUMAKAS = "Tsoumakas, Katakis 2007"

register_metric(
    _sets(
        name="subset_accuracy", label="Subset accuracy", direction="higher", source=_TSOUMAKAS,
        plain="of all people, the share for whom every label is right", formula="mean(every label is right)",
        fooled_by="many labels: a single wrong one counts as much as all",
    )
)  # fmt: skip
register_metric(
    _info(
        name="hamming_loss", label="Hamming loss", direction="lower", eligible="labelled", unit="labels",
        source="Schapire, Singer 1999",
        plain="of all labels of all people, the share that is wrong", formula="sum_c (fp_c + fn_c) / sum_c n_c",
        fooled_by="rare labels: predicting none of them is hardly ever wrong",
    )
)  # fmt: skip
register_metric(
    _sets(
        name="jaccard_of_rows", label="Jaccard index", direction="higher", scale="value", source="Jaccard 1901",
        plain="the mean share of labels both true and predicted among those that are either; 1 where there is neither",
        formula="mean(|true and predicted| / |true or predicted|)",
        fooled_by="people without any label, who count as fully right when none is predicted",
    )
)  # fmt: skip
register_metric(
    _sets(
        name="label_cardinality", label="Labels a row", scale="value", high=None, source=_TSOUMAKAS, by_threshold=False,
        plain="the mean number of labels that a row has", formula="mean(|true|)",
        fooled_by="missing labels, which take their rows out",
    )
)  # fmt: skip
register_metric(
    _sets(
        name="predicted_cardinality", label="Labels predicted a row", scale="value", high=None, source=_TSOUMAKAS,
        plain="the mean number of labels that are predicted of a row", formula="mean(|predicted|)",
        fooled_by="it says how many are predicted, not which",
    )
)  # fmt: skip
