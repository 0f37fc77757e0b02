"""Promises held against statistics alone agree with those held against rows, or say that they were not checked."""

from __future__ import annotations

import polars as pl
import pytest

from sterling.core.data.profile import Profile
from sterling.data.schema.by_profile import judge_profile
from sterling.data.schema.inference import infer
from sterling.pipeline.tables import profile
from tests.data.schema.tables import access, held, kinds, schema
from tests.house.law import ROOT

N = 200


def statistics(frame: pl.DataFrame) -> Profile:
    about = profile(frame, checks=["DA010"]).evidence[0].about
    assert about is not None
    return about.profiles[0]


@pytest.mark.parametrize("name", ["lending", "income", "recidivism"])
def test_null_a_table_keeps_its_own_schema_by_its_statistics(name: str) -> None:
    frame = pl.read_parquet(ROOT / f"examples/{name}/data/{name}.parquet")
    found = judge_profile(infer(access(frame)), statistics(frame))
    assert found.found == ()
    assert found.checked >= 2 * frame.width


CASES = [
    ("missing_values", "presence.min_share = 0.9", [1] * 100 + [None] * 100),
    ("too_few_values", "presence.min_count = 150", [1] * 100 + [None] * 100),
    ("type_mismatch", 'type = "text"', [1, 2] * 100),
    ("numbers_as_text", 'type = "number"', ["1", "2"] * 100),
    ("integer_as_float", 'type = "integer"', [1.5, 2.0] * 100),
    ("nan_values", "", [1.0] * 150 + [float("nan")] * 50),
    ("infinite_values", "", [1.0] * 150 + [float("inf")] * 50),
    ("out_of_domain", 'type = "text"\ndomain.values = ["a"]', ["a"] * 150 + ["b"] * 50),
    ("misspelt_values", 'type = "text"\ndomain.values = ["female"]', ["female"] * 150 + ["Female"] * 50),
    ("new_values", 'type = "text"\ndomain.values = ["a"]\ndomain.max_new_values = 0', ["a"] * 150 + ["b"] * 50),
    ("out_of_range", "range.max = 1", [1] * 150 + [5] * 50),
    ("not_unique", "unique = true", [*range(198), 3, 3]),
    ("constant", "limits.min_distinct = 2", [1] * 200),
    ("too_many_distinct", "limits.max_distinct = 3", [1, 2, 3, 4] * 50),
    ("too_few_distinct", "limits.min_distinct = 5", [1, 2, 3, 4] * 50),
    ("mean_outside", "limits.max_mean = 2", [1, 2, 3, 4] * 50),
    ("zeros_too_frequent", "limits.max_zero_share = 0.1", [0, 1] * 100),
    ("value_too_frequent", "limits.max_value_share = 0.1", ["a", "b"] * 100),
    ("length_outside", 'type = "text"\nlength.max = 1', ["a", "bb"] * 100),
]


@pytest.mark.parametrize(("kind", "promise", "values"), CASES, ids=[c[0] for c in CASES])
def test_planted_faults_show_in_statistics_too(kind: str, promise: str, values: list[object]) -> None:
    frame = pl.DataFrame({"x": values}, strict=False)
    body = f"[column.x]\n{promise}"
    assert kind in kinds(judge_profile(schema(body), statistics(frame)))
    if kind != "integer_as_float":
        assert kind in kinds(held(body, frame))


def test_what_statistics_do_not_tell_is_listed() -> None:
    body = '[column.x]\ntype = "text"\npattern.regex = \'a\'\n[[rule]]\nname = "r"\nholds = "x = \'a\'"'
    found = judge_profile(schema(body), statistics(pl.DataFrame({"x": ["a", "b"] * 50})))
    assert "x: pattern is held against rows" in found.unchecked
    assert "rule r: rules are held against rows" in found.unchecked


def test_a_table_that_lacks_columns_and_rows() -> None:
    body = "[table]\nmin_rows = 500\n[column.x]\n[column.y]"
    found = judge_profile(schema(body), statistics(pl.DataFrame({"x": [1] * 50, "z": [1] * 50})))
    assert kinds(found) == ["too_few_rows", "missing_column", "unexpected_column"]
