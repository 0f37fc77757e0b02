"""SARIF 2.1.0: every limit is a result, at its line in the policy file (kinds: section 3.27.9).

Over limit is a result of kind `fail` and level `error`. Undecided, too few people, a limit that nothing answered and a
check that stopped are of kind `open`: looked at, without enough to say. A limit that is met is of kind `pass`, so that
nobody takes a file without problems for one without limits. A limit that somebody waived keeps its result, suppressed,
with who and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from sterling.core.data.anomalies import Anomaly
from sterling.core.evidence import Evidence
from sterling.core.judge import Judgement, Verdict
from sterling.core.run import Run
from sterling.report import words
from sterling.report.exports import promises
from sterling.report.exports.place import fingerprint, name, place
from sterling.report.text import plain

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNANSWERED = "unanswered-limit"
_OPEN = ("undecided", "insufficient", "not_applicable", "error")
_KINDS = {"over": "fail", "within": "pass"}
Json = dict[str, object]


def sarif(run: Run, judgement: Judgement, *, policy: Path | None, root: Path, met: bool = True) -> Json:
    """The document as plain values. `met`: limits that are met are listed too; without, they are only counted."""
    listed = (*_OPEN, "within") if met else _OPEN
    found = [v for v in words.in_order(judgement) if v.verdict == "over" or (v.limit and v.verdict in listed)]
    codes = list(dict.fromkeys(v.check or UNANSWERED for v in found))
    broken = [_broken(p, len(codes), root) for p in run.broken_promises]
    driver: Json = {
        "name": "Sterling",
        "semanticVersion": run.provenance.version,
        "rules": [*(_rule(code, run.evidence) for code in codes), *([promises.rule()] if broken else [])],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "invocations": [_invocation(run, judgement)],
            "columnKind": "unicodeCodePoints",
            "results": [*broken, *(_result(v, run, codes, policy, root) for v in found)],
            "properties": {"limits": dict(Counter(v.verdict for v in judgement.verdicts if v.limit is not None))},
        }],
    }  # fmt: skip


def _rule(code: str, evidence: Sequence[Evidence]) -> Json:
    item = next((e for e in evidence if e.check == code), None)
    if item is None:
        return {
            "id": code,
            "shortDescription": {"text": "A limit that nothing answered"},
            "help": {"text": "Nothing that was measured speaks of this limit. Check its metric, groups and slice."},
        }
    advice = [*(f"What can fool it: {p}" for p in item.pitfalls), *(f"What to try: {h}" for h in item.hints)]
    return {
        "id": code,
        "shortDescription": {"text": plain(item.title, 200)},
        "fullDescription": {"text": plain(item.question, 1000)},
        "help": {"text": "\n".join(plain(a, 1000) for a in advice) or plain(item.question, 1000)},
        "defaultConfiguration": {"level": "error"},
    }


def _invocation(run: Run, judgement: Judgement) -> Json:
    failed = [v for v in judgement.verdicts if v.verdict == "error"]
    return {
        "executionSuccessful": not failed,
        "exitCode": 1 if run.broken_promises else judgement.exit_code,
        "endTimeUtc": run.provenance.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": f"{plain(v.ask, 120)}: {plain(v.reason, 400)}"}} for v in failed
        ],
    }


def _broken(promise: Anomaly, index: int, root: Path) -> Json:
    """A broken promise of the data, at the line of the schema that makes it."""
    result: Json = {
        "ruleId": promises.RULE, "ruleIndex": index, "kind": "fail", "level": "error",
        "message": {"text": promises.said(promise)},
        "properties": {"kind": promise.kind, "column": promise.column, "rows": promise.rows, "n": promise.n},
    }  # fmt: skip
    path, line = promises.place_of(promise, root)
    if path is not None:
        where = {"artifactLocation": artifact(path), "region": {"startLine": line}}
        result["locations"] = [{"physicalLocation": where}]
    return result


def _result(verdict: Verdict, run: Run, codes: list[str], policy: Path | None, root: Path) -> Json:
    code = verdict.check or UNANSWERED
    kind = _KINDS.get(verdict.verdict, "open")
    where = place(verdict, policy, root)
    result: Json = {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "kind": kind,
        "level": "error" if kind == "fail" else "none",
        "message": {"text": words.said(verdict, words.settled_roles(run))},
        "partialFingerprints": {"sterlingLimit/v1": fingerprint(verdict)},
        "properties": _facts(verdict),
    }
    if verdict.waiver is not None:
        said = words.waiver_text(verdict)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    if where is not None:
        result["locations"] = [{
            "physicalLocation": {"artifactLocation": artifact(where.path), "region": {"startLine": where.line}},
        }]  # fmt: skip
    return result


def artifact(path: str) -> Json:
    """A file's location, from the project's root on."""
    return {"uri": quote(path, errors="backslashreplace"), "uriBaseId": "%SRCROOT%"}


def _facts(verdict: Verdict) -> Json:
    finding = verdict.finding
    facts: Json = {"verdict": verdict.verdict, "asked": name(verdict), "model": verdict.model}
    if finding is not None and finding.value == finding.value:
        facts |= {"value": finding.value, "low": finding.low, "high": finding.high, "n": finding.n}
    late = words.late_text(verdict)
    return {**facts, "late": late} if late else facts
