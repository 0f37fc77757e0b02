"""JUnit XML: every limit a test case.

Over limit is a failure. Undecided, too few people and a limit that nothing answered are *skipped*: the test was not
passed and did not fail, and the message says why. So is a limit that somebody waived, whatever its verdict. A check
that stopped on an error is an error. Findings without a limit are no tests and are left out.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sterling.core.judge import Judgement, Verdict, VerdictWord
from sterling.core.run import Run
from sterling.report import words
from sterling.report.exports import promises
from sterling.report.exports.place import name, place
from sterling.report.text import plain

_ELEMENT: dict[VerdictWord, str] = {
    "over": "failure", "undecided": "skipped", "insufficient": "skipped", "not_applicable": "skipped", "error": "error",
}  # fmt: skip


def junit(run: Run, judgement: Judgement, *, policy: Path | None, root: Path) -> bytes:
    """The verdicts on limits as a JUnit document, UTF-8."""
    asked = [v for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error"]
    kinds = [_element(v) for v in asked]
    broken = len(run.broken_promises)
    totals = {
        "tests": str(len(asked) + broken),
        "failures": str(kinds.count("failure") + broken),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }
    suites = Element("testsuites", {"name": "Sterling", **totals})
    made = run.provenance.created
    title, when = plain(run.title, 200) or "limits", made.strftime("%Y-%m-%dT%H:%M:%S")
    suite = SubElement(suites, "testsuite", {"name": title, "timestamp": when, "time": "0", **totals})
    facts = SubElement(suite, "properties")
    for key, value in (("sterling", run.provenance.version), ("plan", run.plan.hash), ("rows", str(run.n))):
        SubElement(facts, "property", {"name": key, "value": value})
    promises.cases(suite, run, root)
    for verdict in asked:
        _case(suite, verdict, run, policy, root)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'.encode()


def _element(verdict: Verdict) -> str:
    """What a test case holds; nothing when it passed. What is waived is neither passed nor failed."""
    return "skipped" if verdict.waiver is not None else _ELEMENT.get(verdict.verdict, "")


def _name(verdict: Verdict) -> str:
    """The name that the limit was given, and what it asks: `approval gap: selection_rate max_gap 0.05 by race`."""
    given = verdict.limit.name if verdict.limit is not None else None
    return f"{plain(given, 120)}: {name(verdict)}" if given else name(verdict)


def _case(suite: Element, verdict: Verdict, run: Run, policy: Path | None, root: Path) -> None:
    where = place(verdict, policy, root)
    model = plain(verdict.model or "data", 120)
    attributes = {"classname": f"sterling.{model}", "name": _name(verdict), "time": "0"}
    if where is not None:
        attributes |= {"file": plain(where.path, 4000), "line": str(where.line)}
    case = SubElement(suite, "testcase", attributes)
    roles = words.settled_roles(run)
    said = words.said(verdict, roles)
    kind = _element(verdict)
    if not kind:
        SubElement(case, "system-out").text = said
        return
    hints = (f"hint: {plain(h, 300)}" for h in verdict.hints)
    details = [words.reason(verdict, roles), words.label_note(roles), *hints]
    word = words.word_of(verdict)
    told = SubElement(case, kind, {"message": said, "type": f"{word}, waived" if verdict.waiver else word})
    told.text = "\n".join(line for line in details if line)
