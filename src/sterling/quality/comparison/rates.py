"""How much a rate changes from the baseline to the candidate, from joint counts of both decisions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core import algebra
from sterling.core.algebra import CELLS
from sterling.core.rates import MetricInfo, Rate
from sterling.engine.quantity import At, Quantity
from sterling.quality.comparison.joint import LABELS, PLACES, Joint
from sterling.quality.comparison.linear import reach
from sterling.stats.arrays import Interval, divide
from sterling.stats.paired import paired_change_z
from sterling.stats.proportion import wilson_value

Floats = NDArray[np.float64]

CELL = np.array([[CELLS.index(c) for c in row] for row in (("tn", "fn", "rejected_unlabelled"),
                                                           ("fp", "tp", "selected_unlabelled"))])  # fmt: skip
"""The confusion cell of a decision and a label (no, yes, missing)."""
_OF_BASELINE = np.array([CELL[b, y] for b in (0, 1) for c in (0, 1) for y in (0, 1, 2)])
_OF_CANDIDATE = np.array([CELL[c, y] for b in (0, 1) for c in (0, 1) for y in (0, 1, 2)])
"""The confusion cell of each of the twelve places, by either model."""


def cells(joint: Floats, of: NDArray[np.int64]) -> Floats:
    """Confusion cells (slices, thresholds, 6) of one of the models."""
    flat = joint.reshape(*joint.shape[:2], PLACES)
    out = np.zeros((*joint.shape[:2], len(CELLS)))
    for place, cell in enumerate(of):
        out[..., cell] += flat[..., place]
    return out


def both_values(joint: Joint, rate: Rate) -> tuple[Floats, Floats]:
    """The rate of the baseline and of the candidate, of shape (slices, thresholds)."""
    first, second = (algebra.evaluate(rate.node, cells(joint.w, of))[0] for of in (_OF_BASELINE, _OF_CANDIDATE))
    return first, second


def change(joint: Joint, rate: Rate, info: MetricInfo, *, relative: bool = False) -> Quantity:
    """Candidate less baseline (as a part of the baseline if `relative`). `info` describes the change.

    A share whose denominator the decision does not touch has Tango's score interval; all else is linearised, every row
    with its influence on both models, so that people decided alike by both add nothing.
    """
    value_b, slope_b = algebra.evaluate(rate.node, cells(joint.w, _OF_BASELINE))
    value_c, slope_c = algebra.evaluate(rate.node, cells(joint.w, _OF_CANDIDATE))
    value = divide(value_c, value_b) - 1 if relative else value_c - value_b
    read = list(rate.cells_read)
    eligible = np.minimum(cells(joint.rows, _OF_BASELINE)[..., read].sum(axis=-1),
                          cells(joint.rows, _OF_CANDIDATE)[..., read].sum(axis=-1))  # fmt: skip
    hits = _same_people(rate)
    if hits is not None and not relative and joint.products is None and joint.w is joint.rows:
        flat = joint.rows.reshape(*joint.rows.shape[:2], PLACES)
        gained = (flat * (hits[1] & ~hits[0])).sum(axis=-1)
        lost = (flat * (hits[0] & ~hits[1])).sum(axis=-1)
        at: At = partial(_tango, gained, lost, eligible)
        method = "score interval of paired shares (Tango)"
    else:
        times_c, times_b = (1.0, 1.0) if not relative else (
            divide(1.0, value_b)[..., None], divide(value_c, value_b**2)[..., None]
        )  # fmt: skip
        slope = times_c * slope_c[..., _OF_CANDIDATE] - times_b * slope_b[..., _OF_BASELINE]
        if joint.products is None:
            variance = (slope**2 * joint.q.reshape(slope.shape)).sum(axis=-1)
            effective = divide(joint.w.sum(axis=(2, 3, 4)) ** 2, joint.q.sum(axis=(2, 3, 4)))
            effective = np.fmin(effective, eligible)
        else:
            assert joint.clusters is not None
            number = joint.clusters[:, None].astype(np.float64)
            variance = np.einsum("stk,stkl,stl->st", slope, joint.products, slope) * divide(number, number - 1)
            effective = np.fmin(np.broadcast_to(number, value.shape), eligible)
        # None seen to change does not show that none would: at least one unit may go from one end to the other.
        least = divide(0.0 if info.high is None else info.high, effective) ** 2
        variance = np.where(np.isnan(value), np.nan, np.fmax(variance, least))
        at = partial(reach, value, variance, effective, info)
        method = "paired, linearised on joint counts of both decisions"
        if joint.products is not None:
            value, method = np.where(joint.clusters[:, None] > 1, value, np.nan), f"{method}; clusters as units"  # type: ignore[index]
    return Quantity(
        info=info, value=value, interval_at=at, decide_at=at, n_eligible=eligible.astype(np.int64),
        n_effective=eligible, method=method,
    )  # fmt: skip


def _tango(gained: Floats, lost: Floats, n: Floats, critical: ArrayLike) -> Interval:
    """Only where a critical value is given: limits look at few cells of a table."""
    zed = np.broadcast_to(np.asarray(critical, dtype=np.float64), gained.shape)
    known = ~np.isnan(zed)
    low, high = np.full(gained.shape, np.nan), np.full(gained.shape, np.nan)
    low[known], high[known] = paired_change_z(gained[known], lost[known], n[known], zed[known])
    return Interval(low, high)


def _same_people(rate: Rate) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """For each of the twelve places whether it is a hit of either model, if both rates have the same denominator."""
    if rate.proportion is None:
        return None
    hits, eligible = (np.isin(np.arange(len(CELLS)), part) for part in rate.proportion)
    if not np.array_equal(eligible[_OF_BASELINE], eligible[_OF_CANDIDATE]):
        return None
    return hits[_OF_BASELINE], hits[_OF_CANDIDATE]


Decided = tuple[tuple[int, int], ...]
Flips = Mapping[str, tuple[str, str, str, Decided, Decided]]
"""By name: label, meaning, formula, and which decisions (baseline, candidate) are hits among which."""
FLIPS: Flips = {
    "flip_rate": ("Decided otherwise", "of all people, the share whom the two models decide differently",
                  "(gained + lost) / all", ((0, 1), (1, 0)), ((0, 0), (0, 1), (1, 0), (1, 1))),
    "flip_rate_to_positive": ("Newly selected", "of those the baseline does not select, the share the candidate does",
                              "gained / not selected by the baseline", ((0, 1),), ((0, 0), (0, 1))),
    "flip_rate_to_negative": ("No longer selected", "of those the baseline selects, the share the candidate does not",
                              "lost / selected by the baseline", ((1, 0),), ((1, 0), (1, 1))),
}  # fmt: skip

OTHERWISE: Flips = {
    "flip_rate": ("Another class named", "of all rows, the share to which the two models give different classes",
                  "named otherwise / all", ((0, 1),), ((0, 0), (0, 1))),
}  # fmt: skip
TURNED: Flips = {
    "flip_rate_to_right": ("Newly right", "of the labelled rows that the baseline gets wrong, the share the candidate "
                           "gets right", "wrong, then right / wrong with the baseline", ((0, 1),), ((0, 0), (0, 1))),
    "flip_rate_to_wrong": ("Newly wrong", "of the labelled rows that the baseline gets right, the share the candidate "
                           "gets wrong", "right, then wrong / right with the baseline", ((1, 0),), ((1, 0), (1, 1))),
}  # fmt: skip


def flips(joint: Joint, of: Flips = FLIPS) -> list[Quantity]:
    """Shares of people decided otherwise."""
    out = []
    for name, (label, plain, formula, hit, among) in of.items():
        info = MetricInfo(
            name=name, label=label, plain=plain, eligible="everyone", formula=formula, needs_label=False,
            source="TensorFlow Model Analysis, boolean flip rates",
        )  # fmt: skip
        top, bottom = (sum(joint.w[:, :, b, c].sum(axis=-1) for b, c in some) for some in (hit, among))
        n = sum(joint.rows[:, :, b, c].sum(axis=-1) for b, c in among)
        squares = sum(joint.q[:, :, b, c].sum(axis=-1) for b, c in among)
        size = np.asarray(n if joint.w is joint.rows else divide(np.asarray(bottom) ** 2, squares), dtype=np.float64)
        if joint.products is not None:  # Kish's n over clusters: each counts as one person
            places = [(b * 2 + c) * LABELS + y for b, c in among for y in range(LABELS)]
            totals = joint.products[:, :, places][..., places].sum(axis=(2, 3))
            size = np.fmin(size, divide(np.asarray(bottom) ** 2, totals))
        value = divide(top, bottom)
        at: At = partial(wilson_value, value, size)
        count = np.asarray(n).astype(np.int64)
        out.append(
            Quantity(info=info, value=value, interval_at=at, decide_at=at, n_eligible=count, n_effective=size,
                     method="Wilson score interval")
        )  # fmt: skip
    return out
