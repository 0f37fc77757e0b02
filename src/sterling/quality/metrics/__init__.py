"""Metrics of yes/no models that are worked out from the rows of a slice by score. Importing it registers them."""

from sterling.quality.metrics import calibration, curves, discrimination, search

__all__ = ["calibration", "curves", "discrimination", "search"]
