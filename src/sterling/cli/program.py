"""The verbs of `sterling`, and how one is found and run."""

from __future__ import annotations

import os
import sys

import click

from sterling import __version__
from sterling.cli.command import Verbs
from sterling.cli.terminal import forgive

SECTIONS = {
    "A project": {
        "init": "sterling.cli.init:init",
        "check": "sterling.cli.check:check",
        "run": "sterling.cli.run:run",
        "status": "sterling.cli.status:status",
    },
    "People": {
        "risks": "sterling.cli.risks:risks",
        "approve": "sterling.cli.approve:approve",
        "reject": "sterling.cli.reject:reject",
        "card": "sterling.cli.card:card",
    },
    "What happened": {
        "history": "sterling.cli.history:history",
        "diff": "sterling.cli.diff:diff",
        "why": "sterling.cli.why:why",
        "predictions": "sterling.cli.predictions:predictions",
        "trace": "sterling.cli.trace:trace",
        "verify": "sterling.cli.verify:verify",
        "reproduce": "sterling.cli.reproduce:reproduce",
    },
    "Without a project": {
        "evaluate": "sterling.cli.evaluate:evaluate",
        "data": "sterling.cli.data:data",
        "schema": "sterling.cli.schema:schema",
        "table": "sterling.cli.outcomes:table",
        "checks": "sterling.cli.checks:checks",
        "metrics": "sterling.cli.metrics:metrics",
    },
}
"""The verbs by heading of the help, each with the place of its command."""


def _version(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(f"sterling {__version__}")
        context.exit()


program = Verbs(
    name="sterling",
    sections=SECTIONS,
    params=[
        click.Option(
            ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version,
            help="Show the version and exit.",
        ),
    ],
    help="Examine what a model does to people: how it treats groups, with intervals, held against your limits.",
    epilog="Start with:  sterling evaluate --help",
)  # fmt: skip


def carry_out(words: list[str]) -> int:
    """Run the verb that the words name; returns its exit code. What stops it is raised as it comes."""
    if "_STERLING_COMPLETE" in os.environ:
        program.main(args=words, prog_name="sterling")
    for stream in (sys.stdout, sys.stderr):
        forgive(stream)
    try:
        with program.make_context("sterling", list(words) or ["--help"], obj=tuple(words)) as context:
            answer = program.invoke(context)
            return answer if isinstance(answer, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
