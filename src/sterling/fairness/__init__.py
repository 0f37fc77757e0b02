"""Differences between groups: gaps, ratios, floors."""
