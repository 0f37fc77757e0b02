"""Tables in memory: Polars, pandas, Arrow, DuckDB relations, Hugging Face data sets, whatever narwhals reads.

None is ever changed. Libraries are known by the shape of their objects and are not imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sterling.core.errors import InputError, MissingExtra, shown
from sterling.sources.reading import no_rows, translate

if TYPE_CHECKING:
    import polars as pl

EXPECTED = "a path, or a Polars, pandas, Arrow or DuckDB table, or a Hugging Face data set"


def open_frame(data: object) -> tuple[pl.LazyFrame, str]:
    """A lazy table over `data`, and what to call it. Raises InputError when it is no table, or one without rows."""
    import polars as pl

    kind = type(data)
    library = kind.__module__.partition(".")[0]
    name = f"the {library} table"
    if isinstance(data, pl.LazyFrame):
        return data, name
    if library == "datasets":
        data = _arrow_of(data, name)
    elif library == "pyarrow" and hasattr(data, "scanner"):  # a data set on disk: only the columns in use are read
        return pl.scan_pyarrow_dataset(data), name
    if isinstance(data, pl.Series) or (not isinstance(data, pl.DataFrame) and not _is_table(data)):
        raise InputError(f"an object of type {kind.__name__} is not a table", where="data", expected=EXPECTED)
    try:
        frame = data if isinstance(data, pl.DataFrame) else _convert(data, library, name)
    except (InputError, MissingExtra):
        raise
    except ModuleNotFoundError as error:
        raise translate(error, name) from error
    except Exception as error:
        # Whatever a foreign table library raises about its own table is a fault of the input.
        raise InputError(
            f"the table cannot be converted ({type(error).__name__})", where=name, hint=_culprit(data, library)
        ) from error
    if frame.height == 0:
        raise no_rows(name)
    return frame.lazy(), name


def _arrow_of(data: Any, name: str) -> object:
    """A Hugging Face data set as the Arrow table it holds; of a dictionary of splits, the only one.

    Whole numbers that stand for class names stay numbers, as the data set holds them.
    """
    if isinstance(data, dict):
        if len(data) != 1:
            splits = ", ".join(shown(str(split)) for split in list(data)[:8])
            raise InputError(
                f"the data set has {len(data)} splits", where=name, expected="one of them", got=splits,
                hint=f'give one: data["{shown(str(next(iter(data), "test")))}"]',
            )  # fmt: skip
        (data,) = data.values()
    if not hasattr(data, "num_rows"):
        raise InputError(
            "a data set that streams has no rows yet", where=name, expected="a data set that is loaded",
            hint="load it with streaming=False, or give its Parquet files",
        )  # fmt: skip
    table: object = data.with_format("arrow")[:]
    return table


def _is_table(data: Any) -> bool:
    import narwhals as nw

    try:
        nw.from_native(data)
    except (nw.exceptions.NarwhalsError, ValueError):
        return True  # a table, with something amiss that the conversion names
    except TypeError:
        # A stream of record batches; columns on their own have no schema of names.
        return hasattr(data, "__arrow_c_stream__") and hasattr(data, "schema")
    return True


def _convert(data: Any, library: str, name: str) -> pl.DataFrame:
    import narwhals as nw
    import polars as pl

    if library == "pandas":
        return _from_pandas(data, name)
    if hasattr(data, "__arrow_c_stream__") and library != "duckdb":
        unique_names(getattr(data, "column_names", ()) or getattr(getattr(data, "schema", None), "names", ()), name)
        return pl.DataFrame(data)
    if library == "duckdb":
        unique_names(data.columns, name)
    table: Any = nw.from_native(data)
    if isinstance(table, nw.LazyFrame):
        table = table.collect("polars")
    converted: pl.DataFrame = table.to_polars()
    return converted


def _from_pandas(data: Any, name: str) -> pl.DataFrame:
    import polars as pl

    names = [str(c) for c in data.columns]
    unique_names(names, name)
    if names != list(data.columns):
        data = data.set_axis(names, axis=1)
    cells = {c: held for c in names if (held := _arrays(data[c]))}
    made: pl.DataFrame = pl.from_pandas(data.drop(columns=list(cells)), nan_to_null=True, include_index=False)
    return made.with_columns(_of_arrays(c, held) for c, held in cells.items()).select(names) if cells else made


def _arrays(column: Any) -> list[Any]:
    """The cells of a pandas column of arrays, None where there is no array; empty for every other column."""
    first = (
        next((c for c in column if c is not None and not isinstance(c, float)), None) if column.dtype == object else 0
    )
    if not _is_array(first):
        return []
    held = [cell if _is_array(cell) else None for cell in column]
    return held if sum(cell is not None for cell in held) == column.count() else []


def _is_array(cell: Any) -> bool:
    return type(cell).__module__ == "numpy" and getattr(cell, "ndim", 0) > 0


def _of_arrays(name: str, cells: list[Any]) -> pl.Series:
    """A column of lists, of lists of lists for arrays of two axes, and so on. Raises TypeError for different axes."""
    import numpy as np
    import polars as pl

    there = [cell for cell in cells if cell is not None]
    if len({cell.ndim for cell in there}) > 1:
        raise TypeError
    kinds = {cell.dtype for cell in there if cell.size} or {there[0].dtype}
    if any(kind.hasobject for kind in kinds):
        return pl.Series(name, [None if cell is None else cell.tolist() for cell in cells])
    kind = np.result_type(*kinds)
    series = (None if cell is None else pl.Series(cell.astype(kind)) for cell in cells)
    return pl.Series(name, [s.arr.to_list() if s is not None and s.dtype == pl.Array else s for s in series])


def unique_names(names: Any, name: str) -> None:
    """Raises InputError when two columns of the table called `name` have one name."""
    seen: set[str] = set()
    for column in map(str, names):
        if column in seen:
            raise InputError(
                f"two columns are named {shown(column)!r}",
                where=name,
                expected="a name of its own for every column",
                hint="rename one of them",
            )
        seen.add(column)


def _culprit(data: Any, library: str) -> str:
    """Which pandas column cannot be converted, when only one at a time is tried."""
    if library != "pandas":
        return "give a Parquet file or a Polars table"
    import polars as pl

    for column in data.columns:
        try:
            _from_pandas(data[[column]].set_axis(["c"], axis=1), "")
        except (TypeError, ValueError, ArithmeticError, NotImplementedError, pl.exceptions.PolarsError):
            there, name = data[column].dropna(), repr(shown(str(column)))
            if len(there) and hasattr(there.iloc[0], "__iter__") and not isinstance(there.iloc[0], str | bytes):
                return f"make every cell of column {name} a list of values of one kind"
            return f"make column {name} all numbers or all text, for example with .astype(str)"
    return "give a Parquet file or a Polars table"
