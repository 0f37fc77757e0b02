"""`sterling reproduce`: make a run again and compare every byte."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, named_run, opened, project_option
from sterling.core.errors import counted

if TYPE_CHECKING:
    from pathlib import Path

    from sterling.core.records import Ledger
    from sterling.pipeline.reproduce import Reproduction

EXAMPLES = """
sterling reproduce last
sterling reproduce 7f3a
"""
ENDINGS = {"0": "every artifact has the same bytes", "1": "some differ", "2": "the run cannot be made again"}


def run_reproduce(run: str, project: str, as_json: bool, debug: bool) -> int:
    """Carry the run out again beside the project; 0 when everything has the same bytes, 1 when something differs."""
    from sterling.cli.interrupt import prompt_stop
    from sterling.cli.steps import watching
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.conduct import all_steps
    from sterling.pipeline.lock import at_work
    from sterling.pipeline.reproduce import reproduce

    found, ledger = opened(project)
    named = named_run(ledger, run)
    with prompt_stop(), watching(Terminal.of(sys.stderr), quiet=as_json) as watcher:
        made = reproduce(
            found, ledger, named, open_ledger=_made, at_work=at_work(found.state),
            carry_out=lambda steps, known, hands: all_steps(steps, known, hands, watcher),
        )  # fmt: skip
    if as_json:
        print_json(_record(made))
    else:
        print_lines(_lines(made))
    return 0 if made.same else 1


def _made(folder: Path) -> Ledger:
    from sterling.ledger import open_ledger

    return open_ledger(folder, create=True)


def _record(made: Reproduction) -> dict[str, object]:
    return {
        "format": "sterling.reproduce", "version": 1, "run": made.run, "same": made.same,
        "code_same": made.code_same, "environment_same": made.environment_same, "notes": list(made.notes),
        "artifacts": [{"role": p.role, "before": p.before, "after": p.after, "same": p.same} for p in made.parts],
    }  # fmt: skip


def _lines(made: Reproduction) -> list[str]:
    from sterling.cli.terminal import harmless

    differ = [p for p in made.parts if not p.same]
    count = counted(len(made.parts), "artifact", "artifacts")
    lines = [f"Run {made.run}: {count}, every one with the same bytes as then."] if made.same else [
        f"Run {made.run}: {len(differ)} of {count} came out with other bytes.",
    ]  # fmt: skip
    width = max(len(p.role) for p in made.parts)
    for p in made.parts:
        now = "same" if p.same else f"now {_short(p.after)}"
        lines.append(f"  {p.role:<{width}}  {_short(p.before)}  {now}")
    lines += [f"Note: {harmless(note)}" for note in made.notes]
    causes = (("Sterling's code", made.code_same), ("the environment", made.environment_same))
    changed = " and ".join(words for words, same in causes if not same)
    if changed:
        lines.append(f"Changed since: {changed}.")
    elif not made.same:
        lines.append("Code and environment are as they were: please report this.")
    return lines


def _short(digest: str | None) -> str:
    return "not made" if digest is None else digest.removeprefix("sha256:")[:12]


reproduce = Verb(
    name="reproduce", callback=run_reproduce, examples=EXAMPLES, endings=ENDINGS,
    help="Make a run again from the project file as it was then, and compare the bytes of all that comes out. "
    "Nothing is written to the project.",
    params=[
        click.Argument(["run"], metavar="RUN"),
        project_option(),
        json_option(),
        debug_option(),
    ],
)  # fmt: skip
