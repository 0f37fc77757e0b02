"""Any function of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from sterling.adapters.scores import BATCH_ROWS, failed, in_batches, known_kind, pick
from sterling.adapters.tables import as_container
from sterling.core.errors import InputError, SterlingError
from sterling.core.frozen import dataclass
from sterling.core.roles import ScoreKind

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Container = Literal["polars", "pandas", "numpy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallableModel:
    """A function as a model; it never sees columns it was not promised, when `features` are given."""

    function: Callable[[Any], Any]
    name: str
    kind: ScoreKind
    features: tuple[str, ...] | None
    container: Container
    batch_rows: int

    def predict(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """Scores of shape (n,). Raises InputError when a column is missing, the function fails or scores do not fit."""
        chosen = table if self.features is None else pick(table, self.features, self.name)
        return in_batches(chosen, self._score, rows=self.batch_rows, kind=self.kind, name=self.name)

    def _score(self, batch: pl.DataFrame) -> Any:
        given = as_container(batch, self.container)
        try:
            return self.function(given)
        except SterlingError:
            raise
        except Exception as error:
            raise failed(self.name, error) from error


def from_callable(
    function: Callable[[Any], Any], *, name: str | None = None, kind: str | None = None,
    features: Sequence[str] | None = None, container: Container = "polars", batch_rows: int = BATCH_ROWS,
) -> CallableModel:  # fmt: skip
    """A model out of `function`, which takes a table of n rows and gives n scores.

    `container`: what the function is given: "polars" (default), "pandas" or "numpy" (shape (n, features)).
    `kind`: "probability" (default), "raw" or "prediction".

    Raises InputError for what cannot be called, ConfigError for an unknown kind.
    """
    if not callable(function):
        raise InputError(
            f"an object of type {type(function).__name__} cannot be called",
            where="model",
            expected="a function of a table",
        )
    return CallableModel(
        function=function, name=name or getattr(function, "__name__", type(function).__name__).strip("<>"),
        kind=known_kind(kind or "probability"), features=None if features is None else tuple(features),
        container=container, batch_rows=batch_rows,
    )  # fmt: skip
