"""Files that can be read: every kind, every spelling of where they are."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.core.errors import InputError
from sterling.engine.batches import by_slices
from sterling.sources import delimited
from sterling.sources.open import open_table, reading

ROWS = pl.DataFrame({"label": [1, 0, 1], "p": [0.5, 0.25, None], "race": ["white", None, "black, other"]})


def write(folder: Path, name: str, frame: pl.DataFrame = ROWS) -> Path:
    path = folder / name
    match path.suffix:
        case ".csv" | ".txt":
            frame.write_csv(path)
        case ".tsv" | ".tab":
            frame.write_csv(path, separator="\t")
        case ".parquet" | ".pq":
            frame.write_parquet(path)
        case ".arrows":
            frame.write_ipc_stream(path)
        case _:
            frame.write_ipc(path)
    return path


def collect(data: object) -> pl.DataFrame:
    opened = open_table(data)
    with reading(opened.name):
        return opened.table.collect()


@pytest.mark.parametrize(
    "name",
    ["t.csv", "t.CSV", "t.txt", "t.tsv", "t.tab", "t.parquet", "t.pq", "t.arrow", "t.ipc", "t.feather", "t.arrows"],
)
def test_every_kind(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name.lower()).rename(tmp_path / name)
    assert_frame_equal(collect(path), ROWS)
    assert_frame_equal(collect(str(path)), ROWS)


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet", "t.arrow", "t.arrows"])
def test_without_a_known_suffix_the_first_bytes_decide(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name).rename(tmp_path / "table.data")
    assert_frame_equal(collect(path), ROWS)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_folder_glob_and_list_are_one_table(tmp_path: Path, suffix: str) -> None:
    for part in (2, 1, 3):
        write(tmp_path, f"part-{part}.{suffix}", ROWS.with_columns(part=pl.lit(part)))
    (tmp_path / "_SUCCESS").write_bytes(b"")
    (tmp_path / f".part-9.{suffix}").write_bytes(b"rubbish")
    (tmp_path / "README.md").write_text("about these files")
    expected = pl.concat([ROWS.with_columns(part=pl.lit(i)) for i in (1, 2, 3)])
    assert_frame_equal(collect(tmp_path), expected, check_dtypes=False)
    assert_frame_equal(collect(f"{tmp_path}/part-*.{suffix}"), expected, check_dtypes=False)
    listed = [tmp_path / f"part-{i}.{suffix}" for i in (3, 1)]
    assert collect(listed)["part"].unique(maintain_order=True).to_list() == [3, 1]
    assert [f.name for f in open_table(tmp_path).files] == [f"part-{i}.{suffix}" for i in (1, 2, 3)]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_hashes_and_row_counts(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, f"t.{suffix}")
    (file,) = open_table(path).files
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.rows == 3
    assert file.name == f"t.{suffix}", "the folder stays private"


def test_tables_in_memory_have_no_files() -> None:
    assert open_table(ROWS).files == ()


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_column_files_stay_lazy(tmp_path: Path, suffix: str) -> None:
    plan = open_table(write(tmp_path, f"t.{suffix}")).table.explain()
    assert "SCAN" in plan
    assert "DF [" not in plan


def test_rows_of_a_folder_of_parquet_files_are_had_without_those_before_them(tmp_path: Path) -> None:
    """File after file: columns are known by name, and neither empty files nor the folder's name add anything."""
    folder = tmp_path / "year=2024, [a]*"
    folder.mkdir()
    parts = [ROWS.with_columns(part=pl.lit(k)) for k in range(4)]
    parts[1] = parts[1].head(0)
    parts[2] = parts[2].select(parts[2].columns[::-1])
    for k, part in enumerate(parts):
        write(folder, f"{k}.parquet", part)
    opened = open_table(folder).table
    expected = pl.concat([part.select(parts[0].columns) for part in parts])
    assert by_slices(opened)
    for start in range(expected.height):
        assert_frame_equal(opened.slice(start, 4).collect(), expected[start : start + 4])


def test_categories_that_differ_between_files(tmp_path: Path) -> None:
    """Each Parquet file has a dictionary of its own: the same code is another value."""
    for name, values in (("a", ["x", "y", "x"]), ("b", ["z", "x", None])):
        write(tmp_path, f"{name}.parquet", ROWS.with_columns(c=pl.Series(values, dtype=pl.Categorical)))
    opened = open_table(tmp_path).table
    assert opened.collect()["c"].to_list() == ["x", "y", "x", "z", "x", None]
    assert opened.slice(2, 3).collect()["c"].to_list() == ["x", "z", "x"]


def test_columns_in_another_order_are_the_same_table(tmp_path: Path) -> None:
    for suffix in ("csv", "parquet"):
        folder = tmp_path / suffix
        folder.mkdir()
        write(folder, f"a.{suffix}")
        write(folder, f"b.{suffix}", ROWS.select("race", "label", "p"))
        assert_frame_equal(collect(folder), pl.concat([ROWS, ROWS]))


def test_a_file_that_goes_away_before_it_is_collected(tmp_path: Path) -> None:
    path = write(tmp_path, "t.parquet")
    opened = open_table(path)
    assert opened.files[0].sha256
    path.unlink()
    with pytest.raises(InputError, match="no such file"), reading(opened.name):
        opened.table.collect()


def test_a_file_cut_short_after_it_was_opened(tmp_path: Path) -> None:
    path = write(tmp_path, "t.parquet", pl.DataFrame({"a": range(100_000)}))
    opened = open_table(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError), reading(opened.name):
        opened.table.collect()


def test_text_above_the_limit_stays_lazy_and_reads_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "i": range(40_000),
            "late": [str(i) if i < 39_990 else f"{i}.5" for i in range(40_000)],
            "na": ["NA" if i % 7 == 0 else str(i / 2) for i in range(40_000)],
            "text": [f"a, {i % 3}" for i in range(40_000)],
        }
    )
    a, b = (
        write(tmp_path, "a.csv", frame),
        write(tmp_path, "b.csv", frame.with_columns(pl.col("na").replace("NA", None))),
    )
    eager, files = delimited.open_delimited([a, b], separator=None)
    lazy, _ = delimited.open_delimited([a, b], separator=None, eager_limit=0)
    assert "SCAN" in lazy.explain()
    assert [f.rows for f in files] == [40_000, 40_000]
    assert eager.collect_schema()["late"] == pl.Float64, "small files are looked at to their end"
    assert_frame_equal(lazy.collect().drop("late"), eager.collect().drop("late"))


def test_late_surprise_in_a_lazy_file_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "1\n" * 3_000_000 + "secret\n")
    table, _ = delimited.open_delimited([path], separator=None, eager_limit=0)
    with pytest.raises(InputError, match="column 'a'") as caught, reading("t.csv"):
        table.collect()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_given_twice_is_read_once_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "same").symlink_to(tmp_path, target_is_directory=True)
    for given, rows, named in (
        (["a.csv", "a.csv"], 3, "a.csv"),
        (["a.csv", str(tmp_path / "a.csv")], 3, "a.csv"),
        (["*.csv", "."], 6, "a.csv, "),
        (["a.csv", "same/a.csv", "b.csv"], 6, "a.csv"),
    ):
        opened = open_table(given)
        assert opened.table.collect().height == rows
        (told,) = opened.notices
        assert told.startswith("given more than once, and read once: ")
        assert named in told
    assert open_table(["a.csv", "a.csv"]).name == "a.csv"
    (tmp_path / "link.csv").symlink_to("a.csv")
    linked = open_table(["a.csv", "link.csv", "b.csv"])
    assert linked.table.collect().height == 6
    assert linked.notices == ("given more than once, and read once: link.csv",)
    assert open_table(["a.csv", "b.csv"]).notices == ()


@pytest.mark.parametrize("link", [os.link, os.symlink])
@pytest.mark.parametrize("given", [["one.csv", "two.csv"], ".", "*.csv", ["*.csv", "."]])
def test_a_file_with_two_names_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: Callable[[str, str], None], given: str | list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "one.csv")
    link("one.csv", "two.csv")
    opened = open_table(given)
    assert opened.table.collect().height == 3
    assert len(opened.files) == 1
    (told,) = opened.notices
    assert told.startswith("given more than once, and read once: ") and "two.csv" in told
    shutil.copy("one.csv", "three.csv")  # alike, and another file
    assert open_table(["one.csv", "three.csv"]).table.collect().height == 6
