"""FA001: how far apart are the groups?"""

from __future__ import annotations

from sterling.core.advice import Advice
from sterling.core.evidence import Answer
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.core.roles import PER_CLASS, TASKS, Task
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.measured import Measured
from sterling.fairness.pairs import PairQuestion, answer_pairs

METHOD = (
    "{interval}; two groups joined by square-and-add (Newcombe); low end simultaneous over all groups compared, "
    "high end one-sided (intersection-union)"
)
_OF_CLASSES: tuple[Task, ...] = ("binary", "multiclass")
"""Tasks whose labels DA007 looks at."""


@check(
    code="FA001",
    name="group-gap",
    title="Gap between groups",
    question="How far apart are the groups in this metric?",
    finds=("gap",),
    needs=("groups",),
    pitfalls=(
        "The widest of many gaps is large by chance: the low end is corrected for that, a plain interval is not.",
        "Equal rates do not mean equal treatment when groups differ in what the label measures.",
        Advice(
            text="With a past human decision as the label, error rates show agreement with past decisions.",
            tasks=("binary", *PER_CLASS),
        ),
    ),
    hints=(
        "Look at the groups chart: is one group apart, or is it a slope?",
        Advice(
            text="Compare at other thresholds (--thresholds): a gap that closes at another is a choice, and not the "
            "score's.",
            cut=True,
        ),
        Advice(
            text="Check the label by group before blaming the score: sterling data profile FILE --check DA007.",
            tasks=_OF_CLASSES,
        ),
        Advice(
            text="Check the label by group before blaming the model.",
            tasks=tuple(task for task in TASKS if task not in _OF_CLASSES),
        ),
    ),
)
def group_gap(
    measured: Measured,
    *,
    metric: Metric,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    baseline: tuple[str, ...] | None = None,
    crosses: bool = True,
    slice: Slice | None = None,
) -> Answer:
    """The widest difference of `metric` between any two groups of each family, or to a baseline group.

    `slice`: among its people only.
    """
    question = PairQuestion(
        kind="gap",
        metric=metric,
        threshold=threshold,
        groups=groups,
        baseline=baseline,
        crosses=crosses,
        among=slice or EVERYONE,
        method=METHOD,
    )
    return answer_pairs(measured, question)
