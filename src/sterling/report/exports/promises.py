"""Broken promises of a schema, as other programs read them: beside the verdicts on limits, and as loud as one over."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from sterling.core.data.anomalies import Anomaly
from sterling.core.run import Run
from sterling.report.exports.place import inside
from sterling.report.text import capital, plain

RULE = "broken-promise"
TITLE = "A promise about the data is broken"
Json = dict[str, object]


def said(promise: Anomaly) -> str:
    """What is broken, and how, in one sentence."""
    what = capital(plain(promise.what, 300)).rstrip(".")
    expected = f": expected {plain(promise.expected, 200)}" if promise.expected else ""
    got = f", got {plain(promise.got, 200)}" if promise.got else ""
    return f"{what}{expected}{got}."


def cases(suite: Element, run: Run, root: Path) -> None:
    """A failing test case for each promise."""
    for promise in run.broken_promises:
        name = " ".join(t for t in (promise.kind, plain(promise.column or "the table", 120)) if t)
        case = SubElement(
            suite, "testcase", {"classname": "sterling.promises", "name": name, "time": "0", **_at(promise, root)}
        )
        told = SubElement(case, "failure", {"message": said(promise), "type": RULE})
        told.text = f"hint: {plain(promise.hint, 300)}" if promise.hint else ""


def _at(promise: Anomaly, root: Path) -> dict[str, str]:
    path, line = place_of(promise, root)
    return {} if path is None else {"file": plain(path, 4000), "line": str(line)}


def place_of(promise: Anomaly, root: Path) -> tuple[str | None, int]:
    """The file and line of the schema that promises it; None when that is not known."""
    path, _, line = promise.where.rpartition(":")
    if not path or not line.isdigit():
        return None, 1
    return inside(Path(path), root), max(int(line), 1)


def rule() -> Json:
    """The rule that SARIF's results name."""
    return {"id": RULE, "shortDescription": {"text": TITLE}, "defaultConfiguration": {"level": "error"}}
