"""Tables that share no column cannot be compared, and columns of one table only are told."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sterling.cli.main import main
from sterling.core.errors import InputError
from sterling.pipeline.tables import compare


def test_tables_without_a_shared_column_are_an_error_that_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"a": range(40)}).write_csv("one.csv")
    pl.DataFrame({"b": range(40)}).write_csv("two.csv")
    assert main(["data", "compare", "one.csv", "two.csv", "--no-report"]) == 2
    told = capsys.readouterr().err
    assert "one.csv and two.csv have no column in common" in told


def test_columns_of_one_table_only_are_a_notice() -> None:
    first, second = pl.DataFrame({"a": range(40), "old": 1}), pl.DataFrame({"a": range(40), "new": 1})
    notices = compare(first, second, checks="DA010").notices  # a question about changes names them itself
    assert [n.split(" ")[0] + ":" + n.split(": ")[-1] for n in notices] == ["Only:new", "Only:old"]
    assert not compare(first, first, checks="DA010").notices
    assert not compare(first, second, checks="DA012").notices
    with pytest.raises(InputError, match="no column in common"):
        compare(first.select("old"), second)
