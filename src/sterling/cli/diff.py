"""`sterling diff`: what changed from one run to another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, named_run, opened, project_option
from sterling.core.errors import counted

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.changes import Change
    from sterling.pipeline.difference import Difference

EXAMPLES = """
sterling diff previous last
sterling diff 7f3a 91c2 --json
"""
MOST = 12
"""Numbers shown; the JSON has them all."""
NAME = 34
"""Columns for what a number is of; a longer name takes more lines."""
LONGEST = 60
"""Characters of a setting that are shown."""
_KINDS = {
    "project": "Project file", "scope": "Scope", "environment": "Environment", "commit": "Commit", "code": "Code",
    "files": "Files", "parameters": "Parameters", "artifact": "Made", "step": "Step",
}  # fmt: skip


def run_diff(before: str, after: str, project: str, as_json: bool, debug: bool) -> int:
    """Print what differs. The exit code does not depend on it."""
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.difference import difference
    from sterling.pipeline.lock import at_work

    found, ledger = opened(project)
    ends = named_run(ledger, before), named_run(ledger, after)
    made = difference(found, ledger, *ends, at_work=at_work(found.state))
    if as_json:
        print_json(_record(made))
    else:
        print_lines(_lines(made, Terminal.of(sys.stdout)))
    return 0


def _record(made: Difference) -> dict[str, object]:
    return {
        "format": "sterling.diff", "version": 1, "before": made.before, "after": made.after, "level": made.level,
        "same_people": made.same_people, "both_measured": made.both_measured,
        "changes": [{"kind": c.kind, "name": c.name, "before": c.before, "after": c.after} for c in made.changes],
        "verdicts": [{"question": v.question, "before": v.before, "after": v.after} for v in made.verdicts],
        "estimates": made.estimates.to_dicts(), "notes": list(made.notes),
    }  # fmt: skip


def _lines(made: Difference, terminal: Terminal) -> list[str]:
    from sterling.cli.terminal import harmless

    lines = terminal.wrapped(f"From run {made.before} to run {made.after}: {_moved(made)}.")
    for v in made.verdicts:
        lines += terminal.wrapped(
            harmless(f"{v.question}: {v.before or 'not judged'} → {v.after or 'not judged'}"), first="  ", rest="    "
        )
    lines += _numbers(made, terminal)
    for change in made.changes:
        lines += terminal.wrapped(harmless(_told(change)), first="  ", rest="    ")
    same = "both were measured on the same people: intervals of changes are as a rule wider than they need be"
    for note in (*made.notes, *([same] if made.same_people else [])):
        lines += terminal.wrapped(harmless(note), first="Note: ", rest="      ")
    return lines


def _moved(made: Difference) -> str:
    if not made.both_measured:
        return "there are no numbers to compare"
    some = len(made.verdicts)
    verdicts = counted(some, "verdict changed", "verdicts changed") if some else "no verdict changed"
    return f"{verdicts}, {made.moved.height:,} of {made.estimates.height:,} numbers moved beyond their interval"


def _numbers(made: Difference, terminal: Terminal) -> list[str]:
    """The numbers that moved most, each with the interval of its change."""
    from sterling.cli.terminal import harmless, pad, wrap

    moved = made.moved.head(MOST)
    if not moved.height:
        return []
    lines = ["", f"  {'':<{NAME}} {'before':>8} {'after':>8}  change [{made.level * 100:g}% interval]"]
    for row in moved.iter_rows(named=True):
        of = harmless(f"{row['metric']}, {row['slice']}")
        *above, last = wrap(of, NAME) if len(wrap(of, NAME)) == 1 else wrap(of, NAME - 2)
        change = f"{row['change']:+.3f} [{row['change_low']:+.3f}, {row['change_high']:+.3f}]"
        lines += [f"  {part}" for part in above]
        numbers = f"{row['value_before']:>8.3f} {row['value_after']:>8.3f}  {change}"
        lines.append(f"  {pad(f'  {last}' if above else last, NAME)} {numbers}")
    left = made.moved.height - moved.height
    return [*lines, *([f"  and {left} more: --json has them all"] if left else []), ""]


def _told(change: Change) -> str:
    nothing = "not made" if change.kind == "artifact" else "none"
    before, after = (nothing if v is None else _short(v) for v in (change.before, change.after))
    name = "" if change.kind == change.name else f" {change.name}"
    return f"{_KINDS[change.kind]}{name}: {before} → {after}"


def _short(value: str) -> str:
    from sterling.cli.terminal import cut

    bare = value.removeprefix("sha256:")
    return bare[:12] if len(bare) in (40, 64) and bare.isalnum() else cut(value, LONGEST)


diff = Verb(
    name="diff", callback=run_diff, examples=EXAMPLES,
    help="Say what changed from one run to another: data, code, parameters, numbers with the interval of their "
    "difference, verdicts.",
    params=[
        click.Argument(["before"], metavar="RUN"),
        click.Argument(["after"], metavar="RUN"),
        project_option(),
        json_option(),
        debug_option(),
    ],
)  # fmt: skip
