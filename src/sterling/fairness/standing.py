"""How groups stand under one way of deciding, and what changes for the same people under another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import InputError
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.remedy import GroupChange
from sterling.core.slices import GroupValue, Slice, group_order
from sterling.stats.arrays import Interval, divide
from sterling.stats.difference import square_and_add
from sterling.stats.multiple import smallest_ratio_from
from sterling.stats.normal import sidak, z
from sterling.stats.paired import paired_change_z
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import kish_n, weighted_n

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Wanted = Literal["selected", "not_selected"]
"""The decision that people want: a loan is granted (selected), or nobody calls them a high risk (not selected)."""

PAIRED = "Tango's score interval for paired shares"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The people of one part of the data. `label` is 1, 0, or NaN where unknown; `group` None where missing.

    Shapes are (n,); `weights` None: everyone counts once.
    """

    part: str
    frame: pl.DataFrame
    label: Floats
    group: Sequence[GroupValue]
    weights: Floats | None = None

    def __post_init__(self) -> None:
        sizes = {self.frame.height, len(self.label), len(self.group)}
        sizes |= set() if self.weights is None else {len(self.weights)}
        if len(sizes) > 1:
            raise InputError(
                "labels, groups and weights are not as many as the rows",
                where=self.part,
                hint="give one of each for every row",
            )

    @property
    def n(self) -> int:
        return self.frame.height

    @property
    def mass(self) -> Floats:
        return np.ones(self.n) if self.weights is None else np.asarray(self.weights, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """Shares of groups (last axis): value, effective people behind it, people eligible."""

    value: Floats
    n_effective: Floats
    n_eligible: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Yardstick:
    """Measures decisions (shape (n,), true: selected) about the people of `rows`, group by group of one column."""

    rows: Rows
    slices: tuple[Slice, ...]
    code: NDArray[np.int64]
    wanted: Wanted
    level: float
    min_n: int

    @property
    def large(self) -> Bools:
        """Which groups have at least `min_n` people."""
        return np.bincount(self.code, minlength=len(self.slices)) >= self.min_n

    def selection_rate(self, selected: Bools) -> Estimate:
        """The share of everyone who is selected."""
        return self._estimate(self._overall(selected, np.ones(self.rows.n, dtype=bool)))

    def accuracy(self, selected: Bools) -> Estimate:
        """The share of decisions that agree with the label, among people whose label is known."""
        return self._estimate(self._overall(selected == (self.rows.label == 1), ~np.isnan(self.rows.label)))

    def impact(self, selected: Bools) -> Estimate:
        """The smallest ratio between two groups of the share who get the wanted decision, as FA002 has it."""
        share = self._by_group(self._favoured(selected), np.ones(self.rows.n, dtype=bool))
        value = np.where(self.large, share.value, np.nan)
        found = smallest_ratio_from(value, partial(exact_value, value, share.n_effective), level=self.level)
        return self._of(
            float(found.value), Interval(found.at_least, found.at_most), self.rows.n,
            method="Clopper-Pearson joined by MOVER; high end simultaneous over all pairs, low end one-sided",
        )  # fmt: skip

    def far_apart(self, selected: Bools) -> tuple[int, int] | None:
        """The groups that get the wanted decision least and most often; None with fewer than two large groups."""
        share = self._by_group(self._favoured(selected), np.ones(self.rows.n, dtype=bool)).value
        known = np.flatnonzero(self.large & ~np.isnan(share))
        if len(known) < 2:
            return None
        return int(known[np.argmin(share[known])]), int(known[np.argmax(share[known])])

    def changes(self, before: Bools, after: Bools, *, comparisons: int = 1) -> tuple[GroupChange, ...]:
        """Per group: the selection rate, and the error rate that costs people the wanted decision.

        That is the true positive rate where being selected is wanted, else the false positive rate. The intervals of
        all changes hold together, also with those of `comparisons` - 1 other candidates.
        """
        label = self.rows.label
        wanted = self.wanted == "selected"
        metrics = {
            "selection_rate": np.ones(self.rows.n, dtype=bool),
            "true_positive_rate" if wanted else "false_positive_rate": label == (1 if wanted else 0),
        }
        critical = sidak(self.level, max(1, comparisons * len(metrics) * len(self.slices)))
        return tuple(
            change
            for metric, eligible in metrics.items()
            for change in self._changes(metric, eligible, before, after, critical)
        )

    def accuracy_change(self, before: Bools, after: Bools, *, comparisons: int = 1) -> Estimate:
        """By how much the share of right decisions changes for the same people."""
        right = self.rows.label == 1
        known = ~np.isnan(self.rows.label)
        bounds, value, n = self._paired(before == right, after == right, known, self._critical(comparisons))
        return self._of(float(value), bounds, n, method=PAIRED)

    def gap_change(self, before: Bools, after: Bools, pair: tuple[int, int], *, comparisons: int = 1) -> Estimate:
        """By how much the gap in the wanted decision between two groups (most less least favoured) changes.

        Negative closes it. The change of each group has its paired interval; the two are squared and added.
        """
        least, most = (
            self._paired(self._favoured(before), self._favoured(after), self.code == g, self._critical(comparisons))
            for g in pair
        )
        bounds = square_and_add(most[1], *most[0], least[1], *least[0])
        enough = min(least[2], most[2]) >= self.min_n
        return self._of(
            most[1] - least[1], bounds, least[2] + most[2], enough=enough, method=f"{PAIRED}, joined by square-and-add"
        )

    def _critical(self, comparisons: int) -> float:
        return sidak(self.level, max(1, comparisons))

    def _favoured(self, selected: Bools) -> Bools:
        return selected if self.wanted == "selected" else ~selected

    def _overall(self, hit: Bools, eligible: Bools) -> Share:
        return self._shares(hit, eligible, np.zeros(self.rows.n, dtype=np.int64), 1)

    def _by_group(self, hit: Bools, eligible: Bools) -> Share:
        return self._shares(hit, eligible, self.code, len(self.slices))

    def _shares(self, hit: Bools, eligible: Bools, code: NDArray[np.int64], size: int) -> Share:
        w = self.rows.mass * eligible
        sums = [np.bincount(code, weights=part, minlength=size) for part in (w, w * w, w * hit, w * w * hit)]
        return Share(
            value=divide(sums[2], sums[0]),
            n_effective=weighted_n(*sums),
            n_eligible=np.bincount(code[eligible], minlength=size).astype(np.int64),
        )

    def _estimate(self, share: Share, index: int = 0) -> Estimate:
        value, n = share.value[index], share.n_effective[index]
        bounds = wilson_value(value, n, z(self.level))
        n_eligible = int(share.n_eligible[index])
        return self._of(float(value), bounds, n_eligible, enough=n_eligible >= self.min_n, method="Wilson")

    def _of(self, value: float, bounds: Interval, n: int, *, method: str, enough: bool = True) -> Estimate:
        low, high = float(bounds.low), float(bounds.high)
        known = enough and bool(np.isfinite([value, low, high]).all())
        return Estimate(
            value=value if known else None, low=low if known else None, high=high if known else None,
            level=self.level, n=self.rows.n, n_eligible=n, method=method,
            status="ok" if known else "undefined" if enough else "insufficient",
        )  # fmt: skip

    def _paired(
        self, before: Bools, after: Bools, eligible: Bools, critical: float
    ) -> tuple[Interval, float, int]:  # fmt: skip
        """Interval and value of the change of a share among the eligible, and how many they are."""
        w = self.rows.mass * eligible
        total = float(w.sum())
        size = kish_n(total, float((w * w).sum()))
        gained, lost = (float((w * moved).sum()) for moved in (after & ~before, before & ~after))
        scale = divide(size, total)
        bounds = paired_change_z(gained * scale, lost * scale, np.nan_to_num(size), critical)
        return bounds, float(divide(gained - lost, total)), int(eligible.sum())

    def _changes(
        self, metric: str, eligible: Bools, before: Bools, after: Bools, critical: float
    ) -> list[GroupChange]:  # fmt: skip
        first, then = self._by_group(before, eligible), self._by_group(after, eligible)
        out = []
        for i, slice_ in enumerate(self.slices):
            bounds, value, n = self._paired(before, after, eligible & (self.code == i), critical)
            change = self._of(value, bounds, n, enough=n >= self.min_n, method=f"{PAIRED}, all groups together")
            worse = change.high is not None and change.high < 0
            if self.wanted == "not_selected":
                worse = change.low is not None and change.low > 0
            out.append(
                GroupChange(
                    slice=slice_, metric=metric, before=self._estimate(first, i), after=self._estimate(then, i),
                    change=change, worse=worse,
                )
            )  # fmt: skip
        return out


def yardstick(rows: Rows, group: str, *, wanted: Wanted, level: float, min_n: int) -> Yardstick:
    """The groups of `rows` by name, missing last."""
    values = sorted(set(rows.group), key=group_order)
    code = {value: i for i, value in enumerate(values)}
    return Yardstick(
        rows=rows, slices=tuple(Slice(((group, v),)) for v in values), wanted=wanted, level=level, min_n=min_n,
        code=np.array([code[v] for v in rows.group], dtype=np.int64),
    )  # fmt: skip


def matching_threshold(scores: Floats, mass: Floats, share: float) -> tuple[float, float]:
    """The threshold at or above which the share of people (by weight) is nearest to `share`, and that share.

    It lies half-way between two scores that occur; of two as near, the higher one. Scores of shape (n,), n >= 1.
    """
    values, place = np.unique(scores, return_inverse=True)
    at = np.bincount(place.ravel(), weights=mass, minlength=len(values))
    shares = np.append(np.cumsum(at[::-1])[::-1] / at.sum(), 0.0)
    cuts = np.append(values, np.nextafter(values[-1], np.inf))
    middle = values[:-1] + (values[1:] - values[:-1]) / 2
    cuts[1:-1] = np.where(middle > values[:-1], middle, values[1:])
    away = np.abs(shares - share)
    best = int(np.flatnonzero(away <= away.min() + 1e-12)[-1])
    return float(cuts[best]), float(shares[best])
