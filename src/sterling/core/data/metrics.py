"""Numbers of a table that a limit can speak of, and which check answers for each."""

from __future__ import annotations

from dataclasses import replace

from sterling.core.errors import ConfigError
from sterling.core.metrics import ALSO, DATA_METRICS, SCORE_METRICS, ScoreMetric
from sterling.core.rates import RATES, SHORT, MetricInfo
from sterling.core.roles import TASKS

ANSWERED_BY: dict[str, str] = {}
"""The code of the check whose findings are in this metric."""


def register_data_metric(info: MetricInfo, *, by: str) -> ScoreMetric:
    """Add a number of tables, answered by the check with the code `by`. It fits every task and needs no model.

    Raises ConfigError when the name is taken.
    """
    name = info.name
    if name in DATA_METRICS or name in SCORE_METRICS or name in RATES or name in SHORT or name in ALSO:
        raise ConfigError(f"a metric named {name} exists already", hint="choose another name")
    info = replace(info, needs_label=False, needs_score=False, by_threshold=False, tasks=TASKS, common=False)
    DATA_METRICS[name] = ScoreMetric(info=info)
    ANSWERED_BY[name] = by
    return DATA_METRICS[name]
