"""Numbers of a table that a limit can speak of, and which check answers for each."""

from __future__ import annotations

from dataclasses import replace

from sterling.core.errors import ConfigError
from sterling.core.metrics import ALSO, DATA_METRICS, SCORE_METRICS, ScoreMetric
from sterling.core.rates import RATES, SHORT, MetricInfo
from sterling.core.roles import TASKS

ANSWERED_BY: dict[str, str] = {}
"""The code of the check whose findings are in this metric."""
DATED: set[str] = set()
"""Metrics whose findings hold a day, as its ordinal; days are counted from the day on which they are judged."""


def register_data_metric(info: MetricInfo, *, by: str, dated: bool = False) -> ScoreMetric:
    """Add a number of tables, answered by the check with the code `by`. It fits every task and needs no model.

    `dated`: a finding holds the ordinal of a day, and a verdict the days from the day of judging to it.

    Raises ConfigError when the name is taken.
    """
    name = info.name
    if name in DATA_METRICS or name in SCORE_METRICS or name in RATES or name in SHORT or name in ALSO:
        raise ConfigError(f"a metric named {name} exists already", hint="choose another name")
    info = replace(info, needs_label=False, needs_score=False, by_threshold=False, tasks=TASKS, common=False)
    DATA_METRICS[name] = ScoreMetric(info=info)
    ANSWERED_BY[name] = by
    if dated:
        DATED.add(name)
    return DATA_METRICS[name]
