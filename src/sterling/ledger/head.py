"""`HEAD`: the end of the chain, kept outside the database, so that a ledger that was cut off shows.

One line of fixed width, overwritten in place by a single write after each commit: a process killed at any moment leaves
the old line or the new one, a full disk does not matter, and a line that lags behind still lies in the chain.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sterling.core.records import Head
from sterling.ledger.chain import GENESIS
from sterling.ledger.files import create_once

NAME = "HEAD"
_LINE = re.compile(r"(\d{20}) ([0-9a-f]{64})\n")
_WIDTH = 86


def read_head(folder: Path) -> Head | None:
    """What HEAD says; None when it is missing or is not a head."""
    try:
        handle = os.open(folder / NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        with _locked(handle, shared=True):
            return _parse(os.read(handle, _WIDTH + 1))
    finally:
        os.close(handle)


def begin_head(folder: Path) -> None:
    """Make the HEAD of an empty ledger, unless there is a HEAD."""
    create_once(folder / NAME, _line(Head(seq=0, hash=GENESIS)))


def move_head(folder: Path, head: Head) -> None:
    """Let HEAD say `head`, unless another writer has moved it further already.

    What cannot be written is left: the records are committed, and the next put moves HEAD again.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with _locked(handle, shared=False):
                said = _parse(os.read(handle, _WIDTH + 1))
                if said is None or said.seq < head.seq:
                    os.lseek(handle, 0, os.SEEK_SET)
                    os.write(handle, _line(head))
        finally:
            os.close(handle)


def _line(head: Head) -> bytes:
    return f"{head.seq:020d} {head.hash}\n".encode()


def _parse(content: bytes) -> Head | None:
    found = _LINE.fullmatch(content.decode("ascii", "replace"))
    return Head(seq=int(found[1]), hash=found[2]) if found else None


@contextlib.contextmanager
def _locked(handle: int, *, shared: bool) -> Iterator[None]:
    """Hold the file's advisory lock, where the system has such locks; elsewhere HEAD may lag by a put."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with contextlib.suppress(OSError):  # some network file systems have no locks
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    yield  # closing the file gives the lock back
