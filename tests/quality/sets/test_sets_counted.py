"""Sets counted in memory, streamed, on Spark and on Ray: the same bytes; and what is said of bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.cli.main import main
from sterling.core.codec import evidence_bytes
from sterling.core.errors import SterlingError
from tests.quality.sets.worlds import made
from tests.worlds.parts import count_in_parts

ROLES: dict[str, Any] = {
    "task": "sets", "label": "tags", "prediction": "said", "score": "how", "groups": "g", "min_n": 10,
    "metrics": ["all", "set_precision_at(2)", "set_f1_at(7)"],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The table as two Parquet files."""
    frame = made(3_000, seed=8)
    (tmp_path / "t").mkdir()
    frame[:1100].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=300)
    frame[1100:].write_parquet(tmp_path / "t" / "b.parquet")
    return tmp_path / "t"


def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on rows are counted in parts, though they are few."""
    count_in_parts(monkeypatch, rows=700)
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 700)


@pytest.mark.parametrize("kind", [{}, {"weight": "w", "slices": {"first": "row < 100"}}], ids=str)
def test_streamed_in_any_order(folder: Path, kind: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Held, in another order of rows, and streamed: equal evidence."""
    here = evidence_bytes(st.evaluate(folder, **ROLES, **kind))
    other = pl.read_parquet(folder).sample(fraction=1.0, shuffle=True, seed=1)
    assert evidence_bytes(st.evaluate(other, **ROLES, **kind)) == here
    counted(monkeypatch)
    assert evidence_bytes(st.evaluate(folder, **ROLES, **kind)) == here


def test_clusters_in_any_order() -> None:
    frame = made(500, seed=9)
    other = frame.sample(fraction=1.0, shuffle=True, seed=1)
    runs = [st.evaluate(f, cluster="c", weight="w", **ROLES) for f in (frame, other)]
    assert evidence_bytes(runs[0]) == evidence_bytes(runs[1])


@pytest.mark.slow
def test_on_spark_and_on_ray(folder: Path, spark: Any, ray: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here = evidence_bytes(st.evaluate(folder, weight="w", **ROLES))
    counted(monkeypatch)
    tables = [
        spark.read.parquet(str(folder)).repartition(3),
        ray.data.read_parquet(str(folder), override_num_blocks=4).materialize(),
    ]
    for table in tables:
        assert evidence_bytes(st.evaluate(table, weight="w", **ROLES)) == here


def test_metrics_of_a_number_are_counted_for_limits(folder: Path) -> None:
    policy = st.Policy.parse('[[limit]]\nmetric = "set_recall_at(4)"\nmin = 0.99')
    run = st.evaluate(folder, **{**ROLES, "metrics": None}, policy=policy)
    assert run.judgement.exit_code == 1
    said = next(v for v in run.judgement.verdicts if v.limit is not None)
    assert said.finding is not None
    assert said.finding.metric.unit == "items"
    assert said.finding.metric.label == "Recall of sets (the 4 best)"


def test_rows_without_a_cluster_that_are_alike_but_for_their_sets_come_in_any_order() -> None:
    """Sums of weighted products depend on their order: rows are told apart by all that is counted of them."""
    rng = np.random.default_rng(2)
    frame = made(400, seed=2).with_columns(
        w=pl.Series(rng.choice([0.1, 0.3, 0.9], 400)), c=pl.when(pl.Series(rng.random(400) < 0.5)).then("c")
    )
    roles = {**ROLES, "weight": "w", "cluster": "c"}
    shuffled = [frame.sample(fraction=1, shuffle=True, seed=seed) for seed in range(3)]
    assert len({evidence_bytes(st.evaluate(rows, **roles)) for rows in (frame, *shuffled)}) == 1


def test_example_rows_on_the_page(tmp_path: Path) -> None:
    """Lists are written as one text a row."""
    run = st.evaluate(made(60, seed=2), **{**ROLES, "metrics": None}, embed_rows=True)
    run.save(tmp_path / "page.html")
    assert run.rows is not None
    some = next(items for items in run.rows["said"].to_list() if len(items) > 1)
    assert ", ".join(some) in (tmp_path / "page.html").read_text()


BAD = {
    "text": ({"tags": "g"}, "the column 'tags' holds text, not lists of items"),
    "no label": ({"tags": pl.lit(None, dtype=pl.List(pl.String))}, "every row of the label column 'tags' is missing"),
    "no item": (
        {c: pl.lit([], dtype=pl.List(k)) for c, k in (("said", pl.String), ("how", pl.Float64))},
        "no row has an item in column 'said'",
    ),
    "no prediction": ({"said": pl.when(pl.col("row") > 2).then("said")}, "3 rows have no prediction in column 'said'"),
    "fewer scores": ({"how": pl.col("how").list.head(1)}, "'how' has not as many scores as 'said' has items"),
    "no score": ({"how": pl.lit(None, dtype=pl.List(pl.Float64))}, "'how' has not as many scores as 'said' has items"),
    "odd scores": (
        {"how": pl.col("how").list.eval(pl.element() / 0)},
        "scores in column 'how' are missing, NaN or inf",
    ),
    "words for scores": ({"how": "said"}, "the scores in column 'how' are values of type List(String)"),
    "numbers": ({"tags": pl.col("how")}, "the items in column 'tags' are values of type Float64"),
    "lists of lists": ({"tags": pl.concat_list("tags").implode().over("row")}, "the items in column 'tags' are"),
    "other items": ({"tags": pl.col("how").cast(pl.List(pl.Int64))}, "items are values of type Int64 in column 'tags'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    changed, what = BAD[case]
    with pytest.raises(SterlingError) as error:
        st.evaluate(made(40, seed=1).with_columns(**changed), **ROLES)  # type: ignore[arg-type]
    assert what in str(error.value.what)


def test_what_does_not_fit_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the shell: exit 2 and one message."""
    usual = ["evaluate", str(folder), "--task", "sets", "--label", "tags", "--no-report"]
    cases = {
        ("--score", "how"): "scores of items belong to predictions",
        ("--prediction", "said", "--score", "how", "--thresholds", "0.5"): "have no thresholds",
        ("--prediction", "said", "--positive", "a"): "have no positive value",
        ("--prediction", "said", "--metrics", "set_precision_at(63)"): "a whole number from 1 to 62",
        ("--prediction", "said", "--metrics", "set_precision_at(0)"): "a whole number from 1 to 62",
        ("--prediction", "said", "--metrics", "set_precision_at"): "set_precision_at(5)",
        ("--prediction", "said", "--metrics", "set_precision_at(1.5)"): "a whole number from 1 to 62",
        ("--prediction", "said", "--metrics", "macro_f1"): "macro_f1 is no metric of a sets model",
    }
    for more, what in cases.items():
        assert main([*usual, *more]) == 2
        assert what in capsys.readouterr().err


def test_texts_of_csv_are_taken_apart_as_the_hint_says(tmp_path: Path) -> None:
    """An empty field of CSV is missing: of an empty list and of none alike."""
    words = pl.col("tags", "said").list.eval(pl.element().filter(pl.element() != ""))
    frame = made(60, seed=3).drop("how").with_columns(words)
    lists = frame.with_columns(pl.col("tags", "said").list.join(";"))
    lists.write_csv(tmp_path / "sets.csv")
    with pytest.raises(SterlingError) as error:
        st.evaluate(tmp_path / "sets.csv", task="sets", label="tags", prediction="said")
    columns = error.value.hint.partition("select *, ")[2].partition(" from ")[0]
    query = f"select * exclude (tags, said), {columns}, {columns.replace('tags', 'said')} from sets"
    read = st.evaluate(tmp_path / "sets.csv", sql=query, task="sets", label="tags_list", prediction="said_list")
    held = frame.with_columns(tags=pl.col("tags").fill_null([]))
    assert frame["said"].list.len().min() == 0
    assert read.frame.equals(st.evaluate(held, task="sets", label="tags", prediction="said").frame.with_columns(
        model=pl.lit("said_list")))  # fmt: skip
