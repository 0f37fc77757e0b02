"""What can be counted in one pass and merged: the protocol that every runner serves."""

from __future__ import annotations

from typing import Protocol, TypeVar

from sterling.engine.encode import Batch

S = TypeVar("S", bound="Summary")


class Summary(Protocol):
    """Counts of some rows. Adding batches in any order and merging in any grouping gives the same bits."""

    def add(self, batch: Batch) -> None:
        """Count the rows of one batch."""
        ...

    def merge(self: S, other: S) -> S:
        """The summary of both sets of rows."""
        ...
