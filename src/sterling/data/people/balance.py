"""Balance of one family of groups: labels by pairs, sizes beside a reference, and how unequal sizes are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.people import Balance, GroupGap
from sterling.core.estimate import Estimate
from sterling.core.evidence import Finding, TooSmall
from sterling.core.slices import EVERYONE, group_order
from sterling.data.people.labels import Table, measures
from sterling.data.people.looking import (
    Shares,
    decided,
    estimate,
    finding,
    shares,
    side,
)
from sterling.data.people.tally import ROWS, Bools, Groups
from sterling.engine.encode import Codes
from sterling.engine.labels import LabelMeaning, label_codes
from sterling.stats.arrays import Interval
from sterling.stats.effect import Effect
from sterling.stats.goodness import goodness_of_fit
from sterling.stats.imbalance import distances, inequalities, reference_counts
from sterling.stats.independence import independence_p
from sterling.stats.multiple import Widest, widest_gap_from
from sterling.stats.weights import kish_n

Floats = NDArray[np.float64]
LABELLED, POSITIVE = "labelled", "positive"
MOST_PAIRED = 20
"""Of more groups than this only the largest are compared in pairs."""


def label_masks(
    frame: pl.DataFrame, coded: tuple[Codes, ...], *, label: str, meaning: LabelMeaning
) -> Mapping[str, Bools]:
    """Whether a row has a label, and a positive one."""
    del coded
    codes = label_codes(frame[label], meaning)
    return {LABELLED: codes < 2, POSITIVE: codes == 1}


def enough(groups: Groups, min_n: int, eligible: str) -> tuple[Groups, tuple[TooSmall, ...]]:
    """The groups with enough eligible rows, and the others as too small."""
    kept = groups.n[eligible] >= min_n
    few = tuple(
        TooSmall(slice=s, n=int(n), n_eligible=int(e), n_needed=min_n)
        for s, n, e, k in zip(groups.slices, groups.n[ROWS], groups.n[eligible], kept, strict=True)
        if not k
    )
    return groups.only(kept), few


def gap_of(
    groups: Groups, found: Shares, metric: str, *, measure: str, level: float, method: str, p: float | None,
    column: str | None = None, columns: tuple[str, ...] = (), too_small: tuple[TooSmall, ...] = (),
) -> tuple[GroupGap, Finding]:  # fmt: skip
    """The widest difference of a share between two groups."""
    wide = widest_gap_from(found.value, partial(interval_of, found), level=level)
    return told(
        groups, found, wide, metric, measure=measure, level=level, method=method, p=p, column=column, columns=columns,
        too_small=too_small, compared=len(groups.slices),
    )  # fmt: skip


def told(
    groups: Groups, found: Shares, wide: Widest, metric: str, *, measure: str, level: float, method: str,
    p: float | None, column: str | None, columns: tuple[str, ...], too_small: tuple[TooSmall, ...], compared: int,
) -> tuple[GroupGap, Finding]:  # fmt: skip
    """A widest difference, whose arrays have no axis but that of the pair, as a record and as a finding."""
    first, second = (int(v) for v in wide.pair)
    value, low, high = float(wide.value), float(wide.at_least), float(wide.at_most)
    record = GroupGap(
        measure=measure, column=column, family=groups.family, first=groups.slices[first], second=groups.slices[second],
        value=value, low=low, high=high, level=level, p=p,
    )  # fmt: skip
    ends = tuple(side(groups.slices, found, int(i)) for i in wide.at_most_pair)
    return record, finding(
        metric, family=groups.family, first=side(groups.slices, found, first),
        second=side(groups.slices, found, second), value=value, low=low, high=high, level=level, compared=compared,
        method=method, columns=columns, too_small=too_small, outermost=ends,
    )  # fmt: skip


def interval_of(found: Shares, critical: Floats) -> Interval:
    """The exact interval of every share at critical values."""
    low, high = decided(found, critical)
    return Interval(low, high)


def test_of(groups: Groups, found: Shares, *, rng: np.random.Generator, weighted: bool) -> float:
    """The p-value that all groups have one share."""
    n = found.size if weighted else found.eligible.astype(np.float64)
    hits = np.where(n > 0, found.value * n, 0.0)
    return independence_p(hits if weighted else np.rint(hits), n, rng=rng, whole=not weighted)


def label_shares(groups: Groups) -> Shares:
    """Of the labelled rows of each group, the share whose label is positive."""
    return shares(groups, POSITIVE, LABELLED)


def of_labels(groups: Groups, *, level: float) -> Iterator[Balance]:
    """Every measure of every two groups, the largest groups first among those that are compared."""
    w, q = groups.w[LABELLED], groups.q[LABELLED]
    worth = float(w.sum() / q.sum()) if q.sum() > 0 else 1.0
    table = Table(positive=groups.w[POSITIVE] * worth, n=w * worth)
    largest = np.sort(np.argsort(-w, kind="stable")[:MOST_PAIRED])
    n = groups.n[LABELLED]
    for i, j in itertools.combinations(largest.tolist(), 2):
        for name, apart in measures(table, i, j, level=level):
            both = int(n[i] + n[j])
            yield Balance(
                measure=name, about="labels", family=groups.family, first=groups.slices[i], second=groups.slices[j],
                estimate=estimate(
                    apart.value, apart.low, apart.high, level=level, n=both, eligible=both, method=apart.method
                ),
            )  # fmt: skip


def _effective(groups: Groups) -> tuple[Floats, bool]:
    """Counts of each group; of weighted rows as if so many equal ones had been seen."""
    n, w = groups.n[ROWS].astype(np.float64), groups.w[ROWS]
    if np.array_equal(n, w):
        return n, True
    total, squares = float(w.sum()), float(groups.q[ROWS].sum())
    return w / total * float(kish_n(total, squares)), False


def of_groups(
    groups: Groups, *, reference: Floats | None, n_reference: float | None, against: str, level: float,
    rng: np.random.Generator,
) -> Iterator[Balance]:  # fmt: skip
    """Distances between the shares of the recorded groups and a reference: equal shares when None."""
    counts, whole = _effective(groups)
    k = len(counts)
    expected = np.full(k, 1.0 / k) if reference is None else reference
    ordered = len(groups.family) == 1 and all(group_order(s.items[0][1])[0] == 0 for s in groups.slices)
    tested = goodness_of_fit(counts, expected, rng=rng, whole=whole) if n_reference is None else None
    n = int(groups.n[ROWS].sum())
    for name, (value, effect) in distances(counts, reference_counts(expected, n_reference), ordered=ordered).items():
        yield Balance(
            measure=name, about="distribution", family=groups.family, against=against,
            p=tested.p if name == "chi_square" and tested is not None else None,
            estimate=_told(value, effect, n, level),
        )  # fmt: skip


def of_sizes(groups: Groups, *, level: float) -> Iterator[Balance]:
    """How unequal the groups are in size, of those that occur."""
    counts, _ = _effective(groups)
    n = int(groups.n[ROWS].sum())
    for name, (value, effect) in inequalities(counts).items():
        yield Balance(
            measure=name, about="aggregate", family=groups.family, against="groups of equal size",
            estimate=_told(value, effect, n, level),
        )  # fmt: skip


def imbalance(groups: Groups, *, level: float) -> Finding:
    """The total variation from groups of equal size, as a limit can speak of it."""
    counts, _ = _effective(groups)
    k = len(counts)
    value, effect = distances(counts, reference_counts(np.full(k, 1.0 / k), None), ordered=False)["total_variation"]
    assert effect is not None
    low, high = effect.at(1 - level, 1 - level)
    n = int(groups.n[ROWS].sum())
    everyone = Shares(value=np.array([value]), size=np.array([counts.sum()]), n=np.array([n]), eligible=np.array([n]))
    return finding(
        "group_imbalance", family=groups.family, first=side((EVERYONE,), everyone, 0), second=None, value=value,
        low=min(low, value), high=max(high, value), level=level, compared=k, method=effect.method,
    )  # fmt: skip


def _told(value: float, effect: Effect | None, n: int, level: float) -> Estimate:
    if effect is None or not math.isfinite(value):
        method = "undefined: a group has nobody, here or in the reference"
        return estimate(math.nan, math.nan, math.nan, level=level, n=n, eligible=n, method=method)
    low, high = effect.interval(level)
    return estimate(value, min(low, value), max(high, value), level=level, n=n, eligible=n, method=effect.method)
