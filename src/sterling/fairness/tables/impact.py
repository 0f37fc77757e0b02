"""Selection or scoring rates by category, ratios to the highest, and the four-fifths screen: arithmetic on counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sterling.core.estimate import Estimate
from sterling.core.outcomes import Category, CategoryTable, Screen
from sterling.core.slices import Slice
from sterling.core.table import EstimateTable
from sterling.stats.adjust import holm
from sterling.stats.exact import fisher_exact
from sterling.stats.normal import cdf
from sterling.stats.proportion import wilson
from sterling.stats.ratio import ratio_log

SELECTION = "selection_rate"


class Counts:
    """People and people selected, by slice."""

    __slots__ = ("_at", "everyone")

    def __init__(self, counts: dict[Slice, tuple[int, int]]) -> None:
        self._at = counts
        self.everyone = counts[Slice()]

    @property
    def families(self) -> tuple[tuple[str, ...], ...]:
        return tuple(dict.fromkeys(s.family for s in self._at if s.items))

    def of(self, family: tuple[str, ...]) -> list[tuple[Slice, int, int]]:
        """The slices of a family in which every value is recorded."""
        known = [(s, n, k) for s, (n, k) in self._at.items() if s.family == family]
        return [row for row in known if all(v is not None for _, v in row[0].items)]


def counts_of(table: EstimateTable, threshold: float | None, *, selected: bool = True) -> Counts:
    """Whole counts behind the selection rates of a table at one threshold (None: the only one).

    `selected=False` counts those not selected, where that is what people want. Raises KeyError when the table does
    not hold the selection rate at that threshold.
    """
    block = next((b for b in table.blocks if b.info.name == SELECTION), None)
    if block is None or (threshold is not None and block.info.by_threshold and threshold not in table.thresholds):
        raise KeyError(SELECTION)
    column = table.thresholds.index(threshold) if threshold is not None and block.info.by_threshold else 0
    n = block.n_eligible[:, column]
    hits = np.rint(np.nan_to_num(block.value[:, column]) * n).astype(np.int64)
    hits = hits if selected else n - hits
    return Counts({s: (int(a), int(b)) for s, a, b in zip(table.slices, n, hits, strict=True)})


def category_table(
    counts: Counts, family: tuple[str, ...], *, level: float, small: float, leave_out: bool, flag: float | None
) -> CategoryTable:
    """The categories of a family, ratios to the highest rate, and the screen when `flag` gives its ratio.

    `small` is the share of the people in known categories below which a category counts as small; with `leave_out`
    such categories keep their count and rate, and take no part in ratios. Rates have Wilson's interval, ratios the one
    on the log scale of Katz et al. 1978.
    """
    rows = counts.of(family)
    known = sum(n for _, n, _ in rows)
    tiny = [Fraction(n, known) < Fraction(str(small)) if known else True for _, n, _ in rows]
    taking_part = [i for i, (_, n, _) in enumerate(rows) if n and not (leave_out and tiny[i])]
    top = _highest(rows, taking_part)
    screens = _screens(rows, taking_part, top, flag) if flag is not None and top is not None else {}
    categories = []
    for i, (slice_, n, hits) in enumerate(rows):
        compared = top is not None and i in taking_part and i != top
        categories.append(
            Category(
                slice=slice_, n=n, selected=hits, share=n / known if known else 0.0, rate=rate_of(hits, n, level),
                ratio=ratio_of(hits, n, rows[top][2], rows[top][1], level) if compared and top is not None else None,
                reference=i == top, excluded=leave_out and tiny[i], small=tiny[i], screen=screens.get(i),
            )
        )  # fmt: skip
    return CategoryTable(columns=family, categories=tuple(categories), unknown=counts.everyone[0] - known)


def _highest(rows: Sequence[tuple[Slice, int, int]], among: Sequence[int]) -> int | None:
    """The category selected most often; of equals the largest, then the first. None when nobody was selected."""
    best = max(among, key=lambda i: (Fraction(rows[i][2], rows[i][1]), rows[i][1], -i), default=None)
    return best if best is not None and rows[best][2] else None


def rate_of(hits: int, n: int, level: float) -> Estimate:
    """A share with Wilson's interval; undefined of nobody."""
    method = "Wilson score interval"
    if n == 0:
        return Estimate(
            value=None, low=None, high=None, level=level, n=0, n_eligible=0, method=method, status="undefined"
        )
    low, high = wilson(hits, n, level=level)
    return Estimate(
        value=hits / n, low=float(low), high=float(high), level=level, n=n, n_eligible=n, method=method
    )  # fmt: skip


def ratio_of(hits: int, n: int, top_hits: int, top_n: int, level: float) -> Estimate:
    """(hits / n) / (top_hits / top_n), without rounding before the division; the interval is that of Katz et al."""
    low, high = ratio_log(hits, n, top_hits, top_n, level=level)
    return Estimate(
        value=float(Fraction(hits * top_n, n * top_hits)), low=float(low), high=float(high), level=level,
        n=n + top_n, n_eligible=n + top_n, method="Katz interval on the log scale",
    )  # fmt: skip


def _screens(rows: Sequence[tuple[Slice, int, int]], among: Sequence[int], top: int, flag: float) -> dict[int, Screen]:
    """The screen of every category but the highest; Holm's adjustment is over all of them."""
    others = [i for i in among if i != top]
    _, top_n, top_hits = rows[top]
    tests = [fisher_exact(h, n - h, top_hits, top_n - top_hits) for _, n, h in (rows[i] for i in others)]
    adjusted = holm(tests) if tests else np.array([])
    return {
        i: screen(rows[i][2], rows[i][1], top_hits, top_n, flag=flag, fisher=p, adjusted=float(a))
        for i, p, a in zip(others, tests, adjusted, strict=True)
    }


def screen(
    hits: int, n: int, top_hits: int, top_n: int, *, flag: float, fisher: float, adjusted: float
) -> Screen:  # fmt: skip
    """One category against the highest. The ratio is held against `flag` (0.8) in whole numbers, without rounding."""
    four_fifths = Fraction(str(flag))
    needed = math.ceil(four_fifths * top_hits * n / top_n)
    z, p = two_proportions(hits, n, top_hits, top_n)
    return Screen(
        below=Fraction(hits * top_n, n * top_hits) < four_fifths, fisher=fisher, z=z, z_p=p, holm=adjusted,
        short=max(needed - hits, 0), flips=hits < n and (hits + 1) * top_n > (top_hits - 1) * n,
    )  # fmt: skip


def two_proportions(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float | None, float | None]:
    """The pooled z of two shares and its two-sided p-value; None when all or nobody were selected."""
    pooled = (hits + other_hits) / (n + other_n)
    variance = pooled * (1 - pooled) * (1 / n + 1 / other_n)
    if variance <= 0:
        return None, None
    z = (hits / n - other_hits / other_n) / math.sqrt(variance)
    return z, 2 * float(cdf(-abs(z)))
