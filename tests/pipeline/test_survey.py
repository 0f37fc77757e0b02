"""Input that cannot be used is refused by name, with what was expected; awkward input works, with a notice."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes

N = 120


def table(**columns: object) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    base: dict[str, object] = {
        "y": rng.integers(0, 2, N),
        "p": rng.random(N),
        "g": rng.choice(["a", "b"], N),
        "w": rng.uniform(1, 2, N),
    }
    return pl.DataFrame(base | columns, strict=False)


def evaluate(frame: object, **roles: object) -> st.Run:
    return st.evaluate(frame, **{"label": "y", "score": "p", "groups": "g", **roles})


def cycle(*values: object) -> list[object]:
    return [values[i % len(values)] for i in range(N)]


REFUSED: dict[str, tuple[dict[str, object], dict[str, object], tuple[str, ...]]] = {
    "label with four values": ({"y": cycle("a", "b", "c", "d")}, {}, ("'y'", "4 values", "expected", "--positive")),
    "label with ten values": ({"y": cycle(*"abcdefghij")}, {}, ("'y'", "10 values", "classes --task multiclass")),
    "label of many numbers": ({"y": np.arange(N) / 7}, {}, ("'y'", "many values", "a number say --task regression")),
    "two words, positive unsaid": ({"y": cycle("good", "bad")}, {}, ("'y'", "--positive")),
    "positive never occurs": ({}, {"positive": "yes"}, ("'y'", "'yes'", "one of 0, 1", "--positive")),
    "favourable never occurs": ({}, {"favourable": "paid"}, ("'paid'", "one of 0, 1", "--favourable")),
    "label all missing": ({"y": [None] * N}, {}, ("'y'", "missing", "hint")),
    "text scores": ({"p": cycle("high", "low")}, {}, ("'p'", "text", "a number for every row", "--prediction")),
    "NaN scores": ({"p": [math.nan, *[0.5] * (N - 1)]}, {}, ("'p'", "1 score in", "is NaN", "finite")),
    "infinite scores": ({"p": [math.inf, *[0.5] * (N - 1)]}, {}, ("'p'", "infinite")),
    "missing scores": ({"p": [None, *[0.5] * (N - 1)]}, {}, ("'p'", "1 row has no score")),
    "scores above 1": ({"p": [1.5, *[0.5] * (N - 1)]}, {}, ("'p'", "between 0.5 and 1.5", "--score-kind raw")),
    "scores below 0": ({"p": [-0.5, *[0.5] * (N - 1)]}, {}, ("'p'", "--score-kind raw")),
    "negative weights": ({"w": [-1.0, *[1.0] * (N - 1)]}, {"weight": "w"}, ("'w'", "1 weight in", "is negative")),
    "missing weights": (
        {"w": [None, *[1.0] * (N - 1)]},
        {"weight": "w"},
        ("1 weight in column 'w' is missing or not finite",),
    ),
    "text weights": ({"w": cycle("x")}, {"weight": "w"}, ("'w'", "text", "expected")),
    "weights of 0": ({"w": [0.0] * N}, {"weight": "w"}, ("'w'", "all weights", "0")),
    "too many groups": ({"g": np.arange(N) + 0.5}, {"groups": "big"}, ("there is no column 'big'", "hint")),
    "unknown column": ({}, {"score": "q"}, ("there is no column 'q'", "hint")),
    "missing decisions": (
        {"d": [None, *cycle(0, 1)[1:]]},
        {"score": None, "prediction": "d"},
        ("'d'", "no prediction"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("kind", ["frame", "parquet"])
def test_refused_by_name(case: str, kind: str, tmp_path: object) -> None:
    columns, roles, words = REFUSED[case]
    data: object = table(**columns)
    if kind == "parquet":
        data.write_parquet(f"{tmp_path}/t.parquet")  # type: ignore[attr-defined]
        data = f"{tmp_path}/t.parquet"
    with pytest.raises(st.InputError) as caught:
        evaluate(data, **roles)
    assert caught.value.exit_code == 2
    assert caught.value.expected or caught.value.hint
    for word in words:
        assert word in str(caught.value)


def test_no_rows() -> None:
    with pytest.raises(st.InputError, match="no rows"):
        evaluate(table().clear())


CONFUSED: list[tuple[dict[str, object], str]] = [
    ({"score": None}, "no scores were given"),
    ({"score": ["p", "p"]}, "given twice"),
    ({"thresholds": "a"}, "cannot read the threshold"),
    ({"thresholds": [math.nan]}, "not a finite number"),
    ({"baseline": "g=z"}, "no row has g=z, which the baseline names"),
    ({"baseline": "h=a"}, "the baseline names 'h'"),
    ({"baseline": "a"}, "column=value"),
    ({"label_kind": "guess"}, "unknown label kind"),
    ({"task": "multiclass", "positive": 1}, r"(?s)multiclass have no positive value.*--positive 1.*--favourable"),
    ({"task": "regression", "positive": 1}, "regression have no positive value"),
    ({"task": "ranking", "query": "g", "favourable": 1}, "ranking have no favourable value"),
    ({"score": "p_{class}"}, r"(?s)'p_\{class\}' stands for several columns.*--task multiclass"),
    ({"task": "multilabel"}, r"(?s)names one column.*--task binary"),
    ({"level": 2.0}, "not a confidence level"),
    ({"min_n": 0}, "at least 1"),
    ({"cross": 7}, "cross is 7"),
]


@pytest.mark.parametrize(("roles", "words"), CONFUSED, ids=[w for _, w in CONFUSED])
def test_options_that_make_no_sense(roles: dict[str, object], words: str) -> None:
    with pytest.raises(st.ConfigError, match=words):
        evaluate(table(), **roles)


def test_two_values_are_no_reason_to_think_of_another_task() -> None:
    with pytest.raises(st.InputError) as caught:
        evaluate(table(y=cycle("good", "bad")))
    assert "--task" not in str(caught.value)


def test_some_missing_labels_are_counted_and_said() -> None:
    frame = table(y=[None] * 20 + cycle(0, 1)[20:])
    run = evaluate(frame)
    assert any("20 of 120 rows have no label" in n for n in run.notices)
    rows = {r["metric"]: r for r in run.asked.filter(slice="everyone", status="ok").iter_rows(named=True)}
    assert (rows["selection_rate"]["n_eligible"], rows["accuracy"]["n_eligible"]) == (120, 100)


def test_one_row_groups_three_hundred_categories_and_two_hundred_columns() -> None:
    many = [f"city {i % 300}" for i in range(900)]
    rng = np.random.default_rng(2)
    wide = {f"extra{i}": rng.random(900) for i in range(200)}
    frame = pl.DataFrame({"y": rng.integers(0, 2, 900), "p": rng.random(900), "g": many} | wide)
    run = evaluate(frame)
    assert any("300 of 300 groups (crosses included) have fewer than 30 rows" in n for n in run.notices)
    groups = run.asked.filter(pl.col("slice") != "everyone", pl.col("metric") != "representation")
    assert groups["status"].unique().to_list() == ["insufficient"]
    single = evaluate(table(g=["lonely", *["b"] * (N - 1)]))
    assert single.asked.filter(slice="g=lonely")["n"].unique().to_list() == [1]


def test_constant_scores_are_said() -> None:
    run = evaluate(table(p=[0.25] * N))
    assert any("every score in p is 0.25" in n for n in run.notices)
    auc = run.asked.filter(metric="auc", slice="everyone")
    assert auc["value"].item() == 0.5


def test_one_label_is_said() -> None:
    run = evaluate(table(y=[0] * N))
    assert any("same label (0)" in n for n in run.notices)
    assert run.positive == "1"


def test_many_label_values_with_a_positive_one() -> None:
    """Every value is looked at, however many there are: none is lost to a cut-off."""
    run = evaluate(table(y=[f"reason {i % 90}" for i in range(N)]), positive="reason 89")
    assert run.positive == "reason 89"
    assert run.asked.filter(metric="prevalence", slice="everyone")["value"].item() == pytest.approx(1 / N)
    assert any("90 values" in n for n in run.notices)


def test_column_names_of_any_kind() -> None:
    odd = {"y": "lab el", "p": "PARQUET SCAN", "g": "value"}
    frame = table().rename(odd)
    run = st.evaluate(frame, label="lab el", score="PARQUET SCAN", groups="value")
    assert (
        run.asked.filter(metric="auc")["value"].to_list()
        == evaluate(table()).asked.filter(metric="auc")["value"].to_list()
    )


def test_one_column_in_two_roles() -> None:
    """A score that is a group too, a label that is a group: no confusion."""
    frame = table(d=cycle(0, 1, 1))
    run = st.evaluate(frame, label="y", prediction="d", groups=["d", "y"])
    assert run.asked.filter(metric="selection_rate", slice="d=1")["value"].item() == 1.0


def test_the_users_table_is_not_changed() -> None:
    frame = table()
    copy = frame.clone()
    evaluate(frame, weight="w")
    assert frame.equals(copy)


def test_tables_of_any_library() -> None:
    pandas, pyarrow, duckdb = (pytest.importorskip(m) for m in ("pandas", "pyarrow", "duckdb"))
    frame = table()
    first = evidence_bytes(evaluate(frame))
    arrow = frame.to_arrow()
    assert isinstance(arrow, pyarrow.Table)
    others = [frame.lazy(), arrow, pandas.DataFrame(frame.to_dict(as_series=False)), duckdb.from_arrow(arrow)]
    for other in others:
        assert evidence_bytes(evaluate(other)) == first, type(other)


def test_decisions_without_a_label() -> None:
    run = st.evaluate(table(d=cycle("yes", "no")), prediction="d", groups="g")
    assert run.asked.filter(metric="selection_rate", slice="everyone")["value"].item() == 0.5
    assert run.asked["metric"].unique().sort().to_list() == ["negative_rate", "representation", "selection_rate"]


def test_decisions_are_read_as_the_label_is() -> None:
    run = st.evaluate(
        table(y=cycle("good", "bad"), d=cycle("good", "good")), label="y", positive="good", prediction="d"
    )
    assert run.asked.filter(metric="selection_rate")["value"].item() == 1.0
