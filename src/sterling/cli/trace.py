"""`sterling trace`: what led to a thing, and what came of it."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import LAST, debug_option, json_option, opened_ledger, project_option

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.queries.naming import Named
    from sterling.pipeline.queries.trace import Node, Row, Trace

EXAMPLES = """
sterling trace model
sterling trace evidence --up
sterling trace report.html
sterling trace data/loans.parquet --down
sterling trace 4be1c0ff --json
"""


def run_trace(thing: str, up: bool, down: bool, run: str, project: str, as_json: bool, debug: bool) -> int:
    """Draw the tree around a thing."""
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.queries.naming import find_thing
    from sterling.pipeline.queries.trace import trace as traced

    folder, ledger = opened_ledger(project)
    named = find_thing(ledger, thing, run=run, folder=folder)
    found = traced(ledger, named)
    both = up == down
    if as_json:
        print_json(_record(found, named, up=up or both, down=down or both))
    else:
        print_lines(_lines(found, named, Terminal.of(sys.stdout), up=up or both, down=down or both))
    return 0


def _lines(found: Trace, named: Named, terminal: Terminal, *, up: bool, down: bool) -> list[str]:
    from sterling.cli.facts import SHORT, foreign

    facts = [named.meant, f"in the run {found.run[:SHORT]}" if found.run and found.start.kind != "run" else ""]
    facts.append(f"made or found made {found.times:,} times in all" if found.times and found.times > 1 else "")
    lines = [terminal.style(line, "strong") for line in terminal.wrapped(_node(found.start, found.start.type))]
    lines += terminal.wrapped(foreign(", ".join(f for f in facts if f)), first="  ", rest="  ")
    if up:
        lines += ["", "What led to it:", *_tree(found.up, terminal)]
    if down:
        lines += ["", "What came of it:", *_tree(found.down, terminal)]
    return lines


def _tree(rows: tuple[Row, ...], terminal: Terminal) -> list[str]:
    from sterling.cli.facts import foreign

    if not rows:
        return ["  nothing that the ledger knows of"]
    lines: list[str] = []
    for (depth, role, again), some in groupby(rows, key=lambda row: (row.depth, row.role, row.again)):
        space = "  " * min(depth, 16)
        nodes = [row.node for row in some]
        texts = [_node(node, role) for node in nodes]
        if again:  # what is told already takes one line
            texts = [foreign(f"{role}, as above: {', '.join(node.title for node in nodes)}")]
        for text in texts:
            lines += terminal.wrapped(text, first=space, rest=space + "    ")
    return lines


def _node(node: Node, role: str) -> str:
    """`model: logistic (sha256:42d17641785d, 1,989 rows)`."""
    from sterling.cli.facts import digest_text, foreign

    detail = f", {node.detail}" if node.detail else ""
    named = role if node.title == role else f"{role}: {node.title}"
    return foreign(f"{named} ({digest_text(node.id)}{detail})")


def _record(found: Trace, named: Named, *, up: bool, down: bool) -> dict[str, object]:
    return {
        "format": "sterling.trace", "version": 1, **_node_record(found.start), "meant": named.meant, "run": found.run,
        "times": found.times,
        "up": [_row_record(row) for row in found.up] if up else None,
        "down": [_row_record(row) for row in found.down] if down else None,
    }  # fmt: skip


def _row_record(row: Row) -> dict[str, object]:
    return {"depth": row.depth, "role": row.role, **_node_record(row.node), "again": row.again}


def _node_record(node: Node) -> dict[str, object]:
    return {"kind": node.kind, "type": node.type, "id": node.id, "title": node.title, "detail": node.detail or None}


trace = Verb(
    name="trace", callback=run_trace, examples=EXAMPLES,
    endings={"0": "told", "2": "nothing has this name, or several things do"},
    short_help="Show what led to a thing and what came of it.",
    help="Show what led to a thing, and what came of it, as a tree of files, steps and what they made.\n\nTHING is a "
    "role of the last run (table, split, model, scores, predictions, evidence, verdicts, alternatives), a file (known "
    "by its content), a run, or the first digits of any id or digest.",
    params=[
        click.Argument(["thing"], metavar="THING"),
        Option("--up", is_flag=True, help="Only what led to it."),
        Option("--down", is_flag=True, help="Only what came of it."),
        Option("--run", default=LAST, metavar="RUN", help="The run, by how its id begins.  [default: last]"),
        project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
