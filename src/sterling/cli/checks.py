"""`sterling checks`: the questions Sterling asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines

if TYPE_CHECKING:
    from sterling.core.registry import Check

EXAMPLES = """
sterling checks
sterling checks FA001
"""


def run_checks(code: str | None, as_json: bool) -> int:
    """Print the registered checks, or the one that is named by code or name."""
    import sterling.pipeline.evaluate  # noqa: F401 importing it makes the checks of every shelf known
    from sterling.core.registry import every_check, find_check

    found = [find_check(code)] if code else list(every_check().values())
    if as_json:
        print_json([_record(item) for item in found])
    elif code:
        print_lines(_described(found[0]))
    else:
        print_lines([f"{item.code}  {item.title}" for item in found])
    return 0


def _record(item: Check) -> dict[str, object]:
    return {
        "code": item.code, "name": item.name, "title": item.title, "question": item.question,
        "needs": list(item.needs), "pitfalls": list(item.pitfalls), "hints": list(item.hints), "since": item.since,
    }  # fmt: skip


def _described(item: Check) -> list[str]:
    from sterling.cli.terminal import WIDTH, wrap

    lines = [f"{item.code} {item.title}", "", *wrap(item.question, WIDTH)]
    for heading, parts in (("Needs", item.needs), ("What can fool it", item.pitfalls), ("What to try", item.hints)):
        if parts:
            lines += ["", f"{heading}:"]
            for part in parts:
                first, *rest = wrap(part, WIDTH - 4)
                lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return lines


checks = Verb(
    name="checks", callback=run_checks, examples=EXAMPLES,
    help="List the registered checks, or describe the one that is named by its code.",
    params=[
        click.Argument(["code"], required=False, metavar="[CODE]"),
        Option("--json", "as_json", is_flag=True, section="Output", help="Write JSON instead of text."),
    ],
)  # fmt: skip
