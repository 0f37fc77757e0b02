"""Names of columns, metrics and checks as people give them."""

from __future__ import annotations

from collections.abc import Sequence

Names = str | Sequence[str] | None


def names_of(value: Names) -> list[str]:
    """One name, several or none, as a list."""
    given = [] if value is None else [value] if isinstance(value, str) else list(value)
    return [str(v) for v in given]
