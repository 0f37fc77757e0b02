"""A run that a broken promise about the data stopped before anything was measured, as other programs read it.

Each problem is a failing test case in JUnit XML, a result of kind `fail` in SARIF and an error on GitHub, at the first
line of the project file: a build whose data broke must not look like one without tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sterling.report.exports.github import MOST, annotation, markdown_text
from sterling.report.exports.place import inside
from sterling.report.exports.sarif import SCHEMA, Json, artifact
from sterling.report.text import count, plain

RULE = "broken-promise"
TITLE = "A promise about the data is broken"


def stopped_junit(problems: Sequence[str], *, title: str, file: Path, root: Path) -> bytes:
    """The problems as a JUnit document, UTF-8."""
    totals = {"tests": str(len(problems)), "failures": str(len(problems)), "errors": "0", "skipped": "0"}
    suites = Element("testsuites", {"name": "Sterling", **totals})
    suite = SubElement(suites, "testsuite", {"name": plain(title, 200) or "data", "time": "0", **totals})
    place = {"file": plain(inside(file, root), 4000), "line": "1"}
    for problem in problems:
        said = plain(problem, 400)
        case = SubElement(suite, "testcase", {"classname": "sterling.data", "name": said, "time": "0", **place})
        SubElement(case, "failure", {"message": said, "type": RULE}).text = f"{TITLE}: nothing was measured"
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'.encode()


def stopped_sarif(problems: Sequence[str], *, version: str, exit_code: int, file: Path, root: Path) -> Json:
    """The problems as a SARIF document, in plain values."""
    driver: Json = {
        "name": "Sterling", "semanticVersion": version,
        "rules": [{"id": RULE, "shortDescription": {"text": TITLE}, "defaultConfiguration": {"level": "error"}}],
    }  # fmt: skip
    where = {"artifactLocation": artifact(inside(file, root)), "region": {"startLine": 1}}
    results = [
        {
            "ruleId": RULE, "ruleIndex": 0, "kind": "fail", "level": "error", "message": {"text": plain(p, 400)},
            "locations": [{"physicalLocation": where}],
        }
        for p in problems
    ]  # fmt: skip
    invocation = {"executionSuccessful": True, "exitCode": exit_code}
    run: Json = {
        "tool": {"driver": driver}, "invocations": [invocation], "columnKind": "unicodeCodePoints", "results": results
    }  # fmt: skip
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def stopped_commands(problems: Sequence[str], *, file: Path, root: Path) -> list[str]:
    """The problems as workflow commands: an `error` each, at most as many as the service shows."""
    first = problems if len(problems) <= MOST else problems[: MOST - 1]
    lines = [annotation("error", plain(p, 400), title=TITLE, path=inside(file, root), line=1) for p in first]
    if len(problems) > len(first):
        lines.append(annotation("error", f"and {count(len(problems) - len(first))} more", title=TITLE))
    return lines


def stopped_summary(problems: Sequence[str], *, title: str) -> str:
    """The job summary of a run that was stopped, in Markdown."""
    said = [f"- {markdown_text(plain(p, 400))}" for p in problems]
    head = [f"## {markdown_text(title or 'Sterling')}", "", f"**{TITLE}: nothing was trained or measured**", ""]
    way = "Mend the data or the project file and run again; or accept the risk: sterling risks"
    return "\n".join([*head, *said, "", markdown_text(way), ""]) + "\n"
