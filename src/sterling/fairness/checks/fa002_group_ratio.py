"""FA002: how many times as often?"""

from __future__ import annotations

from sterling.core.advice import Advice
from sterling.core.evidence import Answer
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.measured import Measured
from sterling.fairness.pairs import PairQuestion, answer_pairs

METHOD = (
    "{interval}; two groups joined by the method of variance estimates recovery (MOVER); high end simultaneous over "
    "all groups compared, low end one-sided (intersection-union)"
)


@check(
    code="FA002",
    name="group-ratio",
    title="Ratio between groups",
    question="How many times as often does the metric hold for the lowest group as for the highest?",
    finds=("ratio",),
    needs=("groups",),
    pitfalls=(
        Advice(
            text="The four-fifths rule of thumb (0.8) is a screen for selection rates in employment, not a legal "
            "verdict.",
            metrics=("selection_rate",),
        ),
        "Ratios of small rates swing widely: 1 % against 2 % is a ratio of 0.5 and a gap of one point.",
    ),
    hints=(
        "Read the gap beside the ratio: the same ratio means little at small rates.",
        Advice(
            text="Look for less discriminatory alternatives: another threshold (--thresholds), fewer features, another "
            "recipe.",
            tasks=("binary",),
            cut=True,
        ),
    ),
)
def group_ratio(
    measured: Measured,
    *,
    metric: Metric,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    baseline: tuple[str, ...] | None = None,
    crosses: bool = True,
    slice: Slice | None = None,
) -> Answer:
    """The smallest ratio of `metric` between any two groups of each family, or to a baseline group.

    `slice`: among its people only.
    """
    if metric.info.low is None or metric.info.low < 0:
        return Answer(outcome="not_applicable", reason=f"{metric.info.name} can be negative: a ratio says nothing")
    question = PairQuestion(
        kind="ratio",
        metric=metric,
        threshold=threshold,
        groups=groups,
        baseline=baseline,
        crosses=crosses,
        among=slice or EVERYONE,
        method=METHOD,
    )
    return answer_pairs(measured, question)
