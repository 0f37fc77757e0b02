"""Few rows counted as many are."""

from __future__ import annotations

import pytest

from sterling.engine.task import Request


def count_in_parts(monkeypatch: pytest.MonkeyPatch, *, rows: int) -> None:
    """From now on, and until the test ends, places count pieces of so many rows, and hardly any are fetched whole."""
    plain = Request.__init__

    def few(self: Request, **given: object) -> None:
        plain(self, **{**given, "exact_rows": 10})

    monkeypatch.setattr(Request, "__init__", few)
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", rows)
