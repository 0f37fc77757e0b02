"""Importing this package registers the checks of the quality shelf."""

from sterling.quality.checks import (
    qu001_performance,
    qu002_trivial_baseline,
    qu003_weak_slices,
    qu004_comparison,
    qu005_worst_class,
)

__all__ = [
    "qu001_performance",
    "qu002_trivial_baseline",
    "qu003_weak_slices",
    "qu004_comparison",
    "qu005_worst_class",
]
