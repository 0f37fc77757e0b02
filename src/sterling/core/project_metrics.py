"""Reads `[[metric]]`: a function of the project, as a metric. Its name is registered; its function is not loaded."""

from __future__ import annotations

import re
from pathlib import Path

from sterling.core.errors import ConfigError, shown
from sterling.core.own_metrics import Declared, metric
from sterling.core.project import OwnMetric
from sterling.core.project_keys import KEYS, read_keys
from sterling.core.toml import Table

_FUNCTION = re.compile(r"[^:]+\.py:[^\W\d]\w*")


def named_function(entry: Table, text: str, example: str) -> None:
    """Raises ConfigError for a text that names no function of a Python file."""
    if not _FUNCTION.fullmatch(text):
        raise entry.fail(f"function is {shown(text)!r}", "function", expected="file.py:name", hint=example)


def declare(entry: Table, folder: Path) -> OwnMetric:
    """The metric of one table, which limits and asks can name from now on. Raises ConfigError naming line and key."""
    own = OwnMetric(**read_keys(entry, KEYS["metric"]))
    named_function(entry, own.function, '"metrics.py:median_wait"')
    if own.low is not None and own.high is not None and own.low >= own.high:
        raise entry.fail(f"low is {own.low:g} and high is {own.high:g}", "low", expected="low below high")
    file, _, name = own.function.rpartition(":")
    try:
        metric(
            own.name, reads=own.reads, label=own.label, plain=own.plain, formula=own.formula or own.function,
            direction=own.direction, scale=own.scale, low=own.low, high=own.high, needs_label=own.needs_label,
            source=own.source, fooled_by=own.fooled_by,
        )(Declared(folder / file, name))  # fmt: skip
    except ConfigError as error:
        key = "reads" if " reads " in error.what else "name"
        raise entry.fail(error.what, key, expected=error.expected, hint=error.hint) from None
    return own
