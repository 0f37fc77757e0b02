"""Counts in broken promises: one row has, several have."""

from __future__ import annotations

import pytest

from sterling.data.schema.judging import rows_that


@pytest.mark.parametrize(
    ("hits", "n", "words", "said"),
    [
        (12, 1989, "have no value", "12 of 1,989 rows (0.6%) have no value"),
        (1, 1989, "have no value", "1 of 1,989 rows (0.05%) has no value"),
        (1, 1, "are 0", "1 of 1 row (100%) is 0"),
        (1, 3, "share their value with another row", "1 of 3 rows (33%) shares its value with another row"),
        (1, 3, "lie outside the range", "1 of 3 rows (33%) lies outside the range"),
        (1, 3, "hold a number, not words", "1 of 3 rows (33%) holds a number, not words"),
        (1, 3, "break the rule r", "1 of 3 rows (33%) breaks the rule r"),
        (0, 3, "are NaN", "0 of 3 rows (0%) are NaN"),
    ],
)
def test_rows_are_spoken_of_in_their_number(hits: int, n: int, words: str, said: str) -> None:
    assert rows_that(hits, n, words) == said
