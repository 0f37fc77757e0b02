"""Are people who are alike decided alike? Agreement along the edges of a nearest-neighbour graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_CELLS = 4_000_000
"""Distances held at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Who is near whom: `anchor` and `neighbour` are rows, `weight` the neighbour's part; 1 in all for an anchor."""

    anchor: Ints
    neighbour: Ints
    weight: Floats


def coordinates(frame: pl.DataFrame) -> Floats:
    """Features as places in a space, shape (rows, dimensions).

    Numbers are in standard deviations; a missing one stands at the mean, one unit away in a dimension of its own. Two
    different categories are 1 apart, as are a missing and a known one.
    """
    parts: list[Floats] = []
    for column in frame.iter_columns():
        parts += _number(column) if column.dtype.is_numeric() else _category(column)
    return np.column_stack(parts) if parts else np.zeros((frame.height, 0))


def _number(column: pl.Series) -> list[Floats]:
    values = column.cast(pl.Float64).fill_nan(None)
    values = pl.select(pl.when(values.is_infinite()).then(None).otherwise(values)).to_series()
    known = values.drop_nulls().to_numpy()
    # Sorted, so that the sums do not depend on the order of the rows.
    known = np.sort(known)
    centre, spread = (float(known.mean()), float(known.std())) if len(known) else (0.0, 0.0)
    missing = values.is_null().to_numpy().astype(np.float64)
    place = (values.fill_null(centre).to_numpy() - centre) / (spread or 1.0)
    return [place, missing] if missing.any() else [place]


def _category(column: pl.Series) -> list[Floats]:
    """Corners of a simplex with sides of length 1; only the corners' differences matter."""
    text = column.cast(pl.String).fill_null("\x00missing")
    values = sorted(text.unique().to_list())
    return [(text == v).to_numpy().astype(np.float64) / 2**0.5 for v in values]


def chosen(places: Floats, also: Sequence[NDArray[np.generic]], *, most: int, seed: int) -> Ints:
    """At most so many rows, drawn at random from an order that depends on the values of the rows alone.

    `also`: whatever else tells rows apart that stand at one place, each of shape (rows,).
    """
    order = np.lexsort([*also, *places.T[::-1]])
    if len(order) <= most:
        return np.sort(order)
    return order[np.random.default_rng(seed).choice(len(order), most, replace=False)]


def nearest(places: Floats, anchors: Ints, k: int) -> Edges:
    """The k nearest other rows of each anchor, Euclidean.

    Rows as far away as the k-th share what is left of its part, so that ties do not depend on the order of the rows.
    """
    squares = (places**2).sum(axis=1)
    step = max(1, _CELLS // max(len(places), 1))
    parts = [_nearest(places, squares, anchors[s : s + step], k) for s in range(0, len(anchors), step)]
    anchor, neighbour, weight = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Edges(anchor=anchor, neighbour=neighbour, weight=weight)


def _nearest(places: Floats, squares: Floats, anchors: Ints, k: int) -> tuple[Ints, Ints, Floats]:
    away = squares[anchors][:, None] + squares[None, :] - 2 * places[anchors] @ places.T
    # Rounded to what the arithmetic supports: equal rows are then equally far.
    away = np.asarray(np.round(np.maximum(away, 0.0), 9), dtype=np.float64)
    away[np.arange(len(anchors)), anchors] = np.inf
    kth = np.partition(away, k - 1, axis=1)[:, k - 1 : k]
    nearer, level = away < kth, away == kth
    left = k - nearer.sum(axis=1)
    part = nearer / k + level * (left / (k * level.sum(axis=1)))[:, None]
    row, neighbour = np.nonzero(part)
    return anchors[row], neighbour.astype(np.int64), part[row, neighbour]


def agreement(edges: Edges, decision: Bools, codes: Ints, size: int) -> tuple[Floats, Floats, Ints]:
    """Per code of the anchors: the mean share of neighbours decided alike, what it is worth, and the anchors.

    Worth: the number of independent people whose share would vary as much. Edges that share a person move together;
    their products are all counted (dyadic-robust variance). Source: Fafchamps and Gubert 2007, Journal of Development
    Economics 83:326; Aronow, Samii and Assenova 2015, Political Analysis 23:564.
    """
    alike = (decision[edges.anchor] == decision[edges.neighbour]).astype(np.float64)
    code = codes[edges.anchor]
    total = _total(code, edges.weight, size)
    value = divide(_total(code, edges.weight * alike, size), total)
    residual = edges.weight * (alike - value[code])
    n = len(decision)
    spots = np.concatenate([code * n + edges.anchor, code * n + edges.neighbour])
    people, place = np.unique(spots, return_inverse=True)
    by_person = _total(place, np.concatenate([residual, residual]), len(people))
    shared = _total(people // n, by_person**2, size)
    own = _total(code, residual**2, size)
    variance = divide(np.maximum(shared - own, own), total**2)
    anchors = np.rint(total).astype(np.int64)
    product = np.clip(value * (1 - value), 0.0, None)
    # Where all agree the edges tell no variance: half an anchor that does not is taken to be there.
    floor = divide(0.5, total) * (1 - divide(0.5, total))
    worth = np.where(product > 0, divide(product, np.where(variance > 0, variance, np.nan)), np.nan)
    cautious = divide(floor, floor / np.maximum(anchors, 1))
    return value, np.fmin(np.where(np.isnan(worth), cautious, worth), anchors), anchors


def _total(place: Ints, values: Floats, size: int) -> Floats:
    """Sums by place, added in the order of the values: to the same bits for any order of the rows."""
    order = np.lexsort((values, place))
    return np.bincount(place[order], weights=values[order], minlength=size).astype(np.float64)
