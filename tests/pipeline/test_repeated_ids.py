"""Rows that share an id are told of, wherever the rows are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st_

import sterling as st
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine.elsewhere import stand_in
from tests.engine.test_places import Parts


def said(table: Any, **more: Any) -> list[str]:
    run = st.evaluate(table, label="y", score="p", id="id", **more)
    return [n for n in run.notices if "an id in" in n or "share" in n]


def table(ids: list[Any]) -> pl.DataFrame:
    n = len(ids)
    return pl.DataFrame({"id": ids, "y": [i % 2 for i in range(n)], "p": [0.25 + 0.5 * (i % 2) for i in range(n)]})


@given(st_.lists(st_.sampled_from(["a", "b", "c", "é", None, ""]), min_size=2, max_size=12))
def test_rows_that_share_an_id_are_counted(ids: list[str | None]) -> None:
    times = Counter(i for i in ids if i is not None)
    rows = sum(n for n in times.values() if n > 1)
    found = said(table(ids))
    assert len(found) == bool(rows)
    if rows:
        some = sum(n > 1 for n in times.values())
        assert found[0].startswith(f"{rows} rows share {some} id{'s' * (some > 1)} in id: ")


def test_ids_that_all_differ_are_no_news() -> None:
    assert said(table(list(range(200)))) == []


def test_rows_of_clusters_may_share_an_id() -> None:
    assert said(table([1, 1, 2, 2] * 10), cluster="id") == []
    apart = table([1, 1, 2, 2] * 10).with_columns(c=pl.int_range(40) // 4)
    (found,) = said(apart, cluster="c")
    assert "--cluster" not in found


def test_a_streamed_file_and_rows_elsewhere_say_the_same(tmp_path: Path) -> None:
    frame = table([1, 2, 2, 3, None, None, 3, 3] * 50 + [7])
    frame.write_parquet(tmp_path / "t.parquet")
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    roles = Roles(label="y", models=(ModelColumn(column="p"),), id="id")
    there = st.evaluate(Subject(table=plan, roles=roles, place=Parts(name, (frame[:100], frame[100:]))))
    assert said(frame) == said(tmp_path / "t.parquet") == [n for n in there.notices if "share" in n]
    assert said(frame)[0].startswith("300 rows share 3 ids in id: each of them counts by itself; where")


def test_of_very_many_rows_it_is_said_that_nobody_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.pipeline.repeated_ids.MOST", 10)
    (found,) = said(table([1] * 11))
    assert found == "whether rows share an id in id was not looked at: that is done up to 10 rows"
