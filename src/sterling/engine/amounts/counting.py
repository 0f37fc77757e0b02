"""Adds columns up by slice: sums of each number of a row, and of the products that its variance needs.

By column: `one` (there is a number), `value`, `size` (without the sign). By set of columns: `whole` (the row lacks none
of them), `all` (their sizes together) and `part k` (that of column k there). Names begin with the place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.amounts.summing import Summing
from sterling.engine.encode import Batch
from sterling.engine.families import Families
from sterling.engine.scales import FIRST
from sterling.engine.sums import Part, Sums, add_up, in_pieces

Floats = NDArray[np.float64]
NUMBERS = 20
"""About so many sums, of some limbs each, are held of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountCounter:
    """Counts all columns at once: they are the same for every model."""

    summing: Summing
    families: Families

    def count(self, batch: Batch) -> Sums:
        return in_pieces(self._piece, batch, self.families.blocks)

    def _piece(self, batch: Batch) -> Sums:
        values, w = numbers_of(batch, self.summing), batch.weight
        parts = {"rows": Part()}
        for name, value in values.items():
            if is_count(name):
                parts[f"n {name}"] = Part(values=value)
            if w is not None or not is_count(name):
                parts[f"w {name}"] = Part(values=value if w is None else w * value, limbs=2, first=FIRST)
        for a, b in products_of(self.summing):
            if w is None and is_count(a):
                continue  # the sum of b is that of the product
            product = values[a] * values[b]
            parts[f"q {a} {b}"] = Part(values=product if w is None else w * w * product, limbs=3, first=FIRST)
        return add_up(batch, self.families.blocks, parts)


def is_count(name: str) -> bool:
    """Whether a number of a row is 1 or 0."""
    return name.endswith((" one", " whole"))


def products_of(summing: Summing) -> Iterator[tuple[str, str]]:
    """The pairs of numbers whose products are summed. What is 1 or 0 comes first in its pairs."""
    for k in range(len(summing.amounts)):
        one, value, size = f"{k} one", f"{k} value", f"{k} size"
        yield from ((one, one), (one, value), (value, value), (one, size), (size, size))
    for s, columns in enumerate(summing.together):
        whole, every = f"set {s} whole", f"set {s} all"
        yield from ((whole, whole), (every, every))
        for k in columns:
            part = f"set {s} part {k}"
            yield from ((every, part), (part, part))


def numbers_of(batch: Batch, summing: Summing) -> dict[str, Floats]:
    """Every number of a row, in units of `Summing`, 0 where the row has none of it."""
    out: dict[str, Floats] = {}
    sizes: list[Floats] = []
    known: list[Floats] = []
    for k, (amount, given) in enumerate(zip(summing.amounts, batch.numbers, strict=True)):
        there = ~np.isnan(given)
        one = there.astype(np.float64)
        value = np.where(there, given, 0.0)
        size = np.abs(value)
        out[f"{k} one"] = one
        out[f"{k} value"] = np.ldexp(value - amount.centre, -amount.exponent) * one
        out[f"{k} size"] = np.ldexp(size - amount.size_centre, -amount.size_exponent) * one
        sizes.append(size)
        known.append(one)
    for s, columns in enumerate(summing.together):
        whole = np.prod([known[k] for k in columns], axis=0)
        exponent = summing.exponent(columns)
        parts = [np.ldexp(sizes[k], -exponent) * whole for k in columns]
        out[f"set {s} whole"] = whole
        out[f"set {s} all"] = np.sum(parts, axis=0)
        out |= {f"set {s} part {k}": part for k, part in zip(columns, parts, strict=True)}
    return out
