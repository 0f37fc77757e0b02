"""Where the rows of a table are counted: here, by Spark or by Ray."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.sources.open import open_table, reading

if TYPE_CHECKING:
    from sterling.core.place import Place

Engine = Literal["local", "spark", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "spark", "ray")


def subject_at(data: object, roles: Roles, *, sql: str | None, engine: Engine | None) -> Subject:
    """The subject, its rows at the place that was asked for. Tables of Spark and Ray stay where they are.

    Raises ConfigError for an engine that does not exist or does not fit the data, and as `open_table` does.
    """
    if engine is not None and engine not in ENGINES:
        raise ConfigError(
            f"unknown engine {shown(str(engine))}", expected=", ".join(ENGINES), hint=near_miss(str(engine), ENGINES)
        )
    if isinstance(data, Subject) and sql is None:
        if engine not in (None, "local"):
            raise ConfigError("a Subject is counted where its rows are", where="engine", hint="leave out engine")
        return data
    library = type(data).__module__.partition(".")[0]
    if library in ("pyspark", "ray"):
        own: Engine = "spark" if library == "pyspark" else "ray"
        if sql is not None or engine not in (None, own):
            raise ConfigError(f"a table of {own} is counted by {own}", hint=f"leave out engine, or say {own}")
        return _there(data, roles, own)
    opened = open_table(data, sql=sql)
    subject = Subject(
        table=opened.table, roles=roles, late_files=lambda: opened.files, name=opened.name, rows=opened.rows,
        notices=opened.notices,
    )  # fmt: skip
    return subject if engine in (None, "local") else _shared_out(subject, data, sql, engine)


def _there(data: object, roles: Roles, engine: Engine) -> Subject:
    place: Place
    if engine == "spark":
        from sterling.engine.spark import spark_frame

        table, place = spark_frame(data)
    else:
        from sterling.engine.ray import ray_dataset

        table, place = ray_dataset(data)
    return Subject(table=table, roles=roles, place=place, name=f"the {place.name} table")


def _shared_out(subject: Subject, data: object, sql: str | None, engine: Engine | None) -> Subject:
    """Files, in pieces that workers read. A table in memory would only be sent about."""
    texts = [data] if isinstance(data, str | os.PathLike) else data
    if sql is not None or not isinstance(texts, list | tuple) or not texts:
        raise InputError(
            f"--engine {engine} shares out files, and these rows are in memory already", where=subject.name,
            expected="Parquet or Arrow files, or a table of Spark or Ray", hint="leave the engine out",
        )  # fmt: skip
    from sterling.engine.pieces import pieces_of

    place: Place
    with reading(subject.name):
        pieces = pieces_of([os.fsdecode(text) for text in texts])
        if engine == "spark":
            from sterling.engine.spark import spark_files

            table, place = spark_files(subject.table, pieces)
        else:
            from sterling.engine.ray import ray_files

            table, place = ray_files(subject.table, pieces)
    return replace(subject, table=table, place=place)
