"""Says how a run came out: sentences to people, data to whoever asked for data."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from sterling.cli.wanted import Wanted

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.judge import Judgement
    from sterling.core.run import Run


def terminal_for(wanted: Wanted) -> Terminal:
    """Standard output, or standard error when the former is for data."""
    from sterling.cli.terminal import Terminal

    return Terminal.of(sys.stderr if wanted.only_data else sys.stdout, workflow=wanted.github)


def speak(
    wanted: Wanted, run: Run, judgement: Judgement, lines: list[str], terminal: Terminal, *, appendix: str = ""
) -> None:
    """Data to stdout, sentences beside it. A reader that goes away early changes neither files nor exit code.

    `appendix`: Markdown that the job summary ends with.
    """
    from sterling.cli.outputs import encoded, json_text
    from sterling.cli.terminal import Terminal

    with suppress(BrokenPipeError):
        terminal.write([] if wanted.quiet else lines)
    if wanted.github:
        from sterling.report.exports.github import append_step_summary, step_summary, workflow_commands

        with suppress(BrokenPipeError):
            Terminal.of(terminal.stream).write(workflow_commands(run, judgement, policy=wanted.policy))
        append_step_summary(step_summary(run, judgement) + appendix)
    if wanted.only_data:
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(encoded(json_text(run, judgement)))
            sys.stdout.buffer.flush()
