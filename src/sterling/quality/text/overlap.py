"""What two lists of words share: n-grams, each as often as both have it, and the longest common subsequence.

All pairs of a slab of rows are worked out together. A word becomes a number that says its row as well, so nothing is
ever shared between rows.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Ints = NDArray[np.int64]
_BITS = 63
"""Words of the shorter side whose matches fit into one machine word; the sum of two such numbers does not wrap."""
_ONE = np.uint64(1)
_HELD = 1 << 26
"""Bytes of numbers held while two long texts are compared."""


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one side: `of` numbers each word, `row` says whose it is, `length` how many each row has.

    `several`: a row may have several texts; then `row` and `length` are of texts.
    """

    of: Ints
    row: Ints
    length: Ints
    several: bool = False

    @cached_property
    def start(self) -> Ints:
        """Where each row begins."""
        return np.cumsum(self.length) - self.length

    def of_row(self, row: int) -> Ints:
        """The words of one row."""
        return self.of[self.start[row] : self.start[row] + self.length[row]]

    @cached_property
    def left(self) -> Ints:
        """How many words of its row follow each word, itself among them."""
        return (self.start + self.length)[self.row] - np.arange(len(self.of))


def numbered(first: pl.Series, second: pl.Series, owner: Ints | None = None) -> tuple[Words, Words]:
    """Both sides of each row, with equal words of a row numbered alike and no number used by two rows.

    `owner`: the row of each of the first texts, where rows have several of them; the texts of a row lie together.
    """
    lengths = [side.list.len().to_numpy().astype(np.int64) for side in (first, second)]
    rows = [np.repeat(np.arange(len(length)), length) for length in lengths]
    texts = pl.concat([side.list.explode(keep_nulls=False, empty_as_null=False) for side in (first, second)])
    words = texts.cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
    row = np.concatenate([rows[0] if owner is None else owner[rows[0]], rows[1]])
    _, number = np.unique(row * (int(words.max(initial=0)) + 1) + words, return_inverse=True)
    cut = len(rows[0])
    theirs = Words(number[:cut], rows[0], lengths[0], several=owner is not None)
    return theirs, Words(number[cut:], rows[1], lengths[1])


def matches(first: Words, second: Words, most: int) -> list[Ints]:
    """How many n-grams of n = 1 … `most` words both sides of each row have, counted as often as both do.

    Where the second has several texts in a row, each n-gram counts as often as the one has it that has it most.
    """
    out = []
    grams, other = first.of, second.of
    for n in range(1, most + 1):
        if n > 1:
            grams, other = _longer(grams, first, other, second, n)
        out.append(_shared(grams, first, other, second, n))
    return out


def _longer(grams: Ints, first: Words, other: Ints, second: Words, n: int) -> tuple[Ints, Ints]:
    """The n-grams from those of one word less: that and the word after it. Each stands where its first word does."""
    base = int(max(first.of.max(initial=0), second.of.max(initial=0))) + 1
    joined = [g[_whole(side, n)] * base + side.of[_whole(side, n) + n - 1]
              for g, side in ((grams, first), (other, second))]  # fmt: skip
    _, number = np.unique(np.concatenate(joined), return_inverse=True)
    made = []
    for side, part in zip((first, second), np.split(number, [len(joined[0])]), strict=True):
        full = np.zeros(len(side.of), dtype=np.int64)
        full[_whole(side, n)] = part
        made.append(full)
    return made[0], made[1]


def _whole(side: Words, n: int) -> Ints:
    """The places of words that n - 1 more of the same row follow."""
    return np.flatnonzero(side.left >= n)


def _shared(grams: Ints, first: Words, other: Ints, second: Words, n: int) -> Ints:
    mine, theirs = _whole(first, n), _whole(second, n)
    size = int(max(grams.max(initial=0), other.max(initial=0))) + 1
    there = _most(other[theirs], second.row[theirs], size) if second.several else None
    if there is None:
        there = np.bincount(other[theirs], minlength=size)
    both = np.minimum(np.bincount(grams[mine], minlength=size), there)
    owner = np.zeros(size, dtype=np.int64)
    owner[grams[mine]] = first.row[mine]
    return np.bincount(owner, weights=both, minlength=len(first.length)).astype(np.int64)


def _most(grams: Ints, text: Ints, size: int) -> Ints:
    """How often each n-gram occurs in the text in which it occurs most."""
    of_text, count = np.unique(text * size + grams, return_counts=True)
    out = np.zeros(size, dtype=np.int64)
    np.maximum.at(out, of_text % size, count)
    return out


def longest_common(first: Words, second: Words) -> Ints:
    """The length of the longest common subsequence of each row.

    Bit by bit, all words of one side at once: Hyyrö 2004, Bit-parallel LCS-length computation revisited. Pairs of
    which one side is short are worked out side by side, long pairs one by one.
    """
    out = np.zeros(len(first.length), dtype=np.int64)
    least = np.minimum(first.length, second.length)
    for row in np.flatnonzero(least > _BITS).tolist():
        out[row] = _long(first.of_row(row), second.of_row(row))
    shorter = first.length <= second.length
    for rows, held, walked in ((shorter, first, second), (~shorter, second, first)):
        few = np.flatnonzero(rows & (least > 0) & (least <= _BITS))
        if len(few):
            out[few] = _short(held, walked, few)
    return out


def _short(held: Words, walked: Words, rows: Ints) -> Ints:
    """`held` has at most `_BITS` words in each of `rows`; one step for each word of `walked`, over all rows."""
    chosen = np.zeros(len(held.length), dtype=bool)
    chosen[rows] = True
    mine = np.flatnonzero(chosen[held.row])
    places = (mine - held.start[held.row[mine]]).astype(np.uint64)
    masks = np.zeros(int(max(held.of.max(), walked.of.max())) + 1, dtype=np.uint64)
    np.bitwise_or.at(masks, held.of[mine], np.left_shift(_ONE, places))
    order = np.argsort(-walked.length[rows], kind="stable")  # those that are done first are the last
    start, length, size = (of[rows[order]] for of in (walked.start, walked.length, held.length))
    full = np.left_shift(_ONE, size.astype(np.uint64)) - _ONE
    state = full.copy()
    for step in range(int(length[0])):
        on = int(np.searchsorted(-length, -step, side="left"))
        seen = state[:on] & masks[walked.of[start[:on] + step]]
        state[:on] = (state[:on] + seen) | (state[:on] - seen)
    found = np.empty(len(rows), dtype=np.int64)
    found[order] = size - np.bitwise_count(state & full)
    return found


def _long(first: Ints, second: Ints) -> int:
    """The same for two long sides. What both begin and end with is common anyway."""
    size = min(len(first), len(second))
    head = _alike(first[:size] == second[:size])
    first, second, size = first[head:], second[head:], size - head
    tail = _alike(first[len(first) - size :][::-1] == second[len(second) - size :][::-1])
    first, second = first[: len(first) - tail], second[: len(second) - tail]
    if len(first) < len(second):
        first, second = second, first
    masks = _Masks(first)
    full = (1 << len(first)) - 1
    state = full
    for word in second[np.isin(second, first)].tolist():
        seen = state & masks(word)
        state = ((state + seen) | (state - seen)) & full
    return head + tail + len(first) - state.bit_count()


class _Masks:
    """Where a word stands in a list of words, as the bits of one number. The last few are held, in bounded memory."""

    def __init__(self, words: Ints) -> None:
        self.order = np.argsort(words, kind="stable")
        self.words = words[self.order]
        self.size = len(words) // 8 + 1
        self.held: dict[int, int] = {}

    def __call__(self, word: int) -> int:
        found = self.held.get(word)
        if found is None:
            if len(self.held) * self.size >= _HELD:
                self.held.clear()
            places = self.order[slice(*np.searchsorted(self.words, (word, word + 1)))]
            bits = np.zeros(self.size, dtype=np.uint8)
            np.bitwise_or.at(bits, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))
            found = self.held[word] = int.from_bytes(bits.tobytes(), "little")
        return found


def _alike(same: NDArray[np.bool_]) -> int:
    """How many are true before the first that is not."""
    return len(same) if same.all() else int(np.argmin(same))
