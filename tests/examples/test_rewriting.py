"""The example of written texts: what its README says, and columns that its script writes again."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import polars as pl

from examples.rewriting import make_data
from tests.house.law import ROOT

FOLDER = ROOT / "examples" / "rewriting"
MAIN = "import sys; from sterling.cli.main import main; sys.exit(main())"


def test_ends_as_its_readme_says() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    block = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
    words = shlex.split(block.replace("\\\n", " "))
    arguments = [*words[1 : words.index("--report")], "--no-report"]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = re.search(r"exit code (\d)", page)
    assert said is not None
    assert done.returncode == int(said[1]), done.stderr
    found = pl.read_parquet(FOLDER / "data" / "rewriting.parquet")
    right = found.group_by("person").agg((pl.col("by_word") == pl.col("reference")).mean())
    shares = dict(right.iter_rows())
    assert f"{100 * shares['a man']:.0f} % of the sentences about men" in page
    assert f"{100 * shares['a woman']:.0f} % of those about women" in page
    assert f"{100 * shares['a man']:.1f} [" in done.stdout


def test_columns_come_from_the_script() -> None:
    table = pl.read_parquet(FOLDER / "data" / "rewriting.parquet")
    assert table["by_word"].to_list() == [make_data.by_word(s) for s in table["sentence"]]
    assert table["by_rule"].to_list() == [make_data.by_rule(s) for s in table["sentence"]]
    assert table["person"].to_list() == [make_data.person(s) for s in table["sentence"]]


def test_data_are_what_the_datasheet_says() -> None:
    sheet = (FOLDER / "DATASHEET.md").read_text(encoding="utf-8")
    table = pl.read_parquet(FOLDER / "data" / "rewriting.parquet")
    assert f"{table.height:,} " in sheet
    for person, n in table["person"].value_counts().iter_rows():
        assert f"{person} ({n:,})" in sheet
    assert table["id"].n_unique() == table.height
    assert (FOLDER / "data" / "rewriting.parquet").stat().st_size < 200_000
