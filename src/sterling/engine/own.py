"""Metrics that are functions of rows: their value in every slice, and how far it would vary among other people.

The function is called on rows drawn again at random, or, where there are many, on parts of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import ScoreMetric
from sterling.core.own_metrics import NotLoaded
from sterling.core.slices import Slice
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.rows import RowAccess, slice_codes
from sterling.stats.arrays import Interval
from sterling.stats.bounded import bounded_z
from sterling.stats.draws import stream
from sterling.stats.means import student

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RESAMPLES = 200
MANY = 20_000
"""From so many rows (or clusters) on, the rows are divided into parts and not drawn again."""
PARTS, TIMES = 50, 4
"""So many parts, and so often divided anew: one division alone knows the error to a tenth only."""
METHOD = (
    f"bootstrap standard error ({RESAMPLES} resamples; beyond {MANY:,} rows {TIMES} x {PARTS} random groups), "
    "Student's t"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class OfRows:
    """Computes functions of the rows of one model, each once."""

    access: RowAccess
    known: dict[str, Quantity] = field(default_factory=dict)

    def __call__(self, measured: Measured, metric: ScoreMetric) -> Quantity:
        if metric.name not in self.known:
            self.known[metric.name] = self._quantity(measured, metric)
        return self.known[metric.name]

    @cached_property
    def rows(self) -> tuple[pl.DataFrame, Batch]:
        """All rows in an order that depends on their values alone, and as the engine counts them."""
        frame = self.access.frame()
        frame = frame[frame.hash_rows().arg_sort()]
        return frame, self.access.batch(frame)

    def _quantity(self, measured: Measured, metric: ScoreMetric) -> Quantity:
        assert metric.own is not None
        frame, batch = self.rows
        table = measured.told_of(batch, self.access.model).with_columns(
            weight=_weights(batch, self.access.surveyed.weight_exponent), **{c: frame[c] for c in metric.own.reads}
        )
        eligible = table["label"].is_not_null().to_numpy() if metric.info.needs_label else np.ones(len(table), bool)
        shape = (len(measured.slices), 1)
        value, variance, freedom = (np.full(shape, np.nan) for _ in range(3))
        count, units = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        for row, places in _slices(measured, batch, eligible):
            count[row] = len(places)
            if len(places) < max(measured.min_n, 2):
                continue
            cluster = None if batch.cluster is None else batch.cluster[places]
            part = _Part(table[places], cluster, metric, measured.slices[row])
            found = part.spread(stream(self.access.seed, f"{metric.name} {measured.slices[row]}"))
            if found is not None:
                value[row], variance[row], freedom[row], units[row] = found
        return _quantity(metric, value, variance, freedom, count, units, clustered=batch.cluster is not None)


def _weights(batch: Batch, exponent: int) -> Floats:
    return np.ones(batch.height) if batch.weight is None else np.ldexp(batch.weight, exponent)


def _slices(measured: Measured, batch: Batch, eligible: NDArray[np.bool_]) -> Iterator[tuple[int, Ints]]:
    """The eligible rows of every slice, in their order."""
    for family in measured.rows_of:
        codes, rows = slice_codes(measured, batch, family)
        kept = np.flatnonzero(eligible)
        order = kept[np.argsort(codes[kept], kind="stable")]
        ends = np.searchsorted(codes[order], np.arange(len(rows) + 1))
        for place, row in enumerate(rows):
            yield int(row), order[ends[place] : ends[place + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The rows of one slice, and a function of them."""

    table: pl.DataFrame
    cluster: Ints | None
    metric: ScoreMetric
    slice: Slice

    def spread(self, rng: np.random.Generator) -> tuple[float, float, float, int] | None:
        """Value, variance, degrees of freedom and how many units; None where nothing can be said.

        Sources: Efron 1979, Annals of Statistics 7:1 (n / (n - 1) for its bias); Wolter 2007, Introduction to Variance
        Estimation, 2 (random groups).
        """
        value = self._value(self.table, first=True)
        members = None if self.cluster is None else _members(self.cluster)
        units = self.table.height if members is None else len(members)
        if value is None or units < 2:
            return None
        few = units < MANY
        again = [_drawn(units, rng)] if few else [_divided(units, rng) for _ in range(TIMES)]
        spread = [self._variance([_rows(chosen, members) for chosen in one]) for one in again]
        if None in spread:
            return None
        variance = float(np.mean(spread)) * (units / (units - 1) if few else 1 / PARTS)  # type: ignore[arg-type]
        info = self.metric.info
        if variance == 0 and (info.low is None or info.high is None):
            return None  # every draw gave the same: how sure that is cannot be told
        return value, variance, float(units - 1 if few else PARTS - 1), units

    def _variance(self, again: list[Ints]) -> float | None:
        """The variance of the value over sets of rows; None where most of them have none."""
        values = (self._value(self.table[rows]) for rows in again)
        got = np.array([v for v in values if v is not None])
        return float(got.var(ddof=1)) if 2 * len(got) > len(again) else None

    def _value(self, table: pl.DataFrame, *, first: bool = False) -> float | None:
        """What the function gives. On rows that were drawn, failing is having nothing to say."""
        assert self.metric.own is not None
        try:
            given: Any = self.metric.own.function(table)
            value = None if given is None else float(given)
        except NotLoaded:
            raise
        except (Exception, SystemExit) as error:
            if not first:
                return None
            raise ConfigError(
                f"the metric {self.metric.name} failed with {type(error).__name__}",
                where=f"{table.height:,} rows of {shown(str(self.slice))}", expected="a number, or None",
                hint="try the function on a table with the columns " + ", ".join(table.columns),
            ) from error  # fmt: skip
        if value is None or not math.isfinite(value):
            return None
        return self._in_range(value) if first else value

    def _in_range(self, value: float) -> float:
        low, high = self.metric.info.low, self.metric.info.high
        if (low is not None and value < low) or (high is not None and value > high):
            ends = " and ".join(f"{'up to' if e is high else 'from'} {e:g}" for e in (low, high) if e is not None)
            raise ConfigError(
                f"the metric {self.metric.name} gave {value:g} for {shown(str(self.slice))}",
                expected=f"a number {ends}", hint="say its range where it is registered: low=…, high=…",
            )  # fmt: skip
        return value


def _members(cluster: Ints) -> list[Ints]:
    """The rows of each cluster."""
    order = np.argsort(cluster, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1)


def _rows(chosen: Ints, members: list[Ints] | None) -> Ints:
    return chosen if members is None else np.concatenate([members[i] for i in chosen])


def _drawn(units: int, rng: np.random.Generator) -> list[Ints]:
    return [np.sort(rng.integers(0, units, units)) for _ in range(RESAMPLES)]


def _divided(units: int, rng: np.random.Generator) -> list[Ints]:
    return [np.sort(part) for part in np.array_split(rng.permutation(units), PARTS)]


def _quantity(
    metric: ScoreMetric, value: Floats, variance: Floats, freedom: Floats, count: Ints, units: Floats, *,
    clustered: bool,
) -> Quantity:  # fmt: skip
    low, high = metric.info.low, metric.info.high

    def at(critical: ArrayLike) -> Interval:
        degrees = np.where(freedom > 0, freedom, 1.0)
        reach = student(np.broadcast_to(critical, value.shape), degrees)
        if low is not None and high is not None:
            return bounded_z(value, variance, units, reach, low=low, high=high)
        ends = reach * np.sqrt(variance)
        return Interval(
            np.maximum(value - ends, -np.inf if low is None else low),
            np.minimum(value + ends, np.inf if high is None else high),
        )

    return Quantity(
        info=metric.info, value=value, interval_at=at, decide_at=at, n_eligible=count, n_effective=units,
        method=METHOD + ("; clusters as units" if clustered else ""),
    )  # fmt: skip
