"""SHA-256 of files, computed beside what else is done with them: on another thread, in one pass, a buffer at a time."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.sources.paths import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sterling.core.errors import SterlingError
    from sterling.core.run import DataFile

_AT_ONCE = 1 << 24
"""Bytes between two waits for Python's lock, which may be long while libraries load."""

_begun: dict[tuple[int, ...] | None, Future[str]] = {}


def begin(data: object) -> None:
    """Begin to hash the file that `data` names, if it is one: `Hashing` of it then need not. Says nothing of faults.

    Files of lines are left out: they are hashed as they are looked through.
    """
    if isinstance(data, str | os.PathLike):
        path = Path(os.fsdecode(data))
        state = _state(path)
        if state is not None and SUFFIXES.get(path.suffix.lower()) in ("parquet", "arrow"):
            _begun.clear()
            future: Future[str] = Future()
            _begun[state] = future
            _beside(_fill, future, path)


def _beside(work: Callable[..., None], *given: object) -> threading.Thread:
    """On a thread. A daemon, so that an interrupt does not wait for a large file to be read to its end."""
    thread = threading.Thread(target=work, args=given, name="sterling-hash", daemon=True)
    thread.start()
    return thread


def _fill(future: Future[str], path: Path) -> None:
    try:
        future.set_result(_hash(path))
    except BaseException as error:  # noqa: BLE001  # whoever waits for it is told
        future.set_exception(error)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as handle:
        part = memoryview(bytearray(min(os.fstat(handle.fileno()).st_size + 1, _AT_ONCE)))
        while read := handle.readinto(part):
            digest.update(part[:read])
    return digest.hexdigest()


def _digest(path: Path) -> str:
    """The hash that was begun, if the file is still as it was then; else it is read now."""
    begun = _begun.pop(_state(path), None)
    return _hash(path) if begun is None else begun.result()


def _state(path: Path) -> tuple[int, ...] | None:
    """What tells whether a file is another one or was written to; None for what is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    told = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    return told if stat.S_ISREG(found.st_mode) else None


class Hashing:
    """The hashes of files that are read meanwhile."""

    def __init__(self, paths: Sequence[Path], files: tuple[DataFile, ...]) -> None:
        self._files = files
        self._error: SterlingError | None = None
        self._states = {path: _state(path) for path in paths}
        asked = paths and any(file.sha256 is None for file in files)
        self._thread = _beside(self._work, tuple(paths)) if asked else None

    @property
    def rows(self) -> int | None:
        """Known before the hashes are."""
        known = [file.rows for file in self._files if file.rows is not None]
        return sum(known) if known and len(known) == len(self._files) else None

    def _work(self, paths: tuple[Path, ...]) -> None:
        from sterling.core.errors import shown_path
        from sterling.sources.reading import translate

        done = []
        for path, file in zip(paths, self._files, strict=True):
            try:
                done.append(replace(file, sha256=_digest(path)))
            except OSError as error:
                self._error = translate(error, shown_path(path))
                return
        self._files = tuple(done)

    def result(self) -> tuple[DataFile, ...]:
        """The files with their hashes, once these are known.

        Raises InputError for a file that cannot be read, or is another one than when it was opened: asked once the
        rows are counted, this tells that they are all of one version.
        """
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            raise self._error
        self._unchanged()
        return self._files

    def _unchanged(self) -> None:
        from sterling.core.errors import file_changed, shown_path

        for path, state in self._states.items():
            if _state(path) != state:
                raise file_changed(where=shown_path(path))
