"""Pictures in a column: how many cannot be read, how large they are, how bright. Each is opened, and none is kept.

Values are hostile until read: only common formats are tried, pictures of too many pixels are refused before they are
unpacked, and whatever goes wrong inside a file counts it as broken.
"""

from __future__ import annotations

import io
import math
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import polars as pl

from sterling.core.data.profile import ImageFacts, Lengths, ValueCount
from sterling.core.defaults import SHARED
from sterling.core.errors import ConfigError, shown
from sterling.core.extras import require

LOOKED_AT = 2_000
"""So many pictures of a column are opened."""
MOST_PIXELS, MOST_BYTES = 50_000_000, 1 << 26
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_BEGIN = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_FEW = 20
_SMALL = (64, 64)


class Picture(NamedTuple):
    """Width and height in pixels, channels as Pillow names them (RGB, L, …), mean brightness from 0 to 1."""

    width: int
    height: int
    channels: str
    brightness: float


def holds_pictures(column: pl.Series) -> bool:
    """Whether most of the first values of a column of bytes begin as pictures do."""
    if column.dtype != pl.Binary:
        return False
    first = [bytes(v[:16]) for v in column.drop_nulls().head(_FEW).to_list()]
    begun = sum(v.startswith(_BEGIN) or (v[:4] == b"RIFF" and v[8:12] == b"WEBP") for v in first)
    return bool(first) and 2 * begun > len(first)


def pictures_of(column: pl.Series, folder: str | None = None) -> ImageFacts:
    """The facts of a column of bytes, or of paths inside `folder`. Raises MissingExtra without Pillow."""
    pillow = require("PIL.Image", extra="images", why=f"the pictures in {shown(column.name)}")
    known = column.drop_nulls()
    read = _contents(known) if column.dtype == pl.Binary else _files(known, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as those of pictures that unpack to far more than they should
        found = [_opened(content, pillow) for content in read]
    good = [p for p in found if p is not None]
    return ImageFacts(
        broken=len(found) - len(good), widths=_lengths(p.width for p in good),
        heights=_lengths(p.height for p in good), brightness=_lengths(p.brightness for p in good),
        channels=tuple(
            ValueCount(value=v, count=float(n))
            for v, n in sorted(Counter(p.channels for p in good).items(), key=lambda i: (-i[1], i[0]))
            if n >= SHARED
        ),
        looked_at=len(found),
    )  # fmt: skip


def _contents(values: pl.Series) -> Iterator[bytes | None]:
    for value in values.to_list():
        yield value if len(value) <= MOST_BYTES else None


def _files(values: pl.Series, folder: str | None) -> Iterator[bytes | None]:
    """What is in the files: only in such that lie inside the folder, links followed."""
    if folder is None or not os.path.isdir(folder):
        raise ConfigError(
            "paths of pictures need the folder that they lie in", where="DA010 image_folder",
            expected="a folder", got=shown(folder) if folder is not None else "",
        )  # fmt: skip
    home = Path(folder).resolve()
    for value in values.cast(pl.String).to_list():
        yield _file(home, value)


def _file(home: Path, name: str) -> bytes | None:
    try:
        path = (home / name).resolve()
        inside = path.is_relative_to(home) and path.is_file() and path.stat().st_size <= MOST_BYTES
        return path.read_bytes() if inside else None
    except (OSError, ValueError, RuntimeError):  # names too long, with NULs, links in a circle
        return None


def _opened(content: bytes | None, pillow: ModuleType) -> Picture | None:
    """A picture, or None for what is none, is damaged or too large."""
    if content is None:
        return None
    try:
        with pillow.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or min(width, height) < 1:
                return None
            channels = str(picture.mode)
            picture.draft("RGB", _SMALL)  # lets JPEG be unpacked small
            small = picture.convert("L")
            small.thumbnail(_SMALL)
            grey = small.tobytes()
            return Picture(width, height, channels, sum(grey) / (255.0 * len(grey)))
    except Exception:  # noqa: BLE001  a decoder may fail in any way on a hostile file; the file then counts as broken
        return None


def _lengths(values: Iterable[float]) -> Lengths | None:
    held = sorted(values)
    return Lengths(low=held[0], mean=math.fsum(held) / len(held), high=held[-1]) if len(held) >= SHARED else None
