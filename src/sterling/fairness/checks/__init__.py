"""Importing this package registers the checks of the fairness shelf."""

from sterling.fairness.checks import (
    fa001_group_gap,
    fa002_group_ratio,
    fa003_group_floor,
    fa004_inequality,
    fa005_conditional_gap,
    fa006_equalized_odds,
    fa007_differential_fairness,
    fa008_counterfactual_flips,
    fa009_consistency,
    fa010_subset_scan,
    fa020_inferred_groups,
)

__all__ = [
    "fa001_group_gap",
    "fa002_group_ratio",
    "fa003_group_floor",
    "fa004_inequality",
    "fa005_conditional_gap",
    "fa006_equalized_odds",
    "fa007_differential_fairness",
    "fa008_counterfactual_flips",
    "fa009_consistency",
    "fa010_subset_scan",
    "fa020_inferred_groups",
]
