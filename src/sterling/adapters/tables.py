"""A Polars table in the container a model was trained on. The table itself is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sterling.core.extras import require

if TYPE_CHECKING:
    import polars as pl


def as_container(table: pl.DataFrame, container: Literal["polars", "pandas", "numpy"]) -> Any:
    """`table` as itself, as a pandas frame, or as an array of shape (n, columns). MissingExtra without pandas."""
    if container == "pandas":
        return to_pandas(table)
    return to_matrix(table) if container == "numpy" else table


def to_pandas(table: pl.DataFrame) -> Any:
    """As pandas reads such a table from a file itself: missing numbers and missing text are NaN. Needs no pyarrow."""
    pandas = require("pandas", extra="pandas", why="this model")
    return pandas.DataFrame({c.name: _values(c) for c in table.iter_columns()}, columns=table.columns)


def _values(column: pl.Series) -> Any:
    import numpy as np
    import polars as pl

    dtype = column.dtype
    if dtype == pl.Boolean:
        return column.to_numpy() if not column.null_count() else column.to_list()
    if dtype.is_decimal():
        return column.cast(pl.Float64).to_numpy(allow_copy=True).copy()
    if dtype.is_numeric() or dtype.is_temporal():
        return column.to_numpy(allow_copy=True).copy()
    text = column.cast(pl.String).to_numpy() if dtype in (pl.String, pl.Categorical, pl.Enum) else column.to_numpy()
    values = np.array(text, dtype=object)
    values[column.is_null().to_numpy()] = np.nan
    return values


def to_matrix(table: pl.DataFrame) -> Any:
    """Shape (n, columns): float64 with NaN for missing when every column is numeric, else objects."""
    import numpy as np
    import polars as pl

    if all(dtype.is_numeric() or dtype == pl.Boolean for dtype in table.dtypes):
        return np.column_stack(
            [c.cast(pl.Float64).to_numpy() for c in table.iter_columns()] or [np.empty((table.height, 0))]
        )
    out = np.empty((table.height, table.width), dtype=object)
    for i, column in enumerate(table.iter_columns()):
        out[:, i] = _values(column)
    return out
