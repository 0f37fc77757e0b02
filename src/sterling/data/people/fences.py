"""Fences around the usual values of a column: of everyone together, and of each group by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue
from sterling.data.people.tally import Bools
from sterling.engine.encode import Codes, encode_group

Rule = Literal["fences", "mad"]
RULES: tuple[Rule, ...] = ("fences", "mad")
USUAL: dict[Rule, float] = {"fences": 1.5, "mad": 3.5}
"""How many interquartile ranges beyond the quartiles, or scaled median deviations from the median, is far."""
_NORMAL = 1.482602218505602
"""Makes the median deviation of normal values their standard deviation."""


TIED = 0.01
"""So many of a group's values may be equal where its own fence is hung up."""


class Fence(NamedTuple):
    """Values below `low` or above `high` are far out."""

    low: float
    high: float


class Own(NamedTuple):
    """A group's fence, and how much more its share of far values varies than if the fence had been given."""

    fence: Fence
    design: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """Of one column: everyone's fence, and those of the groups of each family, by family and values."""

    everyone: Fence
    groups: Mapping[tuple[str, ...], Mapping[tuple[GroupValue, ...], Own]]


def fence(values: NDArray[np.float64], rule: Rule, k: float) -> Fence | None:
    """The fence of some numbers; None where most of them are equal, so that every other one would be far out.

    `fences`: k interquartile ranges beyond the quartiles (linear between order statistics). `mad`: k median absolute
    deviations, scaled to a normal standard deviation, from the median. Source: Tukey 1977, Exploratory Data Analysis,
    2C; Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    with np.errstate(invalid="ignore", over="ignore"):  # between infinities there is no number
        if rule == "fences":
            low, high = (float(v) for v in np.quantile(known, [0.25, 0.75]))
            width = high - low
        else:
            low = high = float(np.median(known))
            width = _NORMAL * float(np.median(np.abs(known - low))) if math.isfinite(low) else math.nan
    if not (math.isfinite(width) and width > 0):
        return None
    return Fence(low - k * width, high + k * width)


def coarse(values: NDArray[np.float64], rule: Rule) -> bool:
    """Whether many values are equal where the fence is hung up: it then jumps by a whole value from sample to sample.

    Counts, years and ratings are so; how often such a fence misleads cannot be worked out from a density.
    """
    known = values[~np.isnan(values)]
    at = [0.25, 0.75] if rule == "fences" else [0.5]
    hung = np.concatenate([np.quantile(known, at, method=side) for side in ("lower", "higher")])
    return any(int((known == value).sum()) > max(2.0, TIED * len(known)) for value in hung.tolist())


def design(values: NDArray[np.float64], own: Fence, rule: Rule, k: float) -> float:
    """How many times the variance of the share beyond a fence is that of a share beyond a fence that was given.

    The fence was drawn from the same values, so that its quantiles move the share too: the mean square of the share's
    influence function over that of a plain share, from 1 to 10. Densities are shares in a narrow window.
    Source: Serfling 1980, Approximation Theorems of Mathematical Statistics, 2.5 and 6.
    """
    values = np.sort(values)  # sums of floats then are the same in any order of rows
    far = (values < own.low) | (values > own.high)
    share, n = float(far.mean()), len(values)
    if not 0 < share < 1:
        return 1.0
    ordered = values[np.isfinite(values)]
    width = own.high - own.low
    narrow = 0.25 * width * n ** (-0.2)

    def density(at: float, window: float) -> float:
        inside = np.searchsorted(ordered, at + window, "right") - np.searchsorted(ordered, at - window, "left")
        return float(inside) / (2 * window * n)

    def influence(at: float, p: float) -> NDArray[np.float64]:
        f = density(at, narrow)
        return np.asarray((p - (values <= at)) / f) if f > 0 else np.zeros(n)

    if rule == "fences":
        lower, upper = (float(v) for v in np.quantile(values, [0.25, 0.75]))
        a, b = influence(lower, 0.25), influence(upper, 0.75)
        low, high = a - k * (b - a), b + k * (b - a)
    else:
        middle = float(np.median(values))
        spread = (own.high - middle) / (k * _NORMAL)
        f = density(middle - spread, narrow) + density(middle + spread, narrow)
        wide = (0.5 - (np.abs(values - middle) <= spread)) / f if f > 0 else np.zeros(n)
        a = influence(middle, 0.5)
        low, high = a - k * _NORMAL * wide, a + k * _NORMAL * wide
    moved = far - share + density(own.low, narrow) * low - density(own.high, narrow) * high
    return float(np.clip(np.mean(moved**2) / (share * (1 - share)), 1.0, 10.0))


def numbers(column: pl.Series) -> NDArray[np.float64]:
    """A column of numbers as float64; missing as NaN."""
    return column.cast(pl.Float64).to_numpy().astype(np.float64, copy=False)


def draw(
    frame: pl.DataFrame, columns: Sequence[str], families: Sequence[tuple[str, ...]], *, rule: Rule, k: float,
    min_n: int,
) -> dict[str, Fences]:  # fmt: skip
    """The fences of each column that has one. A group with fewer than `min_n` numbers, or coarse ones, has none."""
    names = dict.fromkeys(c for f in families for c in f)
    coded = {c: encode_group(frame[c]) for c in names}
    rows = {f: _members([coded[c] for c in f]) for f in families}
    out: dict[str, Fences] = {}
    for column in columns:
        values = numbers(frame[column])
        everyone = fence(values, rule, k)
        if everyone is None:
            continue
        groups: dict[tuple[str, ...], dict[tuple[GroupValue, ...], Own]] = {}
        for family, members in rows.items():
            groups[family] = {}
            for key, places in members.items():
                mine = values[places]
                own = fence(mine, rule, k) if int((~np.isnan(mine)).sum()) >= min_n else None
                if own is not None and not coarse(mine, rule):
                    groups[family][key] = Own(own, design(mine[~np.isnan(mine)], own, rule, k))
        out[column] = Fences(everyone=everyone, groups=groups)
    return out


def _members(coded: Sequence[Codes]) -> dict[tuple[GroupValue, ...], NDArray[np.int64]]:
    """The rows of each group of a family."""
    joint = np.zeros(len(coded[0].codes), dtype=np.int64)
    for c in coded:
        joint = joint * len(c.values) + c.codes
    order = np.argsort(joint, kind="stable")
    found, starts = np.unique(joint[order], return_index=True)
    parts = np.split(order, starts[1:])
    out = {}
    for code, places in zip(found.tolist(), parts, strict=True):
        key: list[GroupValue] = []
        for c in reversed(coded):
            code, at = divmod(code, len(c.values))
            key.append(c.values[at])
        out[tuple(reversed(key))] = places
    return out


def looked(column: str) -> str:
    """The name of the answer: has a number in this column."""
    return f"number {column}"


def far(column: str) -> str:
    """The name of the answer: is beyond everyone's fence."""
    return f"far {column}"


def far_within(column: str, family: tuple[str, ...]) -> str:
    """The name of the answer: is beyond the fence of its own group."""
    return f"far within {family!r} {column}"


def looked_within(column: str, family: tuple[str, ...]) -> str:
    """The name of the answer: has a number, and its group a fence of its own."""
    return f"number within {family!r} {column}"


def masks(
    frame: pl.DataFrame, coded: tuple[Codes, ...], *, fences: Mapping[str, Fences], singles: tuple[str, ...]
) -> Mapping[str, Bools]:
    """Which rows have a number, which are far out, among everyone and among their own."""
    at = dict(zip(singles, coded, strict=True))
    out: dict[str, Bools] = {}
    for column, held in fences.items():
        values = numbers(frame[column])
        known = ~np.isnan(values)
        out[looked(column)] = known
        out[far(column)] = known & ((values < held.everyone.low) | (values > held.everyone.high))
        for family, groups in held.groups.items():
            low, high = _limits([at[c] for c in family], groups, frame.height)
            has = known & ~np.isnan(low)
            out[looked_within(column, family)] = has
            with np.errstate(invalid="ignore"):
                out[far_within(column, family)] = has & ((values < low) | (values > high))
    return out


def _limits(
    coded: Sequence[Codes], groups: Mapping[tuple[GroupValue, ...], Own], rows: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the fence of each row's group; NaN where it has none."""
    size = int(np.prod([max(len(c.values), 1) for c in coded]))
    ends = np.full((2, size), np.nan)
    for key, own in groups.items():
        place = 0
        for c, value in zip(coded, key, strict=True):
            if value not in c.values:
                break
            place = place * len(c.values) + c.values.index(value)
        else:
            ends[:, place] = own.fence
    joint = np.zeros(rows, dtype=np.int64)
    for c in coded:
        joint = joint * len(c.values) + c.codes
    return ends[0][joint], ends[1][joint]
