"""One run at a time in one project; the lock falls by itself when its process ends, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sterling.core.errors import ConfigError, shown_path


@contextmanager
def only_run(state: Path) -> Iterator[None]:
    """Hold the project's lock. Raises ConfigError when another run holds it, or the folder cannot be written."""
    path = state / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigError(
            f"cannot write in the project's folder: {error.strerror}", where=shown_path(path),
            hint="a run keeps its ledger there: make the folder writable",
        ) from error  # fmt: skip
    try:
        if not _locked_soon(handle):
            holder = _holder(handle)
            raise ConfigError(
                "another run of this project is at work" + (f" (process {holder})" if holder.isdigit() else ""),
                where=shown_path(path), hint="wait for it to end, then run again: what it has done is not done twice",
            )  # fmt: skip
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _locked_soon(handle: int) -> bool:
    """Whether the lock was to be had. Somebody may hold it for a moment, only to see whether a run is at work."""
    for pause in (0.02, 0.05, 0.1):
        if _locked(handle):
            return True
        time.sleep(pause)
    return _locked(handle)


def _holder(handle: int) -> str:
    try:
        return os.read(handle, 32).decode("ascii", "replace").strip()
    except OSError:  # Windows lets nobody read what is locked
        return ""


def at_work(state: Path) -> bool:
    """Whether a run of the project is at work now. Holds the lock for a moment to find out."""
    try:
        handle = os.open(state / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:  # somebody else's folder: a run that says it is at work is believed
        return True
    try:
        return not _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
