"""A label that is not one of two values: the message says how many rows have each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import InputError
from tests.pipeline.small import GIVEN, carried_out, people, write


def refused(values: list[Any], **more: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        st.evaluate(pl.DataFrame({"y": values, "p": [0.5] * len(values)}), label="y", score="p", **more)
    return caught.value


@pytest.mark.parametrize("kind", [pl.Int8, pl.Float64, pl.String])
def test_a_value_that_does_not_belong_is_named_with_its_rows(kind: Any) -> None:
    error = refused(pl.Series([0] * 600 + [1] * 400 + [2, 3, 3]).cast(kind).to_list())
    assert error.got == "0 in 600 rows, 1 in 400 rows, 3 in 2 rows, 2 in 1 row"
    assert error.hint.startswith(
        "mend or leave out the 3 rows with 3, 2; or say which one is positive: --positive 0 or "
    )
    assert "--task multiclass" in error.hint


def test_one_odd_row_among_words_of_ones_own() -> None:
    error = refused(["approved"] * 600 + ["denied"] * 400 + ["Approved?"])
    assert error.got == "approved in 600 rows, denied in 400 rows, Approved? in 1 row"
    assert error.hint.startswith("mend or leave out the 1 row with Approved?; or say which one is positive: ")


def test_three_classes_have_no_odd_one() -> None:
    error = refused(["a"] * 30 + ["b"] * 30 + ["c"] * 40)
    assert error.got == "c in 40 rows, a in 30 rows, b in 30 rows"
    assert error.hint.startswith("say which one is positive: --positive a or --positive b or --positive c")


def test_many_slips_beside_0_and_1() -> None:
    """Words that are plain by themselves are no slips, however often others occur."""
    error = refused(["no"] * 50 + ["yes"] * 50 + ["?"] * 40)
    assert error.hint.startswith("mend or leave out the 40 rows with ?; or say")


def test_texts_and_ids_are_not_told() -> None:
    """What one row alone has may be somebody's words or name: how many there are is enough."""
    ids = refused([f"patient {i}" for i in range(30)])
    assert ids.got == "30 values in 30 rows"
    said = refused([f"she said {i} times that the bell had rung at noon" for i in range(9)] * 3)
    assert said.got == ""
    assert said.hint.endswith("; for a model that writes texts --task text")
    assert not any(word in str(error) for error in (ids, said) for word in ("patient", "bell"))


LISTS: dict[str, dict[str, Any]] = {
    "binary": {"score": "p"},
    "multiclass": {"prediction": "k"},
    "regression": {"prediction": "p"},
    "text": {"prediction": "k"},
}


@pytest.mark.parametrize("task", LISTS)
def test_lists_are_sets_or_boxes_and_none_is_told(task: Any) -> None:
    table = pl.DataFrame({"y": [["secret"], ["other"]] * 20, "p": [0.5] * 40, "k": ["a", "b"] * 20})
    boxes = table.with_columns(y=pl.lit([{"x": 1.0}]))
    for frame, hint in ((table, "--task sets"), (boxes, "--task detection")):
        with pytest.raises(InputError, match="the column 'y' holds lists, not single values") as caught:
            st.evaluate(frame, label="y", task=task, **LISTS[task])
        assert hint in caught.value.hint
        assert "secret" not in str(caught.value)


def test_rows_of_a_file_that_is_streamed_are_counted(tmp_path: Path) -> None:
    n = 300_000
    table = pl.DataFrame({"y": [0, 1] * (n // 2), "p": [0.5] * n})
    table[n // 3 + 1, "y"] = 2
    table.write_parquet(tmp_path / "t.parquet", row_group_size=50_000)
    with pytest.raises(InputError) as caught:
        st.evaluate(tmp_path / "t.parquet", label="y", score="p")
    assert caught.value.got == "0 in 150,000 rows, 1 in 149,999 rows, 2 in 1 row"


def test_a_project_says_it_too(tmp_path: Path) -> None:
    table = people().with_columns(y=pl.when(pl.col("id") == 3).then(2).otherwise("y"))
    folder = write(tmp_path / "p", GIVEN.replace("positive = 1\n", ""), table)
    with pytest.raises(InputError) as caught:
        carried_out(folder)
    assert caught.value.got.endswith(", 2 in 1 row")
    assert "mend or leave out the 1 row with 2; or" in caught.value.hint


def test_other_complaints_stay_as_they_are() -> None:
    table = pl.DataFrame({"y": [0, 1] * 50, "p": [3.0] * 100})
    with pytest.raises(InputError, match="scores in column 'p' lie") as caught:
        st.evaluate(table, label="y", score="p")
    assert caught.value.__cause__ is None
