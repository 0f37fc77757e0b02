"""The store of bytes: files named by their SHA-256, written whole or not at all, checked when read."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from sterling.core.errors import InputError, LedgerError, shown, shown_path
from sterling.ledger.files import write_private

PREFIX = "sha256:"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK = 1 << 20


def digest_of(content: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return PREFIX + hashlib.sha256(content).hexdigest()


def blob_path(folder: Path, digest: str) -> Path:
    """Where the bytes of `digest` lie under a ledger's folder. Raises InputError when it is not a digest."""
    if not _DIGEST.fullmatch(digest):
        raise InputError(
            "this is not the digest of an artifact",
            got=shown(digest),
            expected="sha256: and 64 hex digits",
            hint="sterling trace shows digests; --json shows them whole",
        )
    name = digest.removeprefix(PREFIX)
    return folder / "blobs" / name[:2] / name[2:]


def digest_of_file(path: Path) -> str:
    """As `digest_of`, without holding the file in memory."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            seen.update(chunk)
    return PREFIX + seen.hexdigest()


def write_blob(folder: Path, content: bytes, digest: str) -> str:
    """Keep `content` under its digest. Bytes that are there already are left alone, damaged ones are replaced.

    On return they have reached the disk. Raises LedgerError when they cannot be written.
    """
    path = blob_path(folder, digest)
    try:
        if path.is_file() and path.stat().st_size == len(content) and digest_of_file(path) == digest:
            return digest
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, content)
    except OSError as error:
        raise LedgerError(
            f"the bytes of an artifact cannot be written: {error.strerror}", where=shown_path(path),
            hint="nothing recorded so far is lost; make room or make the folder writable, and try again",
        ) from error  # fmt: skip
    return digest
