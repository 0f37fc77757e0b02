"""A waived verdict is told as such in every output, and its word stays what it was."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sterling.core.judge import Judgement
from sterling.core.project import Waiver
from sterling.core.run import Run
from sterling.report import page, words
from sterling.report.exports.github import step_summary, workflow_commands
from sterling.report.exports.junit import junit
from sterling.report.exports.sarif import sarif
from sterling.report.payload import payload
from sterling.report.wire import wire
from tests.report.schema import problems

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/evaluate-1.json").read_text(encoding="utf-8"))
WAIVER = Waiver(
    limit="gap", owner="Ada | <b>Lovelace</b>", reason="known; cured in March.", expires=dt.date(2026, 12, 1)
)


@pytest.fixture
def judged(make: SimpleNamespace) -> tuple[Run, Judgement]:
    """A run whose first verdict, over a limit, is waived; the second is undecided and is not."""
    run = make.run(evidence=make.evidence()[:2])
    over, undecided = run.judgement.verdicts
    return run, Judgement(
        verdicts=(make.replace(over, waiver=WAIVER), undecided), policy_origin=run.judgement.policy_origin
    )


def test_sentences_and_counts(judged: tuple[Run, Judgement]) -> None:
    run, judgement = judged
    said = words.said(judgement.verdicts[0], words.settled_roles(run))
    assert "over your limit of 5; WAIVED by Ada | <b>Lovelace</b> until 1 Dec 2026: known; cured in March." in said
    assert words.waiver_text(judgement.verdicts[1]) == ""
    assert words.headline_counts(judgement) == "1 over your limit · 1 undecided · 1 of these waived"


def test_a_waived_limit_that_nothing_answered(make: SimpleNamespace) -> None:
    for word in ("not_applicable", "insufficient"):
        verdict = make.verdict(None, word, reason="there is no label", waiver=WAIVER)
        said = words.said(verdict, make.lender)
        assert said.endswith("; WAIVED by Ada | <b>Lovelace</b> until 1 Dec 2026: known; cured in March.")
        assert ("there is no label" in said) == (word == "not_applicable")


def test_page_and_json(judged: tuple[Run, Judgement]) -> None:
    run, judgement = judged
    expected = {"owner": WAIVER.owner, "reason": WAIVER.reason, "expires": "2026-12-01"}
    for document in (payload(run, judgement), wire(run, judgement)):
        first, second = (v["waiver"] for v in document["verdicts"])  # type: ignore[attr-defined]
        assert (first, second) == (expected, None)
    written: Any = wire(run, judgement)
    assert problems(written, SCHEMA, SCHEMA) == []
    assert written["exit_code"] == 3
    assert problems({**written, "verdicts": [{**written["verdicts"][0], "waiver": "yes"}]}, SCHEMA, SCHEMA)


def test_the_page_without_scripts_says_it_and_escapes_it(judged: tuple[Run, Judgement]) -> None:
    told = page._without_scripts(payload(*judged))
    assert "<strong>Waived</strong> <bdi>by Ada | &lt;b&gt;Lovelace&lt;/b&gt;</bdi> until 2026-12-01" in told


def test_sarif_suppresses_and_junit_skips(judged: tuple[Run, Judgement], tmp_path: Path) -> None:
    document: Any = sarif(*judged, policy=None, root=tmp_path)
    first, second = document["runs"][0]["results"]
    (suppression,) = first["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert "known; cured in March" in suppression["justification"]
    assert (first["level"], "suppressions" in second) == ("error", False)
    suites = ET.fromstring(junit(*judged, policy=None, root=tmp_path))
    assert (suites.get("failures"), suites.get("skipped")) == ("0", "2")
    skipped = suites.find(".//skipped[@type='over limit, waived']")
    assert skipped is not None
    assert "WAIVED by Ada" in skipped.get("message", "")


def test_a_build_is_warned_and_not_stopped(judged: tuple[Run, Judgement]) -> None:
    commands = workflow_commands(*judged, policy=None)
    assert [c.split(" ")[0] for c in commands] == ["::warning", "::warning"]
    assert "WAIVED by Ada" in commands[0]
    assert "WAIVED by Ada" in step_summary(*judged)
