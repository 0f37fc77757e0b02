"""Files of a ledger: readable by their owner alone, there whole or not at all, on the disk when the call returns."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from sterling.core.files import begin_file


def write_private(path: Path, content: bytes) -> None:
    """Put `content` at `path`, over what may be there. Raises OSError."""
    with _beside(path, content) as name:
        os.replace(name, path)
    sync_folder(path.parent)


def create_once(path: Path, content: bytes) -> None:
    """Put `content` at `path` unless there is something; of several processes at once, one succeeds. Raises OSError."""
    if path.exists():
        return
    with _beside(path, content) as name, contextlib.suppress(FileExistsError):
        os.link(name, path)
    sync_folder(path.parent)


def writable(path: Path) -> bool:
    """Whether this process may write there, as who it acts for now."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def sync_folder(folder: Path) -> None:
    """Let names in a folder reach the disk, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _beside(path: Path, content: bytes) -> Iterator[str]:
    """A new file in the same folder, mode 0600, that is gone afterwards under this name."""
    handle, name = begin_file(path.parent, ".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        Path(name).unlink(missing_ok=True)
