"""The JSON of a run about a table is what its schema says, holds every kind, and is the same for the same evidence."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import jsonschema
import polars as pl

import sterling as st
from sterling.core.data.records import KINDS
from sterling.report.data_schema import RECORDS, data_schema
from tests.house.law import ROOT
from tests.report import tables_of


def _written() -> Any:
    spec = importlib.util.spec_from_file_location("write_schema", ROOT / "docs" / "write_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.files()


def test_the_schema_on_disk_is_the_one_that_is_written() -> None:
    path = ROOT / "docs" / "schema" / "data-1.json"
    assert path.read_text(encoding="utf-8") == _written()[path]
    assert list(RECORDS) == list(KINDS)


def test_every_record_is_as_the_schema_says() -> None:
    document = tables_of.run().to_dict()
    jsonschema.validate(document, data_schema())
    assert all(document[kind] for kind in KINDS)
    assert document["exit_code"] == 1
    json.dumps(document, allow_nan=False)


def test_a_run_on_rows_is_as_the_schema_says_too() -> None:
    table = pl.DataFrame({"age": [float(i % 50) for i in range(400)], "sex": ["f", "m"] * 200})
    run = st.profile(table, groups="sex", checks=["DA010", "DA014", "DA020"])
    document = run.to_dict()
    jsonschema.validate(document, data_schema())
    shuffled = st.profile(
        table.sample(fraction=1.0, shuffle=True, seed=3), groups="sex", checks=["DA010", "DA014", "DA020"]
    )
    assert shuffled.to_dict()["columns"] == document["columns"]
    assert run.records("columns").filter(pl.col("statistic") == "count")["value"].unique().to_list()[-1] == 400
    assert "about" in repr(run)


def test_columns_that_were_ignored_are_a_list() -> None:
    table = pl.DataFrame({"a, b": [1.0, 2.0] * 50, "x": [1.0, 2.0] * 50})
    document: Any = st.profile(table, ignore=["a, b"], checks=["DA010"]).to_dict()
    jsonschema.validate(document, data_schema())
    assert document["subject"]["ignored"] == ["a, b"]


def test_two_tables_in_python() -> None:
    old = pl.DataFrame({"x": [float(i) for i in range(500)]})
    run = st.compare(old, old.with_columns(pl.col("x") + 250), checks=["DA010", "DA012"])
    found = run.records("drift").filter((pl.col("statistic") == "ks") & pl.col("drifted"))
    assert found["column"].to_list() == ["x"]
