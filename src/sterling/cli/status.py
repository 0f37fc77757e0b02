"""`sterling status`: where the project stands, and what to do next."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sterling.cli.command import Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, opened_if_begun, project_option
from sterling.core.errors import counted

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.project import Project, Waiver
    from sterling.pipeline.queries.status import Status

EXAMPLES = """
sterling status
sterling status --project examples/lending --json
"""
RISKS = 3


def run_status(project: str, as_json: bool, debug: bool) -> int:
    """Say where the project stands. Nothing is run and nothing is written."""
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.lock import at_work
    from sterling.pipeline.queries.status import status as standing

    found, ledger = opened_if_begun(project)
    today = dt.datetime.now(dt.UTC).date()
    stands = standing(found, ledger, today=today, at_work=at_work(found.state))
    if as_json:
        print_json(_record(found, stands))
    else:
        print_lines(_lines(found, stands, Terminal.of(sys.stdout)))
    return 0


def _lines(project: Project, found: Status, terminal: Terminal) -> list[str]:
    from sterling.cli.facts import fact_lines, foreign

    head = terminal.style(foreign(project.title), "strong")
    facts = [*_run(found), *_since(found), *_open(found)]
    return [
        head,
        "",
        *fact_lines(facts, terminal),
        "",
        *terminal.wrapped(foreign(found.next), first="Next: ", rest="      "),
    ]


def _run(found: Status) -> Iterator[tuple[str, str]]:
    from sterling.cli.facts import counts_text, run_line
    from sterling.report.chapters.review import state_words
    from sterling.report.words import late_count

    if found.run is None:
        yield "Run", "none yet"
        return
    yield "Run", run_line(found.run)
    yield "Verdicts", counts_text(found.run.counts)
    if found.run.waived:
        yield "", f"{counted(found.run.waived, 'of them was', 'of them were')} waived when it ran: the verdict stands"
    if found.run.late:
        yield "", late_count(found.run.late)
    if found.review is not None:
        yield "Review", state_words(found.review)
        yield from (("", why) for why in found.review.stale)


def _since(found: Status) -> Iterator[tuple[str, str]]:
    """What has changed, and what would be done again."""
    if found.run is None:
        return
    if found.cannot_run:
        yield "Since", f"a run cannot begin now: {found.cannot_run}"
        return
    yield "Since", "; ".join(found.changed) or "nothing has changed"
    sure = [p for p in found.pending if p.certain]
    rest = [p.title for p in found.pending if not p.certain]
    for p in sure:
        yield ("Again" if p is sure[0] else ""), f"{p.title}: {'; '.join(p.because)}"
    if rest:
        yield "", f"and, unless that comes out the same: {', '.join(rest)}"


def _open(found: Status) -> Iterator[tuple[str, str]]:
    for place, risk in enumerate(found.risks[:RISKS]):
        yield (f"Risks ({len(found.risks)})" if not place else ""), f"{risk.stage}: {risk.issue}"
    if len(found.risks) > RISKS:
        yield "", f"and {len(found.risks) - RISKS} more: sterling risks"
    for place, (waiver, left) in enumerate(found.waivers):
        yield ("Waivers" if not place else ""), _waiver(waiver, left)


def _waiver(waiver: Waiver, left: int) -> str:
    when = f"ends in {left} days" if left > 0 else "ends today" if left == 0 else f"ended {-left} days ago"
    return f"{waiver.limit}: {when}, on {waiver.expires} ({waiver.owner})"


def _record(project: Project, found: Status) -> dict[str, object]:
    from sterling.cli.facts import run_record

    review = found.review
    return {
        "format": "sterling.status", "version": 1, "project": project.name, "title": project.title,
        "last_run": run_record(found.run) if found.run else None, "changed": list(found.changed),
        "cannot_run": found.cannot_run or None,
        "pending": [
            {"step": p.step, "title": p.title, "because": list(p.because), "certain": p.certain} for p in found.pending
        ],
        "review": review.state if review else None, "stale": list(review.stale) if review else [],
        "risks": [{"id": r.id, "stage": r.stage, "issue": r.issue, "proceed": r.proceed} for r in found.risks],
        "waivers": [
            {"limit": w.limit, "owner": w.owner, "expires": w.expires.isoformat(), "days_left": left}
            for w, left in found.waivers
        ],
        "next": found.next,
    }  # fmt: skip


status = Verb(
    name="status", callback=run_status, examples=EXAMPLES,
    endings={"0": "said", "2": "the project or its ledger cannot be read"},
    short_help="Say where the project stands and what to do next.",
    help="Say where the project stands: its last run, what has changed since and would be done again, the review, what "
    "is open, and what to do next. Nothing is run.",
    params=[project_option(), json_option(), debug_option()],
)  # fmt: skip
