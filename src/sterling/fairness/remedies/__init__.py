"""Importing this package registers the remedies of the fairness shelf."""

from sterling.fairness.remedies import (
    alternatives,
    correlation_remover,
    disparate_impact_remover,
    resampling,
    reweighing,
)

__all__ = ["alternatives", "correlation_remover", "disparate_impact_remover", "resampling", "reweighing"]
