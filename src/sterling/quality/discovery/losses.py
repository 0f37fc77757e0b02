"""What counts as doing badly, row by row: the event of a rate among its eligible rows, or a loss."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.rates import Rate

Kind = Literal["event", "bounded", "positive"]
"""An event happens or not; a bounded loss lies in 0 to 1; a positive one has no upper end."""

ROW_LOSSES: dict[str, Kind] = {"brier": "bounded", "log_loss": "positive"}
NUMBER_LOSSES = ("mean_absolute_error", "mean_squared_error")
_CLIP = 2.0**-52
"""Probabilities are kept this far from 0 and 1 in the log loss, as the engine and scikit-learn do."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Losses:
    """A loss per row, shape (rows,), larger is worse; what rows that are not eligible hold does not matter.

    `turned`: the metric is better when higher, so the loss of an event is its absence.
    """

    loss: NDArray[np.float64]
    eligible: NDArray[np.bool_]
    kind: Kind
    turned: bool = False


def event_losses(rate: Rate, cell: NDArray[np.uint8]) -> Losses:
    """The event of a rate: `cell` is each row's place among the confusion cells, shape (rows,).

    A rate that is better when higher counts the rows that miss. Raises ConfigError for a rate that is no share of rows,
    or of which it is not known whether higher is better.
    """
    share = rate.proportion
    if share is None or rate.where is not None:
        raise ConfigError(
            f"slices cannot be searched by {rate.name}", expected="a share of rows, such as false_negative_rate"
        )
    if rate.info.direction == "none":
        raise ConfigError(
            f"{rate.name} has no better end, so there is no worst slice", expected="accuracy, false_negative_rate, …"
        )
    hits, eligible = (np.isin(np.arange(6), np.array(places)) for places in share)
    turned = rate.info.direction == "higher"
    hit = hits[cell]
    return Losses(loss=(~hit if turned else hit).astype(np.float64), eligible=eligible[cell], kind="event",
                  turned=turned)  # fmt: skip


def score_losses(name: str, score: NDArray[np.float64], label: NDArray[np.uint8]) -> Losses:
    """Log loss (in nats) or squared error of probabilities; rows without a label (2) are not eligible.

    Raises ConfigError for a metric that is no mean over rows.
    """
    if name not in ROW_LOSSES:
        raise ConfigError(
            f"slices cannot be searched by {name}", expected="a share of rows, log_loss or brier",
            hint="it is no mean of a loss of each row",
        )  # fmt: skip
    known = label < 2
    y = (label == 1).astype(np.float64)
    if name == "brier":
        loss = (score - y) ** 2
    else:
        clipped = np.clip(score, _CLIP, 1 - _CLIP)
        loss = -np.log(np.where(y > 0, clipped, 1 - clipped))
    return Losses(loss=loss, eligible=known, kind=ROW_LOSSES[name])


def error_losses(name: str, predicted: NDArray[np.float64], actual: NDArray[np.float64]) -> Losses:
    """Absolute or squared errors of predicted numbers; rows whose actual value is NaN are not eligible.

    Raises ConfigError for a metric that is no mean over rows.
    """
    if name not in NUMBER_LOSSES:
        raise ConfigError(
            f"slices cannot be searched by {name}", expected=" or ".join(NUMBER_LOSSES),
            hint="it is no mean of a loss of each row",
        )  # fmt: skip
    known = ~np.isnan(actual)
    error = np.where(known, np.abs(predicted - actual), 0.0)
    return Losses(loss=error if name == "mean_absolute_error" else error * error, eligible=known, kind="positive")
