"""Chapters: each says what the ledger knows, asks for what people have not said, and shows no small count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core import document as doc
from sterling.core.dossier import Dossier, Leaked
from sterling.core.project import ReviewRules, Waiver
from sterling.core.records import Event, Lineage
from sterling.core.run import GroupShare
from sterling.core.scope import GroupColumn, Harm, NeedFor, Scope
from sterling.report.chapters import alternatives, lineage, making, review, risks
from sterling.report.chapters import data as data_chapter
from sterling.report.chapters import model as model_chapter
from sterling.report.chapters import purpose as purpose_chapter
from sterling.report.chapters.order import chapters
from sterling.report.markdown import sections
from tests.report import dossiers as make


def said(section: doc.Section | None) -> str:
    assert section is not None
    return sections([section]).replace("\\", "")


def prompts(section: doc.Section) -> list[doc.Prompt]:
    return [b for b in section.blocks if isinstance(b, doc.Prompt)]


def with_scope(scope: Scope | None) -> Dossier:
    return make.lending(project=replace(make.project(), scope=scope))


def test_chapters_come_in_order_and_have_unlike_anchors() -> None:
    found = [s.id for s in chapters(make.lending(alternatives=make.search()))]
    assert found == ["purpose", "data", "model", "alternatives", "risks", "review", "lineage", "making"]
    assert [s.id for s in chapters(make.lending())] == [i for i in found if i != "alternatives"]


def test_without_a_scope_every_question_is_asked_and_none_is_answered() -> None:
    section = purpose_chapter.section(with_scope(None))
    where = {p.where for p in prompts(section)}
    keys = (
        "users",
        "affected",
        "limitations",
        "tradeoffs",
        "out_of_scope",
        "label_provenance",
        "[[harm]]",
        "[[group]]",
    )
    assert {f"scope.toml: {key}" for key in keys} <= where


def test_an_answered_scope_is_told_in_peoples_words() -> None:
    scope = Scope(
        purpose="To sort.", users=("loan officers",), affected=("applicants",), out_of_scope=("pricing",),
        harms=(Harm(kind="allocation", who="poor applicants", what="no loan", mitigation="a second look"),),
        groups=(GroupColumn(column="race", source="asked", may_be_used=True),
                GroupColumn(column="sex", source="inferred", may_be_used=None, note="from first names")),
        label_provenance="Officers of 1990.", limitations=("one city only",), tradeoffs=("speed for a second look",),
        needs=(NeedFor(aspect="fairness", need="high", because=("it refuses",), recommended=("[plan]\nlevel = 1",)),),
    )  # fmt: skip
    section = purpose_chapter.section(with_scope(scope))
    text = said(section)
    assert not prompts(section)
    for words in (
        "one city only",
        "speed for a second look",
        "To sort.",
        "loan officers",
        "pricing",
        "a second look",
        "people were asked",
        "Officers of 1990.",
    ):
        assert words in text
    assert "| sex | inferred from other data | not answered | from first names |" in text
    assert "```toml\n[plan]\nlevel = 1\n```" in text
    assert "agreement with past decisions" in text


def test_the_sentence_of_the_project_file_is_not_said_to_come_from_the_scope() -> None:
    first = purpose_chapter.section(make.lending()).blocks[0]
    assert isinstance(first, doc.Prose)
    assert (first.text, first.source) == (make.project().purpose, "sterling.toml")


def test_questions_of_the_assessment_say_where_to_answer() -> None:
    text = said(purpose_chapter.section(make.lending()))
    assert "nobody has answered" in text
    assert "(proxies)" in text


def test_data_says_rows_parts_and_missing() -> None:
    text = said(data_chapter.section(make.lending()))
    assert "| income | feature | Float64 | fewer than 10 | 1,650 | 0 to about 240000 (99th percentile) |" in text
    assert "| race | group | String | 0 | 3 | not shown |" in text
    assert text.index("Rows to train") < text.index("Rows to choose") < text.index("Rows to certify")
    assert "income is 0 in some rows" in text


def test_rows_that_parts_share_are_counted_but_for_a_handful() -> None:
    leaks = (
        Leaked(kind="exact", first="train", second="choose", rows=7, n=398),
        Leaked(kind="exact", first="train", second="certify", rows=40, n=398),
        Leaked(kind="entity", first="choose", second="certify", rows=0, n=398),
        Leaked(kind="time", first="train", second="certify", rows=398, n=398),
    )
    text = said(data_chapter.section(make.lending(data=make.data(leaks=leaks))))
    assert "**Rows to choose that equal one to train, but for the id**: fewer than 10 of 398 (" in text
    assert "**Rows to certify that equal one to train, but for the id**: 40 of 398 (10.1%)" in text
    assert "**Rows to certify of somebody who is among those to choose**: 0 of 398 (" in text
    assert "**Rows to certify from before the last to train**: 398 of 398 (100%)" in text


def test_small_groups_are_not_counted_out() -> None:
    few = GroupShare(column="race", value="Martian", n=3, share=3 / 1989)
    dossier = make.lending(run=replace(make.evaluated(), groups=(few,)))
    row = next(b for b in data_chapter.groups(dossier) if isinstance(b, doc.Grid)).rows[0]
    assert [c.text for c in row] == ["race", "Martian", "fewer than 10", "fewer than 10"]
    assert row[2].number is None


def test_a_wide_table_says_how_many_columns_it_leaves_out() -> None:
    column = make.data().columns[0]
    many = tuple(replace(column, name=f"c{i}") for i in range(data_chapter.MOST_COLUMNS + 7))
    grids = data_chapter.columns(make.lending(data=make.data(columns=many)))
    assert isinstance(grids[0], doc.Grid) and len(grids[0].rows) == data_chapter.MOST_COLUMNS
    assert "7 more" in grids[0].caption


def test_cross_fitting_is_explained_where_it_was_done() -> None:
    assert "was not measured by itself" in said(model_chapter.section(make.lending()))
    assert "measured by itself" not in said(model_chapter.section(make.lending(model=make.model(cross_fitted=None))))


def test_a_model_given_as_columns_is_not_described() -> None:
    text = said(model_chapter.section(make.lending(model=None)))
    assert "was not at hand" in text and "score (probability)" in text


def test_alternatives_name_who_got_worse_and_what_was_rejected() -> None:
    section = alternatives.section(make.lending(alternatives=make.search()))
    text = said(section)
    assert "3 of at most 8 candidates were tried, 1 kept" in text
    assert "| without unverified | kept: on the frontier | white applicants |" in text
    assert (
        "| without unverified | white applicants | Selection rate |" in text
        and "−3.0 points [−4.0, −2.0] | worse |" in text
    )
    assert "rejected: too few people to compare" in text
    frontiers = [b for b in section.blocks if isinstance(b, doc.Frontier)] if section else []
    assert [[p.role for p in f.points] for f in frontiers] == [["current", "kept"], ["current", "kept"]]
    assert "flattered" in frontiers[1].text and "flattered" not in frontiers[0].text


def test_a_search_that_kept_nothing_still_says_so() -> None:
    search = make.search()
    none = replace(search, chosen=(make.candidate("forest", 0.8, None, why="worse"),), certified=(search.current,))
    text = said(alternatives.section(make.lending(alternatives=none)))
    assert "0 kept" in text and "Too few candidates could be measured to be drawn." in text


def test_risks_stand_by_stage_and_say_what_they_hold_back() -> None:
    section = risks.section(make.lending())
    text = said(section)
    assert section.lead == "2 open, 1 resolved; 2 hold signing back"
    assert "Inference: 1 open risk holds signing back" in text
    assert "Scope: 1 open risk holds signing back" in text
    nobody = make.lending(project=replace(make.project(), review=ReviewRules()))
    assert (unasked := risks.section(nobody)).lead == "2 open, 1 resolved; nobody is asked to sign"
    assert "signing back" not in said(unasked) and "| signing |" not in said(unasked)
    assert text.index("Nobody said") < text.index("Rows repeat") < text.index("approval gap")
    assert "has no entry" in said(risks.section(make.lending(risks=())))


@pytest.mark.parametrize(("until", "loud"), [(dt.date(2026, 12, 1), True), (dt.date(2026, 1, 1), False)])
def test_waivers_are_loud_until_their_day(until: dt.date, loud: bool) -> None:
    waiver = Waiver(limit="four fifths", owner="Eve", reason="the new model comes in May", expires=until)
    alerts = [b for b in risks.section(make.lending(project=replace(make.project(), waivers=(waiver,)))).blocks
              if isinstance(b, doc.Alert) and "waived by Eve" in b.text]  # fmt: skip
    assert [a.tone == "over" for a in alerts] == [loud]
    assert ("expired" in alerts[0].text) is not loud


def test_review_states_in_words() -> None:
    signed = make.decision()
    cases: dict[str, Any] = {
        "awaiting review: 0 of 1 signatures": make.review(),
        "approved by Grace on 2026-11-22 11:00 UTC": make.review("approved", signed),
        "rejected by Grace on 2026-11-22 11:00 UTC": make.review("rejected", make.decision("reject")),
        "no signature was asked for": make.review("not_required"),
        "stale: what was signed has changed": make.review("stale", earlier=(signed,), stale=("the data changed",)),
    }
    for words, found in cases.items():
        assert review.section(make.lending(review=found)).lead == words


def test_an_override_is_the_first_thing_a_reader_meets() -> None:
    found = make.review("approved", make.decision("override", reason="The board said so."), overridden=True)
    first = review.section(make.lending(review=found)).blocks[0]
    assert isinstance(first, doc.Alert) and first.tone == "over"
    assert first.text == "OVERRIDDEN by Grace on 2026-11-22 11:00 UTC: The board said so."


def test_stale_decisions_are_marked_where_peoples_words_stand() -> None:
    stale = make.review("stale", earlier=(make.decision(),), stale=("the data changed",))
    found = {s.id: s.stale for s in chapters(make.lending(review=stale))}
    assert found["review"] == "the data changed"
    assert "the data changed" in found["purpose"] and not found["data"]
    assert not any(s.stale for s in chapters(make.lending(review=make.review("approved", make.decision()))))


@pytest.mark.parametrize("same", [True, False])
def test_words_of_a_project_file_that_changed_since_are_stale(same: bool) -> None:
    made_with = make.project().digest if same else make.digest("another project file")
    context = replace(make.lending().context, properties={"project_digest": made_with})
    found = {s.id: s.stale for s in chapters(make.lending(context=context))}
    assert bool(found["purpose"]) is not same
    assert same or "sterling.toml has changed since this run" in found["purpose"]


def test_lineage_runs_from_the_file_to_the_person_who_signed() -> None:
    dossier = make.lending(review=make.review("approved", make.decision()))
    graph = lineage.blocks(dossier)[0]
    assert isinstance(graph, doc.Graph)
    assert (make.digest("lending.parquet"), f"{make.RUN}/ingest") in graph.edges
    assert (make.digest("verdicts"), "decision d-Grace") in graph.edges
    assert {n.kind for n in graph.nodes} == {"artifact", "step", "person"}
    assert "train reads table, split and makes model" in graph.text


def test_a_step_that_writes_what_it_read_closes_no_circle() -> None:
    known = make.lineage()
    back = Event(execution=f"{make.RUN}/split", artifact=make.digest("table"), direction="output", role="table")
    graph = lineage.blocks(make.lending(lineage=replace(known, events=(*known.events, back))))[0]
    assert isinstance(graph, doc.Graph)
    assert (make.digest("table"), back.execution) in graph.edges
    assert (back.execution, make.digest("table")) not in graph.edges


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=30))
def test_kept_edges_have_an_order(edges: list[tuple[str, str]]) -> None:
    kept = lineage.forward(edges)
    left = set("abcdef")
    while left:
        free = {n for n in left if not any(end == n and start in left for start, end in kept)}
        assert free, "every node waits for another"
        left -= free
    assert set(kept) <= set(edges) and len(set(kept)) == len(kept)


def test_without_lineage_the_chapter_says_so() -> None:
    empty = Lineage(artifacts=(), executions=(), events=())
    assert "holds no lineage" in said(lineage.section(make.lending(lineage=empty)))


def test_making_tells_times_cache_and_how_to_check() -> None:
    text = said(making.section(make.lending()))
    assert "| ingest | not run again: nothing it depends on had changed | 0 (cached) |" in text
    assert "| train | done | 1.00 |" in text
    assert "sterling reproduce run-7f3a" in text and "sterling verify" in text
    assert "record 57" in text and "0123abc" in text


def test_the_seal_holds_the_head_and_whole_digests() -> None:
    seal = {f.name: f for f in making.seal(make.lending())}
    assert seal["Ledger head"].evidence == make.lending().head.hash
    assert seal["What is signed"].evidence == make.digest("bundle")
    assert seal["Evidence"].evidence == make.digest("evidence")
