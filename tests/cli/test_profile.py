"""`sterling data profile` and `compare`: what they print, write and return, and how they complain."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from sterling.cli.main import main
from sterling.cli.terminal import WIDTH, cells

FAST = ["--check", "DA010", "--check", "DA014", "--check", "DA020"]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    ages = [None if i % 5 == 0 else 20 + i % 40 for i in range(600)]
    frame = pl.DataFrame({"id": range(600), "age": ages, "sex": ["f", "m", "m"] * 200, "note": ["quiet"] * 600})
    frame.write_parquet(tmp_path / "people.parquet")
    return tmp_path / "people.parquet"


def test_sentences_first_then_columns_then_paths_and_the_next_step(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "profile", str(table), "--id", "id", "--groups", "sex", *FAST]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "· Who is here by sex: m 66.7% and f 33.3% (n 600)."
    assert "· 20% of the values of age are missing (n 600)." in lines
    assert "600 rows · 4 columns · exact counts" in lines
    assert next(line for line in lines if line.startswith("sex ")).split() == [
        "sex",
        "text",
        "-",
        "2",
        "m",
        "66.7%,",
        "f",
        "33.3%",
    ]
    assert "Page: profile.html" in lines
    assert next(line for line in lines if line.startswith("Next: "))
    assert out.index("missing (n 600)") < out.index("4 columns") < out.index("Page:") < out.index("Next:")
    assert max(map(cells, lines)) <= WIDTH
    assert Path("profile.html").stat().st_size > 100_000


def test_json_alone_on_standard_output(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "profile", str(table), "--no-report", "--json", "-", *FAST]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["format"] == "sterling.data"
    assert {r["column"] for r in document["columns"]} == {"id", "age", "sex", "note"}
    assert "age are missing" in err
    assert not Path("profile.html").exists()


@pytest.mark.parametrize(
    ("bound", "code", "said"),
    [(0.0, 1, "over your limit (at most 0%)"), (0.99, 0, "within your limit (at most 99%)")],
)
def test_limits_decide_the_exit_code(
    table: Path, capsys: pytest.CaptureFixture[str], bound: float, code: int, said: str
) -> None:
    Path("limits.toml").write_text(f'[[limit]]\nmetric = "duplicate_share"\nmax = {bound}\n')
    assert (
        main(["data", "profile", str(table), "--id", "id", "--policy", "limits.toml", "--junit", "d.xml", *FAST])
        == code
    )
    assert said in capsys.readouterr().out.replace("\n  ", " ")
    assert f'failures="{code}"' in Path("d.xml").read_text()


def test_a_broken_promise_is_exit_1_and_is_said_first(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["schema", "infer", str(table), "--out", "schema.toml"])
    pl.read_parquet(table).drop("sex").write_parquet("later.parquet")
    capsys.readouterr()
    assert main(["data", "profile", "later.parquet", "--schema", "schema.toml", "--check", "DA011", "--no-report"]) == 1
    assert capsys.readouterr().out.startswith("✕ Broken promise: ")


def test_compare_says_what_changed_and_examines_the_last(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pl.read_parquet(table).with_columns(pl.col("age") + 15).write_parquet("later.parquet")
    args = ["data", "compare", str(table), "later.parquet", "--key", "id", "--check", "DA010", "--check", "DA012"]
    assert main([*args, "--check", "DA013", "--report", "c.html"]) == 0
    out = capsys.readouterr().out.replace("\n  ", " ")
    assert "of 4 columns changed since people.parquet, age most" in out
    assert "age differs in 80% of the rows that share id" in out
    assert Path("c.html").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["profile"], "FILE is missing"),
        (["compare", "people.parquet"], "two tables are needed"),
        (["profile", "people.parquet", "--quasi", "agee,sex"], "agee"),
        (["profile", "people.parquet", "--check", "DA999"], "unknown check"),
        (["profile", "people.parquet", "--check", "FA001"], "FA001"),
        (["profile", "people.parquet", "--check", "DA010", "--entity", "id"], "none of the questions"),
        (["profile", "people.parquet", "--set", "DA014"], "names no parameter"),
        (["profile", "people.parquet", "--set", "DA014.similarty=1"], "similarity"),
        (["profile", "people.parquet", "--positive", "1"], "--positive is a value of the label"),
        (["profile", "people.parquet", "--reference", "sex: f=0.5, m=0.5"], "no group is named"),
        (["remedy", "mask"], "there are no data"),
        (["profile", "people.parquet", "--no-report", "--embed", "rows"], "--embed rows needs a page"),
        (["profile", "people.parquet", "--report", "people.parquet"], "would overwrite"),
        (["profile", "nowhere.csv"], "nowhere.csv"),
        (["people.parquet"], "sterling data profile people.parquet"),
        (["profil"], "profile"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_with_a_hint(
    table: Path, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    assert main(["data", *args]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "hint:" in err


def test_rows_are_on_the_page_only_when_asked_for_and_without_id_and_personal_data(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails = [f"someone{i}@example.org" for i in range(600)]
    pl.read_parquet(table).with_columns(mail=pl.Series(mails)).write_parquet("mails.parquet")
    ask = ["data", "profile", "mails.parquet", "--id", "id", "--check", "DA010", "--check", "DA019"]
    assert main([*ask, "--report", "without.html"]) == 0
    assert main([*ask, "--report", "with.html", "--embed", "rows", "--json", "with.json"]) == 0
    without, with_rows = Path("without.html").read_text(), Path("with.html").read_text()
    for text in (without, with_rows, Path("with.json").read_text()):
        assert "@example.org" not in text
    assert "row-level data" in with_rows
    assert "Example rows" in with_rows
    assert "Example rows" not in without


def test_personal_data_inside_texts_is_masked_where_it_stands(table: Path) -> None:
    notes = [f"please write to someone{i}@example.org about the offer" for i in range(600)]
    pl.read_parquet(table).with_columns(notes=pl.Series(notes)).write_parquet("notes.parquet")
    ask = ["data", "profile", "notes.parquet", "--id", "id", "--check", "DA019", "--set", "DA019.texts=0"]
    assert main([*ask, "--report", "with.html", "--embed", "rows"]) == 0
    page = Path("with.html").read_text()
    assert "please write to [email] about the offer" in page
    assert "@example.org" not in page


def test_ignored_columns_are_left_out_before_anything_is_asked(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "profile", str(table), "--ignore", "age", "--json", "out.json", *FAST]) == 0
    out, held = capsys.readouterr().out, json.loads(Path("out.json").read_text())
    assert "age" not in {c["column"] for c in held["columns"]}
    assert "Left out before anything was asked, and not looked at: age" in " ".join(out.split())
    assert (
        main(["data", "compare", str(table), str(table), "--ignore", "age", "--json", "out.json", "--check", "DA012"])
        == 0
    )
    assert "age" not in {d["column"] for d in json.loads(Path("out.json").read_text())["drift"]}
    capsys.readouterr()
    for args, said in (
        (["--ignore", "agee"], "there is no column"),
        (["--groups", "sex", "--ignore", "sex"], "has a role"),
    ):
        assert main(["data", "profile", str(table), *args, *FAST]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert "hint:" in err


def test_help_names_every_option_and_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from sterling.cli.main import main; main(['data', 'profile', '--help']);"
        "assert not {'polars', 'numpy'} & set(sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for option in ("--quasi", "--reference", "--schema", "--terms", "--set", "--embed", "--junit", "Exit codes"):
        assert option in out
