"""Statistics read from the JSON of a profile: what is in it comes back, and what is wrong with it is named."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sterling.core.data.profile_file import is_statistics, read_statistics
from sterling.core.data.schema import Schema
from sterling.core.errors import InputError
from sterling.data.schema.by_profile import judge_profile, known_of_profile
from sterling.data.schema.checking import schema_at
from sterling.data.schema.inference import infer
from sterling.pipeline.schemas import check_schema
from sterling.pipeline.tables import profile
from tests.data.schema.tables import access, schema
from tests.house.law import ROOT

LENDING = ROOT / "examples/lending/data/lending.parquet"
SCHEMA = ROOT / "examples/lending/schema.toml"


def mixed() -> pl.DataFrame:
    """Columns of many kinds, with what is odd about each."""
    rng = np.random.default_rng(7)
    n = 400
    return pl.DataFrame({
        "number": rng.normal(50, 9, n).round(1), "odd": [float("nan")] * 9 + [float("inf")] * 2 + [0.1] * (n - 11),
        "whole": rng.integers(-4, 9, n), "text": rng.choice(["a", "b", "é\"\n"], n), "own": [f"t{i}" for i in range(n)],
        "flag": rng.random(n) < 0.3,
        "day": [dt.date(2020, 1, 1) + dt.timedelta(int(i)) for i in rng.integers(0, 90, n)],
        "at": [dt.datetime(2020, 1, 1) + dt.timedelta(hours=i) for i in range(n)], "some": [None, 1] * (n // 2),
        "none": pl.Series([None] * n), "list": [[1] * (i % 4) for i in range(n)],
        "w": rng.choice([0.5, 2.0], n),
    }, strict=False)  # fmt: skip


def written(folder: Path, document: object) -> Path:
    path = folder / "statistics.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("weight", [None, "w"])
def test_what_is_written_comes_back(tmp_path: Path, weight: str | None) -> None:
    frame = mixed()
    run = profile(frame, checks=["DA010"], weight=weight)
    about = run.evidence[0].about
    assert about is not None
    back = read_statistics(written(tmp_path, run.to_dict()))
    promised = infer(access(frame))
    assert known_of_profile(promised, back.profile) == known_of_profile(promised, about.profiles[0])
    assert back.profile.rows == frame.height
    assert (back.left_out, back.some) == (frozenset(), False)


@pytest.mark.parametrize("name", ["lending", "income", "recidivism"])
def test_the_file_tells_what_the_profile_tells(tmp_path: Path, name: str) -> None:
    run = profile(ROOT / f"examples/{name}/data/{name}.parquet", checks=["DA010"])
    about = run.evidence[0].about
    assert about is not None
    back = read_statistics(written(tmp_path, run.to_dict()))
    promised = schema_at(ROOT / f"examples/{name}/schema.toml")
    assert known_of_profile(promised, back.profile) == known_of_profile(promised, about.profiles[0])


def test_groups_of_a_profile_leave_the_whole_table_as_it_is(tmp_path: Path) -> None:
    plain, by_group = (
        check_schema(written(tmp_path, profile(LENDING, checks=["DA010"], groups=g).to_dict()), SCHEMA)
        for g in ([], ["sex", "race"])
    )
    assert by_group.held == plain.held


def test_columns_that_were_ignored_or_not_asked_of_are_not_missing(tmp_path: Path) -> None:
    ignored = profile(LENDING, checks=["DA010"], ignore=["race", "sex"])
    few = profile(LENDING, checks=["DA010"], settings={"DA010": {"columns": ["sex"]}})
    for run, open_ in ((ignored, ["race", "sex"]), (few, ["race", "term"])):
        found = check_schema(written(tmp_path, run.to_dict()), SCHEMA).held.anomalies
        assert "missing_column" not in {a.kind for a in found.found}
        for name in open_:
            assert f"{name}: the column was left out of what was looked at" in found.unchecked


ODD_NAMES = ["a, b", "x" * 100, 'say "so"', "line\nbreak"]


def test_names_of_ignored_columns_come_back_whole(tmp_path: Path) -> None:
    frame = pl.DataFrame({name: [1.0, 2.0] * 50 for name in ("kept", *ODD_NAMES)})
    back = read_statistics(written(tmp_path, profile(frame, checks=["DA010"], ignore=ODD_NAMES).to_dict()))
    assert back.left_out == set(ODD_NAMES)
    promised = schema("\n".join(f"[column.{json.dumps(name)}]" for name in frame.columns))
    found = judge_profile(promised, back.profile, left_out=back.unseen(frame.columns))
    assert found.found == ()
    assert len(found.unchecked) == len(ODD_NAMES)


@pytest.mark.parametrize("odd", [[], "x", {"ignored": "x"}, {"ignored": [1]}, {"ignored": None}])
def test_ignored_columns_that_are_no_list_are_named(tmp_path: Path, document: dict[str, Any], odd: object) -> None:
    with pytest.raises(InputError, match=r"subject\.ignored is no list of columns"):
        read_statistics(written(tmp_path, {**document, "subject": odd}))
    assert read_statistics(written(tmp_path, {**document, "subject": {}})).left_out == frozenset()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.5] * 20, "t": ["a", "b", "c"] * 20})
    return profile(frame, checks=["DA010"]).to_dict()


def place(document: dict[str, Any], statistic: str, column: str = "x") -> int:
    return next(i for i, r in enumerate(document["columns"]) if (r["statistic"], r["column"]) == (statistic, column))


WRONG = [
    ("count", "value", -1, "no count"), ("count", "value", 10**30, "no count"), ("count", "value", "60", "no count"),
    ("count", "value", 1.5, "no count"), ("count", "value", True, "no count"), ("count", "value", None, "no count"),
    ("count", "value", 61, "and x has 61"), ("missing", "value", 61, "has more missing, NaN and infinite values than"),
    ("distinct", "value", 61, "more different values than rows"), ("distinct", "error", 2, "no share"),
    ("distinct", "error", None, "no number"), ("mean", "value", "3", "no number"),
    ("mean", "value", 10**400, "no number"),
    ("quantile", "at", 1.5, "no share"), ("quantile", "value", [1], "no number"), ("top", "text", 3, "no text"),
    ("top", "value", 999, "more rows of its commonest values"), ("count", "kind", "colour", "is of no column"),
    ("count", "column", None, "no text"), ("count", "table", 5, "no text"), ("count", "slice", "x", "no object"),
    ("count", "statistic", {}, "no text"), ("mean", "statistic", "count", "is there twice"),
    ("zeros", "statistic", "zeroes", "there is no zeros of x"), ("uniform_histogram", "to", -5, "follow one another"),
    ("count", "type", 7, "no text"), ("top", "text", "\ud800", ".text is no text"),
    ("count", "column", "x\udfff", ".column is no text"),
]  # fmt: skip


@pytest.mark.parametrize(("statistic", "key", "value", "said"), WRONG)
def test_what_does_not_fit_is_named(
    tmp_path: Path, document: dict[str, Any], statistic: str, key: str, value: object, said: str
) -> None:
    broken = copy.deepcopy(document)
    broken["columns"][place(document, statistic)][key] = value
    with pytest.raises(InputError) as caught:
        read_statistics(written(tmp_path, broken))
    assert said in str(caught.value)
    assert "statistics.json: columns" in str(caught.value)


NOT_OURS = [
    ("[]", "holds no statistics of a table"), ("{}", "holds no statistics of a table"), ("null", "no statistics"),
    ('{"format": "sterling.evaluate", "version": 1}', "holds no statistics of a table"),
    ('{"format": "sterling.data", "version": 2}', "newer Sterling, as version 2"),
    ('{"format": "sterling.data", "version": 9e99}', "newer Sterling"),
    ('{"format": "sterling.data", "version": true}', "version is no number"),
    ('{"format": "sterling.data", "version": 0}', "version is no number"),
    ('{"format": "sterling.data", "version": 1}', "columns is no list"),
    ('{"format": "sterling.data", "version": 1, "columns": [3]}', "columns[0] is no object"),
    ('{"format": "sterling.data", "version": 1, "columns": []}', "holds no statistics of columns"),
    ('{"format": "sterling.data", "version": 1, "columns": [', "ends in the middle"),
    ('{"format": "sterling.data", "version": NaN}', "cannot be read"),
    ('{"format": "sterling.data", "version": ' + "9" * 5000 + "}", "cannot be read"),
    ('{"format": "sterling.data", "x": ' + "[" * 100_000, "nested too deeply"),
    ("", "ends in the middle"), ("{'format'}", "this is no JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), NOT_OURS, ids=[t[:60] for t, _ in NOT_OURS])
def test_a_file_that_is_not_ours_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    assert is_statistics(path)
    with pytest.raises(InputError) as caught:
        check_schema(path, SCHEMA)
    assert said in str(caught.value)
    assert "statistics.json" in str(caught.value)


def test_every_end_of_a_truncated_file_is_told(tmp_path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for end in range(1, len(text), max(len(text) // 40, 1)):
        with pytest.raises(InputError, match=r"ends in the middle|no JSON|cannot be read"):
            read_statistics(written(tmp_path, text[:end]))


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "statistics.json"
    path.write_bytes(b'{"format": "\xff\xfe"}')
    with pytest.raises(InputError, match="not UTF-8"):
        read_statistics(path)


def test_several_tables_are_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    two = copy.deepcopy(document)
    two["columns"] += [{**r, "table": "other"} for r in document["columns"]]
    with pytest.raises(InputError, match="statistics of 2 tables"):
        read_statistics(written(tmp_path, two))


def test_statistics_are_known_by_what_is_in_them(tmp_path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for name, content, ours in (
        ("a.json", text, True), ("a.txt", "\ufeff  " + text, True), ("none", text, True), ("a.csv", text, True),
        ("b.csv", "{a,b\n1,2\n", False), ("c.csv", "a,b\n1,2\n", False), ("d.txt", "a,b\n", False),
    ):  # fmt: skip
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert is_statistics(tmp_path / name) is ours, name
    assert not is_statistics(LENDING)
    assert not is_statistics(tmp_path)
    assert not is_statistics(tmp_path / "nothing.json")
    assert not is_statistics(pl.DataFrame())
    assert not is_statistics("a\0b")


ODD = [None, True, -1, 0, 1, 0.5, 10**18, 10**40, 1e308, -1e308, "", "x", "1e5", "2020-02-30", "9999-12", "99999999999",
       "\ud800", "é" * 500, [], {}, [[]], {"value": 1}]  # fmt: skip
ROOTS = ["format", "version", "columns", "subject", "plan"]


@pytest.fixture(scope="module")
def whole() -> tuple[dict[str, Any], Schema]:
    frame = mixed()
    return profile(frame, checks=["DA010"], settings={"DA010": {"associations": False}}).to_dict(), infer(access(frame))


def is_one_short_message(error: InputError) -> None:
    assert "statistics.json" in error.where
    assert len(str(error)) < 1_000
    assert all(c.isprintable() or c == "\n" for c in str(error))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=400)
@given(draw=st.data())
def test_anything_in_its_place_is_judged_or_named(
    whole: tuple[dict[str, Any], Schema], tmp_path: Path, draw: st.DataObject
) -> None:
    document = {**whole[0], "columns": [dict(r) for r in whole[0]["columns"]]}
    for _ in range(draw.draw(st.integers(1, 3))):
        odd = draw.draw(st.sampled_from(ODD))
        record = draw.draw(st.sampled_from(document["columns"])) if document["columns"] else {}
        match draw.draw(st.integers(0, 11)):
            case 0:
                document[draw.draw(st.sampled_from(ROOTS))] = odd
                break
            case 1:
                document["columns"] = [r for r in document["columns"] if r is not record]
            case 2:
                document["columns"] = [*document["columns"], dict(record)]
            case 3:
                record.pop(draw.draw(st.sampled_from(sorted(record))), None)
            case _:
                record[draw.draw(st.sampled_from(["value", "error", "text", "from", "to", "at", *sorted(record)]))] = (
                    odd
                )
    path = tmp_path / "statistics.json"
    path.write_text(json.dumps(document))
    try:
        found = read_statistics(path)
    except InputError as error:
        is_one_short_message(error)
        return
    judged = judge_profile(whole[1], found.profile, left_out=found.unseen(c.name for c in whole[1].columns))
    assert all(a.rows is None or 0 <= a.rows <= found.profile.rows for a in judged.found)
