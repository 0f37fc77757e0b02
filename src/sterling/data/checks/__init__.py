"""Importing this package registers the checks of the data shelf."""

from sterling.data.checks import (
    da001_representation,
    da002_insufficient_groups,
    da011_anomalies,
    da020_anonymity,
)

__all__ = ["da001_representation", "da002_insufficient_groups", "da011_anomalies", "da020_anonymity"]
