"""What is taken where nobody says otherwise, and what holds whatever anybody says."""

from __future__ import annotations

DEFAULT_LEVEL = 0.95
"""Confidence level of intervals."""
DEFAULT_MIN_N = 30
"""Rows that a group needs for its numbers to be compared."""
SHARED = 10
"""A value is written down only when so many rows have it: it is then nobody's own."""
