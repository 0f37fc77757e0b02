"""The values of a label in messages: with their rows, and by name only those that ten rows or more have."""

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
def test_a_value_that_does_not_belong_is_named_where_many_rows_have_it(kind: Any) -> None:
    error = refused(pl.Series([0] * 6_000 + [1] * 4_000 + [2] + [3] * 10).cast(kind).to_list())
    assert error.got == "0 in 6,000 rows, 1 in 4,000 rows, 3 in 10 rows and 1 more value in 1 row"
    assert error.hint.startswith(
        "mend or leave out the 11 rows with 3, 1 other value; or say which one is positive: --positive 0 or "
    )
    assert "--positive 2" not in error.hint
    assert "--task multiclass" in error.hint


def test_what_few_rows_have_is_counted_and_not_named() -> None:
    """It may be what somebody wrote beside the two answers: a name, an illness."""
    error = refused(["approved"] * 600 + ["denied"] * 400 + ["ask Kim"] * 9)
    assert error.got == "approved in 600 rows, denied in 400 rows and 1 more value in 9 rows"
    assert error.hint.startswith("mend or leave out the 9 rows with 1 other value; or say which one is positive: ")
    assert "Kim" not in str(error)


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ([f"patient {i}" for i in range(40)], {}),
        ([f"patient {i}" for i in range(40)], {"positive": "patient"}),
        ([f"patient {i}" for i in range(40)] + [None] * 10, {"positive": "patient 3", "favourable": "patient"}),
        ([1_000.5 + i for i in range(30)], {}),
        ([1_000.5 + i for i in range(30)], {"positive": 1}),
        ([f"patient {i}" for i in range(200)], {"positive": "x"}),
        ([0] * 50 + [1] * 50 + [177, 178], {"positive": 17}),
        ([f"patient {i} has said this and that, and more of it" for i in range(20)], {"positive": "patient"}),
    ],
)
def test_a_column_of_single_values_named_as_label_by_mistake(values: list[Any], more: dict[str, Any]) -> None:
    error = str(refused(values, **more)).replace("patient'", "").replace("'17'", "")
    assert not any(part in error for part in ("patient 1", "patient 2", "100", "17"))


def test_predictions_unlike_a_label_of_single_values() -> None:
    table = pl.DataFrame({"y": [f"patient {i}" for i in range(40)], "p": ["a", "b"] * 20})
    with pytest.raises(InputError, match="has values that the label does not have") as caught:
        st.evaluate(table, label="y", prediction="p", positive="patient 7")
    assert not any(f"patient {i}" in str(caught.value) for i in range(7))


@pytest.mark.parametrize(
    ("label", "spelled"),
    [(["No", "Yes"], "No, Yes"), (["0", "1"], "0, 1"), (["1.0", "0.0"], "0.0, 1.0"), ([True, False], "false, true"),
     (["Yes"], "Yes, no")],
)  # fmt: skip
def test_predictions_unlike_a_label_are_told_each_of_its_values_once(label: list[Any], spelled: str) -> None:
    table = pl.DataFrame({"y": (label * 40)[:40], "p": [23, 31] * 20})
    with pytest.raises(InputError) as caught:
        st.evaluate(table, label="y", prediction="p")
    assert caught.value.expected == f"decisions written as the label is: one of {spelled}"


def test_what_counts_as_negative_is_said_with_its_rows() -> None:
    values = ["a"] * 60 + ["b"] * 50 + ["c"] * 40 + ["d"] * 30 + ["e"] * 20 + ["f"] * 20 + ["g"] * 10 + ["h"] * 9
    table = pl.DataFrame({"y": values, "p": [0.5] * len(values)})
    (notice,) = (n for n in st.evaluate(table, label="y", score="p", positive="b").notices if "count as negative" in n)
    assert notice == (
        "the label has 8 values; all but b count as negative: a in 60 rows, c in 40 rows, d in 30 rows, e in 20 rows, "
        "f in 20 rows and 2 more values in 19 rows"
    )


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
    sets = [] if task == "text" else [(table, "--task sets")]  # there they are several references
    for frame, hint in (*sets, (boxes, "--task detection")):
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
    assert caught.value.got == "0 in 150,000 rows, 1 in 149,999 rows and 1 more value in 1 row"
    told = st.evaluate(tmp_path / "t.parquet", label="y", score="p", positive=1).notices
    assert any("all but 1 count as negative: 0 in 150,000 rows and 1 more value in 1 row" in n for n in told)


def test_a_project_says_it_too(tmp_path: Path) -> None:
    table = people().with_columns(y=pl.when(pl.col("id") == 3).then(2).otherwise("y"))
    folder = write(tmp_path / "p", GIVEN.replace("positive = 1\n", ""), table)
    with pytest.raises(InputError) as caught:
        carried_out(folder)
    assert caught.value.got.endswith(" and 1 more value in 1 row")
    assert "mend or leave out the 1 row with 1 other value; or" in caught.value.hint


def test_other_complaints_stay_as_they_are() -> None:
    table = pl.DataFrame({"y": [0, 1] * 50, "p": [3.0] * 100})
    with pytest.raises(InputError, match="scores in column 'p' lie") as caught:
        st.evaluate(table, label="y", score="p")
    assert caught.value.__cause__ is None
