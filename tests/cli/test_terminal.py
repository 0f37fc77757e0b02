"""What reaches the screen: never wider than it, never steered by the data."""

from __future__ import annotations

import io
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.cli.terminal import Terminal, cells, cut, harmless, pad, wrap

from .conftest import Cli, gap, write_policy

HOSTILE = [
    "<script>alert(1)</script>", '"; DROP TABLE people; --', "=cmd|' /C calc'!A0", "\x1b[31mred\x1b[0m", "\u202eevil",
    "a\rb", "two\nlines", "::error::owned", "##[error]owned", "x" * 10_000, "水" * 60, "e\u0301" * 40, "|*_`[a](b)",
    " ", "\u200b",
]  # fmt: skip


@given(st.text(), st.integers(4, 100))
def test_wrapped_lines_fit(text: str, room: int) -> None:
    assert all(cells(line) <= room for line in wrap(text, room))


@given(st.text(alphabet="ab c", max_size=200), st.integers(4, 100))
def test_wrapping_loses_nothing_but_spaces(text: str, room: int) -> None:
    assert "".join(wrap(text, room)).replace(" ", "") == text.replace(" ", "")


def test_a_list_breaks_between_its_parts() -> None:
    terminal = Terminal(stream=io.StringIO(), width=20)
    assert terminal.listed(["1 over", "2 undecided", "3 within"]) == ["1 over ·", "2 undecided ·", "3 within"]
    assert max(map(len, terminal.listed(["a " * 30, "b"]))) <= 20


def test_intervals_stay_in_one_piece() -> None:
    lines = wrap("a gap of 18 points [13, 23]: over", 24)
    assert lines == ["a gap of 18 points", "[13, 23]: over"]


@given(st.text(), st.integers(1, 60))
def test_cut_and_padded_text_fills_its_cell(text: str, width: int) -> None:
    plain = harmless(text)
    assert cells(cut(plain, width)) <= width
    assert cells(pad(cut(plain, width), width)) == width


@given(st.text())
def test_harmless_text_is_printable(text: str) -> None:
    assert all(c.isprintable() or c in "\u00a0\u202f\u2009" for c in harmless(text))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_every_encoding_can_show_a_summary(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    terminal = Terminal.of(stream)
    terminal.write([f"{terminal.mark('over')} 18 − 3 … “x” 水"])
    shown = raw.getvalue().decode(encoding)
    assert shown.startswith("✕ 18 − 3 …" if encoding.startswith("utf") else "x 18 - 3 ...")


def test_workflow_commands_in_the_data_are_no_commands() -> None:
    stream = io.StringIO()
    Terminal(stream=stream, workflow=True).write(["::error::owned", "  ##[error]owned", "fine"])
    assert stream.getvalue() == "| ::error::owned\n| ##[error]owned\nfine\n"


@pytest.fixture
def hostile(folder: Path, table: pl.DataFrame) -> str:
    """A table whose group column and values are hostile; every group has the rows it had."""
    column = "<b>g\x1b[2J\u202e"
    parts = [
        table.with_columns(pl.when(pl.col("g") == "a").then(pl.lit(text)).otherwise(pl.lit(text + "!")).alias(column))
        for text in HOSTILE
    ]
    pl.concat(parts).write_parquet(folder / "hostile.parquet")
    return column


@pytest.mark.parametrize("github", [False, True])
def test_a_hostile_table(
    evaluate: Cli, folder: Path, hostile: str, github: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    write_policy(folder, gap(0.01), gap(0.01, "tpr"), gap(0.9))
    words = ["--policy", "policy.toml", "--junit", "o.xml", "--sarif", "o.sarif", "--json", "o.json"]
    ended = evaluate(*words, *(["--github"] if github else []), data="hostile.parquet", groups=f'"{hostile}"')
    assert ended.code == 1, ended.err
    summary = [line for line in ended.out.splitlines() if not re.match(r"::(error|warning) file=", line)]
    assert len(summary) < 60
    for line in summary:
        assert line.isprintable(), line
        assert cells(line) <= 80, line
        if github:
            assert not line.lstrip().startswith(("::", "##[")), line
    if github:
        markdown = (folder / "summary.md").read_text(encoding="utf-8")
        assert "<" not in markdown
        assert "[a](b)" not in markdown.replace("\\", "\\\\")
        rows = [line for line in markdown.splitlines() if line.startswith("|")]
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


def test_the_table_is_aligned(evaluate: Cli) -> None:
    lines = evaluate().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Everyone"))
    rows = [lines[start], *lines[start + 2 : start + 4]]
    assert len({row.index("[") for row in rows}) == 1
    assert len({row.rindex("]") for row in rows}) == 1
    assert max(map(len, lines)) <= 80


def test_numbers_of_the_table_are_those_of_the_data(evaluate: Cli) -> None:
    """320 of 400 and 240 of 400, with Wilson's interval at 95 % (76 to 84, 55 to 65)."""
    out = evaluate().out
    assert re.search(r"^  a +400  80 \[76, 84\]", out, re.MULTILINE)
    assert re.search(r"^  b +400  60 \[55, 65\]", out, re.MULTILINE)


def test_several_models(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns((1 - pl.col("p")).alias("q"), pl.lit(0.7).alias("r")).write_csv("two.csv")
    ended = evaluate("--score", "q", "--score", "r", data="two.csv")
    assert ended.code == 0
    assert ended.out.count("Everyone") == 2
    assert "and 1 more model in the report" in ended.out


def test_a_label_of_many_limits_is_short(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, *(gap(bound / 1000) for bound in range(1, 30)))
    ended = evaluate("--policy", "policy.toml")
    assert ended.code == 1
    assert ended.out.count("✕ ") == 5
    assert "and 24 more over limit in the report" in ended.out
    least = (f'metric = "accuracy"\nmin = {0.9 + bound / 1000}' for bound in range(1, 30))
    write_policy(folder, *least)
    assert "and 53 more under minimum in the report" in evaluate("--policy", "policy.toml").out


def test_metrics_that_were_asked_for_are_there_or_named(evaluate: Cli, folder: Path) -> None:
    """Before those of limits, in their order; what the width leaves out is named: it was measured all the same."""
    write_policy(folder, gap(0.5))
    asked = ["--metrics", "brier,mcc,log_loss,f1,accuracy,precision,auc"]
    for more in ([], ["--policy", "policy.toml"]):
        out = evaluate(*asked, *more).out
        said = " ".join(out.split())
        assert "no room here, in the report" in said
        for label in ("Brier score", "Matthews", "Log loss", "F1", "Accuracy", "Precision", "AUC"):
            assert label in said
        start = next(i for i, line in enumerate(out.splitlines()) if line.startswith("Everyone"))
        heading = " ".join(out.splitlines()[start - 3 : start])
        assert heading.index("Brier") and "Selection" not in heading
    assert "no room here" not in evaluate().out
