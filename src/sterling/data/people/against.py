"""Shares of groups beside those of a reference: differences, ratios, and what holds for all groups together.

The counts of all groups are one multinomial draw. Bounds that hold for all of them together are exact ones of each
share, at a level that Bonferroni's inequality gives: valid however the shares depend on one another (Goodman 1965). Of
two groups one share says all, so that nothing is corrected.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.data.people import AgainstReference, Fit
from sterling.core.evidence import Finding
from sterling.core.frozen import dataclass
from sterling.core.slices import Slice, group_order
from sterling.data.people.looking import Shares, estimate, finding, side
from sterling.data.people.population import Population
from sterling.data.people.tally import ROWS, Groups
from sterling.stats.arrays import Interval, divide
from sterling.stats.difference import square_and_add
from sterling.stats.goodness import goodness_of_fit
from sterling.stats.homogeneity import homogeneity
from sterling.stats.normal import z
from sterling.stats.proportion import clopper_pearson_z, exact_value, wilson_value, wilson_z
from sterling.stats.ratio import mover_ratio
from sterling.stats.weights import kish_n, weighted_n

Floats = NDArray[np.float64]
METHOD = (
    "exact (Clopper-Pearson) limits of each share; the end that can exceed a limit holds for all groups together "
    "(Bonferroni, as the counts are one multinomial draw)"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side2:
    """One family on both sides: the shares seen and those of the reference, group by group, absent ones too."""

    family: tuple[str, ...]
    slices: tuple[Slice, ...]
    seen: Shares
    reference: Floats
    n_reference: float | None
    counts: Floats
    whole: bool
    reference_whole: bool

    @property
    def compared(self) -> int:
        """How many comparisons have to hold together."""
        return 1 if len(self.slices) == 2 else len(self.slices)


def lined_up(groups: Groups, population: Population) -> Side2:
    """The recorded groups that the reference speaks of, and those that it has and the table lacks."""
    held = {tuple(str(v) for _, v in s.items): i for i, s in enumerate(groups.slices)}
    keys = {*population.shares, *(held if population.closed else ())}
    names = sorted(keys, key=lambda key: [group_order(v) for v in key])
    at = np.array([held.get(name, -1) for name in names], dtype=np.int64)

    def of(part: NDArray[np.generic]) -> Floats:
        return np.where(at >= 0, np.append(part.astype(np.float64), 0.0)[at], 0.0)

    n, w, q = (of(part[ROWS]) for part in (groups.n, groups.w, groups.q))
    total, squares = float(w.sum()), float(q.sum())
    weighted = not np.array_equal(n, w)
    size = weighted_n(np.full(len(w), total), np.full(len(w), squares), w, q) if weighted else np.full(len(w), total)
    seen = Shares(
        value=divide(w, total), size=size, n=n.astype(np.int64), eligible=np.full(len(n), int(n.sum()), dtype=np.int64)
    )
    counts = divide(w, total) * float(kish_n(total, squares)) if weighted else n
    reference = np.array([population.shares.get(name, 0.0) for name in names])
    return Side2(
        family=population.columns, slices=tuple(Slice(tuple(zip(population.columns, k, strict=True))) for k in names),
        seen=seen, reference=reference, n_reference=population.n, counts=counts, whole=not weighted,
        reference_whole=population.whole,
    )  # fmt: skip


def _bounds(both: Side2, critical: float, *, exact: bool) -> tuple[Interval, Interval]:
    """Separate intervals of the shares seen and of those of the reference."""
    mine = (exact_value if exact else wilson_value)(both.seen.value, both.seen.size, critical)
    r, m = both.reference, both.n_reference
    if m is None:
        return mine, Interval(r, r)
    return mine, (clopper_pearson_z if exact else wilson_z)(r * m, np.full(len(r), m), critical)


def differences(both: Side2, critical: float, *, exact: bool) -> Interval:
    """Intervals of the share seen less that of the reference."""
    mine, other = _bounds(both, critical, exact=exact)
    return square_and_add(both.seen.value, mine.low, mine.high, both.reference, other.low, other.high)


def ratios(both: Side2, critical: float, *, exact: bool) -> Interval:
    """Intervals of the share seen over that of the reference; NaN where the reference has nobody."""
    mine, other = _bounds(both, critical, exact=exact)
    some = both.reference > 0
    at = mover_ratio(both.seen.value, mine.low, mine.high, both.reference, other.low, other.high)
    return Interval(np.where(some, at.low, np.nan), np.where(some, at.high, np.nan))


def records(both: Side2, *, level: float) -> tuple[AgainstReference, ...]:
    """One record for each group."""
    drawn = z(level)
    share, reference = _bounds(both, drawn, exact=False)
    apart, part = differences(both, drawn, exact=False), ratios(both, drawn, exact=False)
    together = differences(both, z(1 - (1 - level) / both.compared), exact=True)
    exact = both.n_reference is None
    how = "Wilson interval" if both.whole else "Wilson interval at the effective number of rows"
    pair = how if exact else f"{how} of both shares, squared and added"
    out = []
    for i, s in enumerate(both.slices):
        n, all_ = int(both.seen.n[i]), int(both.seen.eligible[i])
        value, r = float(both.seen.value[i]), float(both.reference[i])
        more = {"level": level, "n": n, "eligible": all_}
        out.append(
            AgainstReference(
                slice=s, reference=r,
                share=estimate(value, float(share.low[i]), float(share.high[i]), method=how, **more),  # type: ignore[arg-type]
                difference=estimate(value - r, float(apart.low[i]), float(apart.high[i]), method=pair, **more),  # type: ignore[arg-type]
                ratio=estimate(
                    value / r if r > 0 else np.nan, float(part.low[i]), float(part.high[i]), method=pair, **more  # type: ignore[arg-type]
                ),
                reference_low=None if exact else float(reference.low[i]),
                reference_high=None if exact else float(reference.high[i]),
                low_together=float(together.low[i]), high_together=float(together.high[i]),
            )
        )  # fmt: skip
    return tuple(out)


def findings(both: Side2, *, level: float) -> tuple[Finding, ...]:
    """The widest difference from the reference, and the smallest ratio to it."""
    value = np.abs(both.seen.value - both.reference)
    sure = differences(both, z(1 - (1 - level) / both.compared), exact=True)
    near = differences(both, z(level, 1), exact=True)
    least = np.maximum(np.maximum(sure.low, -sure.high), 0.0)
    most = np.maximum(near.high, -near.low)
    widest = int(np.argmax(value))
    more = {"family": both.family, "level": level, "compared": len(both.slices), "method": METHOD, "second": None}
    gap = finding(
        "representation_gap", first=side(both.slices, both.seen, widest), value=float(value[widest]),
        low=float(least.max()), high=min(float(most.max()), 1.0),
        outermost=(side(both.slices, both.seen, int(np.argmax(most))),), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    some = np.flatnonzero(both.reference > 0)
    part = divide(both.seen.value, both.reference)
    alpha = (1 - level) / len(some)
    sure, near = ratios(both, z(1 - alpha, 1), exact=True), ratios(both, z(level, 1), exact=True)
    worst = int(some[np.argmin(part[some])])
    ratio = finding(
        "representation_ratio", kind="lowest", first=side(both.slices, both.seen, worst), value=float(part[worst]),
        low=float(near.low[some].min()), high=float(sure.high[some].min()),
        outermost=(side(both.slices, both.seen, int(some[np.argmin(near.low[some])])),), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return gap, ratio


def fit(both: Side2, *, rng: np.random.Generator) -> Fit:
    """One test of all groups of the family."""
    if both.n_reference is None:
        found = goodness_of_fit(both.counts, both.reference, rng=rng, whole=both.whole)
        return Fit(
            family=both.family, hypothesis="reference", statistic=found.statistic, df=found.df, p=found.p,
            n=int(both.seen.n.sum()), method=found.method,
        )  # fmt: skip
    other = both.reference * both.n_reference
    tested = homogeneity(both.counts, other, rng=rng, whole=both.whole and both.reference_whole)
    return Fit(
        family=both.family, hypothesis="reference", statistic=tested.statistic, df=tested.df, p=tested.p,
        n=int(both.seen.n.sum()), method=tested.method,
    )  # fmt: skip
