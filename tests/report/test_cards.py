"""Cards: complete by their schemas, never without the limits of their evidence, and silent where nobody has spoken."""

from __future__ import annotations

import importlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core import document as doc
from sterling.core.dossier import Dossier
from sterling.core.project import Given
from sterling.core.records import Event, Execution, Lineage
from sterling.core.scope import Harm, Scope
from sterling.report.cards import dag_card, data_card, model_card, model_card_json
from sterling.report.cards.front_matter import front_matter, quoted
from sterling.report.cards.inherited import Inheritance
from sterling.report.cards.measured import by_group, overall
from sterling.report.caveats import limits_of_evidence
from sterling.report.document import card_json
from sterling.report.markdown import markdown
from tests.report import dossiers as make

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "STERLING_REWRITE_GOLDEN"
"""Set to 1 to write the golden files anew; the difference is then read by people."""
CARDS = {"model": model_card, "data": data_card, "dag": dag_card}


def full() -> Dossier:
    """Everything there: a search, a signature, an upstream run."""
    return make.lending(alternatives=make.search(), review=make.review("approved", make.decision()))


def section(card: doc.Document, id: str) -> doc.Section:
    return next(s for s in card.sections if s.id == id)


def yaml(text: str) -> Any:
    return importlib.import_module("yaml").safe_load(text)


@pytest.mark.parametrize("name", CARDS)
def test_the_lending_card_reads_as_it_did(name: str) -> None:
    made, golden = markdown(CARDS[name](full())), GOLDEN / f"lending-{name}-card.md"
    if os.environ.get(REWRITE):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8"), f"{REWRITE}=1 writes it anew; read the difference"


@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_json_and_has_unlike_anchors(name: str) -> None:
    card = CARDS[name](full())
    json.dumps(card_json(card), allow_nan=False)
    anchors = [s.id for s in card.sections]
    assert len(set(anchors)) == len(anchors)
    assert card.seal


@pytest.mark.parametrize("name", CARDS)
def test_no_card_is_without_the_limits_of_its_evidence(name: str) -> None:
    bare = make.lending(
        model=None, risks=(), openings=(), executions=(), alternatives=None, previous=None, artifacts={},
        lineage=Lineage(artifacts=(), executions=(), events=()), project=replace(make.project(), scope=None),
    )  # fmt: skip
    for dossier in (bare, full()):
        block = section(CARDS[name](dossier), "limits").blocks[0]
        assert isinstance(block, doc.Items) and block.items


def test_limits_name_label_small_groups_doubt_folds_threshold_and_sample() -> None:
    text = "\n".join(limits_of_evidence(make.lending()))
    for words in (
        "the lender's past decision", "Groups not among those given: age and disability", "too small", "undecided",
        "in 5 folds", "at a threshold of 0.5", "measured once, on 1,989 rows", "nobody has answered",
    ):  # fmt: skip
        assert words in text
    looks = (make.opening("evaluate"), make.opening("alternatives"))
    assert "looked at 2 times" in "\n".join(limits_of_evidence(make.lending(openings=looks)))
    assert "looked at" not in text


# --- model card -------------------------------------------------------------------------------------------------------


def test_a_card_of_an_unsigned_run_says_so_first() -> None:
    def first(dossier: Dossier) -> doc.Block:
        return section(model_card(dossier), "found").blocks[0]

    waiting = first(make.lending())
    assert isinstance(waiting, doc.Alert) and "awaiting review: 0 of 1 signatures" in waiting.text
    refused = first(make.lending(review=make.review("rejected", make.decision("reject"))))
    assert isinstance(refused, doc.Alert) and refused.tone == "over"
    assert not isinstance(first(full()), doc.Alert)


def test_verdicts_stand_with_interval_limit_and_origin() -> None:
    grid = next(b for b in section(model_card(full()), "found").blocks if isinstance(b, doc.Grid))
    row = [c.text for c in grid.rows[0]]
    assert row[0] == "Over limit" and grid.rows[0][0].tone == "over"
    assert "Black applicants are approved" in row[1] and row[2].startswith("[") and row[3] == "at most 5 points"
    assert row[6].startswith("sterling.toml:")


def test_numbers_of_a_card_are_those_of_the_run() -> None:
    run = make.evaluated()
    table = run.tables[0]
    for found in (*overall(run), *by_group(run)):
        at = 0.5 if found.info.by_threshold else None
        assert found.estimate == table.estimate(found.info.name, found.slice, at)
    assert {m.info.name for m in by_group(run)} == {
        "selection_rate", "true_positive_rate", "false_positive_rate", "accuracy", "auc",
    }  # fmt: skip


def nobody() -> Dossier:
    """The run of a project that names no owner."""
    return make.lending(project=replace(make.project(), owner=None))


def test_unanswered_parts_are_asked_for() -> None:
    where = {b.where for s in model_card(nobody()).sections for b in s.blocks if isinstance(b, doc.Prompt)}
    assert {
        "sterling.toml: [project] owner",
        "sterling.toml: [project] licence",
        "cards/model.documentation.md",
    } <= where


def test_answered_parts_are_merged() -> None:
    scope = Scope(prose={"model.documentation": "Read *this*.", "model.citations": "Doe 2026"})
    project = replace(make.project(), scope=scope, owner="Ada", licence="Apache-2.0")
    details = section(model_card(make.lending(project=project)), "details")
    assert doc.Prose(text="Read *this*.", source="cards/model.documentation.md", markdown=True) in details.blocks
    assert doc.Prose(text="Doe 2026", source="cards/model.citations.md", markdown=True) in details.blocks
    assert "Ada" in str(details.blocks) and "Apache-2.0" in str(details.blocks)


def test_peoples_words_are_stale_when_their_decision_is() -> None:
    stale = make.review("stale", earlier=(make.decision(),), stale=("the model changed",))
    marked = {s.id for s in model_card(make.lending(review=stale)).sections if s.stale}
    assert marked == {"details", "considerations", "review"}


# --- Model Card Toolkit -----------------------------------------------------------------------------------------------


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
GRAPHICS = _object(description=TEXT, collection=_list(_object(name=TEXT, image=TEXT)))
DESCRIBED = _list(_object(description=TEXT))
MAP = _list(_object(key=TEXT, value=TEXT))
TOOLKIT = _object(
    schema_version={"const": "0.0.2"},
    model_details=_object(
        name=TEXT, overview=TEXT, documentation=TEXT, owners=_list(_object(name=TEXT, contact=TEXT)),
        version=_object(name=TEXT, date={"type": "string", "format": "date"}, diff=TEXT),
        licenses=_list({**_object(identifier=TEXT, custom_text=TEXT), "minProperties": 1, "maxProperties": 1}),
        references=_list(_object(reference={"type": "string", "format": "uri"})),
        citations=_list(_object(style=TEXT, citation=TEXT)), path=TEXT, graphics=GRAPHICS,
    ),
    model_parameters=_object(
        model_architecture=TEXT, input_format=TEXT, input_format_map=MAP, output_format=TEXT, output_format_map=MAP,
        data=_list(_object(name=TEXT, link=TEXT, description=TEXT, graphics=GRAPHICS,
                           sensitive=_object(sensitive_data=_list(TEXT)))),
    ),
    quantitative_analysis=_object(
        performance_metrics=_list(_object(
            type=TEXT, value=TEXT, slice=TEXT, confidence_interval=_object(lower_bound=TEXT, upper_bound=TEXT))),
        graphics=GRAPHICS,
    ),
    considerations=_object(
        users=DESCRIBED, use_cases=DESCRIBED, limitations=DESCRIBED, tradeoffs=DESCRIBED,
        ethical_considerations=_list(_object(name=TEXT, mitigation_strategy=TEXT)),
    ),
)  # fmt: skip
"""The names of Model Card Toolkit's schema 0.0.2 and of its classes, closed: a name of our own would be refused."""


def answered() -> Dossier:
    scope = Scope(
        purpose="To sort.", users=("officers",), affected=("applicants",), out_of_scope=("pricing",),
        tradeoffs=("speed",),
        limitations=("old data",), harms=(Harm(kind="allocation", who="x", what="y", mitigation="z"),),
        prose={"model.overview": "O", "model.documentation": "D", "model.citations": "C",
               "model.references": "see https://example.org/a and nothing else"},
    )  # fmt: skip
    return make.lending(project=replace(make.project(), scope=scope, owner="Ada", licence="Apache-2.0"))


def test_the_json_holds_to_the_schema_and_fills_all_of_it() -> None:
    made = model_card_json(answered())
    jsonschema.validate(made, TOOLKIT, format_checker=jsonschema.FormatChecker())
    details, parameters = made["model_details"], made["model_parameters"]
    assert set(details) == set(TOOLKIT["properties"]["model_details"]["properties"]) - {"graphics"}  # type: ignore[call-overload]
    assert set(parameters) == set(TOOLKIT["properties"]["model_parameters"]["properties"])  # type: ignore[call-overload]
    assert set(made["considerations"]) == set(TOOLKIT["properties"]["considerations"]["properties"])  # type: ignore[call-overload]
    assert details["references"] == [{"reference": "https://example.org/a"}]  # type: ignore[index]


def test_the_json_leaves_out_what_nobody_has_answered() -> None:
    made: Any = model_card_json(nobody())
    jsonschema.validate(made, TOOLKIT)
    assert not {"owners", "licenses", "citations", "documentation"} & set(made["model_details"])
    assert "users" not in made["considerations"]


def test_the_json_names_slices_and_intervals() -> None:
    found: Any = model_card_json(make.lending())["quantitative_analysis"]
    metrics = found["performance_metrics"]
    black = next(m for m in metrics if m["type"] == "selection_rate" and m.get("slice") == "race=Black")
    estimate = make.evaluated().tables[0].estimate("selection_rate", by_group_slice("race", "Black"), 0.5)
    assert float(black["value"]) == pytest.approx(estimate.value, rel=1e-5)
    assert float(black["confidence_interval"]["lower_bound"]) == pytest.approx(estimate.low, rel=1e-5)
    assert not [m for m in metrics if m.get("slice") == "race=Hispanic × sex=female"], "too few people to say"


def by_group_slice(column: str, value: str) -> Any:
    return next(s for s in make.evaluated().tables[0].slices if s.as_dict() == {column: value})


# --- Hugging Face -----------------------------------------------------------------------------------------------------


def test_the_metadata_head_is_yaml_with_an_index_of_results() -> None:
    head = yaml(front_matter(answered()))
    assert head["license"] == "apache-2.0" and "tabular-classification" in head["tags"]
    result = head["model-index"][0]["results"][0]
    assert result["task"]["type"] == "tabular-classification" and result["dataset"]["name"] == "lending.parquet"
    assert {"type": "auc", "name": "AUC", "value": pytest.approx(0.854336, abs=1e-6)} in result["metrics"]
    assert set(head["metrics"]) == {m["type"] for m in result["metrics"]}
    assert yaml(front_matter(make.lending()))["license"] == "unknown"


@given(
    st.text(max_size=40) | st.sampled_from(["yes", "null", "1.0", "a: b", "- x", "'\"", "\ud800", "\x85\u2028", "!tag"])
)
def test_any_text_is_one_text_of_yaml(value: str) -> None:
    read = yaml(f"a: {quoted(value)}\nb: 1")
    assert isinstance(read["a"], str) and read["b"] == 1


# --- data card --------------------------------------------------------------------------------------------------------


def test_the_seven_sections_of_a_datasheet() -> None:
    card = data_card(make.lending())
    assert [s.id for s in card.sections[:7]] == [
        "motivation", "composition", "collection", "preprocessing", "uses", "distribution", "maintenance",
    ]  # fmt: skip
    for one in card.sections[:7]:
        assert one.blocks[0] == doc.Prompt(question=one.blocks[0].question, where=f"cards/data.{one.id}.md")  # type: ignore[union-attr]


def test_peoples_part_of_a_datasheet_replaces_its_question() -> None:
    project = replace(make.project(), scope=Scope(prose={"data.motivation": "To *study* lending."}))
    stale = make.review("stale", earlier=(make.decision(),), stale=("the data changed",))
    card = data_card(make.lending(project=project, review=stale))
    first = section(card, "motivation")
    assert first.blocks[0] == doc.Prose(text="To *study* lending.", source="cards/data.motivation.md", markdown=True)
    assert "the data changed" in first.stale and not section(card, "uses").stale


def test_machine_statements_of_a_datasheet_carry_digests() -> None:
    composition = section(data_card(make.lending()), "composition")
    counted = [f for b in composition.blocks if isinstance(b, doc.Facts) for f in b.facts]
    assert counted and all(f.evidence and f.evidence.startswith("sha256:") for f in counted)


# --- pipeline card ----------------------------------------------------------------------------------------------------


def test_every_node_links_to_its_own_section() -> None:
    card = dag_card(full())
    graph = next(b for b in section(card, "pipeline").blocks if isinstance(b, doc.Graph))
    links = [n.link for n in graph.nodes if n.kind != "person"]
    assert set(links) <= {s.id for s in card.sections}
    assert len(links) == len(set(links)) == 13


def test_risks_stand_with_the_steps_of_their_stage() -> None:
    card = dag_card(full())
    of_step = {s.title: str(s.blocks) for s in card.sections}
    assert "approval gap by race" in of_step["Step: evaluate"]
    assert "approval gap by race" not in of_step["Step: train"]


def test_what_comes_from_outside_is_inherited_downstream_only() -> None:
    inherits = Inheritance(make.lending())
    source = make.digest("lending.parquet")
    assert not inherits.considerations(source)
    for name in ("table", "model", "verdicts"):
        assert any("income is 0 in some rows" in t for t in inherits.considerations(make.digest(name)))


def given_model() -> Dossier:
    """A pipeline whose model came from outside, with its card; nothing is recorded before the step that loaded it."""
    steps = ("load", "score")
    events = (("load", "output", "model"), ("score", "input", "model"), ("score", "output", "scores"))
    executions = tuple(
        Execution(id=f"{make.RUN}/{s}", step=s, run=make.RUN, state="complete", key="k", started=make.START)
        for s in steps
    )
    return make.lending(
        project=replace(make.project(), train=None, model=Given(path="model.onnx", card="upstream.md")),
        upstream_card="Trained on *old* records.", executions=executions,
        lineage=Lineage(
            artifacts=(make.artifact("model"), make.artifact("scores")), executions=executions,
            events=tuple(Event(execution=f"{make.RUN}/{s}", artifact=make.digest(n), direction=d, role=n)  # type: ignore[arg-type]
                         for s, d, n in events),
        ),
    )  # fmt: skip


def test_the_card_of_a_given_model_travels_with_what_it_made() -> None:
    inherits = Inheritance(given_model())
    assert any("its card upstream.md applies" in t for t in inherits.considerations(make.digest("scores")))
    theirs = doc.Prose(text="Trained on *old* records.", source="upstream.md", markdown=True)
    assert theirs in inherits.cards(make.digest("scores")) and theirs in inherits.cards(make.digest("model"))
    assert not inherits.cards(make.digest("table"))


def test_a_card_that_cannot_be_read_is_said_to_be_lost() -> None:
    lost = Inheritance(replace(given_model(), upstream_card=None))
    told = lost.considerations(make.digest("scores"))
    assert any("upstream.md applies, though it could not be read" in t for t in told)
    assert not lost.cards(make.digest("scores"))


def test_a_model_given_as_columns_came_in_with_the_table() -> None:
    project = replace(make.project(), train=None, model=Given(scores=("score",), card="vendor.md"))
    inherits = Inheritance(make.lending(model=None, project=project, upstream_card="Sold *as is*.",
                                        artifacts={"table": make.artifact("table")}))  # fmt: skip
    assert inherits.cards(make.digest("evidence")) and not inherits.cards(make.digest("lending.parquet"))


def test_a_large_pipeline_keeps_sections_for_steps_only() -> None:
    many = tuple(make.artifact(f"part {i}") for i in range(150))
    card = dag_card(make.lending(lineage=replace(make.lineage(), artifacts=(*make.lineage().artifacts, *many))))
    assert not [s for s in card.sections if s.title.startswith("Part")]
    assert [s for s in card.sections if s.title == "Step: train"]
