"""Steps that a project brings itself: Python functions from a table to a table, between reading and checking.

What they print goes to stderr: stdout is for what a run says, which may be data for another program.
"""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from sterling.core.confine import locate
from sterling.core.errors import ConfigError, InputError, SterlingError, near_miss, shown, shown_path
from sterling.core.project import OwnStep, Project
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.ingest import table_made

RAW = "raw"
"""The role of the table as it was read, where own steps stand between it and the table that everything else reads."""


def own_steps(project: Project, *, makes: str = "table") -> tuple[Step, ...]:
    """The project's own steps in the order that `after` gives, each reading what the one before it made.

    The file with the function and those that the step names are part of the cache key; what it imports is not.
    """
    order = _in_order(project.steps)
    roles = [RAW, *(f"after {own.name}" for own in order[:-1]), makes]
    return tuple(
        Step(
            name=own.name,
            title=f"Own step {own.name}",
            stage="preprocessing",
            work=partial(_work, own=own, reads=reads, makes=makes),
            reads=(reads,),
            makes=(makes,),
            parameters={"function": own.function, "parameters": dict(own.parameters)},
            files=_files(project, own),
        )
        for own, reads, makes in zip(order, roles, roles[1:], strict=False)
    )


def _in_order(steps: tuple[OwnStep, ...]) -> list[OwnStep]:
    done, left, order = {"ingest"}, list(steps), list[OwnStep]()
    while left:
        following = next((s for s in left if s.after in done), None)
        if following is None:
            raise ConfigError(
                f"the step {shown(left[0].name)!r} comes after {shown(left[0].after)!r}, which never happens",
                where="[[step]]", expected="after = \"ingest\", or the name of another of your steps",
            )  # fmt: skip
        left.remove(following)
        done.add(following.name)
        order.append(following)
    return order


def _file(project: Project, own: OwnStep) -> Path:
    return project.folder / own.function.rpartition(":")[0]


def _files(project: Project, own: OwnStep) -> tuple[Path, ...]:
    """The file of the function and those that the step says it reads, each once."""
    named = (locate(text, folder=project.folder, allowed=project.allowed_folders) for text in own.files)
    return tuple(dict.fromkeys((_file(project, own), *named)))


def _work(inputs: Inputs, *, own: OwnStep, reads: str, makes: str) -> Mapping[str, Made]:
    import polars as pl

    file = _file(inputs.project, own)
    function = _function(file, own)
    _fitting(function, own)
    with _their_errors(file, own), redirect_stdout(sys.stderr):
        made = function(inputs.frame(reads), **own.parameters)
        if isinstance(made, pl.LazyFrame):
            made = made.collect()
    if not isinstance(made, pl.DataFrame):
        raise InputError(
            f"the step {shown(own.name)!r} gave no Polars table", where=shown(own.function),
            expected="a Polars DataFrame or LazyFrame", got=shown(type(made).__module__ + "." + type(made).__name__),
            hint="end with polars.from_pandas(table)" if type(made).__module__.startswith("pandas") else "",
        )  # fmt: skip
    return {makes: table_made(made, name=inputs.artifacts[reads].name, where=shown(own.function))}


def _function(file: Path, own: OwnStep) -> Callable[..., Any]:
    """The function out of its file, which is run as a module of its own.

    It is compiled from its text each time: a compiled copy kept beside it may be older than the text, and nothing is
    written into the project.
    """
    name = own.function.rpartition(":")[2]
    module = ModuleType(f"sterling_step_{file.stem}")
    module.__file__ = str(file)
    with _their_errors(file, own), redirect_stdout(sys.stderr):
        code = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        sys.modules[module.__name__] = module  # dataclasses and the like look their module up by name
        exec(code, module.__dict__)
    function = getattr(module, name, None)
    if function is None:
        known = [n for n, value in vars(module).items() if inspect.isfunction(value)]
        raise ConfigError(
            f"{shown(file.name)} has no function {shown(name)!r}", where="[[step]]", hint=near_miss(name, known)
        )
    if not callable(function):
        raise ConfigError(f"{shown(name)!r} in {shown(file.name)} is not a function", where="[[step]]")
    return function  # type: ignore[no-any-return]


def _fitting(function: Callable[..., Any], own: OwnStep) -> None:
    """Whether it can be called with a table and the parameters of the project file."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C: it says itself what it does not take
        return
    try:
        signature.bind(None, **own.parameters)
    except TypeError as error:
        raise ConfigError(
            f"{shown(own.function)} does not take what [[step]] gives it: {shown(str(error))}", where="[[step]]",
            expected="a function of the table, and of each of the parameters by name",
            got=", ".join(["the table", *map(shown, own.parameters)]),
        ) from error  # fmt: skip


@contextmanager
def _their_errors(file: Path, own: OwnStep) -> Iterator[None]:
    """What the project's own code raises, told without its message: that may hold values of the table."""
    try:
        yield
    except SterlingError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) and error.filename == str(file):
            raise ConfigError(f"cannot be read: {error.strerror}", where=shown_path(file)) from error
        raise ConfigError(
            f"the step {shown(own.name)!r} stopped with {type(error).__name__}", where=_place(error, file),
            hint="sterling run --debug shows what it says; it may hold values of your data",
        ) from error  # fmt: skip


def _place(error: BaseException, file: Path) -> str:
    """The last line of the project's file on the way to the error."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"{shown(file.name)}:{error.lineno}"
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    return f"{shown(file.name)}:{lines[-1]}" if lines else shown(file.name)
