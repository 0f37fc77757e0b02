"""Python that a project brings itself: a function out of its file, and its mistakes told without what they say.

What such code prints goes to stderr: stdout is for what a run says, which may be data for another program.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sterling.core.confine import locate_file
from sterling.core.errors import ConfigError, SterlingError, near_miss, shown, shown_path
from sterling.core.project import OwnMetric, OwnStep, Project


def located(project: Project, text: str) -> Path:
    """The file that the project means by `text`, links followed: what is checked, run, and part of a cache key.

    Raises ConfigError for one outside of the project.
    """
    return locate_file(text, folder=project.folder, allowed=project.allowed_folders)


def file_of(project: Project, own: OwnStep | OwnMetric) -> Path:
    """The file that holds the function. Raises as `located` does."""
    return located(project, own.function.rpartition(":")[0])


def files_of(project: Project, own: OwnStep | OwnMetric) -> tuple[Path, ...]:
    """The file of the function and those that it says it reads, each once. Raises as `located` does."""
    return tuple(dict.fromkeys((file_of(project, own), *(located(project, text) for text in own.files))))


def module_of(file: Path, *, table: str, what: str) -> ModuleType:
    """The file, run as a module of its own, which is named for its place.

    It is compiled from its text each time: a compiled copy kept beside it may be older than the text, and nothing is
    written into the project. `table` and `what` are words for messages: `[[step]]`, "the step 'clean'".

    Raises ConfigError for a file that cannot be read or run.
    """
    place = hashlib.sha256(os.fsencode(file)).hexdigest()[:12]
    module = ModuleType(f"sterling_{table.strip('[]')}_{place}_{file.stem}")
    module.__file__ = str(file)
    with their_errors(file, what):
        code = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        sys.modules[module.__name__] = module  # dataclasses and the like look their module up by name
        exec(code, module.__dict__)
    return module


def function_in(module: ModuleType, name: str, *, table: str) -> Callable[..., Any]:
    """The function of that name. Raises ConfigError when there is none."""
    file = Path(str(module.__file__)).name
    function = getattr(module, name, None)
    if function is None:
        known = [n for n, value in vars(module).items() if inspect.isfunction(value)]
        raise ConfigError(f"{shown(file)} has no function {shown(name)!r}", where=table, hint=near_miss(name, known))
    if not callable(function):
        raise ConfigError(
            f"{shown(name)!r} in {shown(file)} is not a function", where=table, hint="name a function: def …"
        )
    return function  # type: ignore[no-any-return]


_LOCK = threading.Lock()
_STDOUT: list[Any] = []
"""The stdout to give back, once for each who is within `quiet`: steps run side by side and end in any order."""


@contextmanager
def quiet() -> Iterator[None]:
    """Within it what is printed goes to stderr."""
    with _LOCK:
        _STDOUT.append(_STDOUT[0] if _STDOUT else sys.stdout)
        sys.stdout = sys.stderr
    try:
        yield
    finally:
        with _LOCK:
            before = _STDOUT.pop()
            if not _STDOUT:
                sys.stdout = before


@contextmanager
def their_errors(file: Path, what: str) -> Iterator[None]:
    """What the project's own code raises, told without its message: that may hold values of the table."""
    try:
        with quiet():
            yield
    except SterlingError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) and error.filename == str(file):
            raise ConfigError(
                f"cannot be read: {error.strerror}", where=shown_path(file), hint="check the path and its permissions"
            ) from error
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
