"""What CSV cells become: numbers, text, missing; and what cannot be read."""

from __future__ import annotations

import codecs
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import InputError
from sterling.sources import survey as survey_module
from sterling.sources.open import open_table


def read(folder: Path, content: bytes | str, name: str = "t.csv") -> pl.DataFrame:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    opened = open_table(path)
    frame = opened.table.collect()
    assert opened.files[0].rows == frame.height
    return frame


def refused(folder: Path, content: bytes | str, name: str = "t.csv") -> str:
    with pytest.raises(InputError) as caught:
        read(folder, content, name)
    assert caught.value.where.endswith(name)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["1", "2.5"], [1.0, 2.5]),
        (["1e5", ".5", "-3."], [1e5, 0.5, -3.0]),
        (["1", "", "3"], [1, None, 3]),
        (["1", '""', "3"], [1, None, 3]),
        (["x", "", "y"], ["x", None, "y"]),
        (["NA", "1", "NaN"], [None, 1, None]),
        (["0.5", "null", "N/A"], [0.5, None, None]),
        (["NaN", "1.5"], [None, 1.5]),
        (["NA", "ZA", "null"], ["NA", "ZA", "null"]),
        (["NA", "NA"], ["NA", "NA"]),
        (["true", "false"], [True, False]),
        (["2020-01-01", "2020-01-02"], ["2020-01-01", "2020-01-02"]),
        ([" 1", "2"], [" 1", "2"]),
        (["1_000", "2"], ["1_000", "2"]),
        (["0x10", "2"], ["0x10", "2"]),
        (['"say ""hi"""', "b"], ['say "hi"', "b"]),
        (['"two\nlines"', "b"], ["two\nlines", "b"]),
        (["=1+1", "# no comment"], ["=1+1", "# no comment"]),
    ],
)
def test_cells(tmp_path: Path, cells: list[str], expected: list[object]) -> None:
    frame = read(tmp_path, "k,v\n" + "".join(f"{i},{c}\n" for i, c in enumerate(cells)))
    assert frame["v"].to_list() == expected
    assert frame["k"].to_list() == list(range(len(cells)))


def test_types_are_settled_over_the_whole_file(tmp_path: Path) -> None:
    rows = ["1"] * 50_000
    assert read(tmp_path, "v\n" + "\n".join([*rows, "1.5"]))["v"].dtype == pl.Float64
    assert read(tmp_path, "v\n" + "\n".join([*rows, "NA"]))["v"].null_count() == 1
    assert read(tmp_path, "v\n" + "\n".join([*rows, "K1A"]))["v"].to_list()[-1] == "K1A"


def test_many_late_surprises(tmp_path: Path) -> None:
    head = ",".join(f"c{i}" for i in range(9))
    frame = read(tmp_path, f"{head}\n" + "1,1,1,1,1,1,1,1,1\n" * 20_000 + "x,1.5,NA,y,2.5,,z,w,7\n")
    kinds = "String Float64 Int64 String Float64 Int64 String String Int64"
    assert [str(d) for d in frame.dtypes] == kinds.split()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "{e}", "{e}{e}", "{e}{e}{e}"])
def test_empty_lines_are_no_people(tmp_path: Path, end: str, tail: str) -> None:
    text = "{e}{e}a,b{e}1,2{e}{e}3,4{e}{e}{e}5,6" + tail
    assert read(tmp_path, text.replace("{e}", end)).rows() == [(1, 2), (3, 4), (5, 6)]


def test_rows_of_missing_values_are_people(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n1,2\n,\n3,4\n").rows() == [(1, 2), (None, None), (3, 4)]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_separators(tmp_path: Path, mark: str) -> None:
    assert read(tmp_path, f"a{mark}b\n1{mark}x\n").rows() == [(1, "x")]


def test_commas_inside_quotes_do_not_choose_the_separator(tmp_path: Path) -> None:
    assert read(tmp_path, '"a,b";c\n1;2\n').columns == ["a,b", "c"]


def test_byte_order_mark(tmp_path: Path) -> None:
    assert read(tmp_path, codecs.BOM_UTF8 + b"a,b\n1,2\n").columns == ["a", "b"]


def test_one_column_without_a_name_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, ",a\n0,1\n").columns == ["", "a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n\n\n", "the file is empty"),
        (b"a,b\n", "the table has no rows"),
        (b"a,b\n\n\n", "the table has no rows"),
        ("a,b\né,1\n".encode("latin-1"), "line 2 is not UTF-8 text; it looks like Latin-1"),
        ("é,b\n1,1\n".encode("latin-1"), "line 1 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "the text is UTF-16"),
        (b"a,b\n1,2\n3,4\x00\n", "line 3 has a NUL byte"),
        (b"a,b\n1,2\n3,4,5\n", "line 3 has 3 fields"),
        (b"a,b,c\n1,2,3\n4,5\n", "line 3 has 2 fields"),
        (b"a,b\n1,2\n3\n", "line 3 has 1 field\n"),
        (b'a,b\n"x\ny",1\n\n1,2,3\n', "line 5 has 3 fields"),
        (b'a,b\n1,2\n"x,1\n2,3\n', "a quote that opens in line 3 is never closed"),
        (b"a,b\r1,2\r3,4\r", "lone carriage return"),
        (b"a,b,a\n1,2,3\n", "two columns are named 'a'"),
        (b",b,\n1,2,3\n", "two columns have no name"),
    ],
)
def test_faults_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(tmp_path, content)


def test_the_line_is_right_far_into_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks cut lines, quotes and characters in half: the answer must not depend on where."""
    body = "".join(f'{i},"é {i % 7}, x",{i / 3}\n' for i in range(300))
    good = f"a,b,c\n{body}".encode()
    for chunk in (1 << 22, 97, 64, 33):
        monkeypatch.setattr(survey_module, "CHUNK", chunk)
        assert read(tmp_path, good).height == 300
        assert "line 302 has 2 fields" in refused(tmp_path, good + b"1,2\n3,4,5\n")
        assert "line 302 is not UTF-8" in refused(tmp_path, good + b"1,2,\xff\n")
        assert "line 302 has a NUL" in refused(tmp_path, good + b"1,2,\0\n")
        assert "opens in line 302" in refused(tmp_path, good + b'1,2,"3\n1,2,3\n')


def test_no_value_is_repeated(tmp_path: Path) -> None:
    for bad in (b"name,p\nJane Doe,1,2\n", b'name,p\n"Jane Doe,1\n', "name,p\nJane Doe é,1\n".encode("latin-1")):
        assert "Jane" not in refused(tmp_path, bad)


def test_columns_of_several_files_agree(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("zip,p,empty\n10001,1,\n")
    (tmp_path / "b.csv").write_text("zip,p,empty\nK1A,0.5,7\n")
    frame = open_table(tmp_path).table.collect()
    assert frame.rows() == [("10001", 1.0, None), ("K1A", 0.5, 7)]


def test_other_columns_in_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,race\n1,x\n")
    (tmp_path / "b.csv").write_text("p,sex\n1,x\n")
    with pytest.raises(InputError, match="different columns") as caught:
        open_table(tmp_path)
    assert "'race' is in a.csv only" in str(caught.value)


def test_separators_of_one_folder_may_differ(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,q\n1,x\n")
    (tmp_path / "b.csv").write_text("p;q\n2;y\n")
    assert open_table(tmp_path).table.collect().rows() == [(1, "x"), (2, "y")]
