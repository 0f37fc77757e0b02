"""Metrics of models that give each row a set of items, in words. `metrics` computes them.

Items of all rows are added up (micro averages). `set_precision_at(5)` looks at the 5 best items of each row. Metrics of
whole rows share their names with those of several labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sterling.core.metrics import register_made, register_metric
from sterling.core.rates import MetricInfo

MOST = 62
"""The best items of a row that can be told apart: a place is a bit of a whole number."""
USUAL = 5
RATE_OF = {
    "set_precision": "precision",
    "set_recall": "true_positive_rate",
    "set_f1": "f1",
    "set_jaccard": "threat_score",
}
"""Which rate of the items in the confusion cells each metric is."""

_info = partial(MetricInfo, direction="higher", by_threshold=False, tasks=("sets",), unit="items")
_SOKOLOVA = "Sokolova, Lapalme 2009 (micro average)"
_MANNING = "Manning, Raghavan, Schütze 2008, 8.4"
_LONG = "rows with many items, which weigh as much as their items do"


def _precision(best: str, at: str) -> MetricInfo:
    return _info(
        name=f"set_precision{at}", label="Precision of sets", source=_SOKOLOVA if not at else _MANNING,
        plain=f"of all items predicted{best and f', {best} of each row'}, the share that is true",
        eligible="items predicted, of rows with a label", formula="sum |predicted and true| / sum |predicted|",
        fooled_by=f"{_LONG}; a model that predicts few items and sure ones: read the recall beside it",
    )  # fmt: skip


def _recall(best: str, at: str) -> MetricInfo:
    return _info(
        name=f"set_recall{at}", label="Recall of sets", source=_SOKOLOVA if not at else _MANNING,
        plain=f"of all true items, the share that is predicted{best and f' among {best} of its row'}",
        eligible="true items", formula="sum |predicted and true| / sum |true|",
        fooled_by=f"{_LONG}; a model that predicts everything has it all: read the precision beside it",
    )  # fmt: skip


def _f1(best: str, at: str) -> MetricInfo:
    return _info(
        name=f"set_f1{at}", label="F1 of sets", scale="value", source=_SOKOLOVA,
        plain=f"the harmonic mean of precision and recall of items{best and f', {best} of each row predicted'}",
        eligible="items predicted or true", formula="2 sum |predicted and true| / sum (|predicted| + |true|)",
        fooled_by=_LONG,
    )  # fmt: skip


def _jaccard(best: str, at: str) -> MetricInfo:
    return _info(
        name=f"set_jaccard{at}", label="Jaccard index of sets", scale="value", counted=True,
        source="Jaccard 1901",
        plain=f"of all items predicted{best and f', {best} of each row,'} or true, the share that is both",
        eligible="items predicted or true", formula="sum |predicted and true| / sum |predicted or true|",
        fooled_by=f"{_LONG}; jaccard_of_rows gives every row the same weight",
    )  # fmt: skip


def _add(describe: Callable[[str, str], MetricInfo], *also: str) -> None:
    """The metric of whole sets, and the one of the best items of each."""
    whole = describe("", "")
    register_metric(whole, also=also)

    def made(k: float) -> MetricInfo:
        best = f"the {int(k)} best" if k > 1 else "the best one"
        return replace(describe(best, f"_at({int(k)})"), label=f"{whole.label} ({best})", common=False)

    register_made(f"{whole.name}_at", made, within=range(1, MOST + 1), usual=(USUAL,))


_add(_precision, "set_match_precision")
_add(_recall, "set_match_recall")
_add(_f1)
_add(_jaccard)
