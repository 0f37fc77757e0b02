"""FA007: how many times as likely is an outcome in one group as in another, at the most?"""

from __future__ import annotations

import math

import numpy as np

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding
from sterling.core.rates import RATES, MetricInfo
from sterling.core.registry import check
from sterling.engine.binary.measured import BinaryMeasured
from sterling.fairness.compare import NO_ROWS, Family, families
from sterling.fairness.inequality import Bounded
from sterling.fairness.single import UNKNOWN, single
from sterling.stats.arrays import Interval
from sterling.stats.multiple import smallest_ratio_from

OF = ("decision", "label", "amplification")
METHOD = (
    "log of the smallest ratio of either outcome; Clopper-Pearson limits joined by the method of variance estimates "
    "recovery; low end simultaneous over all groups and both outcomes (Bonferroni), high end one-sided"
)
_EPSILON = MetricInfo(
    name="differential_fairness", label="Differential fairness epsilon", scale="value", direction="lower", high=None,
    plain="the log of how many times as likely an outcome is in one group as in another, at the most; 0 is equal",
    eligible="everyone", formula="max |log P(outcome | group) - log P(outcome | group')|", needs_label=False,
    source="Foulds, Islam, Keya, Pan 2020, ICDE",
)  # fmt: skip
_OF_LABEL = MetricInfo(
    name="differential_fairness_of_label", label="Differential fairness epsilon of the label", scale="value",
    direction="lower", high=None, plain="the same, of the label instead of the decision", eligible="labelled",
    formula=_EPSILON.formula, by_threshold=False, source=_EPSILON.source,
)  # fmt: skip
_AMPLIFICATION = MetricInfo(
    name="bias_amplification", label="Bias amplification", scale="value", direction="lower", low=None, high=None,
    plain="differential fairness epsilon of the decisions less that of the label; above 0 the model widens it",
    eligible="labelled", formula="epsilon(decision) - epsilon(label)", source=_EPSILON.source,
)  # fmt: skip
INFO = {"decision": _EPSILON, "label": _OF_LABEL, "amplification": _AMPLIFICATION}


@check(
    code="FA007",
    name="differential-fairness",
    title="Differential fairness",
    question="How many times as likely is either outcome in one group as in another, at the most?",
    finds=("highest",),
    needs=("groups",),
    tasks=("binary",),
    pitfalls=(
        "It is the worst of all pairs of groups and of both outcomes: rare outcomes and small groups rule it.",
        "The value is smoothed, so that a group without a single hit does not make it infinite; its high end is not.",
        "Amplification compares decisions with the label, which may itself be the record of unequal treatment.",
    ),
    hints=("exp(epsilon) is the ratio: 0.22 is four fifths, 0.69 is twice as likely.",),
)
def differential_fairness(
    measured: BinaryMeasured, *, of: str = "decision", concentration: float = 1.0, threshold: float | None = None,
    groups: tuple[str, ...] | None = None, crosses: bool = True,
) -> Answer:  # fmt: skip
    """Smoothed empirical differential fairness of decisions, of the label, or the first less the second.

    `concentration`: imaginary people added to each group, half of each outcome.
    """
    if of not in OF:
        raise ConfigError(f"of is {of!r}", where="FA007", expected=" or ".join(OF))
    if not 0 <= concentration < math.inf:
        raise ConfigError(f"concentration is {concentration:g}", where="FA007", expected="a number of at least 0")
    if of != "decision" and not measured.has_label:
        return Answer(outcome="not_applicable", reason="there is no label")
    if of != "label" and measured.operating < 0 and threshold is None:
        return Answer(
            outcome="not_applicable", reason="raw scores have no natural threshold: give one with --thresholds"
        )
    rates = {"decision": ["selection_rate"], "label": ["prevalence"], "amplification": ["selection_rate", "prevalence"]}
    parts = [families(measured, RATES[r], threshold=threshold, groups=groups, crosses=crosses) for r in rates[of]]
    found = list(zip(*parts, strict=True))
    if not found:
        return Answer(outcome="insufficient", reason=NO_ROWS)
    findings = tuple(_finding(measured, INFO[of], f, concentration, threshold) for f in found)
    return Answer(findings=findings, too_small=tuple(t for f in findings for t in f.too_small), method=METHOD)


def _finding(
    measured: BinaryMeasured, info: MetricInfo, parts: tuple[Family, ...], concentration: float,
    threshold: float | None,
) -> Finding:  # fmt: skip
    level = measured.level if len(parts) == 1 else 1 - (1 - measured.level) / 2
    known = all(len(f.rows) > 1 for f in parts)
    ends = [_epsilon(f, concentration, level) for f in parts] if known else [UNKNOWN]
    bounds = ends[0]
    if known and len(parts) == 2:
        label = ends[1]
        low, high = bounds.at_least - label.at_most, bounds.at_most - label.at_least
        bounds = Bounded(bounds.value - label.value, low, high)
    first = parts[0]
    n = int(first.quantity.n_eligible.sum()) if known else measured.min_n
    small = {str(t.slice): t for f in parts for t in f.too_small}
    return single(
        measured, info, "highest", bounds, n=n, method=METHOD, family=first.columns, threshold=threshold,
        too_small=tuple(small.values()),
    )  # fmt: skip


def _epsilon(family: Family, concentration: float, level: float) -> Bounded:
    """Value and bounds of one rate over the groups of a family."""
    q = family.quantity
    smooth = (q.value * q.n_effective + concentration / 2) / (q.n_effective + concentration)

    def missed(critical: np.ndarray) -> Interval:
        low, high = q.decide_at(critical)
        return Interval(1 - high, 1 - low)

    low, high, value = 0.0, 0.0, 0.0
    for share, at, near in ((q.value, q.decide_at, smooth), (1 - q.value, missed, 1 - smooth)):
        sure = smallest_ratio_from(share, at, level=1 - (1 - level) / 2)
        loose = smallest_ratio_from(share, at, level=level)
        low, high = max(low, _minus_log(float(sure.at_most))), max(high, _minus_log(float(loose.at_least)))
        value = max(value, _minus_log(float(near.min() / near.max()) if near.max() > 0 else 1.0))
    return Bounded(value, min(low, value), max(high, value))


def _minus_log(ratio: float) -> float:
    """0 for a ratio that is not known: nobody had the outcome in any group."""
    return 0.0 if math.isnan(ratio) else math.inf if ratio <= 0 else -math.log(min(ratio, 1.0))
