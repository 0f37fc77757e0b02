"""Steps that a project brings itself: Python functions from a table to a table, between reading and checking."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.project import OwnStep, Project
from sterling.pipeline.own_code import file_of, files_of, function_in, module_of, their_errors
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
            files=files_of(project, own),
            own_code=True,
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


def _work(inputs: Inputs, *, own: OwnStep, reads: str, makes: str) -> Mapping[str, Made]:
    import polars as pl

    file = file_of(inputs.project, own)
    what = f"the step {shown(own.name)!r}"
    module = module_of(file, table="[[step]]", what=what)
    function = function_in(module, own.function.rpartition(":")[2], table="[[step]]")
    _fitting(function, own)
    with their_errors(file, what):
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
