"""What the counts of two tables say of a column, and what a distance may be short of: from the counts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from sterling.data.drift.columns import Compared
from sterling.data.drift.counts import Cells, Look, Values
from sterling.data.drift.facts import CategoryFacts, Facts, Missing, NumberFacts, Size
from sterling.data.drift.held import MANY, PARTS, SOME
from sterling.stats.arrays import Array
from sterling.stats.transport import Moments, noise

BUCKETS = 1 << 12
"""Categories that are too many to be told apart are counted by so many hashes."""


def facts_of(
    column: Compared, looks: Sequence[Look], cells: Sequence[Mapping[str, Cells]], cuts: Mapping[str, Array]
) -> Facts:
    sizes = looks[0].whole.size, looks[1].whole.size
    gone = [_gone(look, column.name) * size.effective for look, size in zip(looks, sizes, strict=True)]
    missing = Missing(sizes=sizes, missing=(gone[0], gone[1]))
    there = looks[0].there[column.name].size, looks[1].there[column.name].size
    if not there[0].effective or not there[1].effective:
        return Facts(missing=missing)
    if column.name in cuts:
        pair = cells[0][column.name], cells[1][column.name]
        return Facts(missing=missing, numbers=_number_facts(pair, cuts[column.name], there))
    if column.how == "category":
        held = looks[0].values[column.name], looks[1].values[column.name]
        return Facts(missing=missing, categories=_category_facts(held, there, text=column.text))
    return Facts(missing=missing)


def _gone(look: Look, name: str) -> float:
    whole, there = float(look.whole.weight.value[0]), float(look.there[name].weight.value[0])
    return 0.0 if look.whole.rows == look.there[name].rows or whole <= 0 else max(1.0 - there / whole, 0.0)


def _number_facts(pair: tuple[Cells, Cells], cuts: Array, sizes: tuple[Size, Size]) -> NumberFacts:
    shares = [c.weight.value / c.weight.value.sum() for c in pair]
    inner = [c.inner.value / c.weight.value.sum() for c in pair]
    f, g = (np.cumsum(s)[:-1] for s in shares)  # at the cuts
    ks = float(np.max(np.abs(f - g), initial=0.0))
    most = max(ks, _largest_between(f, g, *inner), _largest_between(g, f, *reversed(inner)))
    infinite = max(float(s[-1]) + float(s[0] if i[0] else 0.0) for s, i in zip(shares, inner, strict=True)) > 0
    moments = [_moments(c, cuts, s.effective) for c, s in zip(pair, sizes, strict=True)]
    far, far_most = _moved(pair, cuts, f, g)
    return NumberFacts(
        sizes=sizes, ks=ks, ks_most=min(most, 1.0), far=float("nan") if infinite or len(cuts) < 1 else far,
        far_most=far_most, moments=(moments[0], moments[1]), noise=noise(cuts, f, g, *(s.effective for s in sizes)),
        scale=_range(cuts, f) or moments[0].std or None, cells=_tenths(f, g, sizes),
    )  # fmt: skip


def _largest_between(f: Array, g: Array, inner_f: Array, inner_g: Array) -> float:
    """How far f may be above g anywhere inside a cell: all of f's values there first, then g's."""
    before = np.concatenate([[0.0], f - g])
    return float(np.max(before[:-1] + inner_f[: len(f)], initial=0.0)) if len(f) else 0.0


def _reach(cells: Cells, cuts: Array) -> Array:
    """The integral, over each cell between two cuts, of the share of the sample that lies below within that cell."""
    total = cells.weight.value.sum()
    inside = (cells.weight.value - cells.reach.value)[1:-1] / total
    return np.asarray(np.diff(cuts) * inside)


def _moved(pair: tuple[Cells, Cells], cuts: Array, f: Array, g: Array) -> tuple[float, float]:
    """Wasserstein's distance at least and at most: exact in a cell where the distribution functions cannot cross."""
    if len(cuts) < 2:
        return 0.0, 0.0
    width = np.diff(cuts)
    area = np.abs(width * (f - g)[:-1] + _reach(pair[0], cuts) - _reach(pair[1], cuts))
    inner = [(c.inner.value / c.weight.value.sum())[1:-1] for c in pair]
    gap = (f - g)[:-1]
    below, above = gap - inner[1], gap + inner[0]  # the ends between which f - g stays inside the cell
    crosses = (below < 0) & (above > 0)
    most = np.where(crosses, width * np.maximum(above, -below), area)
    return float(area.sum()), float(np.maximum(most, area).sum())


def _moments(cells: Cells, cuts: Array, n: float) -> Moments:
    """The mean, exactly; of the deviation what it is at most: each cell's values at its two ends."""
    share = cells.weight.value / cells.weight.value.sum()
    if len(cuts) < 2:
        return Moments(n=n, mean=float(cuts[0]) if len(cuts) else 0.0, std=0.0)
    middle = float(cuts[len(cuts) // 2])
    low, high = cuts[:-1] - middle, cuts[1:] - middle
    reach = (cells.reach.value / cells.weight.value.sum())[1:-1]
    mean = float(np.sum(low * share[1:-1] + (high - low) * reach) + share[0] * (cuts[0] - middle))
    squares = float(np.sum(low**2 * share[1:-1] + (high**2 - low**2) * reach) + share[0] * (cuts[0] - middle) ** 2)
    return Moments(n=n, mean=mean + middle, std=float(np.sqrt(max(squares - mean**2, 0.0))))


def _range(cuts: Array, f: Array) -> float | None:
    if not len(cuts):
        return None
    low, high = (cuts[min(int(np.searchsorted(f, p, side="left")), len(cuts) - 1)] for p in (0.25, 0.75))
    return float(high - low) or None


def _tenths(f: Array, g: Array, sizes: tuple[Size, Size]) -> tuple[Array, Array]:
    both = (f + g) / 2.0
    last = max(len(f) - 1, 0)
    at = np.unique(np.minimum(np.searchsorted(both, np.arange(1, PARTS) / PARTS, side="left"), last))
    first, second = (
        np.maximum(np.diff(s[at] if len(s) else s, prepend=0.0, append=1.0), 0.0) * size.effective
        for s, size in zip((f, g), sizes, strict=True)
    )
    some = first + second > SOME
    return first[some], second[some]


def _category_facts(held: tuple[Values, Values], sizes: tuple[Size, Size], *, text: bool) -> CategoryFacts:
    whole = all(abs(s.effective - s.rows) < 1e-9 for s in sizes)
    distinct = pl.concat([v.counts.select("value") for v in held])["value"].n_unique()
    lengths = (held[0].lengths.value, held[1].lengths.value) if text and distinct > MANY else None
    unlike = distinct > MANY and 2 * distinct > sum(s.rows for s in sizes)
    if any(v.cut for v in held):
        first, second = (v.buckets.value for v in held)
        unlike = any(v.cut and v.counts["rows"].sum() < 2 * v.counts.height for v in held)
        cells = _effective(first, second, sizes)
        return CategoryFacts(sizes=sizes, cells=cells, whole=whole, hashed=BUCKETS, unlike=unlike, lengths=lengths)
    a, b = (v.counts.select("value", "high", "low") for v in held)
    joined = a.join(b, on="value", how="full", suffix=" b", coalesce=True).fill_null(0)
    first, second = (
        np.ldexp(joined[h].to_numpy() * 1.0, -22) + np.ldexp(joined[low].to_numpy() * 1.0, -46)
        for h, low in (("high", "low"), ("high b", "low b"))
    )
    order = np.lexsort((second, first))
    cells = _effective(first[order], second[order], sizes)
    return CategoryFacts(sizes=sizes, cells=cells, whole=whole, unlike=unlike, lengths=lengths)


def _effective(a: Array, b: Array, sizes: tuple[Size, Size]) -> tuple[Array, Array]:
    """Effective counts; whole ones stay as they are."""
    scaled = [
        c if size.effective == size.rows else c / c.sum() * size.effective
        for c, size in zip((a, b), sizes, strict=True)
    ]
    return scaled[0], scaled[1]
