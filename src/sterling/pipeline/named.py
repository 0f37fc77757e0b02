"""The form of a list of predictions: what its columns are called."""

from __future__ import annotations

PREDICTION, ROW_KEY, ID_KEY, ROW = "prediction", "row_key", "id_key", "row"
FIXED = (PREDICTION, ROW_KEY, ID_KEY, ROW)
"""The columns that name a prediction; behind them is one with the scores of each model."""


def score_column(model: str) -> str:
    """What the column with a model's scores is called: as the model, unless that is taken."""
    return f"score of {model}" if model in FIXED else model
