"""Reading: equal rows are an equal table, however they lie in files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.errors import ConfigError, InputError
from sterling.core.project_file import read_project
from sterling.pipeline.environment import file_digests
from sterling.pipeline.steps.ingest import data_files, table_made
from tests.pipeline.small import GIVEN, TRAINED, artifacts, carried_out, edited, frame, people, steps_done, write


def made(frame: pl.DataFrame) -> bytes:
    return table_made(frame, name="t", where="t").content


CELLS = st.tuples(
    st.integers(-5, 5), st.sampled_from(["a", "b", None]), st.none() | st.floats(-1, 1), st.booleans()
)  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=30), st.randoms(), st.integers(1, 5))
def test_order_and_chunks_are_of_no_account(cells: list[tuple[object, ...]], chance: object, chunk: int) -> None:
    frame = pl.DataFrame(cells, schema={"i": pl.Int64, "s": pl.String, "f": pl.Float64, "b": pl.Boolean}, orient="row")
    order = list(range(frame.height))
    chance.shuffle(order)  # type: ignore[attr-defined]
    mixed = frame[order]
    pieces = pl.concat([mixed.slice(i, chunk) for i in range(0, frame.height, chunk)], rechunk=False)
    assert made(pieces) == made(frame)


def test_large_whole_numbers_keep_their_order() -> None:
    """They are told apart also where a float is not able to."""
    frame = pl.DataFrame({"id": [2**60 + i for i in range(50)]})
    assert made(frame.reverse()) == made(frame)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("ingest") / "project")


def table_of(home: Path, path: str) -> str:
    """The digest of the table of a run whose data are at `path`."""
    write(home, GIVEN.replace("people.parquet", path))
    return artifacts(home, carried_out(home).run)["table"].digest


def test_the_same_rows_from_any_layout_are_the_same_table(tmp_path: Path) -> None:
    table = people(300)
    home = tmp_path / "p"
    for folder in ("parts", "deep/one", "deep/two"):
        (home / folder).mkdir(parents=True)
    table.write_csv(home / "a.csv")
    table.reverse().write_parquet(home / "b.parquet", row_group_size=37)
    table.sample(fraction=1, shuffle=True, seed=1).write_ipc(home / "c.arrow")
    for i in range(3):
        table.slice(i * 100, 100).write_parquet(home / "parts" / f"{2 - i}.parquet")
    for i, name in enumerate(("one", "two")):
        table.slice(i * 150, 150).write_parquet(home / "deep" / name / "part.parquet")
    paths = ("a.csv", "b.parquet", "c.arrow", "parts", "parts/*.parquet", "deep/*/part.parquet")
    assert len({table_of(home, path) for path in paths}) == 1


def test_files_of_one_name_are_told_apart_without_saying_where_the_project_is(tmp_path: Path) -> None:
    files = []
    for folder in ("x/one", "x/two"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "part.csv").write_text(folder)
        files.append(tmp_path / folder / "part.csv")
    assert list(file_digests(tuple(files))) == ["one/part.csv", "two/part.csv"]


def test_a_project_that_is_moved_does_nothing_again(tmp_path: Path) -> None:
    home = tmp_path / "here"
    for folder in ("one", "two"):
        (home / "data" / folder).mkdir(parents=True)
        people(200, seed=len(folder + folder[0])).write_parquet(home / "data" / folder / "part.parquet")
    write(home, GIVEN.replace("people.parquet", "data/*/part.parquet"))
    carried_out(home)
    moved = home.rename(tmp_path / "there")
    assert steps_done(moved, carried_out(moved).run) == set()


def test_a_column_to_drop_that_is_not_there(project: Path, tmp_path: Path) -> None:
    write(tmp_path, GIVEN.replace('groups = ["g"]', 'groups = ["g"]\ndrop = ["kinds"]'))
    with pytest.raises(InputError, match="no column 'kinds' to drop") as told:
        carried_out(tmp_path)
    assert "did you mean kind?" in told.value.hint


def test_dropped_columns_are_gone_from_everything_kept(tmp_path: Path) -> None:
    write(tmp_path, GIVEN.replace('groups = ["g"]', 'groups = ["g"]\ndrop = ["kind", "x"]'))
    facts = artifacts(tmp_path, carried_out(tmp_path).run)["table"].properties
    assert set(facts["columns"]) == {"id", "g", "p", "y"}  # type: ignore[arg-type]


def test_a_table_without_rows(tmp_path: Path) -> None:
    write(tmp_path, table=people().clear())
    with pytest.raises(InputError, match="no rows"):
        carried_out(tmp_path)


@pytest.mark.parametrize("cells", [[[1], [2, 3]], [{"a": 1}, {"a": 2}], [[{"a": [0.5]}], None]])
def test_cells_of_several_values_are_kept_in_an_order_of_their_own(tmp_path: Path, cells: list[object]) -> None:
    table = people(400).with_columns(many=pl.Series(cells * 200))
    home = [write(tmp_path / name, table=rows) for name, rows in (("a", table), ("b", table[::-1]))]
    first, other = (frame(h, carried_out(h).run, "table") for h in home)
    assert first.equals(other)
    assert first.sort("id").equals(table)


def test_a_model_is_not_shown_cells_of_several_values(tmp_path: Path) -> None:
    text = TRAINED.replace('features = ["x", "kind"]\n', "")
    write(tmp_path, text, people(200).drop("p").with_columns(many=pl.Series([[1], [2, 3]] * 100)))
    facts = artifacts(tmp_path, carried_out(tmp_path).run)["model"].properties
    assert facts["features"] == ["x", "kind"]
    assert "neither numbers nor text" in facts["left_out"]["many"]  # type: ignore[index, call-overload, operator]


def test_data_outside_of_the_project(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside") / "people.parquet"
    home = tmp_path / "p"
    for path in ("../outside/people.parquet", str(outside)):
        write(home, GIVEN.replace("people.parquet", path))
        with pytest.raises(ConfigError, match="the path leaves the project"):
            read_project(home)
    edited(home, ('name = "given"', f'name = "given"\nallow = ["{outside.parent}"]'))
    assert data_files(read_project(home)) == (outside,)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was hashed is not what was read, so nothing of it may be kept under that hash."""
    import importlib

    step = importlib.import_module("sterling.pipeline.steps.ingest")
    write(tmp_path)
    read = step._read

    def read_late(project: object) -> pl.DataFrame:
        people(401).write_parquet(tmp_path / "people.parquet")
        return read(project)  # type: ignore[arg-type]

    monkeypatch.setattr(step, "_read", read_late)
    with pytest.raises(InputError, match="changed while it was read"):
        carried_out(tmp_path)
    monkeypatch.undo()
    assert "ingest" in steps_done(tmp_path, carried_out(tmp_path).run)
