"""Importing this package registers the remedies of the data shelf."""

from sterling.data.remedies import deduplicate, generalise, impute_by_group, mask

__all__ = ["deduplicate", "generalise", "impute_by_group", "mask"]
