"""The JSON contract: as its schema says, with the run's numbers, without NaN; evidence bytes that equal runs share."""

from __future__ import annotations

import datetime as dt
import json
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sterling.core.codec import evidence_bytes, evidence_hash
from sterling.core.plan import Plan
from sterling.core.policy import Policy
from sterling.core.run import Provenance
from sterling.report.wire import estimates, to_json, wire
from tests.house.law import ROOT
from tests.report.schema import problems

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/schema/evaluate-1.json").read_text(encoding="utf-8"))


def wired(run: Any) -> dict[str, Any]:
    """The contract as a reader gets it: written and read again."""
    read: dict[str, Any] = json.loads(to_json(wire(run, run.judgement)))
    return read


def test_runs_are_as_the_schema_says(make: SimpleNamespace) -> None:
    for run in (make.run(), make.run(policy=Policy()), make.run(evidence=(), tables=(), groups=())):
        assert problems(wired(run), SCHEMA, SCHEMA) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("estimates", 0, "value"), "0.5"), (("estimates", 0, "status"), "fine"), (("verdicts", 0, "verdict"), "fair"),
        (("estimates", 0, "slice"), {"race": 1}), (("version",), 2), (("evidence_hash",), "ab"), (("subject", "n"), -1),
        (("counts", "maybe"), 1), (("verdicts", 0, "n"), True),
        (("verdicts", 0, "power"), {"more_people": 1.5, "text": ""}),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_not_so(make: SimpleNamespace, path: tuple[Any, ...], value: object) -> None:
    document = wired(make.run())
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert problems(document, SCHEMA, SCHEMA) != []


def test_estimates_are_flat_records_of_what_was_asked(make: SimpleNamespace) -> None:
    run = make.run()
    records = wired(run)["estimates"]
    assert len(records) == 3 * 5
    by_key = {(r["metric"], json.dumps(r["slice"])): r for r in records}
    assert by_key[("selection_rate", '{"race": "black"}')] == {
        "model": "p", "metric": "selection_rate", "slice": {"race": "black"}, "threshold": 0.5, "value": 0.61,
        "low": pytest.approx(0.56), "high": pytest.approx(0.66), "level": 0.95, "n": 200, "n_eligible": 200,
        "status": "ok", "method": "wilson",
    }  # fmt: skip
    small = by_key[("selection_rate", '{"race": null}')]
    assert (small["status"], small["value"], small["low"], small["n"]) == ("insufficient", None, None, 7)
    assert by_key[("auc", "{}")]["threshold"] is None
    table = run.tables[0]
    for record in records:
        known = table.estimate(record["metric"], next(s for s in table.slices if s.as_dict() == record["slice"]), 0.5)
        assert (record["value"], record["status"], record["n_eligible"]) == (
            known.value,
            known.status,
            known.n_eligible,
        )


def test_given_decisions_have_one_estimate_without_threshold(make: SimpleNamespace) -> None:
    records = estimates(make.run(tables=(make.table("p", ()),)))
    assert len(records) == 3 * 5
    assert {r["threshold"] for r in records} == {None}


def test_thresholds_that_only_limits_name_are_written_too(make: SimpleNamespace) -> None:
    run = make.run(plan=Plan(asks=(), thresholds=(0.5,), extra=(0.3,)))
    assert {r["threshold"] for r in estimates(run)} == {None, 0.3, 0.5}


def test_verdicts_say_ask_slice_limit_verdict_reason_and_power(make: SimpleNamespace) -> None:
    over, undecided, error = wired(make.run())["verdicts"]
    assert over["slice"] == {"race": "black"}
    assert over["versus"] == {"race": "white"}
    assert (over["limit"], over["statement"], over["limit_origin"]) == (0.05, "max_gap", "policy:3")
    assert over["too_small"] == [{"slice": {"race": "asian"}, "n": 22, "n_eligible": 11, "n_needed": 30}]
    assert over["power"] is None
    assert over["label_note"] is None
    assert undecided["power"]["more_people"] == 912
    assert undecided["label_note"] == "label: the lender's past decision; agreement with past decisions"
    assert (error["verdict"], error["value"], error["n"]) == ("error", None, 0)


def test_evidence_leaves_out_when_and_where(make: SimpleNamespace) -> None:
    first = make.run()
    elsewhere = Provenance(
        created=dt.datetime(2027, 1, 1, tzinfo=dt.UTC), files=(), version="9", environment={"x": "y"}
    )
    again = make.run(provenance=elsewhere, title="Another title", policy=Policy())
    assert evidence_bytes(first) == evidence_bytes(again)
    assert evidence_hash(first) == wired(first)["evidence_hash"]
    text = evidence_bytes(first).decode()
    assert "2026" not in text
    assert "loans.csv" not in text
    assert json.loads(text)["format"] == "sterling.evidence"


def test_evidence_tells_any_number_apart(make: SimpleNamespace) -> None:
    run, table = make.run(), make.table()
    moved = np.nextafter(table.blocks[0].low, 1.0)
    other = make.replace(table, blocks=(make.replace(table.blocks[0], low=moved), *table.blocks[1:]))
    hidden = make.replace(table, thresholds=(0.31, 0.5))
    hashes = {evidence_hash(make.run(tables=(t,))) for t in (table, other, hidden)}
    assert len(hashes) == 3
    assert evidence_hash(run) in hashes
    assert evidence_hash(make.run(plan=Plan(asks=(), thresholds=(0.5,), seed=1))) not in hashes


def test_numbers_json_lacks_become_null(make: SimpleNamespace) -> None:
    nan = float("nan")
    first = make.evidence()[0]
    gap = make.replace(first.findings[0], value=nan, low=-math.inf, high=math.inf)
    asked = {"metric": "selection_rate", "bound": math.inf}
    run = make.run(evidence=(make.replace(first, findings=(gap,), parameters=asked),))
    document = wired(run)
    assert document["verdicts"][0]["value"] is None
    assert document["evidence"][0]["parameters"]["bound"] is None
    assert problems(document, SCHEMA, SCHEMA) == []
    evidence_bytes(run)


def test_a_long_grid_is_written_out_whole(make: SimpleNamespace) -> None:
    grid = tuple(i / 2_000 for i in range(1, 1_001))
    run = make.run(tables=tuple(make.table(m, grid) for m in "abcde"), plan=Plan(asks=(), thresholds=grid))
    records = estimates(run)
    assert len(records) == 5 * 5 * (2 * 1_000 + 1)
    assert {record["threshold"] for record in records} == {None, *grid}
