"""Numbers of a table that a limit can speak of. Importing this file registers them, and loads nothing heavy."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric
from sterling.core.rates import MetricInfo
from sterling.data import use_infos
from sterling.data.schema import infos as schema_infos

__all__ = ["MetricInfo", "register_data_metric", "schema_infos", "use_infos"]
