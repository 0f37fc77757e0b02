"""Writing files so that an interrupt leaves the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from sterling.core.errors import InputError, shown

UNFINISHED = ".sterling-part"
"""How the name of a file ends that is not yet in its place."""
_STALE = 3600.0
"""Seconds after which nobody writes to it any more: its process was killed, or the machine stopped."""


def begin_file(folder: Path, prefix: str) -> tuple[int, str]:
    """A new file to write to, open and with its name, once what a killed process left there is gone. Raises OSError."""
    with suppress(OSError):
        for left in os.scandir(folder):
            if left.name.startswith(prefix) and left.name.endswith(UNFINISHED):
                with suppress(OSError):  # another process may have removed it, or it is another user's
                    if time.time() - left.stat(follow_symlinks=False).st_mtime > _STALE:
                        os.unlink(left)
    return tempfile.mkstemp(prefix=prefix, suffix=UNFINISHED, dir=folder)


def write_atomic(path: Path, content: bytes, *, lasting: bool = True) -> Path:
    """Write `content` to a neighbour of `path`, then rename it into place.

    `lasting`: it has reached the disk when this returns; else a power cut may take it, a killed process never does.
    What a process that was killed left beside `path` an hour ago or more is removed.
    Raises InputError when the folder is missing or cannot be written.
    """
    try:
        handle, name = begin_file(path.parent, f".{path.name[:40]}.")
    except OSError as error:
        raise InputError(
            f"cannot write the file: {error.strerror}",
            where=shown(str(path)),
            hint="check that the folder exists and is writable",
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise InputError(
                f"cannot write the file: {error.strerror}", where=shown(str(path)),
                hint="is there room on the disk, and may you write into this folder?",
            ) from error  # fmt: skip
        raise
    return path


def write_new(path: Path, content: bytes) -> bool:
    """Put `content` at `path` unless something is there; says whether it did. Never half of it, never over another.

    Raises InputError when the folder cannot be written.
    """
    if path.is_symlink() or path.exists():
        return False
    try:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as workshop:
            made = write_atomic(Path(workshop) / path.name, content)
            os.link(made, path)  # unlike a rename, it fails when something has come into its place meanwhile
    except FileExistsError:
        return False
    except OSError as error:
        raise InputError(
            f"cannot write the file: {error.strerror}",
            where=shown(str(path)),
            hint="check that the folder exists and is writable",
        ) from error
    return True
