"""What is asked in vain is said: searches, units, conditions and lists that nothing could come of."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.cli.main import main
from sterling.core.errors import ConfigError
from sterling.report.hints import unknowns
from sterling.report.text import listed
from tests.pipeline.test_single_values import TABLE, TASKS


def test_a_search_for_what_the_task_has_not() -> None:
    with pytest.raises(ConfigError, match="discover: error_rate is no metric of a regression model"):
        st.evaluate(TABLE, task="regression", **TASKS["regression"], discover="error_rate")
    run = st.evaluate(TABLE, task="regression", **TASKS["regression"], discover="mean_squared_error", id="key", min_n=5)
    assert [e.outcome for e in run.evidence if e.check == "QU003"] == ["measured"]


def test_a_unit_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TABLE.select("y", "p").write_csv(tmp_path / "t.csv")
    words = ["evaluate", str(tmp_path / "t.csv"), "--label", "y", "--score", "p", "--no-report"]
    assert main([*words, "--attribution-unit", "log-odds"]) == 2
    assert "--attributions 'shap_*'" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "t.csv"), "--score", "p", "--no-report"]) == 0
    assert "nothing compared" in capsys.readouterr().out


def test_a_condition_that_text_cannot_meet() -> None:
    run = st.evaluate(TABLE, label="y", score="p", slices={"x": "text > 3", "z": "p > 3"}, min_n=5)
    assert "nobody is in the slice x: no row meets its condition; text holds text, and is compared with a number" in (
        run.notices
    )
    assert "nobody is in the slice z: no row meets its condition" in run.notices
    numbers = TABLE.with_columns(text=pl.lit("4"))
    assert not any("nobody" in n for n in st.evaluate(numbers, label="y", score="p", slices={"x": "text > 3"}).notices)


def test_queries_of_one_candidate() -> None:
    table = TABLE.with_row_index("row")
    alone = st.evaluate(table, task="ranking", label="y", score="p", query="row", min_n=5)
    assert any("every query has one candidate" in n and "is row the column" in n for n in alone.notices)
    assert not any(
        "one candidate" in n for n in st.evaluate(table, task="ranking", label="y", score="p", query="g").notices
    )


def test_images_are_not_people() -> None:
    run = st.evaluate(TABLE, task="segmentation", **TASKS["segmentation"], groups="g")
    assert any(u.startswith("Images that are not in the table") for u in unknowns(run))
    assert any(u.startswith("People who are") for u in unknowns(st.evaluate(TABLE, label="y", score="p", groups="g")))
    assert listed(list("abcd"), others="other groups") == "a, b, c and 1 other group"
    assert listed(list("abcde"), others="other groups") == "a, b, c and 2 other groups"
