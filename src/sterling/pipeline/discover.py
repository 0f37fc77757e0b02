"""What `discover` asks for, from a command line or from Python, as an ask of QU003."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sterling.core.errors import ConfigError
from sterling.core.metrics import Metric
from sterling.core.plan import Ask, Plan
from sterling.core.registry import find_check
from sterling.core.roles import Task
from sterling.pipeline.default_plan import of_the_task

Discover = bool | str | Mapping[str, object]
"""Whether to search for slices where a model is worst; by which metric; or all parameters of QU003 by name."""
CODE, NAME = "QU003", "weak slices"


def with_search(plan: Plan, wanted: Discover | None, task: Task) -> Plan:
    """The plan with the search as its last ask.

    Raises ConfigError for a metric or parameter that does not exist, or that models of the task do not have.
    """
    if wanted is None or wanted is False:
        return plan
    item = _ask(wanted)
    metric = item.parameters.get("metric")
    if isinstance(metric, Metric):
        of_the_task(metric, task, where="discover")
    known = any(a.check.code == CODE and a.canonical() | {"name": NAME} == item.canonical() for a in plan.asks)
    threshold = item.parameters.get("threshold")
    extra = {*plan.extra, *([threshold] if isinstance(threshold, float) else [])} - {*plan.thresholds}
    return plan if known else replace(plan, asks=(*plan.asks, item), extra=tuple(sorted(extra)))


def _ask(wanted: Discover) -> Ask:
    given = {"metric": wanted} if isinstance(wanted, str) and wanted.strip() else {} if wanted is True else wanted
    if isinstance(given, Mapping):
        check = find_check(CODE)
        return Ask(name=NAME, check=check, parameters=check.bind(given, where="discover"))
    raise ConfigError(
        "cannot tell what discover asks for", expected="True, the name of a metric, or QU003's parameters by name",
        hint='discover="false_negative_rate" or discover={"features": ["age"]}',
    )  # fmt: skip
