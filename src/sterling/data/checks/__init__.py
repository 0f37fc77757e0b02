"""Importing this package registers the checks of the data shelf that runs of models ask; others once they are named."""

from sterling.core.registry import later
from sterling.data import infos as _infos
from sterling.data.checks import da001_representation, da002_insufficient_groups

REGISTERED = _infos
"""The numbers that limits speak of; every check of the shelf finds them registered."""

ABOUT_TABLES = (
    "da003_groups_unlike_reference", "da004_balance", "da005_missing_by_group", "da006_outliers_by_group",
    "da007_doubtful_labels", "da008_proxies", "da009_coverage_holes", "da010_statistics", "da011_anomalies",
    "da012_drift", "da013_skew", "da014_duplicates", "da015_leakage_between_parts", "da016_label_leakage",
    "da017_distinguishable_tables", "da018_outside_support", "da019_personal_data", "da020_anonymity",
    "da021_terms_of_use",
)  # fmt: skip
"""Files of questions that need no model, each named for its code."""

for file in ABOUT_TABLES:
    later(f"{__name__}.{file}", file[:5].upper())

__all__ = ["da001_representation", "da002_insufficient_groups"]
