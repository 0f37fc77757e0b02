"""Importing this package registers the remedies of the fairness shelf."""

from sterling.fairness.remedies import alternatives, reweighing

__all__ = ["alternatives", "reweighing"]
