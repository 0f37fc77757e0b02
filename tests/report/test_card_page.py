"""The page of a card and of a project's report: the same shell, the same safety, and text for who runs no scripts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from sterling.core import document as doc
from sterling.report.card_page import render_card
from sterling.report.cards import dag_card, data_card, model_card
from sterling.report.chapters.order import chapters
from sterling.report.document import card_json, sections_json
from sterling.report.payload import payload
from sterling.report.project_page import head, project_payload, render_project
from tests.report import dossiers as make

NASTY = "</pre></noscript></script><script>alert(1)</script><!-- <img src=x> \u2028 \ud800 ]]>"


@pytest.fixture(autouse=True)
def built(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small front end in place of the built one, so that these tests need no Node."""
    place = tmp_path_factory.mktemp("built")
    (place / "static").mkdir()
    (place / "static" / "bundle.js").write_text("console.log(1);", encoding="utf-8")
    (place / "static" / "bundle.css").write_text("p { color: red }", encoding="utf-8")
    monkeypatch.setattr("importlib.resources.files", lambda _: place)


def embedded(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="sterling-data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("make_card", [model_card, data_card, dag_card])
def test_the_page_holds_the_document(make_card: Any) -> None:
    card = make_card(make.lending(alternatives=make.search()))
    page = render_card(card)
    assert embedded(page) == json.loads(json.dumps(card_json(card)))
    assert f"<title>{card.title} · Sterling</title>" in page
    assert "Content-Security-Policy" in page


def test_without_scripts_the_card_can_be_read() -> None:
    page = render_card(model_card(make.lending()))
    plain = unescape(page.split("<noscript>")[1].split("</noscript>")[0])
    assert "## Limits of this evidence" in plain and "Black applicants are approved" in plain
    assert "license:" not in plain, "the metadata head is for programs"


def test_hostile_text_stays_text() -> None:
    section = doc.Section(
        id="s", title=NASTY, blocks=(doc.Prose(text=NASTY), doc.Prose(text=NASTY, source="x", markdown=True))
    )
    page = render_card(doc.Document(kind="data_card", title=NASTY, lead=NASTY, sections=(section,), seal=()))
    page.encode("utf-8")
    assert page.count("<script") == 2 and page.count("</noscript>") == 1 and "<!--" not in page and "<img" not in page
    assert embedded(page)["document"]["title"] == NASTY


def test_a_projects_page_has_chapters_and_a_head() -> None:
    dossier = make.lending(review=make.review("approved", make.decision()))
    data: Any = project_payload(dossier)
    assert data["title"] == "Mortgage applications"
    assert data["chapters"] == sections_json(chapters(dossier))
    assert data["project"] == head(dossier)
    assert data["run"]["command"] == f"sterling reproduce {make.RUN[:12]}"
    assert data["project"]["review"] == {"state": "approved", "words": "approved by Grace on 2026-11-22 11:00 UTC"}
    assert data["project"]["head"] == dossier.head.hash and data["project"]["run"] == make.RUN
    assert embedded(render_project(dossier))["chapters"] == json.loads(json.dumps(data["chapters"]))


def test_a_projects_page_says_of_how_many_rows_people_were_held_out() -> None:
    dossier = make.lending()
    held = replace(dossier.data, rows=9_999, parts={"train": 10, "certify": dossier.run.n})
    assert head(replace(dossier, data=held))["held_out_of"] == 9_999
    assert head(replace(dossier, data=replace(held, parts={})))["held_out_of"] is None


def test_an_evaluation_without_a_project_has_no_chapters() -> None:
    run = make.evaluated().with_policy(make.policy(""))
    data: Any = payload(run, run.judgement)
    assert data["chapters"] == [] and data["project"] is None


@pytest.mark.parametrize(
    ("said", "setter"), [('owner = "Ada"', "Ada"), ('owner = "Ada"\nset_by = "Risk board"', "Risk board")]
)
def test_a_policy_says_who_set_its_limits(said: str, setter: str) -> None:
    run = make.evaluated().with_policy(make.policy(f"[project]\n{said}\n"))
    project: Any = payload(run, run.judgement)["project"]
    assert project["limits_set_by"] == setter and project["owner"] == "Ada"
    assert project["review"] == {"state": "not_required", "words": ""} and project["head"] is None
