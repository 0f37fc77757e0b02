"""Intervals, comparisons of many groups, exact tests, resampling and power.

Needs NumPy only. Unknown is NaN; inputs broadcast; `level` is always a keyword. How well each interval covers is
measured in `docs/coverage.md`.
"""
