"""Addresses of tables that lie elsewhere, and how they are shown: without what may be a secret in them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sterling.core.errors import shown_path

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_PASSWORD = re.compile(r"[^/:@]*:(?!\d*(?:/|$))[^@]*@")


def is_url(text: str) -> bool:
    """Whether this is an address such as `s3://bucket/loans.parquet` and no path of this machine."""
    return _URL.fullmatch(text) is not None


def scheme_of(url: str) -> str:
    """`s3` of `s3://bucket/loans.parquet`, in small letters; nothing when it is no URL."""
    found = _URL.fullmatch(url)
    return found["scheme"].lower() if found else ""


def bare(url: str) -> str:
    """The address without user, password, query and fragment: presigned URLs hold signatures there."""
    found = _URL.fullmatch(url)
    if found is None:
        return url
    place = re.split(r"[?#]", found["rest"], maxsplit=1)[0]
    if _PASSWORD.match(place):  # one that holds a slash, as secret keys do, ends at the last @
        place = place.rpartition("@")[2]
    host, slash, path = place.partition("/")
    return f"{found['scheme']}://{host.rpartition('@')[2]}{slash}{path}"


def shown_url(url: str) -> str:
    """The address, bare, fit for one line of a message."""
    return shown_path(bare(url))


def leaving(path: str) -> str:
    """A path of this machine as it may leave it: an absolute one from the working folder on, or the file's name alone.

    Folders above the working one can name people and customers. Other text is kept as it is.
    """
    if not os.path.isabs(path):
        return path
    whole, here = Path(os.path.normpath(path)), Path(os.path.abspath("."))
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name or path
