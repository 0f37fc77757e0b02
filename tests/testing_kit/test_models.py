"""The conformance kit finds every breach it says it looks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest

from sterling.core.errors import InputError
from sterling.testing import NonconformingError, check_model
from sterling.testing.worlds import gap_world

TABLE = gap_world(0, n=100).table


@dataclass
class Own:
    """A model of one's own, as a stranger would write it."""

    function: Callable[[pl.DataFrame], Any]
    name: Any = "own"
    kind: Any = "probability"

    def predict(self, table: pl.DataFrame) -> Any:
        return self.function(table)


def scores(table: pl.DataFrame) -> Any:
    return table["score"].to_numpy().astype(np.float64)


def test_a_good_model() -> None:
    report = check_model(Own(scores), TABLE)
    assert report.conforms
    assert report.failed == ()
    assert (report.model, report.kind, report.rows) == ("own", "probability", 300)
    assert len(report.tried) == 8


STATE = np.random.default_rng(0)


def changes_its_table(table: pl.DataFrame) -> Any:
    table.insert_column(0, pl.Series("new", np.arange(table.height)))
    return scores(table)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (object(), "it lacks name, kind or predict"),
        (Own(scores, name=""), "name is not a text"),
        (Own(scores, kind="chance"), "kind is 'chance'"),
        (Own(lambda t: scores(t)[:-1]), "shape"),
        (Own(lambda t: scores(t).astype(np.float32)), "float32"),
        (Own(lambda t: scores(t).tolist()), "list"),
        (Own(lambda t: scores(t) * np.nan), "NaN or infinite"),
        (Own(lambda t: scores(t) * 2), r"outside \[0, 1\]"),
        (Own(scores, kind="prediction"), "neither 0 nor 1"),
        (Own(lambda t: STATE.random(t.height)), "deterministic"),
        (Own(lambda t: np.linspace(0, 1, t.height)), "row order"),
        (Own(lambda t: scores(t) / max(scores(t).max(initial=1e-9), 1e-9)), "batches of 1 rows"),
        (Own(lambda t: t[:, -1].to_numpy().astype(np.float64)), "column order"),
        (Own(lambda t: scores(t) if t.height else np.zeros((0, 1))), "empty table"),
        (Own(lambda t: 1 / 0), "ZeroDivisionError where only SterlingError"),
        (Own(lambda t: t["nothing"].to_numpy()), "ColumnNotFoundError"),
        (Own(changes_its_table), "changed the table|raised"),
    ],
)
def test_every_breach_is_found(model: object, words: str) -> None:
    with pytest.raises(NonconformingError, match=words) as caught:
        check_model(model, TABLE.clone())
    assert caught.value.report.failed
    assert not caught.value.report.conforms


def test_ties_within_tolerance() -> None:
    """Single precision does not give equal bits in every batch, and need not."""
    shaky = Own(lambda t: np.clip(scores(t) + 1e-9 * t.height, 0, 1))
    assert check_model(shaky, TABLE).conforms
    with pytest.raises(NonconformingError, match="batches"):
        check_model(shaky, TABLE, tolerance=1e-12)


def test_an_empty_bench() -> None:
    with pytest.raises(InputError, match="no rows"):
        check_model(Own(scores), TABLE.head(0))
