"""Rates of a confusion table: hits among eligible rows, or any algebra of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from sterling.core import algebra
from sterling.core.algebra import CELLS, Binary, Node
from sterling.core.errors import ConfigError
from sterling.core.of_class import accept_class, of_class, write_class
from sterling.core.predicate import Predicate, read_predicate, write_predicate
from sterling.core.roles import Task
from sterling.core.tokens import Cursor

Direction = Literal["higher", "lower", "none"]
Scale = Literal["share", "value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricInfo:
    """What a reader needs to know of a metric, whatever computes it.

    `fooled_by`: what makes the number look better or worse than it is. `tasks`: the kinds of model it is for. `of`: the
    class (of several) that it is about.
    """

    name: str
    label: str
    plain: str
    eligible: str
    formula: str
    scale: Scale = "share"
    direction: Direction = "none"
    low: float | None = 0.0
    high: float | None = 1.0
    needs_label: bool = True
    needs_score: bool = False
    by_threshold: bool = True
    source: str = ""
    fooled_by: str = ""
    tasks: tuple[Task, ...] = ("binary",)
    of: str | None = None

    @property
    def is_proportion(self) -> bool:
        """A share from 0 to 1, so that its value tells how far it spreads; a difference of shares is none."""
        return self.scale == "share" and self.low is not None and self.low >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate of the confusion cells, maybe only of the rows that match `where`."""

    info: MetricInfo
    node: Node
    where: Predicate | None = None

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def proportion(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """(hits, eligible) as cell indices when the rate is a plain share of rows, else None.

        Plain shares get score intervals; any other algebra is linearised.
        """
        return _proportion(self.node)

    @property
    def cells_read(self) -> tuple[int, ...]:
        """Indices of the cells that the rate depends on."""
        return tuple(sorted(_cells(self.node)))

    def canonical(self) -> str:
        """One text for equal rates: the name of a registered rate, else the expression."""
        registered = next((name for name, rate in RATES.items() if rate.node == self.node), None)
        text = registered or algebra.write(self.node)
        text = text if self.info.of is None else f"{text} of {write_class(self.info.of)}"
        return text if self.where is None else f"{text} where {write_predicate(self.where)}"


@lru_cache(maxsize=1024)
def _proportion(node: Node) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    if not (isinstance(node, Binary) and node.operator == "/"):
        return None
    top, bottom = algebra.linear(node.left), algebra.linear(node.right)
    if top is None or bottom is None or not set(top) | set(bottom) <= {0.0, 1.0}:
        return None
    if any(t > b for t, b in zip(top, bottom, strict=True)):
        return None
    return tuple(i for i, t in enumerate(top) if t), tuple(i for i, b in enumerate(bottom) if b)


def _cells(node: Node) -> set[int]:
    match node:
        case algebra.Cell(index):
            return {index}
        case Binary(_, left, right):
            return _cells(left) | _cells(right)
        case _:
            return set()


RATES: dict[str, Rate] = {}
SHORT: dict[str, str] = {
    "tpr": "true_positive_rate", "recall": "true_positive_rate", "sensitivity": "true_positive_rate",
    "fpr": "false_positive_rate", "tnr": "true_negative_rate", "specificity": "true_negative_rate",
    "fnr": "false_negative_rate", "ppv": "precision", "npv": "negative_predictive_value",
    "fdr": "false_discovery_rate", "for": "false_omission_rate", "positive_rate": "selection_rate",
    "base_rate": "prevalence",
}  # fmt: skip


def register_rate(
    name: str, expression: str, *, label: str, plain: str, eligible: str,
    direction: Direction = "none", needs_label: bool = True, source: str = "",
    scale: Scale = "share", low: float | None = 0.0, high: float | None = 1.0, by_threshold: bool = True,
) -> Rate:  # fmt: skip
    """Add a named rate; every check, limit and report can then name it.

    Raises ConfigError when the name is taken or the expression cannot be read.
    """
    if name in RATES or name in SHORT:
        raise ConfigError(f"a rate named {name} exists already", hint="choose another name")
    parsed = parse_rate(expression)
    info = MetricInfo(
        name=name, label=label, plain=plain, eligible=eligible, formula=expression, direction=direction,
        needs_label=needs_label, source=source, scale=scale, low=low, high=high, by_threshold=by_threshold,
    )  # fmt: skip
    RATES[name] = Rate(info=info, node=parsed.node)
    return RATES[name]


def parse_rate(text: str) -> Rate:
    """The rate named or written in `text`, perhaps of one class, with an optional where-clause.

    `fpr`, `tp / (tp + fn)`, `recall of setosa`, `selection_rate where income > 50000`.
    Raises ConfigError with a near-miss hint.
    """
    cursor = Cursor(text)
    names = {name: rate.node for name, rate in RATES.items()}
    names |= {short: RATES[full].node for short, full in SHORT.items() if full in RATES}
    node = algebra.read_algebra(cursor, names)
    end = cursor.current.at
    of = accept_class(cursor)
    where = read_predicate(cursor) if cursor.accept("where") else None
    if cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {cursor.current.text!r} left over")
    if algebra.degree(node) != 0:
        raise ConfigError(
            f"{text.strip()!r} is a count, not a rate", expected="counts divided by counts", hint="tp / (tp + fn)"
        )
    rate = _known(node) or _own(node, text[:end].strip())
    info = rate.info if of is None else of_class(rate.info, of)
    if where is not None:
        clause = write_predicate(where)
        info = replace(info, name=f"{info.name} where {clause}", label=f"{info.label} (where {clause})")
    return replace(rate, info=info, where=where)


def _known(node: Node) -> Rate | None:
    return next((rate for rate in RATES.values() if rate.node == node), None)


def _own(node: Node, text: str) -> Rate:
    """A rate that is written out and not registered."""
    draft = MetricInfo(name=text, label=text, plain=text, eligible="see the formula", formula=text)
    rate = Rate(info=draft, node=node)
    is_share = rate.proportion is not None
    labelled = {CELLS.index(c) for c in ("tp", "fp", "fn", "tn")}
    info = replace(
        draft,
        scale="share" if is_share else "value",
        low=0.0 if is_share else None,
        high=1.0 if is_share else None,
        needs_label=not {4, 5} & set(rate.cells_read) and bool(labelled & set(rate.cells_read)),
    )
    return replace(rate, info=info)


def threshold_text(threshold: float | None) -> str:
    """A threshold as people type it."""
    return "" if threshold is None or not math.isfinite(threshold) else f"{threshold:g}"


_ALL = "(tp + fp + fn + tn + selected_unlabelled + rejected_unlabelled)"
_YOUDEN = "https://doi.org/10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3"
register_rate(
    "selection_rate",
    f"(tp + fp + selected_unlabelled) / {_ALL}",
    label="Selection rate",
    plain="of all people, the share the model selects",
    eligible="everyone",
    needs_label=False,
    source="Calders, Kamiran, Pechenizkiy 2009 (demographic parity)",
)
register_rate(
    "negative_rate",
    f"(fn + tn + rejected_unlabelled) / {_ALL}",
    label="Negative rate",
    plain="of all people, the share the model does not select",
    eligible="everyone",
    needs_label=False,
    source="Calders, Kamiran, Pechenizkiy 2009",
)
register_rate(
    "true_positive_rate",
    "tp / (tp + fn)",
    label="True positive rate",
    direction="higher",
    plain="of the people whose label is positive, the share selected",
    eligible="label is positive",
    source="Hardt, Price, Srebro 2016 (equal opportunity)",
)
register_rate(
    "false_negative_rate",
    "fn / (tp + fn)",
    label="False negative rate",
    direction="lower",
    plain="of the people whose label is positive, the share not selected",
    eligible="label is positive",
    source="Hardt, Price, Srebro 2016",
)
register_rate(
    "false_positive_rate",
    "fp / (fp + tn)",
    label="False positive rate",
    direction="lower",
    plain="of the people whose label is negative, the share selected",
    eligible="label is negative",
    source="Hardt, Price, Srebro 2016 (equalized odds)",
)
register_rate(
    "true_negative_rate",
    "tn / (fp + tn)",
    label="True negative rate",
    direction="higher",
    plain="of the people whose label is negative, the share not selected",
    eligible="label is negative",
    source="Hardt, Price, Srebro 2016",
)
register_rate(
    "precision",
    "tp / (tp + fp)",
    label="Precision",
    direction="higher",
    plain="of the people selected, the share whose label is positive",
    eligible="selected and labelled",
    source="Chouldechova 2017 (predictive parity)",
)
register_rate(
    "false_discovery_rate",
    "fp / (tp + fp)",
    label="False discovery rate",
    direction="lower",
    plain="of the people selected, the share whose label is negative",
    eligible="selected and labelled",
    source="Chouldechova 2017",
)
register_rate(
    "negative_predictive_value",
    "tn / (fn + tn)",
    label="Negative predictive value",
    direction="higher",
    plain="of the people not selected, the share whose label is negative",
    eligible="not selected and labelled",
    source="Chouldechova 2017",
)
register_rate(
    "false_omission_rate",
    "fn / (fn + tn)",
    label="False omission rate",
    direction="lower",
    plain="of the people not selected, the share whose label is positive",
    eligible="not selected and labelled",
    source="Chouldechova 2017",
)
register_rate(
    "accuracy",
    "(tp + tn) / (tp + fp + fn + tn)",
    label="Accuracy",
    direction="higher",
    plain="of the people with a label, the share the model agrees with",
    eligible="labelled",
)
register_rate(
    "prevalence",
    "(tp + fn) / (tp + fp + fn + tn)",
    label="Prevalence",
    plain="of the people with a label, the share whose label is positive",
    eligible="labelled",
    by_threshold=False,
)
register_rate(
    "balanced_accuracy",
    "(true_positive_rate + true_negative_rate) / 2",
    label="Balanced accuracy",
    direction="higher",
    plain="the mean of true positive rate and true negative rate",
    eligible="labelled",
    source="Brodersen et al. 2010",
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
)
register_rate(
    "f1",
    "2 * tp / (2 * tp + fp + fn)",
    label="F1",
    direction="higher",
    scale="value",
    plain="the harmonic mean of precision and true positive rate",
    eligible="labelled",
    source="van Rijsbergen 1979",
)
