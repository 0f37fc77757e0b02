"""Attributions of a model's features by slice: their means, sizes, totals and shares, and how far groups are apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.attributed import Attributed
from sterling.core.column_metrics import MEASURES, of_column
from sterling.core.evidence import Finding, Side, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.grouping import write_column
from sterling.core.policy import parse_slice
from sterling.core.rates import MetricInfo
from sterling.core.roles import TASKS
from sterling.core.slices import Slice
from sterling.core.table import Block, EstimateTable
from sterling.engine.amounts.measured import Amounts
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.stats.arrays import Interval
from sterling.stats.multiple import IntervalAt, gaps_together, widest_gap_of_any
from sterling.stats.normal import z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MEAN = MetricInfo(
    name="mean_attribution", label="Mean attribution", plain="what a feature adds to the scores on average",
    eligible="an attribution of the feature", formula="mean(a_f)", scale="value", low=None, high=None,
    needs_label=False, needs_score=True, by_threshold=False, tasks=TASKS, common=False,
    fooled_by="features that go together: attributions divide what they say between them as the explainer does",
)  # fmt: skip
"""Of the feature whose means are furthest apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attributions:
    """What was added up of one model's attributions. `columns`: the column of each feature, by name."""

    measured: Measured
    amounts: Amounts
    columns: Mapping[str, str]
    baseline: tuple[str, ...]

    def found(self, families: list[tuple[str, ...]], unit: str) -> Attributed:
        """The estimates of every slice, and the differences between the groups of some families."""
        blocks = [block for feature, column in self.columns.items() for block in self._of_feature(feature, column)]
        return Attributed(
            features=tuple(self.columns), columns=tuple(self.columns.values()), unit=unit, against=self.baseline,
            estimates=self._table(blocks), apart=self._table(self._apart(families)),
        )  # fmt: skip

    def finding(self, family: tuple[str, ...]) -> Finding:
        """The feature whose mean is furthest apart in two groups of a family, or in one and the baseline."""
        m, nan = self.measured, float("nan")
        means = [self._mean(column) for column in self.columns.values()]
        rows, small = self._enough(means, family)
        parts = [q.part(rows, 0) for q in means]
        against = self._baseline(family)
        place = next((i for i, r in enumerate(rows) if m.slices[r] == against), None)
        unknown = Finding(
            metric=MEAN, kind="gap", family=family, threshold=None, second=None, value=nan, low=nan, high=nan,
            first=Side(slice=m.slices[0], value=nan, n=int(m.n[0]), n_eligible=0, n_effective=0.0), level=m.level,
            groups_compared=len(rows), baseline=against, too_small=small, method=means[0].method,
        )  # fmt: skip
        if len(rows) < 2 or (against is not None and place is None):
            return unknown
        values = np.stack([np.where(q.n_eligible >= m.min_n, q.value, nan) for q in parts])
        widest = widest_gap_of_any(values, _together(parts), baseline=place, level=m.level)
        if widest.of < 0:
            return unknown
        first, second = (self._side(parts[widest.of], rows, i) for i in widest.pair)
        return replace(
            unknown, metric=replace(MEAN, label=f"{MEAN.label} of {list(self.columns)[widest.of]}"), first=first,
            second=second, value=widest.value, low=widest.at_least, high=widest.at_most,
            outermost=tuple(self._side(parts[widest.at_most_of], rows, i) for i in widest.at_most_pair),
            at=(list(self.columns.values())[widest.of],),
        )  # fmt: skip

    def notes(self) -> tuple[str, ...]:
        """Which features lack attributions, and in how many rows."""
        missing = {a.column: a.missing for a in self.amounts.summing.amounts}
        lacking = [(f, missing[c]) for f, c in self.columns.items() if missing[c]]
        if not lacking:
            return ()
        listed = ", ".join(f"{feature} ({n:,})" for feature, n in lacking[:10])
        more = f" and {len(lacking) - 10} more" if len(lacking) > 10 else ""
        return (
            f"Rows without an attribution are left out of that feature's numbers, and of all shares: {listed}{more}.",
        )

    def _mean(self, column: str) -> Quantity:
        return self.amounts.quantity(of_column("mean", column))

    def _of_feature(self, feature: str, column: str) -> Iterator[Block]:
        quantities = [self.amounts.quantity(of_column(measure, column)) for measure in MEASURES]
        if len(self.columns) > 1:
            quantities.append(self.amounts.share(_share(feature, column), column, tuple(self.columns.values())))
        critical = np.full((1, 1), z(self.measured.level))
        for q in quantities:
            low, high = q.interval_at(critical)
            yield Block(info=q.info, value=q.value, low=low, high=high, n_eligible=q.n_eligible, method=q.method)

    def _apart(self, families: list[tuple[str, ...]]) -> list[Block]:
        """The mean of each group less that of the others: one block for each feature."""
        m, shape = self.measured, (len(self.columns), len(self.measured.slices))
        value, low, high = (np.full(shape, np.nan) for _ in range(3))
        for family in families:
            rows = m.family_rows(family)
            inside = [self._mean(c).part(rows, 0) for c in self.columns.values()]
            others = self._others(family, rows)
            pairs = zip(inside, others, strict=True)
            known = np.stack([(i.n_eligible >= m.min_n) & (o.n_eligible >= m.min_n) for i, o in pairs])
            a, b = (np.where(known, np.stack([q.value for q in side]), np.nan) for side in (inside, others))
            value[:, rows], (low[:, rows], high[:, rows]) = gaps_together(
                a, _together(inside), b, _together(others), level=m.level
            )
        means = [self._mean(column) for column in self.columns.values()]
        return [
            Block(
                info=q.info, value=value[k][:, None], low=low[k][:, None], high=high[k][:, None],
                n_eligible=q.n_eligible, method=f"{q.method}; joined by square-and-add, simultaneous (Sidak)",
            )
            for k, q in enumerate(means)
        ]  # fmt: skip

    def _others(self, family: tuple[str, ...], rows: Ints) -> list[Quantity]:
        """What each group of a family is compared with: everybody else, or the baseline; that itself with nobody."""
        against = self._baseline(family)
        if against is None:
            return [self.amounts.of_rest(of_column("mean", c)).part(rows, 0) for c in self.columns.values()]
        itself = np.array([self.measured.slices[r] == against for r in rows])
        place = rows[int(np.argmax(itself))]
        same = [self._mean(c).part(np.full(len(rows), place), 0) for c in self.columns.values()]
        return [replace(q, n_eligible=np.where(itself | ~itself.any(), 0, q.n_eligible)) for q in same]

    def _baseline(self, family: tuple[str, ...]) -> Slice | None:
        """The baseline of a family when every one of its columns has a baseline value."""
        values = dict(item for text in self.baseline for item in parse_slice(text).items)
        return Slice(tuple((c, values[c]) for c in family)) if set(family) <= set(values) else None

    def _enough(self, means: list[Quantity], family: tuple[str, ...]) -> tuple[Ints, tuple[TooSmall, ...]]:
        """The groups with people enough in any feature, and the others."""
        m, rows = self.measured, self.measured.family_rows(family)
        most = np.max([q.part(rows, 0).n_eligible for q in means], axis=0)
        small = tuple(
            TooSmall(slice=m.slices[r], n=int(m.n[r]), n_eligible=int(e), n_needed=m.min_n)
            for r, e in zip(rows, most, strict=True)
            if e < m.min_n
        )
        return rows[most >= m.min_n], small

    def _side(self, q: Quantity, rows: Ints, at: int) -> Side:
        row = int(rows[at])
        return Side(
            slice=self.measured.slices[row], value=float(q.value[at]), n=int(self.measured.n[row]),
            n_eligible=int(q.n_eligible[at]), n_effective=float(q.n_effective[at]),
        )  # fmt: skip

    def _table(self, blocks: list[Block]) -> EstimateTable:
        m = self.measured
        return EstimateTable(
            model=m.model.name, slices=m.slices, n=m.n, thresholds=(), blocks=tuple(blocks), level=m.level,
            min_n=m.min_n,
        )  # fmt: skip


def _share(feature: str, column: str) -> MetricInfo:
    return MetricInfo(
        name=f"share_of_size({write_column(column)})", label=f"Share of {feature} in all attributions",
        plain=f"of all that the features move the scores by, whatever the direction, the part of {feature}",
        eligible="an attribution of every feature", formula="sum(|a_f|) / sum over g of sum(|a_g|)", scale="share",
        needs_label=False, by_threshold=False, tasks=TASKS, common=False, fooled_by=MEAN.fooled_by,
    )  # fmt: skip


def _together(parts: list[Quantity]) -> IntervalAt:
    """Bounds of several quantities at once, of shape (quantities, groups)."""

    def at(critical: Floats) -> Interval:
        rows = np.broadcast_to(critical, (len(parts), 1))
        bounds = [q.decide_at(np.broadcast_to(c, q.value.shape)) for q, c in zip(parts, rows, strict=True)]
        return Interval(np.stack([b.low for b in bounds]), np.stack([b.high for b in bounds]))

    return at
