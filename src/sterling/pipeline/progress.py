"""How far a long pass over rows has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how many rows of how many are counted."""


def adding_up(progress: Progress | None, total: int) -> Callable[[int], None] | None:
    """From pieces as they are counted to rows done of all rows, never more than these."""
    if progress is None:
        return None
    done = 0

    def more(rows: int) -> None:
        nonlocal done
        done = min(done + rows, total)
        progress(done, total)

    return more
