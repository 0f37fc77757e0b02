"""Numbers of a table that a limit can speak of. Importing this file registers them, and loads nothing heavy."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric
from sterling.core.rates import MetricInfo
from sterling.data import use_infos
from sterling.data.drift import infos as drift_infos
from sterling.data.leaks import infos as leaks_infos
from sterling.data.people import infos as people_infos
from sterling.data.schema import infos as schema_infos
from sterling.data.statistics import infos as statistics_infos

__all__ = [
    "MetricInfo",
    "drift_infos",
    "leaks_infos",
    "people_infos",
    "register_data_metric",
    "schema_infos",
    "statistics_infos",
    "use_infos",
]
