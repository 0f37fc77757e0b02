"""Texts as sets of short pieces, and how much two such sets have in common."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pieces = NDArray[np.uint64]
LONGEST = 8
"""Pieces are kept whole in 64 bits, so that two equal numbers are two equal pieces."""


def normal(texts: pl.Series) -> pl.Series:
    """Texts as they are compared: small letters, one blank for every run of blanks, none at the ends."""
    return texts.cast(pl.String).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def pieces(texts: pl.Series, length: int) -> tuple[Pieces, Ints]:
    """All runs of `length` bytes (1 to 8) of each text, as whole numbers, and where those of each text begin.

    `texts` are not missing. The second array has one place more than there are texts. A text shorter than `length` has
    one piece, itself. Source: Broder 1997, Compression and Complexity of Sequences.
    """
    sizes = texts.str.len_bytes().to_numpy().astype(np.int64)
    padded = np.maximum(sizes, length)
    # Short texts are filled up with zero bytes, so that every text has a piece of its own.
    ends = np.concatenate([[0], np.cumsum(padded)])
    data = np.zeros(int(ends[-1]), dtype=np.uint8)
    joined = np.frombuffer((texts.str.join("").item() or "").encode(), dtype=np.uint8)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shift = np.repeat(ends[:-1] - starts[:-1], sizes)
    data[np.arange(len(joined)) + shift] = joined
    counts = padded - length + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    at = np.arange(int(offsets[-1])) + np.repeat(ends[:-1] - offsets[:-1], counts)
    out = np.zeros(len(at), dtype=np.uint64)
    for i in range(length):
        out = (out << np.uint64(8)) | data[at + i]
    return out, offsets


def alike(texts: pl.Series, first: Ints, second: Ints, length: int) -> NDArray[np.float64]:
    """The Jaccard similarity of each pair of texts, exactly: pieces in both over pieces in either. Shape (pairs,).

    The set of each text is made once, however many pairs it is in.
    """
    used, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    if not len(used):
        return np.empty(0)
    found, offsets = pieces(texts[used], length)
    values, codes = np.unique(found, return_inverse=True)
    wide = len(values)
    own = np.unique(np.repeat(np.arange(len(used)), np.diff(offsets)) * wide + codes.ravel())
    begin = np.searchsorted(own // wide, np.arange(len(used) + 1))
    sizes = np.diff(begin)
    a, b = place.ravel()[: len(first)], place.ravel()[len(first) :]
    a, b = np.where(sizes[a] < sizes[b], b, a), np.where(sizes[a] < sizes[b], a, b)
    out = np.empty(len(first))
    for part in _parts(sizes[b] + 1):
        out[part] = _common(own, wide, begin, a[part], b[part])
    return np.asarray(out / (sizes[a] + sizes[b] - out))


def _common(own: Ints, wide: int, begin: Ints, a: Ints, b: Ints) -> Ints:
    """How many members of the sets `b` are in the sets `a`. `own` is set * wide + member, ascending."""
    wanted = np.repeat(a, begin[b + 1] - begin[b]) * wide + _spread(own % wide, begin, b)
    at = np.minimum(np.searchsorted(own, wanted), len(own) - 1)
    pair = np.repeat(np.arange(len(a)), begin[b + 1] - begin[b])
    return np.bincount(pair[own[at] == wanted], minlength=len(a))


def _parts(sizes: Ints, most: int = 1 << 22) -> list[slice]:
    """Runs of pairs whose sizes are about `most` together."""
    if not len(sizes):
        return []
    lot = np.cumsum(sizes) // most
    edges = [0, *(np.flatnonzero(np.diff(lot)) + 1).tolist(), len(sizes)]
    return [slice(i, j) for i, j in pairwise(edges)]


def _spread(sets: Ints, begin: Ints, which: Ints) -> Ints:
    """The members of the sets named by `which`, one set after the other."""
    counts = begin[which + 1] - begin[which]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return np.asarray(sets[np.arange(int(offsets[-1])) + np.repeat(begin[which] - offsets[:-1], counts)])
