"""`sterling schema`: infer, show, edit, check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Cli, Ended


@pytest.fixture
def inferred(folder: Path, cli: Cli) -> Path:
    """A schema of `scores.csv`, inferred from the command line."""
    assert cli("schema", "infer", "scores.csv", "--label", "y").code == 0
    return folder / "schema.toml"


def broken(folder: Path, table: pl.DataFrame) -> None:
    """`bad.csv`: 40 rows with an unknown group, and no column w."""
    wrong = pl.when(pl.int_range(pl.len()) < 40).then(pl.lit("zebra")).otherwise(pl.col("g"))
    table.with_columns(wrong.alias("g")).drop("w").write_csv(folder / "bad.csv")


def test_a_table_keeps_the_schema_inferred_from_it(inferred: Path, cli: Cli) -> None:
    ended = cli("schema", "check", "scores.csv")
    assert ended.code == 0
    assert "keeps every promise" in ended.out
    assert "does not show that its values are right" in " ".join(ended.out.split())


def test_a_broken_promise_exits_1_and_says_what_to_do(
    inferred: Path, folder: Path, table: pl.DataFrame, cli: Cli
) -> None:
    broken(folder, table)
    ended = cli("schema", "check", "bad.csv")
    assert ended.code == 1
    assert "2 errors" in ended.out
    assert "✕ g: 40 of 800 rows (5%) have a value that is not known" in ended.out
    assert "rows:     1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …" in ended.out
    assert "✕ w: there is no column w" in ended.out
    assert "sterling schema check bad.csv --schema schema.toml --embed rows" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_values_of_rows_are_shown_when_asked_for_alone(
    inferred: Path, folder: Path, table: pl.DataFrame, cli: Cli
) -> None:
    hidden = table.with_columns(pl.when(pl.col("id") == "a0").then(pl.lit("Ada L.")).otherwise("g").alias("g"))
    hidden.write_csv(folder / "bad.csv")
    assert cli("schema", "edit", "g", "domain.max_unseen_share", "0").code == 0
    for words in ((), ("--json", "-")):
        ended = cli("schema", "check", "bad.csv", *words)
        assert ended.code == 1
        assert "Ada" not in ended.out + ended.err
    shown = cli("schema", "check", "bad.csv", "--embed", "rows")
    assert "row 1: g = 'Ada L.'" in shown.out
    assert "This output holds rows of the table." in shown.out


def test_the_json_alone_goes_to_stdout(inferred: Path, folder: Path, table: pl.DataFrame, cli: Cli) -> None:
    broken(folder, table)
    ended = cli("schema", "check", "bad.csv", "--json", "-", "--environment", "training")
    found = json.loads(ended.out)
    assert (found["format"], found["version"], found["exit_code"]) == ("sterling.schema_check", 1, 1)
    assert (found["rows"], found["environment"]) == (800, "training")
    of_g = next(a for a in found["anomalies"] if a["column"] == "g")
    assert (of_g["kind"], of_g["rows"], of_g["n"]) == ("out_of_domain", 40, 800)
    assert of_g["row_numbers"] == list(range(1, 11))
    assert "2 errors" in ended.err


def test_the_label_is_not_expected_when_a_model_serves(
    inferred: Path, folder: Path, table: pl.DataFrame, cli: Cli
) -> None:
    table.drop("y").write_csv(folder / "serving.csv")
    assert cli("schema", "check", "serving.csv", "--environment", "serving").code == 0
    assert cli("schema", "check", "serving.csv", "--environment", "training").code == 1
    leaks = cli("schema", "check", "scores.csv", "--environment", "serving")
    assert leaks.code == 1
    assert "column_not_in_environment" in leaks.out


def test_an_edit_keeps_comments_and_survives_inference(inferred: Path, cli: Cli) -> None:
    text = inferred.read_text().replace("[column.p]", "# the model's score\n[column.p]")
    inferred.write_text(text)
    ended = cli("schema", "edit", "p", "range.max", "1")
    assert ended == (0, "p: range.max was 1.1, is now 1\n", "")
    assert "# the model's score\n[column.p]" in inferred.read_text()
    again = cli("schema", "infer", "scores.csv", "--label", "y")
    assert "p: range.max stays as it is: you say 1, these data say 1.1" in again.out
    assert "version 1" in again.out
    assert "# the model's score\n[column.p]" in inferred.read_text()
    assert "range.max = 1\n" in inferred.read_text()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("edit", "pp", "range.max", "1"), "did you mean p?"),
        (("edit", "p", "range.mx", "1"), "did you mean range.max"),
        (("edit", "p", "range.max", "high"), "range.max is text"),
        (("edit", "p", "range.max", "-1"), "min lies above max"),
        (("edit", "p", "type", "numbr"), "did you mean number"),
        (("edit", "p", "range.max"), "a VALUE, or --remove"),
        (("edit", "p", "range.max", "1", "--remove"), "a VALUE, or --remove"),
        (("show", "pp"), "did you mean p?"),
        (("check", "scores.csv", "--environment", "servng"), "did you mean serving?"),
        (("check", "scores.csv", "--schema", "none.toml"), "sterling schema infer"),
        (("check",), "a FILE"),
        (("infer",), "a FILE"),
        (("check", "none.csv"), "none.csv"),
        (("chek", "scores.csv"), "did you mean check?"),
        (("scores.csv",), "sterling schema check scores.csv"),
    ],
)
def test_what_cannot_be_used_exits_2_and_changes_nothing(
    inferred: Path, cli: Cli, words: tuple[str, ...], hint: str
) -> None:
    before = inferred.read_bytes()
    ended = cli("schema", *words)
    assert (ended.code, ended.out) == (2, "")
    assert hint in ended.err
    assert inferred.read_bytes() == before


def test_show_lists_columns_and_keys(inferred: Path, cli: Cli) -> None:
    listed = cli("schema", "show")
    assert listed.code == 0
    assert "y   integer    there in" in listed.out
    assert "not in serving" in listed.out
    one = cli("schema", "show", "g")
    assert '  domain.values              ["a", "b"]' in one.out.splitlines()
    records = json.loads(cli("schema", "show", "--json").out)
    assert [c["column"] for c in records["columns"]] == ["id", "g", "p", "y", "w"]


def test_a_table_without_rows_is_refused(inferred: Path, folder: Path, cli: Cli) -> None:
    (folder / "empty.csv").write_text("id,g,p,y,w\n")
    ended = cli("schema", "check", "empty.csv")
    assert ended.code == 2
    assert "the table has no rows" in ended.err
    assert cli("schema", "infer", "empty.csv", "--out", "other.toml").code == 2
    assert not (folder / "other.toml").exists()


def test_out_writes_to_stdout_and_fresh_starts_again(inferred: Path, cli: Cli) -> None:
    cli("schema", "edit", "p", "range.max", "1")
    printed: Ended = cli("schema", "infer", "scores.csv", "--label", "y", "--out", "-")
    assert printed.out.startswith("# What this table promises.")
    assert "range.max = 1.1" in printed.out
    assert cli("schema", "infer", "scores.csv", "--label", "y", "--fresh").code == 0
    assert inferred.read_text() == printed.out


def test_help_loads_nothing_heavy() -> None:
    for words in (["schema"], ["schema", "check", "--help"], ["schema", "infer", "--help"]):
        loaded = "print([m for m in ('polars', 'numpy', 'rich') if m in sys.modules])"
        code = f"import sys; from sterling.cli.main import main; main({words!r}); {loaded}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.splitlines()[-1] == "[]"


def test_init_infers_a_schema_when_asked(folder: Path, cli: Cli) -> None:
    words = ("init", "--data", "scores.csv", "--label", "y", "--groups", "g", "--id", "id", "--score", "p", "--yes")
    ended = cli(*words, "--schema")
    assert ended.code == 0
    assert "Wrote schema.toml" in ended.out
    assert 'schema = "schema.toml"' in (folder / "sterling.toml").read_text()
    assert (folder / "schema.toml").read_text().startswith("#:schema .sterling/schema/schema-1.json\n# What this")
    assert (folder / ".sterling/schema/schema-1.json").is_file()
    assert cli("check").code == 0
    (folder / "sterling.toml").unlink()
    without = cli(*words)
    assert "sterling schema infer FILE   writes what the table promises" in without.out
    assert '# schema = "schema.toml"' in (folder / "sterling.toml").read_text()
