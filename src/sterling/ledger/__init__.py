"""What happened, kept: an append-only, hash-chained ledger, and a store of bytes named by their digests.

Everything a project remembers lies in its folder `.sterling`: `ledger.db` (records), `blobs/` (bytes), `HEAD` (the end
of the chain, outside the database) and `key` (a secret that row hashes are keyed with).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.extras import require

if TYPE_CHECKING:
    from sterling.ledger.store import SqlLedger

__all__ = ["begun", "open_ledger"]

PATIENCE = 60.0
"""Seconds that a writer waits for others before it gives up."""


def begun(folder: Path) -> bool:
    """Whether there is a ledger in a project's `.sterling` folder, or was one: `open_ledger` says of a lost one."""
    return any((folder / name).exists() for name in ("ledger.db", "HEAD"))


def open_ledger(
    folder: Path, *, create: bool = False, patience: float = PATIENCE, clock: Callable[[], dt.datetime] | None = None
) -> SqlLedger:
    """The ledger in a project's `.sterling` folder; with `create`, an empty one where there is none yet.

    A ledger of an older version is brought up to date first. Where the folder cannot be written, the ledger can still
    be read. `patience`: seconds that a write waits for other writers. `clock` tells the time that records are stamped
    with (default: the system's).

    Raises LedgerError when there is no ledger, or it is damaged, locked, or of a newer version; MissingExtra without
    SQLAlchemy.
    """
    require("sqlalchemy", extra="project", why="a project's ledger")
    from sterling.ledger.opening import open_at

    return open_at(Path(folder), create=create, patience=patience, clock=clock)
