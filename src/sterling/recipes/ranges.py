"""Where the ranges of a scorecard begin and end, in the column's own values."""

from __future__ import annotations

from typing import Any

from sterling.core.frozen import dataclass

HALVINGS = 45
"""Cuts are found to this power of two of a column's whole range: far finer than they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The border of two ranges. `above`: the value itself still belongs to the lower one."""

    value: float
    above: bool = False

    @property
    def from_here(self) -> str:
        return f"over {self.value:.6g}" if self.above else f"{self.value:.6g} or more"

    @property
    def up_to_here(self) -> str:
        return f"{self.value:.6g} or less" if self.above else f"under {self.value:.6g}"


def range_cuts(ranks: Any, ranges: Any) -> list[list[Cut]]:
    """The inner cuts of every column, from a fitted QuantileTransformer and the KBinsDiscretizer behind it.

    A cut beside a value that many rows share is named by that value, on whichever side of it the cut lies.
    """
    edges = next((e[1:-1] for e in ranges.bin_edges_ if len(e) > 2), None)
    if edges is None:
        return [[] for _ in ranges.bin_edges_]
    high = _smallest_reaching(ranks, edges)
    slack = (ranks.quantiles_[-1] - ranks.quantiles_[0]) * 2.0 ** (1 - HALVINGS)
    reached = ranks.transform(ranks.quantiles_)
    out: list[list[Cut]] = []
    for i, own in enumerate(ranges.bin_edges_):
        known = ranks.quantiles_[:, i]
        place = [int(abs(known - h).argmin()) for h in high[: len(own) - 2, i]]
        beside = [abs(known[p] - h) <= slack[i] for p, h in zip(place, high[:, i], strict=False)]
        out.append(
            [
                Cut(value=float(known[p]), above=bool(reached[p, i] < edges[j])) if at else Cut(value=float(high[j, i]))
                for j, (p, at) in enumerate(zip(place, beside, strict=True))
            ]
        )
    return out


def _smallest_reaching(ranks: Any, edges: Any) -> Any:
    """For every edge (rows) and column: the smallest value whose rank reaches the edge."""
    import numpy as np

    shape = (len(edges), ranks.quantiles_.shape[1])
    low, high = (np.broadcast_to(ranks.quantiles_[end], shape).copy() for end in (0, -1))
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        reached = ranks.transform(middle) >= edges[:, None]
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high
