"""What is known of a table when its promises are judged: counts, each exact or known to lie between two numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

import polars as pl

from sterling.core.frozen import dataclass
from sterling.data.schema.counting import Counted, Key, Values


class Span(NamedTuple):
    """A count: at least `least`, at most `most`; the two are equal where it is exact."""

    least: int
    most: int

    @property
    def exact(self) -> bool:
        return self.least == self.most


def exactly(count: int) -> Span:
    return Span(count, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """The different values of a column: how many, in how many rows one that others have too, rows of the commonest."""

    distinct: Span
    repeated: Span
    commonest: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a table, counted row by row or read off its statistics.

    `broken` and `said` by (column or rule, kind): rows that break a promise, and rows that a rule says anything of.
    `new`: values outside the domain with their rows; `more_new`: so many others there may be. `means`: None for one
    that is not known. `named`: types of columns in words, where they are other than those in `types`. `left_out`:
    columns that nobody looked at. `no_rules`: why no rule can be held, empty where they can.
    """

    rows: int
    types: Mapping[str, pl.DataType]
    broken: Mapping[Key, Span]
    said: Mapping[Key, int] = field(default_factory=dict)
    new: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    more_new: Mapping[str, int] = field(default_factory=dict)
    different: Mapping[str, Different] = field(default_factory=dict)
    means: Mapping[str, float | None] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    no_rules: str = ""


def known_of(found: Counted) -> Known:
    """All that was counted, exact."""
    return Known(
        rows=found.rows, types=found.types, broken={k: exactly(n) for k, n in found.broken.items()}, said=found.said,
        new=found.new, different={name: _different(v, found.rows) for name, v in found.values.items()},
        means={name: total / n for name, (total, n) in found.sums.items() if n},
    )  # fmt: skip


def _different(values: Values, rows: int) -> Different:
    """Where no more values were kept than decide, there are as many or more."""
    distinct = values.distinct
    return Different(
        distinct=Span(distinct, max(rows, distinct) if distinct == values.most else distinct),
        repeated=exactly(int(values.counts[values.counts > 1].sum())),
        commonest=exactly(int(values.counts.max(initial=0))),
    )
