"""Flat records: every kind under one shape, nothing that JSON lacks."""

from __future__ import annotations

import json

import pytest

from sterling.core.data.records import KINDS, broken, records
from sterling.core.errors import ConfigError
from tests.report.tables_of import about, evidence, run


def test_every_kind_has_records_and_json_can_hold_them() -> None:
    for kind in KINDS:
        found = records(evidence(), kind)
        assert found, kind
        json.dumps(found, allow_nan=False)
        assert all("check" in record for record in found)


def test_columns_are_long_records_by_hand() -> None:
    age = {
        (r["statistic"], r["at"]): r["value"]
        for r in records(evidence(), "columns")
        if r["column"] == "age" and r["table"] == "people" and r["slice"] == {}
    }
    assert age["count", None] == 1000
    assert age["missing", None] == 50
    assert age["missing_share", None] == 0.05
    assert age["quantile", 0.5] == 37.0
    bins = [r for r in records(evidence(), "columns") if r["statistic"] == "uniform_histogram" and r["column"] == "age"]
    assert (bins[0]["from"], bins[0]["to"]) == (20.0, 30.0)


def test_documented_names_of_each_kind() -> None:
    wanted = {
        "drift": {"column", "statistic", "value", "low", "high", "drifted"},
        "personal_data": {"column", "kind", "count", "share", "share_low", "share_high"},
        "anonymity": {"quasi", "k", "unique_rows"},
        "anomalies": {"kind", "severity", "column", "what"},
    }
    for kind, names in wanted.items():
        for record in records(evidence(), kind):
            assert names <= set(record), kind


def test_frames_are_tidy_and_an_unknown_kind_says_which_there_are() -> None:
    frame = run().records("columns")
    assert frame.schema["value"].is_float()
    assert frame.schema["n"].is_integer()
    assert run().records("people").height == len(about().people.reference) + 3  # type: ignore[union-attr]
    with pytest.raises(ConfigError, match="anonymity"):
        run().records("anonymty")
    with pytest.raises(ConfigError, match="records"):
        _ = run().frame


def test_broken_promises_are_those_of_severity_error() -> None:
    assert [a.column for a in broken(evidence())] == ["age"]
    assert run().exit_code == 1
