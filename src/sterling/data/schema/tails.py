"""How many rows lie beyond the ends of a range, as far as statistics tell."""

from __future__ import annotations

import datetime as dt
import math
import re

from sterling.core.data.profile import ColumnProfile, Quantile
from sterling.core.data.schema import Range
from sterling.core.defaults import SHARED
from sterling.core.frozen import dataclass
from sterling.data.schema.known import Span

FEW = SHARED - 1
"""At most so many rows lie beyond the outer edge of a histogram: an edge is no row's own value."""
DAY = 86_400.0
_FLOATS, _DECIMALS = 2.0**53, 1e15
"""Whole numbers from the first on may be none of float64; decimals of so many digits may share one."""
_SCALE = re.compile(r"^Decimal\(.*scale=(\d+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What is known of one side of a column's numbers, turned so that the side is the upper one.

    `top`: the greatest value. `shared`: `SHARED` rows lie at it or above. `bound`: none lies above it. `outer`: few
    rows lie beyond it. `beyond_zero`: so many rows lie above 0. `quantiles`: a share of the rows, the value at or below
    which they lie, and by how much that share may be off. `bins`: lower edge, upper edge, rows.
    """

    top: float | None
    shared: float | None
    bound: float | None
    outer: float | None
    beyond_zero: int
    quantiles: tuple[tuple[float, float, float], ...]
    bins: tuple[tuple[float, float, float], ...]

    def above(self, end: float, rows: int) -> Span:
        """How many of so many rows lie above an end."""
        least, most = 0, rows
        for share, value, error in self.quantiles:  # of the rows, a share lies at or below the value
            if value > end:
                least = max(least, math.floor((1 - share - error) * rows))
            else:
                most = min(most, math.ceil((1 - share + error) * rows))
        if self.shared is not None and self.shared > end:
            least = max(least, SHARED)
        if self.outer is not None and self.outer <= end:
            most = min(most, FEW)
        if self.bins and self.outer is not None and self.outer > end:
            most = min(most, round(sum(n for _, high, n in self.bins if high > end)))
            inner = [(low, n) for low, _, n in self.bins if low > end]
            least = max(least, round(sum(n for _, n in inner)) - (FEW if len(inner) == len(self.bins) else 0))
        least = max(least, self.beyond_zero) if end <= 0 else least
        most = min(most, self.beyond_zero) if end >= 0 else most
        if (self.top is not None and self.top <= end) or (self.bound is not None and self.bound <= end):
            most = 0
        return Span(min(least, rows), max(min(most, rows), min(least, rows)))


def beyond(about: ColumnProfile, ends: Range, rows: int) -> Span | None:
    """Of so many rows with a number or a day, those beyond the ends; None for a column that has neither.

    With weights, quantiles and bins are of weights: then the ends of the column alone speak of rows.
    """
    if about.kind not in ("number", "integer", "date", "datetime"):
        return None
    if "time_zone='" in about.type or about.type.startswith("Duration"):  # the statistics are in another unit
        return None
    span = Span(0, 0)
    for upper, end in ((True, ends.max), (False, ends.min)):
        if end is not None:
            at = _seconds(end) if isinstance(end, str) else float(end)
            side, turned = _side(about, rows, upper=upper), at if upper else -at
            first, last = _beside(turned) if _rounded(about, at) else (turned, turned)
            least, most = side.above(last, rows).least, side.above(first, rows).most
            span = Span(span.least + least, span.most + most)
    return Span(min(span.least, rows), min(span.most, rows))


def _rounded(about: ColumnProfile, end: float) -> bool:
    """Whether statistics, which are float64, may have rounded values of the column across an end."""
    if about.kind == "integer":
        return abs(end) >= _FLOATS
    scale = _SCALE.search(about.type)
    return scale is not None and abs(end) * 10.0 ** int(scale[1]) >= _DECIMALS


def _beside(end: float) -> tuple[float, float]:
    return math.nextafter(end, -math.inf), math.nextafter(end, math.inf)


def _side(about: ColumnProfile, rows: int, *, upper: bool) -> _Side:
    turn = 1.0 if upper else -1.0
    plain = about.weight is None
    quantiles = [q for q in about.quantiles if q.value is not None] if plain else []
    uniform, tenths = (next((h for h in about.histograms if h.kind == k), None) for k in ("uniform", "quantile"))
    bins = zip(tenths.edges, tenths.edges[1:], tenths.counts, strict=False) if plain and tenths is not None else ()
    top, shared, bound = _end(about, upper=upper)
    return _Side(
        top=None if top is None else turn * top,
        shared=None if shared is None else turn * shared,
        bound=None if bound is None else turn * bound,
        outer=None if uniform is None else turn * uniform.edges[-1 if upper else 0],
        beyond_zero=rows - about.zeros - about.negative if upper else about.negative,
        quantiles=tuple(_turned(q, upper=upper) for q in quantiles),
        bins=tuple((low, high, n) if upper else (-high, -low, n) for low, high, n in bins),
    )


def _turned(quantile: Quantile, *, upper: bool) -> tuple[float, float, float]:
    value = quantile.value or 0.0
    return (quantile.p, value, quantile.error) if upper else (1 - quantile.p, -value, quantile.error)


def _end(about: ColumnProfile, *, upper: bool) -> tuple[float | None, float | None, float | None]:
    """The end of the column if `SHARED` rows have it; a value that so many have or lie beyond; one that none does.

    Of days the end may be told as a month or year that so many rows share.
    """
    if about.kind in ("number", "integer"):
        value = about.high if upper else about.low
        return value, value, value
    text = about.last if upper else about.first
    try:
        if text is not None and text.count("-") >= 2:
            value = _seconds(text)
            return value, value, value
        start, stop = _period(str(text), DAY if about.kind == "date" else 1e-6)
    except ValueError:  # there is none, or it lies beyond Python's calendar
        return None, None, None
    return (None, start, stop) if upper else (None, stop, start)


def _period(text: str, unit: float) -> tuple[float, float]:
    """The first and the last moment of a year or a month, days being a whole number of units."""
    year, _, month = text.partition("-")
    first = dt.datetime(int(year), int(month or 1), 1)
    after = first.year * 12 + first.month - 1 + (1 if month else 12)
    return _since(first), _since(dt.datetime(after // 12, after % 12 + 1, 1)) - unit


def _seconds(text: str) -> float:
    return _since(dt.datetime.fromisoformat(text).replace(tzinfo=None))


def _since(moment: dt.datetime) -> float:
    return (moment - dt.datetime(1970, 1, 1)).total_seconds()
