"""Numbers of a table that a limit can speak of, and which check answers for each."""

from __future__ import annotations

from typing import TypedDict, Unpack

from sterling.core.errors import ConfigError
from sterling.core.metrics import ALSO, DATA_METRICS, SCORE_METRICS, ScoreMetric
from sterling.core.rates import RATES, SHORT, Direction, MetricInfo, Scale
from sterling.core.roles import TASKS

ANSWERED_BY: dict[str, str] = {}
"""The code of the check whose findings are in this metric."""
DATED: set[str] = set()
"""Metrics whose findings hold a day, as its ordinal; days are counted from the day on which they are judged."""


class _Optional(TypedDict, total=False):
    direction: Direction
    scale: Scale
    low: float | None
    high: float | None
    source: str
    fooled_by: str


class Facts(_Optional):
    """What `MetricInfo` says of a number of tables; those left out are as there, `direction` lower."""

    label: str
    plain: str
    eligible: str
    formula: str


def register_data_metric(name: str, by: str, *, dated: bool = False, **facts: Unpack[Facts]) -> ScoreMetric:
    """Add a number of tables, answered by the check with the code `by`. It fits every task and needs no model.

    `dated`: a finding holds the ordinal of a day, and a verdict the days from the day of judging to it.

    Raises ConfigError when the name is taken.
    """
    if name in DATA_METRICS or name in SCORE_METRICS or name in RATES or name in SHORT or name in ALSO:
        raise ConfigError(f"a metric named {name} exists already", hint="choose another name")
    facts.setdefault("direction", "lower")
    info = MetricInfo(
        name=name, needs_label=False, needs_score=False, by_threshold=False, tasks=TASKS, common=False, **facts
    )
    DATA_METRICS[name] = ScoreMetric(info=info)
    ANSWERED_BY[name] = by
    if dated:
        DATED.add(name)
    return DATA_METRICS[name]
