"""Columns of lists in roles that need one value in each row, and one column in two roles: refused, for every task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError, InputError
from sterling.core.project_file import read_project
from sterling.pipeline.checking import inspect_project
from tests.pipeline.small import GIVEN, carried_out, people, write

N = 60
BOX = {"x": 1.0, "y": 1.0, "width": 4.0, "height": 4.0, "class": "cat"}
TABLE = pl.DataFrame(
    {
        "y": [0, 1] * (N // 2),
        "p": [0.2, 0.7, 0.3, 0.1, 0.2, 0.9] * (N // 6),
        "text": ["a cat", "a dog"] * (N // 2),
        "said": ["a cat", "a cow"] * (N // 2),
        "tags": [["secret", "b"], ["b"]] * (N // 2),
        "items": [["b"], ["secret"]] * (N // 2),
        "mask": [[0, 1, 1], [1, 0, 0]] * (N // 2),
        "found": [[0, 1, 1], [0, 1, 1]] * (N // 2),
        "boxes": [[BOX]] * N,
        "seen": [[{**BOX, "score": 0.5}], [{**BOX, "x": 50.0, "score": 0.5}]] * (N // 2),
        "g": ["a", "b"] * (N // 2),
        "key": [{"a": i, "b": i} for i in range(N)],
    }
)
TASKS: dict[str, dict[str, Any]] = {
    "binary": {"label": "y", "score": "p"},
    "multiclass": {"label": "text", "prediction": "said"},
    "sets": {"label": "tags", "prediction": "items"},
    "regression": {"label": "y", "prediction": "p"},
    "text": {"label": "text", "prediction": "said"},
    "segmentation": {"label": "mask", "prediction": "found"},
    "detection": {"label": "boxes", "prediction": "seen"},
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("lists", ["tags", "mask", "boxes", "seen"])
@pytest.mark.parametrize("role", ["groups", "id", "cluster"])
def test_lists_are_no_groups_and_name_no_row(task: Any, role: str, lists: str) -> None:
    more: dict[str, Any] = {role: lists}
    with pytest.raises(InputError, match=f"the {role.rstrip('s')} column {lists!r} holds lists") as caught:
        st.evaluate(TABLE, task=task, **TASKS[task], **more)
    assert caught.value.expected == "one value in every row"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("task", TASKS)
def test_lists_are_not_compared_with_a_value(task: Any) -> None:
    for condition in ("boxes > 3", "not (g = 'a' and tags = 'b')", "mask in [1, 2]"):
        with pytest.raises(InputError, match=r"the slice 'x' compares '\w+', which holds lists") as caught:
            st.evaluate(TABLE, task=task, **TASKS[task], slices={"x": condition})
        assert "len(" in caught.value.hint
    with pytest.raises(InputError, match="the slice 'x' compares 'key', which holds structs"):
        st.evaluate(TABLE, task=task, **TASKS[task], slices={"x": "key = 'a'"})


def test_whether_a_list_is_missing_may_be_asked() -> None:
    table = TABLE.with_columns(tags=pl.when(pl.col("g") == "a").then("tags"))
    run = st.evaluate(table, label="y", score="p", slices={"untagged": "tags is missing"}, min_n=5)
    assert {(g.value, g.n) for g in run.groups} == {("yes", N // 2), ("no", N // 2)}


def test_structs_are_keys() -> None:
    run = st.evaluate(TABLE, label="y", score="p", groups="g", cluster="key", id="key")
    assert run.n == N


def test_where_clauses_do_not_compare_lists(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[[limit]]\nmetric = \"tpr where tags = 'b'\"\nmax_gap = 0.2\n")
    with pytest.raises(InputError, match="the where-clause compares 'tags', which holds lists"):
        st.evaluate(TABLE, label="y", score="p", groups="g", policy=tmp_path / "p.toml")


@pytest.mark.parametrize("task", TASKS)
def test_a_label_is_not_what_the_model_says(task: Any) -> None:
    roles = {**TASKS[task], "prediction": TASKS[task]["label"]}
    with pytest.raises(ConfigError, match=f"the column '{roles['label']}' is given as the label and as what") as caught:
        st.evaluate(TABLE, task=task, **roles)
    assert "every prediction would be right" in caught.value.expected


def test_a_project_says_it_too(tmp_path: Path) -> None:
    table = people().with_columns(tags=pl.lit([["a"]]))
    lists = write(tmp_path / "a", GIVEN.replace('"g"', '"tags"'), table)
    for look in (lambda: inspect_project(read_project(lists)), lambda: carried_out(lists)):
        with pytest.raises(InputError, match="the group column 'tags' holds lists"):
            look()
    same = write(tmp_path / "b", GIVEN.replace('scores = ["p"]', 'scores = ["y"]'), table)
    for look in (lambda: inspect_project(read_project(same)), lambda: carried_out(same)):
        with pytest.raises(ConfigError, match="the column 'y' is given as the label"):
            look()
