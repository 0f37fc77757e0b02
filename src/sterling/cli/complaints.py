"""From an exception to one message on stderr and an exit code."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from sterling.core.errors import ConfigError, SterlingError, near_miss, shown

INTERNAL, INTERRUPTED = 4, 130
STOPPED = "stopped: nothing was written"
_ROOM = Path(__file__).resolve().parents[1]


def message(error: BaseException) -> str:
    """One message: what happened, where, what was expected, a hint. Never a traceback, never a value of the data."""
    if isinstance(error, SterlingError):
        return f"error: {error.render()}"
    if isinstance(error, click.ClickException):
        return f"error: {_usage(error).render()}"
    if isinstance(error, MemoryError):
        return "error: there is not enough memory\n  hint: examine fewer columns, or close other programs"
    return (
        f"error: Sterling stopped on a mistake of its own ({type(error).__name__} in {_place(error)})\n"
        "  hint: run the same command with --debug and report what it prints; the data need not be sent"
    )


def interrupt_in(error: BaseException) -> KeyboardInterrupt | None:
    """The interrupt that this error is, or came from: libraries that are being loaded turn it into errors of theirs."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        if isinstance(at, KeyboardInterrupt):
            return at
        seen.add(id(at))
        at = at.__cause__ or at.__context__
    return None


def exit_code(error: BaseException) -> int:
    """2 for input and configuration, 130 for an interrupt, 4 for everything unforeseen."""
    if interrupt_in(error) is not None:
        return INTERRUPTED
    if isinstance(error, SterlingError):
        return error.exit_code
    return 2 if isinstance(error, click.ClickException) else INTERNAL


def explain(error: BaseException, *, debug: bool) -> int:
    """Write the message to stderr, with the traceback when debugging; returns the exit code."""
    stopped = interrupt_in(error)
    if debug and stopped is None:
        traceback.print_exception(error, file=sys.stderr)
    if stopped is not None:
        print(f"\n{str(stopped) or STOPPED}", file=sys.stderr)
    else:
        print(message(error), file=sys.stderr)
    return exit_code(error)


def _usage(error: click.ClickException) -> ConfigError:
    """click's complaints in our form."""
    verb = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "sterling"
    help_hint = f"{verb} --help lists what there is"
    if isinstance(error, click.NoSuchOption):
        known = [o for p in _parameters(error) for o in (*p.opts, *p.secondary_opts) if o.startswith("--")]
        near = near_miss(error.option_name, known)
        hint = near if near.startswith("did you mean") else help_hint
        return ConfigError(f"there is no option {shown(error.option_name)}", where=verb, hint=hint)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.human_readable_name
        return ConfigError(f"{name} is missing", where=verb, hint=f"{verb} {_example(name)}; {help_hint}")
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[0] if error.param.opts[0].startswith("-") else error.param.human_readable_name
        return ConfigError(error.message.rstrip("."), where=name, hint=help_hint)
    return ConfigError(error.format_message().rstrip("."), where=verb, hint=help_hint)


def _example(name: str) -> str:
    return "scores.csv" if name == "FILE" else name


def _parameters(error: click.UsageError) -> list[click.Parameter]:
    return error.ctx.command.get_params(error.ctx) if error.ctx else []


def _place(error: BaseException) -> str:
    """The last line of Sterling's own code on the way to the error, as `sterling/room/file.py:12`."""
    found = "unknown place"
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOM):
            found = f"sterling/{path.relative_to(_ROOM).as_posix()}:{frame.lineno}"
    return found
