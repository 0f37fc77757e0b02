"""Tables of outcomes as pages, Markdown and CSV: whole, careful in their words, harmless to spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import polars as pl
import pytest

from sterling.core.document import Grid, Prompt
from sterling.core.outcomes import RuleName
from sterling.pipeline.outcomes import OutcomeTable, outcome_table
from sterling.pipeline.wiring import outcome_file
from sterling.report.tables import outcome_document
from tests.house.law import ROOT

LENDING = str(ROOT / "examples" / "lending" / "data" / "lending.parquet")
JUDGING = re.compile(
    r"\b(fair|unfair|compliant|compliance|lawful|unlawful|passes|fails|debiased|safe)\b", re.IGNORECASE
)


def _made(name: RuleName, **options: object) -> OutcomeTable:
    columns: dict[str, object] = {"score": ["score"], "groups": ["sex", "race"]}
    if name == "model-risk":
        columns |= {"label": "approved", "positive": "1", "label_kind": "human_decision"}
    return outcome_table(name, LENDING, **{**columns, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ll144", "four-fifths", "model-risk"])
def test_every_form_holds_rule_version_and_day_and_no_verdict(name: RuleName) -> None:
    made = _made(name)
    text = outcome_file(made, "md").decode()
    assert f"{name}, version 1" in text and made.rule.as_of.isoformat() in text
    assert "no verdict" in text
    assert not JUDGING.findall(text)
    assert json.loads(outcome_file(made, "json"))["document"]["kind"] == "outcome_table"
    page = outcome_file(made, "html").decode()
    assert page.startswith("<!doctype html>") and "sterling.card" in page


@pytest.mark.parametrize("name", ["ll144", "model-risk"])
def test_the_level_is_written_as_it_was_asked_for(name: RuleName) -> None:
    text = outcome_file(_made(name, level=0.975), "md").decode()
    assert "97.5%" in text.replace("\\", "") and "98%" not in text


def test_local_law_144_holds_nothing_against_four_fifths() -> None:
    text = outcome_file(_made("ll144"), "md").decode()
    assert "four fifths" not in text and "Below" not in text
    assert "sets no threshold" in text


def test_what_people_have_not_stated_is_asked(tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text('tool = "Ranker 2"\naudit_date = 2026-05-01\n', encoding="utf-8")
    sections = {s.id: s for s in outcome_document(_made("ll144", facts=facts)).sections}
    asked = [b.where for b in sections["stated"].blocks if isinstance(b, Prompt)]
    keys = ("auditor", "independence", "distribution_date", "data_source", "exclusion_reason")
    assert asked == [f"facts.toml: {k}" for k in keys]
    text = outcome_file(_made("ll144", facts=facts), "md").decode()
    assert "Ranker 2" in text and "this one until 2027-05-01" in text


def test_the_reason_for_leaving_out_is_asked_only_where_there_are_small_categories() -> None:
    frame = pl.DataFrame({"s": [0.1, 0.9] * 60, "g": ["a"] * 119 + ["b"]})
    for groups, wanted in ((frame, True), (frame.with_columns(g=pl.Series(["a", "b"] * 60)), False)):
        made = outcome_table("ll144", groups, score=["s"], groups=["g"])
        assert ("exclusion_reason" in outcome_file(made, "md").decode()) is wanted


def test_one_column_alone_is_noted() -> None:
    assert "here is one column" in outcome_file(_made("ll144", groups=["race"]), "md").decode()


def test_csv_holds_unrounded_numbers_and_intervals_in_a_table_for_each_set_of_headings() -> None:
    rates, screen = outcome_file(_made("four-fifths"), "csv").decode().split("\n\n")
    rows, screened = (list(csv.DictReader(io.StringIO(part))) for part in (rates, screen))
    assert {r["Category"]: r["Below four fifths"] for r in screened} == {
        "female": "no", "Black": "yes", "Hispanic": "no"
    }  # fmt: skip
    assert {r["Category"] for r in rows} == {"female", "male", "Black", "Hispanic", "white"}
    black = next(r for r in rows if r["Category"] == "Black")
    assert float(black["Selection rate"]) == pytest.approx(142 / 197, abs=1e-15)
    assert float(black["Impact ratio: low"]) < float(black["Impact ratio"]) < float(black["Impact ratio: high"])


def test_csv_holds_no_formula() -> None:
    frame = pl.DataFrame({"s": [0.1, 0.9] * 20, "g": ["=HYPERLINK(1)", "+1", "@x", "-2"] * 10})
    text = outcome_file(outcome_table("four-fifths", frame, score=["s"], groups=["g"]), "csv").decode()
    assert not re.findall(r"(?m)(^|,)\"?[=+@-][A-Za-z(]", text)
    assert "'=HYPERLINK(1)" in text


def test_hostile_names_are_text_everywhere() -> None:
    frame = pl.DataFrame({"s": [0.1, 0.9] * 20, "g": ["<script>alert(1)</script>", "|a|b|"] * 20})
    made = outcome_table("ll144", frame, score=["s"], groups=["g"])
    assert "<script>alert" not in outcome_file(made, "md").decode().replace("\\<", "")
    assert "<script>alert" not in outcome_file(made, "html").decode()


def test_past_decisions_are_called_so() -> None:
    assert "agreement with past decisions" in outcome_file(_made("model-risk"), "md").decode()


def test_findings_are_those_of_people(tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text('[[finding]]\ntext = "lowest band too low"\nseverity = "medium"\n', encoding="utf-8")
    section = next(s for s in outcome_document(_made("model-risk", facts=facts)).sections if s.id == "findings")
    (grid,) = section.blocks
    assert isinstance(grid, Grid)
    assert [c.text for c in grid.rows[0]] == ["lowest band too low", "medium", "not stated", "not stated"]
    empty = next(s for s in outcome_document(_made("model-risk")).sections if s.id == "findings")
    assert isinstance(empty.blocks[0], Prompt)
