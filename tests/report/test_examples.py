"""The sentences a reader of the three examples meets first, and their JSON and page data."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sterling as st
from sterling.core.codec import evidence_hash
from sterling.report import words
from sterling.report.hints import unknowns
from sterling.report.payload import payload
from sterling.report.wire import to_json, wire
from tests.house.law import ROOT
from tests.report.schema import problems

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/schema/evaluate-1.json").read_text(encoding="utf-8"))
SCORED = {"score": "score", "id": "id"}
ASKED: dict[str, dict[str, Any]] = {
    "lending": SCORED | {"label": "approved", "label_kind": "human_decision", "groups": ["race", "sex"]},
    "income": SCORED | {"label": "over_50k", "label_kind": "outcome", "groups": ["race", "sex", "age_band"]},
    "recidivism": {
        "label": "rearrested", "label_kind": "outcome", "favourable": 0, "score": "decile", "score_kind": "raw",
        "thresholds": "5", "groups": ["race", "sex", "age_band"], "id": "id",
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(ASKED))
def example(request: pytest.FixtureRequest) -> tuple[str, st.Run]:
    name = request.param
    folder = ROOT / "examples" / name
    return name, st.evaluate(folder / "data" / f"{name}.parquet", policy=folder / "sterling.toml", **ASKED[name])


FIRST = {
    "lending": {
        "Black applicants are approved 22 points less often than white applicants": "over",
        "Female applicants are approved 0.2 points less often than male applicants": "within",
    },
    "income": {
        "Female adults are predicted to earn more than 50,000 dollars 17.3 points less often than male adults": "over",
        "Female adults' true positive rate is 7 points lower than male adults'": "within",
    },
    "recidivism": {
        "The false positive rate for African-American defendants is 30 points higher than for defendants with race "
        "'Other', at a threshold of 5": "over",
        "The lowest AUC of any group by sex is 0.70, for female defendants": "within",
    },
}


def test_sentences_of_the_examples(example: tuple[str, st.Run]) -> None:
    name, run = example
    roles = words.settled_roles(run)
    verdicts = words.in_order(run.judgement)
    said = {words.sentence(v, roles): v.verdict for v in verdicts}
    assert {text: said.get(text) for text in FIRST[name]} == FIRST[name]
    assert next(iter(FIRST[name])) == words.sentence(verdicts[0], roles)
    assert words.said(verdicts[0], roles).endswith("]: over your limit of 5.")
    assert words.headline_counts(run.judgement).startswith("1 over your limit · ")


def test_a_score_that_hurts_names_those_it_hurts_first(example: tuple[str, st.Run]) -> None:
    name, run = example
    roles = words.settled_roles(run)
    said = " ".join(words.sentence(v, roles) for v in run.judgement.verdicts)
    hurt = "African-American defendants are scored 5 or higher 37 points more often than defendants with race 'Other'"
    assert (hurt in said) == (name == "recidivism")


def test_the_label_is_said_and_doubted_where_people_made_it(example: tuple[str, st.Run]) -> None:
    name, run = example
    note = words.label_note(words.settled_roles(run))
    assert note.endswith("agreement with past decisions") == (name == "lending")
    assert any("agreement with past decisions" in u for u in unknowns(run)) == (name == "lending")


def test_json_is_as_the_schema_says_and_agrees_with_the_frame(example: tuple[str, st.Run]) -> None:
    _, run = example
    document = json.loads(to_json(wire(run, run.judgement)))
    assert problems(document, SCHEMA, SCHEMA) == []
    frame = run.asked
    at = {*(run.plan.thresholds or (run.plan.threshold,)), None}
    records = [r for r in document["estimates"] if r["threshold"] in at]
    assert len(records) == frame.height
    assert [r["value"] for r in records] == frame["value"].to_list()
    assert [r["n_eligible"] for r in records] == frame["n_eligible"].to_list()


def test_page_data_holds_no_nan_and_no_small_count(example: tuple[str, st.Run]) -> None:
    _, run = example
    report: Any = payload(run, run.judgement)
    json.dumps(report, allow_nan=False)
    assert not [s for s in report["board"]["slices"] if s["n"] is not None and s["n"] < 10]
    counts = [n for c in report["board"]["distribution"][0]["counts"] for n in (*c["positive"], *c["negative"])]
    assert len(counts) > 100
    assert not [n for n in counts if n is not None and 0 < n < 5]


def test_equal_runs_have_equal_evidence(example: tuple[str, st.Run]) -> None:
    name, run = example
    if name != "lending":
        return
    folder = ROOT / "examples" / name
    again = st.evaluate(folder / "data" / f"{name}.parquet", policy=folder / "sterling.toml", **ASKED[name])
    assert evidence_hash(again) == evidence_hash(run)


def test_groups_beside_the_widest_gap_are_named_when_they_lie_beyond_the_limit_too() -> None:
    """Hispanic applicants: 85 % against 94 %, nine points where five are the limit."""
    import sterling as st
    from sterling.report.words import also_text, settled_roles

    run = st.evaluate(
        "examples/lending/data/lending.parquet", label="approved", label_kind="human_decision", score="score",
        groups=["race", "sex"], policy="examples/lending/sterling.toml",
    )  # fmt: skip
    verdict = run.judgement.verdicts[0]
    text = also_text(verdict, settled_roles(run))
    assert text.startswith("As measured, Hispanic applicants too lie beyond the limit")
    within = next(v for v in run.judgement.verdicts if v.verdict == "within")
    assert also_text(within, settled_roles(run)) == ""
