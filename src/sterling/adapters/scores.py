"""What every adapter does with a table and with what a model gave back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.roles import ScoreKind

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

BATCH_ROWS = 65_536
"""Rows that a model sees at once: enough to be quick, few enough for any memory."""
KINDS: tuple[ScoreKind, ...] = get_args(ScoreKind)
_NUMBER = "return one number for each row: the probability of the positive class"


def known_kind(kind: str) -> ScoreKind:
    """Raises ConfigError when `kind` is none of the kinds of score."""
    for known in KINDS:
        if kind == known:
            return known
    raise ConfigError(f"unknown kind of score {shown(kind)!r}", expected=", ".join(KINDS), hint=near_miss(kind, KINDS))


def in_batches(table: pl.DataFrame, score: Callable[[pl.DataFrame], Any], *, rows: int, kind: str, name: str) -> Scores:
    """One checked score per row of `table`, shape (n,); the model is asked for at most `rows` rows at a time.

    Raises InputError when a batch's scores are of the wrong number or kind.
    """
    import numpy as np

    parts = []
    for start in range(0, table.height, rows):
        batch = table.slice(start, rows)
        parts.append(checked(score(batch), batch.height, kind=kind, name=name))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float64)


def checked(given: Any, n: int, *, kind: str, name: str) -> Scores:
    """`given` as n finite float64 numbers that fit `kind`. Raises InputError; no score is repeated in the message."""
    import numpy as np

    where = f"model {shown(name)}"
    array = np.asarray(given)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (n,):
        raise InputError(
            "the model gave the wrong number of scores", where=where, expected=f"an array of shape ({n},)",
            got=f"an array of shape {array.shape}", hint="of class probabilities, keep the positive class: [:, 1]",
        )  # fmt: skip
    if array.dtype.kind == "O":
        array = _numbers(array, where)
    if array.dtype.kind not in "fiub":
        raise InputError(
            "the model gave values that are not numbers", where=where, got=f"values of type {array.dtype}", hint=_NUMBER
        )
    scores = array.astype(np.float64)
    bad = int(np.count_nonzero(~np.isfinite(scores)))
    if bad:
        raise InputError(
            f"{bad} of {n} scores are NaN or infinite", where=where, expected="a finite score for every row",
            hint="give the model an imputer, or drop rows it cannot score and say so",
        )  # fmt: skip
    _in_range(scores, kind, where)
    return scores


def _numbers(array: Any, where: str) -> Any:
    import numpy as np

    if any(isinstance(value, str | bytes) for value in array):
        raise InputError(
            "the model gave text, not numbers", where=where, expected="numbers", hint="say which is positive"
        )
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("the model gave values that are not numbers", where=where, hint=_NUMBER) from error


def _in_range(scores: Scores, kind: str, where: str) -> None:
    import numpy as np

    if kind == "probability":
        out = int(np.count_nonzero((scores < 0) | (scores > 1)))
        if out:
            raise InputError(
                f"{out} of {len(scores)} scores lie outside [0, 1]", where=where, expected="probabilities",
                hint='say kind="raw" for scores that only rank',
            )  # fmt: skip
    if kind == "prediction" and not np.isin(scores, (0.0, 1.0)).all():
        raise InputError("some predictions are neither 0 nor 1", where=where, hint='say kind="raw" or "probability"')


def pick(table: pl.DataFrame, features: Sequence[str], name: str) -> pl.DataFrame:
    """The feature columns in the model's order. Raises InputError naming the missing ones and the nearest names."""
    missing = [f for f in features if f not in table.columns]
    if missing:
        listed = ", ".join(repr(shown(m)) for m in missing[:5]) + (" and more" if len(missing) > 5 else "")
        raise InputError(
            f"the model needs {'columns' if len(missing) > 1 else 'the column'} {listed}, not in the table",
            where=f"model {shown(name)}", hint=near_miss(missing[0], table.columns),
        )  # fmt: skip
    return table.select(features)


def failed(name: str, error: Exception) -> InputError:
    """A model raised while scoring. Its own words are chained, not repeated: they may hold values of people."""
    return InputError(
        f"the model failed while scoring ({type(error).__name__})", where=f"model {shown(name)}",
        hint="check that the columns have the types the model was trained on, and its imputers fit the missing values",
    )  # fmt: skip
