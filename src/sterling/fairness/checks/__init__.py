"""Importing this package registers the checks of the fairness shelf that most runs ask; `others` has the rest."""

from sterling.core.registry import later
from sterling.fairness.checks import fa001_group_gap, fa002_group_ratio, fa003_group_floor

later(
    "sterling.fairness.checks.others",
    "FA004", "FA005", "FA006", "FA007", "FA008", "FA009", "FA010", "FA011", "FA020",
)  # fmt: skip

__all__ = ["fa001_group_gap", "fa002_group_ratio", "fa003_group_floor"]
