"""Steps that a project brings itself: Python functions from a table to a table, between reading and checking."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sterling.core.digest import in_canonical_order, table_digest
from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.project import OwnStep, Project
from sterling.core.records import Json
from sterling.pipeline.step import Inputs, Made, Step, table_bytes

RAW = "raw"
"""The role of the table as it was read, where own steps stand between it and the table that everything else reads."""


def own_steps(project: Project) -> tuple[Step, ...]:
    """The project's own steps in the order that `after` gives, each reading what the one before it made.

    The file with the function is part of the cache key; what it imports is not.
    """
    order = _in_order(project.steps)
    roles = [RAW, *(f"after {own.name}" for own in order[:-1]), "table"]
    return tuple(
        Step(
            name=own.name,
            title=f"Own step {own.name}",
            stage="preprocessing",
            work=partial(_work, own=own, reads=reads, makes=makes),
            reads=(reads,),
            makes=(makes,),
            parameters={"function": own.function, "parameters": dict(own.parameters)},
            files=(_file(project, own),),
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
    return project.folder / own.function.partition(":")[0]


def _work(inputs: Inputs, *, own: OwnStep, reads: str, makes: str) -> Mapping[str, Made]:
    import polars as pl

    function = _function(_file(inputs.project, own), own)
    made = function(inputs.frame(reads), **own.parameters)
    if isinstance(made, pl.LazyFrame):
        made = made.collect()
    if not isinstance(made, pl.DataFrame):
        raise InputError(
            f"{shown(own.function)} gave {type(made).__name__}", where="[[step]]", expected="a Polars DataFrame"
        )
    ordered = in_canonical_order(made)
    facts: dict[str, Json] = {
        "rows": ordered.height,
        "columns": {name: str(kind) for name, kind in ordered.schema.items()},
        "content": table_digest(ordered),
    }
    name = inputs.artifacts[reads].name
    return {makes: Made(content=table_bytes(ordered), type="table", name=name, properties=facts)}


def _function(file: Path, own: OwnStep) -> Callable[..., Any]:
    """The function out of its file, which is run as a module of its own."""
    name = own.function.partition(":")[2]
    found = importlib.util.spec_from_file_location(f"sterling_step_{file.stem}", file)
    assert found is not None and found.loader is not None  # a .py file has a loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise ConfigError(f"{shown(file.name)} has no function {shown(name)!r}", where="[[step]]")
    return function  # type: ignore[no-any-return]
