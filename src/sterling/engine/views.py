"""How a text column lies in memory: 16 bytes for each text, which Polars shows by Arrow's C interface, uncopied.

Such a view holds a text's length and first bytes, then the rest of a short text or the place of a longer one. In one
chunk of a column, texts with equal views are equal texts; equal texts that lie in two places have views that differ.
Sources: Arrow C stream interface; Arrow columnar format, variable-size binary view layout.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
from numpy.typing import NDArray

FIRST, SECOND = -0x61C8864680B583EB, -0x3D4D51C2D82B14B1
"""Odd factors that spread the two halves of a view over 64 bits, for loops that look views up."""
EMPTY = 255
"""The code of a slot that holds no view."""
NO_VIEW = 1 << 32
"""The first half of no view: a text of length 0 has no first bytes."""
_UTF8_VIEW = b"vu"
_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
_Freed = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class _Schema(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p),
        ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p), ("release", _Freed), ("private", ctypes.c_void_p),
    )  # fmt: skip


class _Array(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
        ("children", ctypes.c_void_p), ("dictionary", ctypes.c_void_p), ("release", _Freed),
        ("private", ctypes.c_void_p),
    )  # fmt: skip


_Get = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class _Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", _Get), ("get_next", _Get), ("get_last_error", ctypes.c_void_p), ("release", _Freed),
        ("private", ctypes.c_void_p),
    )  # fmt: skip


@contextmanager
def views(chunk: pl.Series) -> Iterator[NDArray[np.int64] | None]:
    """The views of a text column of one chunk, shape (2 n,), two whole numbers each; valid inside `with` only.

    None where Polars shows the column in another layout.
    """
    capsule: object = chunk.__arrow_c_stream__()  # frees the stream when it goes
    place = _pointer(capsule, b"arrow_array_stream")
    stream = _Stream.from_address(place)
    array = _Array()
    if not _shows_views(stream, place) or stream.get_next(place, ctypes.addressof(array)) or not array.release:
        yield None
        return
    try:
        start = ctypes.cast(array.buffers[1] + 16 * array.offset, ctypes.POINTER(ctypes.c_int64))
        yield np.ctypeslib.as_array(start, (2 * array.length,))
    finally:
        array.release(ctypes.addressof(array))


def _shows_views(stream: _Stream, place: int) -> bool:
    schema = _Schema()
    if stream.get_schema(place, ctypes.addressof(schema)):
        return False
    same = bool(schema.format == _UTF8_VIEW)
    schema.release(ctypes.addressof(schema))
    return same
