"""Importing this package registers the checks of the quality shelf that most runs ask; the others once named."""

from sterling.core.registry import later
from sterling.quality.checks import qu001_performance, qu002_trivial_baseline

later("sterling.quality.checks.qu003_weak_slices", "QU003")
later("sterling.quality.checks.qu004_comparison", "QU004")
later("sterling.quality.checks.qu005_worst_class", "QU005")

__all__ = ["qu001_performance", "qu002_trivial_baseline"]
