"""Machine code kept beside Python's own bytecode and under its rules, so that only a first run compiles.

It lies in the same `__pycache__` and is trusted as bytecode is: who can write there decides what runs anyway. It is
written only where bytecode would be (`PYTHONDONTWRITEBYTECODE`, a folder that may not be written to), and used only
where the source, the compiler and the processor are the ones it was made from.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from importlib.util import cache_from_source
from pathlib import Path

from sterling.core.errors import InputError
from sterling.core.files import write_atomic
from sterling.core.frozen import dataclass

_SIZE = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the code compiled from some sources lies. The first of `sources` names the file."""

    sources: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """`kernels.py` is kept as `__pycache__/kernels.cpython-311.o`."""
        return Path(cache_from_source(str(self.sources[0]))).with_suffix(".o")

    def read(self, made_for: Iterable[str]) -> bytes | None:
        """The code, if it is whole and was made from these sources for `made_for`; else None."""
        try:
            content = self.path.read_bytes()
            mark = self._mark(made_for)
        except (OSError, NotImplementedError):
            return None
        code = content[2 * _SIZE :]
        return code if content[: 2 * _SIZE] == mark + hashlib.sha256(code).digest() else None

    def write(self, code: bytes, made_for: Iterable[str]) -> None:
        """Keep the code for the next run, or leave it where that is not wanted or not possible."""
        if sys.dont_write_bytecode:
            return
        try:
            self.path.parent.mkdir(exist_ok=True)
            write_atomic(self.path, self._mark(made_for) + hashlib.sha256(code).digest() + code)
        except (OSError, InputError, NotImplementedError):
            return

    def _mark(self, made_for: Iterable[str]) -> bytes:
        digest = hashlib.sha256()
        for part in (*(source.read_bytes() for source in self.sources), *(text.encode() for text in made_for)):
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.digest()
