"""Reads `[[metric]]`: a function of the project, as a metric of that project alone. Its function is not loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from sterling.core.errors import ConfigError, shown
from sterling.core.metrics import Own, ScoreMetric, also_known
from sterling.core.own_metrics import Declared, own_info
from sterling.core.project import OwnMetric
from sterling.core.project_keys import KEYS, read_keys
from sterling.core.rates import MetricInfo
from sterling.core.toml import Table

_FUNCTION = re.compile(r"[^:]+\.py:[^\W\d]\w*")


def named_function(entry: Table, text: str, example: str) -> None:
    """Raises ConfigError for a text that names no function of a Python file."""
    if not _FUNCTION.fullmatch(text):
        raise entry.fail(f"function is {shown(text)!r}", "function", expected="file.py:name", hint=example)


def declare(entry: Table) -> OwnMetric:
    """The metric of one table. Raises ConfigError naming line and key."""
    own = OwnMetric(**read_keys(entry, KEYS["metric"]))
    named_function(entry, own.function, '"metrics.py:median_wait"')
    if own.low is not None and own.high is not None and own.low >= own.high:
        raise entry.fail(f"low is {own.low:g} and high is {own.high:g}", "low", expected="low below high")
    try:
        _info(own)
    except ConfigError as error:
        key = "reads" if " reads " in error.what else "name"
        raise entry.fail(error.what, key, expected=error.expected, hint=error.hint) from None
    return own


def known_in(folder: Path, metrics: Iterable[OwnMetric]) -> AbstractContextManager[None]:
    """Within it limits, asks and plans can name these metrics of a project in that folder."""
    return also_known(
        {m.name: ScoreMetric(info=_info(m), own=Own(function=stand_in(folder, m), reads=m.reads)) for m in metrics}
    )


def stand_in(folder: Path, own: OwnMetric) -> Declared:
    """What stands for the function while it is not loaded."""
    file, _, name = own.function.rpartition(":")
    return Declared(folder / file, name)


def _info(own: OwnMetric) -> MetricInfo:
    return own_info(
        own.name, reads=own.reads, label=own.label, plain=own.plain, formula=own.formula or own.function,
        direction=own.direction, scale=own.scale, low=own.low, high=own.high, needs_label=own.needs_label,
        source=own.source, fooled_by=own.fooled_by,
    )  # fmt: skip
