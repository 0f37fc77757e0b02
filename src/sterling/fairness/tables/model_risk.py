"""Outcomes analysis: predicted against observed by segment and band, order of the bands, a challenger."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.outcomes import BackTest, Band, Challenger, Comparison, Segment
from sterling.core.run import Drawing
from sterling.core.slices import Slice
from sterling.core.table import EstimateTable
from sterling.fairness.tables.impact import rate_of
from sterling.stats.backtest import binomial_range
from sterling.stats.difference import newcombe
from sterling.stats.paired_auc import Change, auc_change, mean_change

Floats = NDArray[np.float64]
_EPS = float(np.finfo(np.float64).eps)


def segments(table: EstimateTable, drawing: Drawing) -> tuple[Segment, ...]:
    """Everyone and every slice: predicted against observed, AUC, Brier score."""
    return tuple(
        Segment(
            slice=slice_,
            n=int(table.n[i]),
            test=_test(drawing, i, range(len(drawing.edges) - 1), table.level),
            difference=_estimate(table, "calibration_in_the_large", slice_),
            auc=_estimate(table, "auc", slice_),
            brier=_estimate(table, "brier", slice_),
        )
        for i, slice_ in enumerate(table.slices)
    )


def bands(table: EstimateTable, drawing: Drawing) -> tuple[Band, ...]:
    """The bands of the score that hold somebody with a label, over everyone, lowest first."""
    tests = ((k, _test(drawing, 0, (k,), table.level)) for k in range(len(drawing.edges) - 1))
    return tuple(
        Band(low=drawing.edges[k], high=drawing.edges[k + 1], test=test) for k, test in tests if test is not None
    )


def inversions(found: tuple[Band, ...], *, level: float) -> tuple[int, int]:
    """Neighbouring bands whose observed shares fall where the score rises: how many, and how many surely so.

    Surely: Newcombe's interval of the difference, corrected for the number of neighbours (Bonferroni), lies below 0.
    """
    if len(found) < 2:
        return 0, 0
    hits = np.array([b.test.count for b in found])
    n = np.array([b.test.n for b in found])
    corrected = 1 - (1 - level) / (len(found) - 1)
    _, high = newcombe(hits[1:], n[1:], hits[:-1], n[:-1], level=corrected)
    falls = hits[1:] * n[:-1] < hits[:-1] * n[1:]
    return int(falls.sum()), int((falls & (high < 0)).sum())


def _test(drawing: Drawing, row: int, bins: Iterable[int], level: float) -> BackTest | None:
    """Predicted against observed of the people of some bins of one slice."""
    chosen = list(bins)
    positive = np.array([drawing.positive[row][k] for k in chosen])
    people = positive + np.array([drawing.negative[row][k] for k in chosen])
    n, count = int(people.sum()), int(positive.sum())
    if n == 0:
        return None
    means = np.array([drawing.mean_score[row][k] for k in chosen], dtype=np.float64)
    if np.isnan(means[people > 0]).any():
        raise ConfigError(
            "predicted and observed are not compared: the scores are no probabilities, or rows are weighted",
            hint="give probabilities without weights to compare them",
        )
    expected = float((np.nan_to_num(means) * people).sum())
    predicted = min(max(expected / n, 0.0), 1.0)
    low, high = (int(v) for v in binomial_range(n, predicted, level=level))
    return BackTest(
        n=n, predicted=predicted, observed=rate_of(count, n, level), count=count, expected=expected,
        expected_low=low, expected_high=high, outside=not low <= count <= high,
    )  # fmt: skip


def _estimate(table: EstimateTable, metric: str, slice_: Slice) -> Estimate:
    return table.estimate(metric, slice_)


def challenger(
    model: str, champion: Floats, other: Floats, label: NDArray[np.uint8], *, level: float
) -> Challenger:  # fmt: skip
    """A second model on the same people. Probabilities of shape (n,); label 0, 1, or 2 where it is missing."""
    known = label < 2
    a, b, y = champion[known], other[known], label[known] == 1
    found = (
        ("AUC", "higher", auc_change(a, b, y, level=level)),
        ("Brier score", "lower", mean_change((a - y) ** 2, (b - y) ** 2, level=level)),
        ("log loss", "lower", mean_change(_loss(a, y), _loss(b, y), level=level)),
    )
    return Challenger(
        model=model,
        n=len(y),
        comparisons=tuple(
            Comparison(
                metric=name, better="higher" if better == "higher" else "lower", champion=_known(change.first),
                challenger=_known(change.second), difference=_difference(change, len(y), level, name),
            )
            for name, better, change in found
        ),
    )  # fmt: skip


def _loss(p: Floats, positive: NDArray[np.bool_]) -> Floats:
    chance = np.clip(np.where(positive, p, 1 - p), _EPS, 1 - _EPS)
    return np.asarray(-np.log(chance))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _difference(change: Change, n: int, level: float, name: str) -> Estimate:
    method = "DeLong, paired" if name == "AUC" else "Student interval of paired differences"
    if np.isnan(change.difference):
        return Estimate(
            value=None, low=None, high=None, level=level, n=n, n_eligible=n, method=method, status="undefined"
        )
    return Estimate(
        value=change.difference, low=change.low, high=change.high, level=level, n=n, n_eligible=n, method=method
    )
