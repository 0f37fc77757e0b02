"""Python that a project brings itself: a function out of its file, and its mistakes told without what they say.

What such code prints goes to stderr: stdout is for what a run says, which may be data for another program.
"""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from sterling.core.errors import ConfigError, SterlingError, near_miss, shown, shown_path


def function_of(file: Path, name: str, *, table: str, what: str) -> Callable[..., Any]:
    """The function out of its file, which is run as a module of its own.

    It is compiled from its text each time: a compiled copy kept beside it may be older than the text, and nothing is
    written into the project. `table` and `what` are words for messages: `[[step]]`, "the step 'clean'".

    Raises ConfigError for a file that cannot be read or run, and for a name that is no function in it.
    """
    module = ModuleType(f"sterling_{table.strip('[]')}_{file.stem}")
    module.__file__ = str(file)
    with their_errors(file, what):
        code = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        sys.modules[module.__name__] = module  # dataclasses and the like look their module up by name
        exec(code, module.__dict__)
    function = getattr(module, name, None)
    if function is None:
        known = [n for n, value in vars(module).items() if inspect.isfunction(value)]
        raise ConfigError(
            f"{shown(file.name)} has no function {shown(name)!r}", where=table, hint=near_miss(name, known)
        )
    if not callable(function):
        raise ConfigError(f"{shown(name)!r} in {shown(file.name)} is not a function", where=table)
    return function  # type: ignore[no-any-return]


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with what it prints on stderr."""

    def called(*given: Any) -> Any:
        with redirect_stdout(sys.stderr):
            return function(*given)

    return called


@contextmanager
def their_errors(file: Path, what: str) -> Iterator[None]:
    """What the project's own code raises, told without its message: that may hold values of the table."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SterlingError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) and error.filename == str(file):
            raise ConfigError(f"cannot be read: {error.strerror}", where=shown_path(file)) from error
        raise ConfigError(
            f"{what} stopped with {type(error).__name__}", where=_place(error, file),
            hint="sterling run --debug shows what it says; it may hold values of your data",
        ) from error  # fmt: skip


def _place(error: BaseException, file: Path) -> str:
    """The last line of the project's file on the way to the error."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"{shown(file.name)}:{error.lineno}"
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    return f"{shown(file.name)}:{lines[-1]}" if lines else shown(file.name)
