"""MinHash signatures of sets, and the pairs of sets that locality-sensitive hashing proposes to compare."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.data.copies.shingles import Ints, Pieces, pieces

HASHES = 64
"""Hash functions in all; they are shared out over bands."""
SURELY = 0.99
"""The chance with which a pair as alike as asked for is found; bands are chosen to reach it."""
CROWD = 200
"""Of texts that fall into one bucket, each is compared with so many others at most."""
MOST_PAIRS = 2_000_000
"""So many pairs are compared at most; where more are proposed, nearly all texts share much, and it is said."""
_BLOCK = 1 << 20


class Bands(NamedTuple):
    """`number` bands of `rows` hashes each. Sets of similarity s meet in a band with chance 1 - (1 - s^rows)^number."""

    number: int
    rows: int

    def recall(self, similarity: float) -> float:
        """The chance that a pair of this similarity is proposed. Source: Leskovec, Rajaraman, Ullman 2014, 3.4.2."""
        return float(1 - (1 - similarity**self.rows) ** self.number)


def bands_for(similarity: float) -> Bands:
    """As many hashes a band as still find a pair of this similarity with chance SURELY; one a band if none does."""
    fits = [Bands(HASHES // rows, rows) for rows in range(1, HASHES + 1)]
    return max((b for b in fits if b.recall(similarity) >= SURELY), key=lambda b: b.rows, default=fits[0])


def signatures(texts: pl.Series, *, length: int, seed: int) -> Pieces:
    """The smallest hash of the pieces of each text under each hash function, shape (texts, HASHES), uint64.

    Every piece is mixed once; the functions are odd multiples of that, plus an offset, by their order. Two sets have
    the same minimum with a chance that is their Jaccard similarity. Source: Broder et al. 2000, JCSS 60:630.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    factors = rng.integers(0, 2**64, HASHES, dtype=np.uint64) | np.uint64(1)
    offsets = rng.integers(0, 2**64, HASHES, dtype=np.uint64)
    out = np.empty((len(texts), HASHES), dtype=np.uint64)
    for start, stop in _blocks(texts.str.len_bytes().to_numpy().astype(np.int64)):
        found, begin = pieces(texts[start:stop], length)
        mixed = mix(found)
        for i in range(HASHES):
            out[start:stop, i] = np.minimum.reduceat(mixed * factors[i] + offsets[i], begin[:-1])
    return out


def _blocks(sizes: Ints) -> list[tuple[int, int]]:
    """Runs of texts of about a million bytes together."""
    if not len(sizes):
        return []
    place = np.cumsum(np.maximum(sizes, 1)) // _BLOCK
    edges = [0, *(np.flatnonzero(np.diff(place)) + 1).tolist(), len(sizes)]
    return list(pairwise(edges))


class Candidates(NamedTuple):
    """Pairs of places (first < second), each once; `crowded`: some buckets held more than were compared."""

    first: Ints
    second: Ints
    crowded: bool


def candidates(signature: Pieces, bands: Bands) -> Candidates:
    """The pairs of rows of `signature` that agree in all hashes of some band."""
    pairs, crowded = [np.empty(0, dtype=np.int64)], False
    n = len(signature)
    for band in range(bands.number):
        part = signature[:, band * bands.rows : (band + 1) * bands.rows]
        key = np.zeros(n, dtype=np.uint64)
        for i in range(bands.rows):
            key = mix(key ^ part[:, i])
        found, many = _within(key, MOST_PAIRS // bands.number)
        crowded |= many
        pairs.append(found)
    both = np.unique(np.concatenate(pairs))
    return Candidates(both // max(n, 1), both % max(n, 1), crowded)


def _within(key: Pieces, most: int) -> tuple[Ints, bool]:
    """Pairs (as first * n + second) of places with equal keys: each place with the next few of its bucket.

    Once there are `most`, no place is paired with ones further on.
    """
    n = len(key)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    out, crowded = [np.empty(0, dtype=np.int64)], False
    for step in range(1, min(CROWD, n)):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not len(same):
            break
        crowded = step == CROWD - 1 or sum(map(len, out)) > most
        if crowded and step < CROWD - 1:
            break
        a, b = order[same], order[same + step]
        out.append(np.minimum(a, b) * n + np.maximum(a, b))
    return np.concatenate(out), crowded


def agreeing(signature: Pieces, first: Ints, second: Ints, similarity: float) -> NDArray[np.bool_]:
    """Which pairs agree in about as many hashes as sets of this similarity do, shape (pairs,).

    Four standard errors fewer pass: of pairs that are just alike enough about 1 in 10,000 is lost at a similarity of
    0.8, 3 in 10,000 at 0.95 and 4 in 1,000 at 0.99.
    """
    least = HASHES * (similarity - 4 * np.sqrt(similarity * (1 - similarity) / HASHES))
    out = np.empty(len(first), dtype=bool)
    for start in range(0, len(first), 1 << 16):
        part = slice(start, start + (1 << 16))
        out[part] = (signature[first[part]] == signature[second[part]]).sum(axis=1) >= least
    return out
