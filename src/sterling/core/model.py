"""What a live model must be able to do. Extra abilities are Protocols of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@runtime_checkable
class Model(Protocol):
    """A model that scores a table.

    `predict` takes a table of n rows and gives n scores: probabilities of the positive label when `kind` is
    "probability", any ordering numbers when "raw", 0 or 1 when "prediction".
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def predict(self, table: pl.DataFrame) -> NDArray[np.float64]: ...
