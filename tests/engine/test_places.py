"""Spark and Ray count what this machine counts, to the last bit, however the rows are shared out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError, SterlingError
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine.elsewhere import Errand, Remembered, parts_of, stand_in
from tests.quality.detection.pictures import made as boxes
from tests.quality.segmentation.images import made as masks
from tests.worlds.parts import count_in_parts

ROLES: dict[str, Any] = {"label": "y", "positive": 1, "score": "s", "groups": ["g", "quantiles(h, 3)"]}


def table(n: int = 3000, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    s = np.round(rng.random(n), 3)
    return pl.DataFrame(
        {
            "y": pl.Series((rng.random(n) < s).astype(int)).set(pl.Series(rng.random(n) < 0.05), None),
            "s": s,
            "g": pl.Series(rng.choice(["a", "b", "ç", "`x.y`"], n, p=[0.6, 0.3, 0.09, 0.01])).set(
                pl.Series(rng.random(n) < 0.02), None
            ),
            "h": rng.integers(0, 30, n),
            "w": rng.uniform(0.2, 3.0, n),
            "un.used `x`": rng.random(n),
        }
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are counted in parts, though they are few."""
    count_in_parts(monkeypatch, rows=700)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The table as two Parquet files."""
    frame = table()
    (tmp_path / "t").mkdir()
    frame[:1100].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=300)
    frame[1100:].write_parquet(tmp_path / "t" / "b.parquet")
    return tmp_path / "t"


SUMS: dict[str, object] = {"metrics": ["mean(h)", "total_absolute(s)"], "attributions": ["h", "un.*"], "weight": "w"}
KINDS = [{}, {"weight": "w", "slices": {"few": "h < 3"}}, {"score_kind": "raw", "thresholds": "0.5"}, SUMS]


def same(data: object, folder: Path, engine: Any = None, **kind: object) -> None:
    here = evidence_bytes(st.evaluate(folder, **{**ROLES, **kind}))
    assert evidence_bytes(st.evaluate(data, engine=engine, **{**ROLES, **kind})) == here


@pytest.mark.slow
@pytest.mark.usefixtures("counted", "spark")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_files_on_spark(folder: Path, kind: dict[str, object]) -> None:
    same(str(folder), folder, "spark", **kind)


@pytest.mark.slow
@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("parts", [1, 5])
def test_a_table_of_spark(spark: Any, folder: Path, parts: int) -> None:
    same(spark.read.parquet(str(folder)).repartition(parts), folder, weight="w")


@pytest.mark.slow
def test_few_rows_of_spark_are_fetched_and_exact(spark: Any, folder: Path) -> None:
    same(spark.read.parquet(str(folder)), folder)


@pytest.mark.slow
@pytest.mark.usefixtures("counted")
def test_bad_input_on_spark_is_told_as_here(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table().with_columns(s=pl.col("s") + 1).write_parquet(path)
    with pytest.raises(SterlingError) as here:
        st.evaluate(path, **ROLES)
    with pytest.raises(SterlingError) as there:
        st.evaluate(spark.read.parquet(str(path)), **ROLES)
    assert there.value.what == here.value.what
    path.with_name("broken.parquet").write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="damaged"):
        st.evaluate(path.with_name("broken.parquet"), engine="spark", **ROLES)


@pytest.mark.slow
@pytest.mark.usefixtures("counted", "ray")
@pytest.mark.parametrize("kind", [*KINDS[:2], SUMS], ids=str)
def test_files_on_ray(folder: Path, kind: dict[str, object]) -> None:
    same(str(folder), folder, "ray", **kind)


@pytest.mark.slow
@pytest.mark.usefixtures("counted")
def test_a_table_of_ray(ray: Any, folder: Path) -> None:
    same(ray.data.read_parquet(str(folder), override_num_blocks=4).materialize(), folder, weight="w")


@pytest.mark.slow
def test_few_rows_of_ray_are_fetched_and_exact(ray: Any, folder: Path) -> None:
    same(ray.data.read_parquet(str(folder), override_num_blocks=1), folder)


def test_what_cannot_be_shared_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table().write_csv(path)
    with pytest.raises(InputError, match="read as a whole"):
        st.evaluate(path, engine="spark", **ROLES)
    with pytest.raises(InputError, match="in memory"):
        st.evaluate(table(), engine="ray", **ROLES)
    with pytest.raises(ConfigError, match="where its rows are"):
        st.evaluate(Subject(table=table().lazy(), roles=Roles()), engine="ray")
    with pytest.raises(ConfigError, match="unknown engine"):
        st.evaluate(path, engine="sparc", **ROLES)  # type: ignore[arg-type]


@pytest.mark.parametrize("cuts", [[], [1], [1, 1, 2999], [700, 1400]])
def test_an_errand_gives_the_whole_whatever_the_parts(cuts: list[int]) -> None:
    """Plans travel as bytes; rows that a part lacks are no reason to lose others."""
    import pickle

    frame = table()
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    plan = plan.filter(pl.col("h") > 20).with_columns(double=pl.col("h") * 2).select("double")
    expected = plan.collect()["double"].sum()
    errand = pickle.loads(pickle.dumps(Errand(name, plan, _total, int.__add__)))
    ends = [0, *cuts, frame.height]
    parts = [frame[a:b].to_arrow() for a, b in itertools.pairwise(ends)]
    results = [result for part in parts for result in errand.done(parts_of([part]))]
    assert errand.gathered(results, None) == expected
    assert errand.gathered([], None) == 0


@dataclass(frozen=True)
class Parts:
    """A place that works on the parts of a table one after another."""

    rows: str
    parts: tuple[pl.DataFrame, ...]
    name = "Parts"

    def fold(self, table: pl.LazyFrame, job: Any, merge: Any, *, progress: Any = None) -> Any:
        errand = Errand(self.rows, table, job, merge)
        return errand.gathered([r for part in self.parts for r in errand.done(parts_of([part.to_arrow()]))], progress)


@pytest.mark.usefixtures("counted")
def test_rows_that_a_live_model_scored_are_counted_once() -> None:
    frame = table()
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    roles = Roles(label="y", positive="1", groups=("g",))

    def model(rows: pl.DataFrame) -> Any:
        return rows["s"].to_numpy()

    here = st.evaluate(Subject(table=frame.lazy(), roles=roles), model=model)
    there = st.evaluate(Subject(table=plan, roles=roles, place=Parts(name, (frame[:1000], frame[1000:]))), model=model)
    assert there.n == 3000
    assert evidence_bytes(there) == evidence_bytes(here)


@pytest.mark.usefixtures("counted")
def test_columns_are_added_up_where_the_rows_are(folder: Path) -> None:
    frame = table()
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    roles = Roles(label="y", positive="1", groups=("g",), weight="w", models=(ModelColumn(column="s"),))
    given: dict[str, Any] = {"metrics": SUMS["metrics"], "attributions": SUMS["attributions"]}
    here = st.evaluate(folder, label="y", positive=1, groups="g", weight="w", score="s", **given)
    place = Parts(name, (frame[:1000], frame[1000:1001], frame[1001:]))
    assert evidence_bytes(st.evaluate(Subject(table=plan, roles=roles, place=place), **given)) == evidence_bytes(here)


def _total(frame: pl.DataFrame) -> int:
    return int(frame["double"].sum())


def test_a_fault_in_a_part_is_told_without_its_values() -> None:
    frame = pl.DataFrame({"double": ["1", "hush"]})
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    errand = Errand(name, plan.select(pl.col("double").cast(pl.Int64)), _total, int.__add__)
    results = list(errand.done(parts_of([frame.to_arrow()])))
    with pytest.raises(InputError, match="a part of the rows") as told:
        errand.gathered(results, None)
    assert "hush" not in str(told.value)


def test_few_rows_are_fetched_once_for_the_columns_they_were_asked_for() -> None:
    frame, asked = table(), []

    def rows(columns: Sequence[str]) -> list[pl.DataFrame]:
        asked.append(tuple(columns))
        return [frame[:1000].select(columns), frame[1000:].select(columns)]

    held = Remembered(rows)
    for columns in (["h", "s"], ["s"], ["g"], ["s", "h"]):
        assert pl.concat(held(columns)).equals(frame.select(columns))
    assert asked == [("h", "s"), ("g",)]
    next(iter(held(["y"])))  # left half-way: nothing is kept of it
    assert pl.concat(held(["y"])).equals(frame.select("y"))


def test_rows_of_an_odd_label_are_counted_where_they_are() -> None:
    frame = pl.DataFrame({"y": [0, 1] * 50 + [2], "s": [0.5] * 101})
    name, plan = stand_in(frame.schema, lambda columns: [frame.select(columns)])
    roles = Roles(label="y", models=(ModelColumn(column="s"),))
    with pytest.raises(InputError) as caught:
        st.evaluate(Subject(table=plan, roles=roles, place=Parts(name, (frame[:30], frame[30:]))))
    assert caught.value.got == "0 in 50 rows, 1 in 50 rows and 1 more value in 1 row"


@pytest.mark.parametrize("engine", ["spark", "ray"])
def test_boxes_and_masks_are_condensed_where_they_are(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(engine)
    for task, label, frame in (("detection", "boxes", boxes(60)), ("segmentation", "mask", masks(60))):
        (tmp_path / task).mkdir()
        for k in range(3):
            frame[k::3].write_parquet(tmp_path / task / f"{k}.parquet")
        roles: dict[str, Any] = {"task": task, "label": label, "prediction": "found", "groups": "g", "weight": "w"}
        here, there = st.evaluate(frame, **roles), st.evaluate(tmp_path / task, engine=engine, **roles)
        assert evidence_bytes(here) == evidence_bytes(there), task
