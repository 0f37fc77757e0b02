"""The candidates of every query in their order, with ties shared out: plain arrays, no loop over queries.

Rows that tie stand in every order equally often: what is counted of a row is its mean over those orders (McSherry and
Najork 2008, ECIR), so no random draw and no order of the table decides.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def order_by(*keys: NDArray[np.generic]) -> Ints:
    """The rows in ascending order of the first key, then of the next."""
    frame = pl.DataFrame({str(i): key for i, key in enumerate(keys)})
    return frame.select(pl.arg_sort_by(frame.columns)).to_series().to_numpy().astype(np.int64)


@dataclass(frozen=True, eq=False)
class Lists:
    """Lists one after another, best score first. `query` and `code` (which slice) have one entry per list.

    Per row: `list_of`, `place` in the list from 0, and of its ties the first place `tie_start` and how many, `ties`.
    """

    query: Ints
    code: Ints
    start: Ints
    size: Ints
    list_of: Ints
    place: Ints
    tie_start: Ints
    ties: Ints
    relevance: Floats
    order: Ints

    @classmethod
    def of(cls, query: Ints, code: Ints, codes: int, score: Floats, relevance: Floats) -> Lists:
        """From rows in the order of query, score (highest first) and relevance. `order` sorts them by list."""
        key = query * codes + code
        order = np.argsort(key, kind="stable") if codes > 1 else np.arange(len(key))
        key, score, relevance = key[order], score[order], relevance[order]
        place = np.arange(len(key))
        first = np.flatnonzero(np.diff(key, prepend=-1))
        size = np.diff(first, append=len(key))
        list_of = np.repeat(np.arange(len(first)), size)
        block = np.flatnonzero((np.diff(key, prepend=-1) != 0) | (np.diff(score, prepend=np.nan) != 0))
        ties = np.diff(block, append=len(key))
        block_of = np.repeat(np.arange(len(block)), ties)
        return cls(
            query=key[first] // codes, code=key[first] % codes, start=first, size=size, list_of=list_of,
            place=place - first[list_of], tie_start=block[block_of] - first[list_of], ties=ties[block_of],
            relevance=relevance, order=order,
        )  # fmt: skip

    def total(self, values: Floats) -> Floats:
        """Sums over the rows of each list."""
        return np.bincount(self.list_of, weights=values, minlength=len(self.size)).astype(np.float64)

    @cached_property
    def discounts(self) -> Floats:
        """Σ 1 / log2(1 + place) over the first 0, 1, 2, … places."""
        most = int(self.size.max(initial=0))
        return np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, most + 2)))])

    def discount(self, top: int | None = None) -> Floats:
        """The mean discount of each row over the orders of its ties; 0 beyond the first `top` places."""
        first, last = self._within(self.tie_start, top), self._within(self.tie_start + self.ties, top)
        return np.asarray((self.discounts[last] - self.discounts[first]) / self.ties)

    def chance(self, top: int) -> Floats:
        """How likely each row is to be among the first `top` places."""
        first, last = self._within(self.tie_start, top), self._within(self.tie_start + self.ties, top)
        return np.asarray((last - first) / self.ties)

    @staticmethod
    def _within(place: Ints, top: int | None) -> Ints:
        return place if top is None else np.minimum(place, top)

    def dcg(self, gain: Floats, top: int) -> Floats:
        return self.total(gain * self.discount(top))

    def ideal_dcg(self, gain: Floats, top: int) -> Floats:
        """As `dcg`, of the best order. Gains rise with relevance."""
        best = gain[self._best]
        at = self.place  # the places of each list are the same in any order
        return self.total(np.where(at < top, best * (self.discounts[at + 1] - self.discounts[at]), 0.0))

    @cached_property
    def _best(self) -> Ints:
        """The rows of each list by relevance, highest first."""
        return order_by(self.list_of, -self.relevance)

    @cached_property
    def relevant(self) -> Floats:
        """1 for rows whose relevance is above 0."""
        return (self.relevance > 0).astype(np.float64)

    @cached_property
    def relevant_count(self) -> Floats:
        return self.total(self.relevant)

    @cached_property
    def _tied(self) -> tuple[Floats, Floats, Floats]:
        """Per row: the relevant ones among its ties, those before them, and those among the whole list up to it."""
        upto = np.cumsum(self.relevant)
        before_list = np.concatenate([[0.0], upto])[self.start][self.list_of]
        first = self.start[self.list_of] + self.tie_start
        padded = np.concatenate([[0.0], upto])
        before = padded[first]
        return padded[first + self.ties] - before, before - before_list, upto

    def average_precision(self) -> Floats:
        """Of each list, NaN without a relevant row. In place j of its ties a row is relevant with chance r / ties."""
        relevant, before, _ = self._tied
        inside = self.place - self.tie_start  # j - 1
        others = np.divide(relevant - 1, self.ties - 1, out=np.zeros(len(inside)), where=self.ties > 1)
        precision = (before + 1 + inside * others) / (self.place + 1)
        total = self.total(relevant / self.ties * precision)
        return divide(total, self.relevant_count)

    @cached_property
    def _first(self) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Rows among the ties that hold the first relevant one; its chance to be in each of their places; and the
        chance that none was before that place."""
        relevant, before, _ = self._tied
        at = (before == 0) & (relevant > 0)
        inside = self.place - self.tie_start
        left = self.ties - inside
        # The chance that none of the places before this one, among the ties, was relevant: a product of
        # (left - relevant) / left, which is 0 once no room is left for the others.
        room = np.where(at, np.maximum(left - relevant, 0.0) / left, 1.0)
        log = np.log(np.where(room > 0, room, 1.0))
        padded = np.concatenate([[0.0], np.cumsum(log)])
        here = np.arange(len(log))
        none = np.exp(padded[here] - padded[here - inside])
        none = np.where(inside > self.ties - relevant, 0.0, none)
        return at, np.where(at, none * np.minimum(relevant / left, 1.0), 0.0), np.where(at, none, 0.0)

    def reciprocal_rank(self) -> Floats:
        """Of each list, NaN without a relevant row."""
        _, chance, _ = self._first
        return np.asarray(np.where(self.relevant_count > 0, self.total(chance / (self.place + 1)), np.nan))

    def first_relevant(self) -> Floats:
        """The place of the first relevant row, from 1, NaN without one."""
        _, chance, _ = self._first
        return np.where(self.relevant_count > 0, self.total(chance * (self.place + 1)), np.nan)

    def hit(self, top: int) -> Floats:
        """The chance that one of the first `top` places is relevant, NaN without a relevant row."""
        _, chance, _ = self._first
        return np.where(self.relevant_count > 0, np.minimum(self.total(chance * (self.place < top)), 1.0), np.nan)
