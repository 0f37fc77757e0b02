"""How a verb that examines something is carried out: measure, judge, write, say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from sterling.cli.complaints import INTERNAL
from sterling.cli.speaking import speak, terminal_for
from sterling.core.addresses import bare
from sterling.core.errors import shown

if TYPE_CHECKING:
    from pathlib import Path

    from sterling.cli.examining import Examining
    from sterling.cli.progress import Teller
    from sterling.cli.terminal import Terminal
    from sterling.core.judge import Judgement
    from sterling.core.run import Run

    Measure = Callable[[Teller, tuple[str, ...]], Run]
    Lines = Callable[[Run, Judgement, tuple[tuple[str, Path], ...], Terminal], list[str]]


def carry_out(request: Examining, measure: Measure, lines: Lines) -> int:
    """Measure, write what was asked for, and say it in sentences. Returns the exit code.

    `measure` is given who tells the progress and the command as it was typed; `lines` are the sentences.
    """
    command: tuple[str, ...] = click.get_current_context().obj or ()
    from sterling.cli.interrupt import prompt_stop
    from sterling.cli.outputs import write_outputs
    from sterling.cli.progress import progress

    with ExitStack() as stack:
        if request.debug:
            stack.enter_context(_logged())
        stack.enter_context(prompt_stop())
        teller = stack.enter_context(progress(quiet=request.quiet))
        run = measure(teller, command)
        teller.say("Judging")
        judgement = run.judgement
        teller.say(f"Writing the {request.page}")
        written = write_outputs(request.wanted, run, judgement)
    terminal = terminal_for(request.wanted)
    speak(request.wanted, run, judgement, [] if request.quiet else lines(run, judgement, written, terminal), terminal)
    return (1 if run.broken_promises else judgement.exit_code) or (INTERNAL if _all_failed(run) else 0)


def named(file: str | None) -> str:
    """What is examined, as progress tells it."""
    return shown(bare(file).rstrip("/").rsplit("/", 1)[-1]) if file else "the query"


def _all_failed(run: Run) -> bool:
    """Whether nothing was measured because every check stopped with an error of its own."""
    return bool(run.evidence) and all(item.outcome == "error" for item in run.evidence)


@contextmanager
def _logged() -> Iterator[None]:
    """Within: Sterling's own log on stderr. It holds the tracebacks of checks that stopped."""
    import logging

    log, handler = logging.getLogger("sterling"), logging.StreamHandler()
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
