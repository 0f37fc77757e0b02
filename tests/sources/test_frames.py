"""Tables in memory, of every library: equal rows in, equal rows out, and nothing changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest
from polars.testing import assert_frame_equal

from sterling.core.errors import InputError
from sterling.sources.open import open_table

ROWS = pl.DataFrame(
    {"label": [1, 0, 1], "p": [0.5, None, 1.0], "race": ["white", None, "Ω, other"], "b": [True, None, False]}
)


def as_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.to_pandas()


def as_pandas_arrow(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.to_pandas(use_pyarrow_extension_array=True)


def as_reader(frame: pl.DataFrame) -> pa.RecordBatchReader:
    return frame.to_arrow().to_reader(max_chunksize=2)


class Dataset:
    """What a Hugging Face data set shows of itself: formats, and rows by slice. It is known by where it comes from."""

    def __init__(self, table: pa.Table, form: str = "python") -> None:
        self.table, self.form = table, form

    @property
    def num_rows(self) -> int:
        return self.table.num_rows

    def with_format(self, form: str) -> Dataset:
        return Dataset(self.table, form)

    def __getitem__(self, rows: slice) -> object:
        start, stop, _ = rows.indices(self.table.num_rows)
        part = self.table.slice(start, stop - start)
        return part if self.form == "arrow" else part.to_pydict()


class DatasetDict(dict[str, Dataset]):
    """Splits by name."""


class IterableDataset:
    """A data set that streams: a part of it can be asked for, and is one that streams again."""

    def with_format(self, form: str) -> IterableDataset:
        return self

    def __getitem__(self, rows: slice) -> IterableDataset:
        return self


for _kind in (Dataset, DatasetDict, IterableDataset):
    _kind.__module__ = "datasets.stand_in"


def as_data_set(frame: pl.DataFrame) -> Dataset:
    return Dataset(frame.to_arrow())


def as_only_split(frame: pl.DataFrame) -> DatasetDict:
    return DatasetDict(test=as_data_set(frame))


def as_arrow_data_set(frame: pl.DataFrame) -> object:
    return pyarrow.dataset.dataset(frame.to_arrow())


def as_relation(frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    connection.register("rows", frame.to_arrow())
    return connection.sql("select * from rows")


@pytest.mark.parametrize(
    "make",
    [
        lambda f: f,
        pl.DataFrame.lazy,
        as_pandas,
        as_pandas_arrow,
        pl.DataFrame.to_arrow,
        as_reader,
        as_relation,
        as_data_set,
        as_only_split,
        as_arrow_data_set,
    ],
    ids=[
        "polars",
        "lazy",
        "pandas",
        "pandas-arrow",
        "arrow",
        "reader",
        "duckdb",
        "data-set",
        "only-split",
        "arrow-data-set",
    ],
)
def test_every_library(make: Callable[[pl.DataFrame], object]) -> None:
    opened = open_table(make(ROWS))
    assert_frame_equal(opened.table.collect(), ROWS)
    assert opened.files == ()
    assert opened.name.startswith("the ")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([np.eye(2, 3, dtype=int), np.eye(3, 2, dtype=np.uint8), None], pl.List(pl.List(pl.Int64))),
        ([np.zeros((2, 3, 1), dtype=bool)] * 3, pl.List(pl.List(pl.Array(pl.Boolean, 1)))),
        ([np.array(["b", "a"]), np.array([]), float("nan")], pl.List(pl.String)),
        ([np.array(["b", None], dtype=object), None, np.array([], dtype=object)], pl.List(pl.String)),
        ([{"a"}, None, set()], pl.List(pl.String)),
    ],
)
def test_pandas_cells_may_be_arrays_and_sets(cells: list[Any], kind: pl.DataType) -> None:
    frame = open_table(pd.DataFrame({"m": cells, "g": ["a", "b", "c"]}, index=[7, 7, 8])).table.collect()
    assert frame.schema == {"m": kind, "g": pl.String}
    plain = [None if c is None or isinstance(c, float) else getattr(c, "tolist", lambda c=c: list(c))() for c in cells]
    assert frame["m"].to_list() == plain


def test_odd_cells_are_not_to_be_made_text() -> None:
    for cells in ([np.eye(2), np.zeros(3)], [np.array([1]), "x"], [[1], "x"]):
        with pytest.raises(InputError, match="make every cell of column 'm' a list of values of one kind"):
            open_table(pd.DataFrame({"g": [1, 2], "m": pd.Series(cells)}))


def test_pandas_keeps_what_it_was() -> None:
    given = pd.DataFrame({"p": [0.5, np.nan], 3: ["a", None], "c": pd.Categorical(["x", "y"])}, index=["i", "j"])
    copy = given.copy(deep=True)
    frame = open_table(given).table.collect()
    pd.testing.assert_frame_equal(given, copy)
    assert frame.columns == ["p", "3", "c"]
    assert frame["p"].to_list() == [0.5, None]
    assert frame["c"].cast(pl.String).to_list() == ["x", "y"]


def test_odd_types_survive() -> None:
    given = pd.DataFrame(
        {"n": pd.array([1, None], dtype="Int64"), "t": [dt.date(2020, 1, 1), None], "d": [Decimal("0.1"), Decimal("2")]}
    )
    frame = open_table(given).table.collect()
    assert frame["n"].to_list() == [1, None]
    assert frame["d"].cast(pl.Float64).to_list() == [0.1, 2.0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ROWS.head(0), "the table has no rows"),
        (pd.DataFrame({"a": []}), "the table has no rows"),
        (pl.DataFrame(), "the table has no rows"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns are named 'a'"),
        (pa.table([[1], [2]], names=["a", "a"]), "two columns are named 'a'"),
        (pd.DataFrame({"good": [1, 2], "bad": [1, "Jane"]}), "make column 'bad' all numbers or all text"),
        (pl.Series([1]), "is not a table"),
        (pd.Series([1]), "is not a table"),
        (pa.chunked_array([[1]]), "is not a table"),
        (pa.array([1]), "is not a table"),
        (np.zeros((2, 2)), "is not a table"),
        ({"a": [1]}, "is not a table"),
        ([1, 2], "is not a table"),
        ([], "is not a table"),
        (None, "is not a table"),
        (b"t.csv", "bytes are not a path"),
        (3, "is not a table"),
    ],
    ids=str,
)
def test_refused(given: object, words: str) -> None:
    with pytest.raises(InputError) as caught:
        open_table(given)
    assert words in str(caught.value)
    assert "Jane" not in str(caught.value)


def test_a_relation_that_fails_when_it_is_read() -> None:
    relation = duckdb.connect().sql("select case when i = 2 then error('Jane') else i end as v from range(3) t(i)")
    with pytest.raises(InputError) as caught:
        open_table(relation)
    assert "Jane" not in str(caught.value)


def test_of_several_splits_one_is_given() -> None:
    splits = DatasetDict(train=as_data_set(ROWS), test=as_data_set(ROWS))
    with pytest.raises(InputError, match="the data set has 2 splits") as caught:
        open_table(splits)
    assert "train, test" in str(caught.value)
    assert 'data["train"]' in str(caught.value)
    with pytest.raises(InputError, match="the data set has 0 splits"):
        open_table(DatasetDict())


def test_a_data_set_that_streams() -> None:
    with pytest.raises(InputError, match="a data set that streams has no rows yet"):
        open_table(IterableDataset())


def test_of_an_arrow_data_set_on_disk_only_the_columns_in_use_are_read(tmp_path: Path) -> None:
    for i in range(2):
        ROWS.write_parquet(tmp_path / f"{i}.parquet")
    table = open_table(pyarrow.dataset.dataset(tmp_path)).table
    assert_frame_equal(table.select("p").collect(), pl.concat([ROWS, ROWS]).select("p"))
    assert "1/4 COLUMNS" in table.select("p").explain()


def test_a_hugging_face_data_set() -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict(ROWS.to_dict(as_series=False))
    assert_frame_equal(open_table(rows).table.collect(), ROWS)
    assert_frame_equal(open_table(rows.select([2, 0])).table.collect(), ROWS[[2, 0]])
    assert_frame_equal(open_table(rows.with_format("numpy", columns=["p"])).table.collect(), ROWS)
    assert_frame_equal(open_table(datasets.DatasetDict(test=rows)).table.collect(), ROWS)
    with pytest.raises(InputError, match="2 splits"):
        open_table(datasets.DatasetDict(train=rows, test=rows))
    with pytest.raises(InputError, match="streams"):
        open_table(rows.to_iterable_dataset())


def test_an_ibis_table() -> None:
    ibis = pytest.importorskip("ibis")
    connection = ibis.duckdb.connect()
    connection.con.register("people", ROWS.to_arrow())
    table = connection.table("people")
    assert_frame_equal(open_table(table).table.collect(), ROWS)
    assert_frame_equal(open_table(table.filter(table.label == 1)).table.collect(), ROWS.filter(pl.col("label") == 1))
