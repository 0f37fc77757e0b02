"""A table's promises from outside a project: inferred from a table, held against one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from sterling.core.data.profile_file import Statistics, is_statistics, read_statistics
from sterling.core.data.schema import Schema
from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_text import write_schema
from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.data.schema.by_profile import judge_profile
from sterling.data.schema.checking import Held, hold_with_rows, schema_at
from sterling.data.schema.inference import infer
from sterling.data.schema.merging import Change, merge, merged_text
from sterling.engine.table import TableAccess
from sterling.pipeline.places import Engine, subject_at
from sterling.sources.open import reading

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """A schema's text, the schema in it, and what became of the one that was there before."""

    text: str
    schema: Schema
    rows: int
    changes: tuple[Change, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A table held against a schema. `statistics`: the file of its statistics, where they stood for its rows."""

    schema: Schema
    table: str
    rows: int
    held: Held
    notices: tuple[str, ...] = ()
    statistics: str | None = None

    @property
    def exit_code(self) -> int:
        """1 when a promise is broken that must not be."""
        return int(bool(self.held.anomalies.errors))


def infer_schema(
    data: object, *, old: Path | None = None, file_name: str = "schema.toml", sql: str | None = None,
    engine: Engine | None = None, label: str | None = None, id: str | None = None, progress: Progress | None = None,
) -> Inferred:  # fmt: skip
    """The schema of a table, joined with the one in the file `old`: what people wrote there stays.

    Raises InputError for a table that cannot be read or has no rows, ConfigError for a schema that cannot be read.
    """
    access, notices = promised_table(data, Roles(label=label, id=id), sql=sql, engine=engine, progress=progress)
    if not access.rows:
        raise ConfigError(
            "the table has no rows: nothing can be inferred", where=access.name, hint="is it the file that was meant?"
        )
    fresh = infer(access, name=Path(access.name).stem)
    notices = (*notices, *_repeated(access))
    if old is None:
        text = write_schema(fresh, name=file_name)
        return Inferred(text=text, schema=parse_schema(text, origin=file_name), rows=access.rows, notices=notices)
    before = schema_at(old)
    merged = merge(before, fresh)
    text = merged_text(old.read_text(encoding="utf-8-sig"), merged)
    return Inferred(
        text=text, schema=parse_schema(text, origin=old.name), rows=access.rows, changes=merged.changes, notices=notices
    )


def _repeated(access: TableAccess) -> tuple[str, ...]:
    """That the id, which is promised to name one row each, does not."""
    name = access.roles.id
    if name is None:
        return ()
    ids = pl.col(name).drop_nulls()
    with reading(access.name):
        rows, distinct = access.table.select(rows=ids.len(), distinct=ids.n_unique()).collect().row(0)
    again = rows - distinct
    if not again:
        return ()
    return (
        f"The promise that no {shown(name)} occurs twice is written, and this table breaks it: {again:,} of "
        f"{rows:,} rows repeat an earlier one. Remove the repeats, or the line unique = true",
    )


def check_schema(
    data: object, schema: Path, *, environment: str | None = None, sql: str | None = None,
    engine: Engine | None = None, with_values: bool = False, progress: Progress | None = None,
) -> Checked:  # fmt: skip
    """Hold a table against a schema. A table without rows is one with a broken promise, not an error.

    `data` may also be the file of a table's statistics that `sterling data profile --json` wrote. Then no row is read,
    and promises that the statistics leave open are in `held.anomalies.unchecked`.

    Raises InputError for a table or statistics that cannot be read, ConfigError for a schema that cannot be read and
    for an option that statistics have no rows for.
    """
    promised = schema_at(schema, environment)
    if isinstance(data, list | tuple) and any(map(is_statistics, data)):
        raise ConfigError(
            "statistics stand for a whole table, and there are several files", where="sterling schema check",
            hint="give one file of statistics, or tables",
        )  # fmt: skip
    if is_statistics(data):
        asked = {"sql": sql is not None, "engine": engine not in (None, "local"), "embed rows": with_values}
        for option in (name for name, given in asked.items() if given):
            raise ConfigError(
                "the file holds statistics, and no rows", where=option, hint="leave it out, or give the table"
            )
        return _by_statistics(Path(os.fsdecode(data)), promised, environment)  # type: ignore[arg-type]
    access, notices = promised_table(data, Roles(), sql=sql, engine=engine, progress=progress)
    held = hold_with_rows(promised, access, environment, with_values=with_values)
    return Checked(schema=promised, table=access.name, rows=access.rows, held=held, notices=notices)


def _by_statistics(path: Path, promised: Schema, environment: str | None) -> Checked:
    found: Statistics = read_statistics(path)
    profile = found.profile
    told = judge_profile(promised, profile, environment, left_out=found.unseen(c.name for c in promised.columns))
    grouped = f"by {', '.join(map(shown, found.groups))} are not judged: a schema speaks of the whole table"
    return Checked(
        schema=promised, table=profile.table, rows=profile.rows, held=Held(anomalies=told), statistics=path.name,
        notices=(f"The statistics of groups {grouped}.",) if found.groups else (),
    )  # fmt: skip


def promised_table(
    data: object, roles: Roles, *, sql: str | None, engine: Engine | None, progress: Progress | None
) -> tuple[TableAccess, tuple[str, ...]]:
    """The table, ready to be counted, and what to know of how it was read. Raises InputError."""
    subject = subject_at(data, roles, sql=sql, engine=engine).checked()
    with reading(subject.name):
        rows = int(subject.table.select(pl.len()).collect().item())
    access = TableAccess(
        name=subject.name, table=subject.table, roles=roles, rows=rows, place=subject.place, guard=reading
    )
    if progress is None:
        return access, subject.notices
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done = min(done + more, rows)
        progress(done, rows)

    return replace(access, progress=told), subject.notices
