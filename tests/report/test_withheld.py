"""Cells of a confusion table that are not drawn cannot be worked out from the others of their row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from sterling.report.board import SMALL_CELL
from sterling.report.chapters.classes import withheld


@given(some.lists(some.integers(0, 60), min_size=1, max_size=8))
def test_small_cells_are_withheld_and_never_one_alone(row: list[int]) -> None:
    hidden = withheld(row)
    small = {j for j, n in enumerate(row) if 0 < n < SMALL_CELL}
    assert small <= hidden
    assert len(hidden) != 1 or all(n == 0 for j, n in enumerate(row) if j not in hidden)
    assert all(row[j] for j in hidden)


def test_the_smallest_other_goes_with_a_single_one() -> None:
    assert withheld([90, 3, 40, 0]) == {1, 2}
    assert withheld([90, 3, 2, 40]) == {1, 2}
    assert withheld([90, 10]) == set()
