"""A split is held against itself: rows, entities and times that stand on both sides."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sterling.core.errors import InputError
from sterling.core.project import Split
from sterling.data.leaks.split import leaks_of_split
from sterling.pipeline.steps.split import PARTS, assign


def test_by_hand() -> None:
    frame = pl.DataFrame(
        {"part": ["x", "y", "x", "y"], "v": [1, 2, 1, 3], "home": ["a", "b", "b", None], "t": [1, 2, 3, 4]}
    )
    found = leaks_of_split(frame, np.array([0, 0, 2, 2]), PARTS, entity="home", time="t")
    assert [(k.kind, k.first, k.second, k.n, k.rows) for k in found.between] == [
        ("exact", "train", "certify", 2, 0), ("entity", "train", "certify", 1, 1), ("time", "train", "certify", 2, 0),
    ]  # fmt: skip
    assert leaks_of_split(frame.drop("home", "t"), np.array([0, 0, 2, 2]), PARTS).between[0].rows == 1


def test_the_splits_of_projects_keep_what_they_promise() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"id": range(600), "home": rng.integers(0, 80, 600), "x": rng.integers(0, 150, 600), "t": rng.permutation(600)}
    )
    by_entity = assign(frame, Split(by="entity"), id="id", entity="home", time=None)
    kinds = {
        k.kind: k
        for k in leaks_of_split(frame, by_entity, PARTS, id="id", entity="home").between
        if k.second == "certify"
    }
    assert kinds["entity"].rows == 0
    by_row = assign(frame, Split(by="row"), id="id", entity="home", time=None)
    leaked = leaks_of_split(frame, by_row, PARTS, id="id", entity="home").between
    assert any(k.kind == "entity" and (k.share.low or 0) > 0.5 for k in leaked)
    by_time = assign(frame, Split(by="time"), id="id", entity=None, time="t")
    assert all(
        k.rows == 0 for k in leaks_of_split(frame, by_time, PARTS, id="id", time="t").between if k.kind == "time"
    )
    no_id = frame.drop("id", "home", "t").with_columns(y=1)
    assert all(
        k.rows == 0
        for k in leaks_of_split(no_id, assign(no_id, Split(), id=None, entity=None, time=None), PARTS).between
    )


def test_slips_are_told() -> None:
    with pytest.raises(InputError, match="not as many"):
        leaks_of_split(pl.DataFrame({"x": [1]}), np.array([0, 1]), PARTS)
