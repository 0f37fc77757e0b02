"""`sterling`: finds the verb, runs it, and turns whatever happens into one message and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

import click

from sterling import __version__
from sterling.cli.command import Verbs
from sterling.cli.complaints import explain
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 within limits or no limits given; 1 over a limit; 2 input or configuration that cannot be used; 3 undecided;
    4 a mistake of Sterling's own; 130 interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if "_STERLING_COMPLETE" in os.environ:
        program.main(args=words, prog_name="sterling")
    for stream in (sys.stdout, sys.stderr):
        forgive(stream)
    code = _run(words)
    return _flushed(code)


def _run(words: list[str]) -> int:
    try:
        with program.make_context("sterling", list(words) or ["--help"], obj=tuple(words)) as context:
            answer = program.invoke(context)
            return answer if isinstance(answer, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        return 0
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 the one place where every failure becomes a message
        return explain(error, debug="--debug" in words)


def _flushed(code: int) -> int:
    """Flush now: at interpreter exit a reader that has gone away could only be complained about."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def script() -> int:
    """The command as it is installed. Nearly all that it makes lives till it ends, so garbage is seldom looked for.

    NumPy's threads of linear algebra sleep while they have nothing to do, where they would keep a core busy for a tenth
    of a second after they have been made.
    """
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    gc.set_threshold(100_000)
    code = main()
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(script())
