"""GitHub Actions: annotations on the policy file, and a job summary in Markdown."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

from sterling.core.errors import InputError, shown
from sterling.core.judge import Judgement, Verdict
from sterling.core.run import Run
from sterling.core.slices import Slice
from sterling.report import words
from sterling.report.about import next as of_table
from sterling.report.about.found import gathered
from sterling.report.deciding import power_text
from sterling.report.exports import promises
from sterling.report.exports.place import place, project_root
from sterling.report.hints import next_steps, unknowns
from sterling.report.small_cells import withheld_groups
from sterling.report.text import capital, count, plain

MOST = 10
"""The service shows ten annotations of a kind for each step."""
MOST_ROWS = 100
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$@:-])")
_MARKS = {"over": "✕", "within": "✓"}


def workflow_commands(run: Run, judgement: Judgement, *, policy: Path | None) -> list[str]:
    """Workflow commands: `error` for a limit exceeded, `warning` for one that is open or exceeded and waived."""
    ordered = [v for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error"]
    unmet = [v for v in ordered if v.verdict != "within"]
    over = [v for v in unmet if v.verdict == "over" and v.waiver is None]
    open_ = [v for v in unmet if v.verdict != "over" or v.waiver is not None]
    return [*_promises(run), *_commands("error", over, run, policy), *_commands("warning", open_, run, policy)]


def _promises(run: Run) -> list[str]:
    root = project_root()
    lines = []
    for promise in run.broken_promises[:MOST]:
        path, line = promises.place_of(promise, root)
        lines.append(annotation("error", promises.said(promise), title=promises.TITLE, path=path, line=line))
    return lines


def step_summary(run: Run, judgement: Judgement) -> str:
    """The job summary: counts, a row for each limit, what was noticed, what to do next, what is unknown."""
    roles = words.settled_roles(run)
    judged = [v for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error"]
    lines = [
        f"## {markdown_text(run.title or 'Sterling')}",
        "",
        f"**{markdown_text(words.headline_counts(judgement))}**",
        "",
    ]
    lines += [f"- ✕ {markdown_text(promises.said(p))}" for p in run.broken_promises]
    lines += [""] if run.broken_promises else []
    if judged:
        lines += ["| | Finding | Interval | Limit | n |", "| --- | --- | --- | --- | ---: |"]
        held = withheld_groups(run)
        lines += [_row(v, run, held) for v in judged[:MOST_ROWS]]
        if len(judged) > MOST_ROWS:
            lines += ["", f"and {count(len(judged) - MOST_ROWS)} more in the report"]
        lines.append("")
    note = words.label_note(roles)
    subject = [f"{count(run.n)} {plain(roles.people, 30)}", *([note] if note else [])]
    lines += [markdown_text(capital(" · ".join(subject))), ""]
    parts = (("Notes", run.notices), ("Next", _next(run, judgement)), ("Not known", _unknown(run)))
    for heading, items in parts:
        if items:
            lines += [f"**{heading}**", "", *(f"- {markdown_text(plain(item, 400))}" for item in items), ""]
    return "\n".join(lines) + "\n"


def _next(run: Run, judgement: Judgement) -> tuple[str, ...]:
    return next_steps(run, judgement) if run.tables else of_table.next_steps(run, judgement, gathered(run.evidence))


def _unknown(run: Run) -> tuple[str, ...]:
    return unknowns(run) if run.tables else of_table.unknowns(run, gathered(run.evidence))


def append_step_summary(text: str) -> Path | None:
    """Append Markdown to the job summary, where the service asks for one; None outside the service.

    Raises InputError when the file cannot be written.
    """
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        return None
    try:
        with open(target, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(
            f"cannot write the job summary: {error.strerror}", where=shown(target), hint="check GITHUB_STEP_SUMMARY"
        ) from error
    return Path(target)


def _commands(kind: str, verdicts: list[Verdict], run: Run, policy: Path | None) -> list[str]:
    roles, root = words.settled_roles(run), project_root()
    shown_, rest = verdicts[:MOST], len(verdicts) - MOST
    if rest > 0:
        shown_, rest = verdicts[: MOST - 1], rest + 1
    lines = []
    for verdict in shown_:
        where = place(verdict, policy, root)
        title, said = capital(words.word_of(verdict)), words.said(verdict, roles)
        path, line = (where.path, where.line) if where else (None, None)
        lines.append(annotation(kind, said, title=title, path=path, line=line))
    if rest > 0:
        lines.append(annotation(kind, f"and {count(rest)} more in the report", title="Sterling"))
    return lines


def annotation(kind: str, text: str, *, title: str, path: str | None = None, line: int | None = None) -> str:
    """A workflow command that shows a text, on a line of a file where one is given. `kind`: error or warning."""
    at = "" if path is None else f"file={_property(path)},line={line},"
    return f"::{kind} {at}title={_property(title)}::{_data(text)}"


def _row(verdict: Verdict, run: Run, held: frozenset[Slice]) -> str:
    roles = words.settled_roles(run)
    mark = f"{_MARKS.get(verdict.verdict, '?')} {words.word_of(verdict)}"
    power, notes = power_text(verdict, roles), (words.late_text(verdict), words.waiver_text(verdict))
    sentence = "; ".join(t for t in (words.sentence(verdict, roles), power, *notes) if t)
    bracket = words.bracket(verdict.finding, verdict.limit) if verdict.finding else ""
    limit = words.limit_text(verdict)
    people = words.people_text(verdict, roles, held)
    cells = (markdown_text(part) for part in (sentence, bracket, limit, people))
    return f"| {' | '.join([mark, *cells])} |"


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: no tags, links, mentions or table marks."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False).replace("\n", " "))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
