"""`sterling history`: the runs of a project, the newest first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, opened_ledger, project_option

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.queries.history import History
    from sterling.pipeline.queries.runs import RunFacts

EXAMPLES = """
sterling history
sterling history --limit 3 --json
"""
LIMIT = 20


def run_history(limit: int, project: str, as_json: bool, debug: bool) -> int:
    """List the newest runs."""
    from sterling.cli.facts import at_least, run_record
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.lock import at_work
    from sterling.pipeline.queries.history import history as runs_of

    _, ledger = opened_ledger(project)
    found = runs_of(ledger, limit=at_least(limit, 1, "--limit"), at_work=at_work(ledger.folder))
    if as_json:
        runs = [run_record(run) for run in found.runs]
        print_json({"format": "sterling.history", "version": 1, "runs": runs, "more": found.more})
    else:
        print_lines(_lines(found, Terminal.of(sys.stdout)))
    return 0


def _lines(found: History, terminal: Terminal) -> list[str]:
    if not found.runs:
        return ["No run yet.", "", "Next: sterling run"]
    lines: list[str] = []
    for run in found.runs:
        lines += _run(run, terminal)
    more = ["", "There are older runs: --limit shows more."] if found.more else []
    return [*lines, *more]


def _run(run: RunFacts, terminal: Terminal) -> Iterator[str]:
    from sterling.cli.facts import counts_text, decision_text, foreign, run_line

    yield from terminal.wrapped(foreign(run_line(run)), rest="        ")
    about = [counts_text(run.counts), f"by {run.author}" if run.author else "",
             f"commit {run.commit[:12]}" if run.commit else ""]  # fmt: skip
    decided = [decision_text(decision, of=run.id) for decision in run.decisions]
    for text in (*filter(None, [" · ".join(a for a in about if a)]), *decided):
        yield from terminal.wrapped(foreign(text), first="        ", rest="        ")


history = Verb(
    name="history", callback=run_history, examples=EXAMPLES,
    endings={"0": "listed", "2": "there is no ledger, or it cannot be read"},
    short_help="List the runs, the newest first.",
    help="List the runs of the project, the newest first: when, how long, how they ended, verdicts, author, commit and "
    "what people decided.",
    params=[
        Option("--limit", type=int, default=LIMIT, metavar="N", help=f"How many runs at most.  [default: {LIMIT}]"),
        project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
