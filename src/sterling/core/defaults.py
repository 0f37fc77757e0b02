"""What is taken where nobody says otherwise."""

from __future__ import annotations

DEFAULT_LEVEL = 0.95
"""Confidence level of intervals."""
DEFAULT_MIN_N = 30
"""Rows that a group needs for its numbers to be compared."""
