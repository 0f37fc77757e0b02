"""The hash chain: each record's hash covers the record and the hash before it, so every hash vouches for all before."""

from __future__ import annotations

import hashlib

GENESIS = "0" * 64
"""What stands before the first record."""


def link(previous: str, kind: str, at: str, body: str) -> str:
    """The hash of a record: SHA-256 over the previous hash, kind, time and body, as 64 hex digits.

    None of the parts but the last can hold a line break, so no two records share one sealed text.
    """
    return hashlib.sha256(f"{previous}\n{kind}\n{at}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()
