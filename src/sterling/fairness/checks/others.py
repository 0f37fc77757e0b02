"""Importing this file registers the questions about fairness that runs ask only when told to."""

from sterling.fairness.checks import (
    fa004_inequality,
    fa005_conditional_gap,
    fa006_equalized_odds,
    fa007_differential_fairness,
    fa008_counterfactual_flips,
    fa009_consistency,
    fa010_subset_scan,
    fa011_group_shuffles,
    fa020_inferred_groups,
)

__all__ = [
    "fa004_inequality",
    "fa005_conditional_gap",
    "fa006_equalized_odds",
    "fa007_differential_fairness",
    "fa008_counterfactual_flips",
    "fa009_consistency",
    "fa010_subset_scan",
    "fa011_group_shuffles",
    "fa020_inferred_groups",
]
