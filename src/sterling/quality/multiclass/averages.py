"""Averages over classes: functions of a confusion table and how they change with each of its cells.

A table has shape (slices, K, K), label by prediction. Every function gives values of shape (slices,) and slopes of the
table's shape, NaN where the value is undefined. A class *occurs* in a slice when a label or a prediction has it. As in
scikit-learn, a class that occurs and is never predicted has precision 0, and one that is never a label has recall 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Average = Callable[[Floats], tuple[Floats, Floats]]


def class_weighted(weights: Floats, prefix: str = "class_weighted") -> dict[str, Average]:
    """Means over the classes that occur, of the given weights, of shape (classes,)."""
    return {
        f"{prefix}_{name}": partial(function, weights=weights)
        for name, function in (("precision", macro_precision), ("recall", macro_recall), ("f1", macro_f1))
    }


def abstaining(weights: Floats) -> dict[str, Average]:
    """All averages of tables whose last class is a prediction of none, which no label has: it is in no mean.

    `weights` as in `class_weighted`, of the real classes.
    """
    real = np.append(np.ones(len(weights)), 0.0)
    return (
        AVERAGES | class_weighted(real, "macro") | class_weighted(np.append(weights, 0.0)) | {"micro_f1": _decided_f1}
    )


def balanced_accuracy(table: Floats) -> tuple[Floats, Floats]:
    """The mean recall of the classes that a label has (Brodersen et al. 2010)."""
    labels, _, _ = _sides(table)
    return _mean(table, divide(1.0, labels), None, labels > 0)


def macro_recall(table: Floats, weights: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """The mean recall of the classes that occur."""
    labels, _, occurs = _sides(table)
    return _mean(table, divide(1.0, labels), None, occurs * weights)


def macro_precision(table: Floats, weights: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """The mean precision of the classes that occur."""
    _, predicted, occurs = _sides(table)
    return _mean(table, None, divide(1.0, predicted), occurs * weights)


def macro_f1(table: Floats, weights: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """The mean F1 of the classes that occur."""
    labels, predicted, occurs = _sides(table)
    both = divide(2.0, labels + predicted)
    return _mean(table, both, both, occurs * weights)


def mean_iou(table: Floats) -> tuple[Floats, Floats]:
    """The mean intersection over union (Jaccard index) of the classes that occur."""
    _, _, occurs = _sides(table)
    each, slope = _ious(table)
    among = occurs.sum(axis=1)
    return divide(each.sum(axis=1), among), divide(slope(np.ones(each.shape)), among[:, None, None])


def weighted_iou(table: Floats) -> tuple[Floats, Floats]:
    """The mean intersection over union of the classes, each weighted by its share of the labels."""
    labels, _, _ = _sides(table)
    each, slope = _ious(table)
    return _weighted(labels, each, slope(labels) + each[:, :, None])


def weighted_precision(table: Floats) -> tuple[Floats, Floats]:
    """The mean precision of the classes, each weighted by its share of the labels."""
    labels, predicted, _ = _sides(table)
    hits = _diagonal(table)
    each = np.nan_to_num(divide(hits, predicted))
    by_prediction = np.nan_to_num(divide(labels, predicted))
    slope = _on_diagonal(by_prediction) + each[:, :, None] - (by_prediction * each)[:, None, :]
    return _weighted(labels, each, slope)


def weighted_f1(table: Floats) -> tuple[Floats, Floats]:
    """The mean F1 of the classes, each weighted by its share of the labels."""
    labels, predicted, _ = _sides(table)
    hits = _diagonal(table)
    both = labels + predicted
    each = np.nan_to_num(divide(2.0 * hits, both))
    part = np.nan_to_num(divide(labels, both))
    down = part * each
    slope = _on_diagonal(2.0 * part) + (each - down)[:, :, None] - down[:, None, :]
    return _weighted(labels, each, slope)


def cohens_kappa(table: Floats) -> tuple[Floats, Floats]:
    """Agreement of label and prediction beyond what their shares alone would give (Cohen 1960)."""
    labels, predicted, _ = _sides(table)
    n = table.sum(axis=(1, 2))
    seen = divide(_diagonal(table).sum(axis=1), n)
    chance = divide((labels * predicted).sum(axis=1), n * n)
    value = divide(seen - chance, 1.0 - chance)
    seen_slope = divide(np.eye(table.shape[1]) - seen[:, None, None], n[:, None, None])
    across = divide(predicted[:, :, None] + labels[:, None, :], (n * n)[:, None, None])
    chance_slope = across - 2.0 * divide(chance, n)[:, None, None]
    left = (1.0 - chance)[:, None, None]
    return value, divide(seen_slope * left - chance_slope * (1.0 - seen)[:, None, None], left * left)


def matthews(table: Floats) -> tuple[Floats, Floats]:
    """The correlation of label and prediction over K classes (Gorodkin 2004); for two classes Matthews' own."""
    labels, predicted, _ = _sides(table)
    n, hits = table.sum(axis=(1, 2)), _diagonal(table).sum(axis=1)
    top = n * hits - (labels * predicted).sum(axis=1)
    a, b = n * n - (predicted**2).sum(axis=1), n * n - (labels**2).sum(axis=1)
    root = np.sqrt(np.maximum(a, 0.0)) * np.sqrt(np.maximum(b, 0.0))
    value = divide(top, root)
    top_slope = hits[:, None, None] + n[:, None, None] * np.eye(table.shape[1])
    top_slope = top_slope - predicted[:, :, None] - labels[:, None, :]
    a_slope = divide(n[:, None] - predicted, a[:, None])[:, None, :]
    b_slope = divide(n[:, None] - labels, b[:, None])[:, :, None]
    return value, divide(top_slope, root[:, None, None]) - value[:, None, None] * (a_slope + b_slope)


def _decided_f1(table: Floats) -> tuple[Floats, Floats]:
    """Twice the right predictions over labels and predictions together, without those of the last class, none."""
    total = table.sum(axis=(1, 2))
    both = 2.0 * total - table[:, :, -1].sum(axis=1)
    value = divide(2.0 * _diagonal(table).sum(axis=1), both)
    counted = np.append(np.full(table.shape[1] - 1, 2.0), 1.0)
    return value, divide(2.0 * np.eye(table.shape[1]) - value[:, None, None] * counted, both[:, None, None])


def soften(table: Floats, n: Floats) -> Floats:
    """One row more for each class that occurs, half of it right, half spread over the others that do; over all of them
    where it occurs alone.

    `n`: rows that the table is worth, per slice. Empty cells have no variance of their own; this keeps intervals from
    closing where every row is right.
    """
    _, _, occurs = _sides(table)
    many = occurs.sum(axis=1)
    pairs = (occurs[:, :, None] & occurs[:, None, :]).astype(np.float64)
    alone = many == 1
    others = np.where(alone, table.shape[1], many) - 1
    mistakes = np.where(alone[:, None, None], occurs[:, :, None], pairs)
    spread = mistakes * np.nan_to_num(divide(0.5, others))[:, None, None]
    inside = np.eye(table.shape[1], dtype=bool)
    extra = np.where(inside, 0.5 * pairs, spread)
    return np.asarray(table + extra * np.nan_to_num(divide(table.sum(axis=(1, 2)), n))[:, None, None])


def _sides(table: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Per class: labels, predictions, and whether it occurs."""
    labels, predicted = table.sum(axis=2), table.sum(axis=1)
    return labels, predicted, labels + predicted > 0


def _diagonal(table: Floats) -> Floats:
    return np.asarray(np.einsum("skk->sk", table))


def _on_diagonal(values: Floats) -> Floats:
    return np.asarray(values[:, :, None] * np.eye(values.shape[1]))


def _ious(table: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The intersection over union of each class, 0 where it does not occur, and the slopes of their weighted sum."""
    labels, predicted, _ = _sides(table)
    hits = _diagonal(table)
    factor = np.nan_to_num(divide(1.0, labels + predicted - hits))

    def slope(weights: Floats) -> Floats:
        down = weights * hits * factor**2
        return _on_diagonal(weights * factor + down) - down[:, :, None] - down[:, None, :]

    return hits * factor, slope


def _mean(
    table: Floats, by_label: Floats | None, by_prediction: Floats | None, of: NDArray[Any]
) -> tuple[Floats, Floats]:
    """The mean over classes of hits × a factor; the factor is 1 (or 2) over labels, over predictions or over both.

    `of`: what each class weighs, shape (slices, classes); 0 for those that are left out.
    """
    factor = np.nan_to_num(by_label if by_label is not None else by_prediction)  # type: ignore[arg-type]
    weight = of.astype(np.float64)
    among = weight.sum(axis=1)
    hits = _diagonal(table) * weight
    scale = 0.5 if by_label is not None and by_prediction is not None else 1.0
    down = scale * hits * factor**2
    slope = _on_diagonal(factor * weight)
    if by_label is not None:
        slope = slope - down[:, :, None]
    if by_prediction is not None:
        slope = slope - down[:, None, :]
    return divide((hits * factor).sum(axis=1), among), divide(slope, among[:, None, None])


def _weighted(labels: Floats, each: Floats, slope: Floats) -> tuple[Floats, Floats]:
    n = labels.sum(axis=1)
    value = divide((labels * each).sum(axis=1), n)
    return value, divide(slope - value[:, None, None], n[:, None, None])


AVERAGES: dict[str, Average] = {
    "balanced_accuracy": balanced_accuracy,
    "macro_precision": macro_precision,
    "macro_recall": macro_recall,
    "macro_f1": macro_f1,
    "weighted_precision": weighted_precision,
    "weighted_f1": weighted_f1,
    "cohens_kappa": cohens_kappa,
    "matthews_correlation": matthews,
}
