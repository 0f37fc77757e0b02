"""`sterling schema show`: a schema as a table of its columns, or one column key by key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.place import debug_option, json_option
from sterling.core.data.schema_file import FILE
from sterling.core.errors import ConfigError, near_miss, shown

if TYPE_CHECKING:
    from sterling.core.data.schema import ColumnSchema, Schema

EXAMPLES = """
sterling schema show
sterling schema show age --schema loans.schema.toml
sterling schema show --json
"""
NAME, TYPE = 26, 9


def run_show(column: str | None, schema: str, as_json: bool, debug: bool) -> int:
    """List the columns with what they promise; or one column's keys."""
    from sterling.cli.listing import print_json, print_lines
    from sterling.core.data.schema_file import read_schema

    found = read_schema(Path(schema))
    columns = found.columns if column is None else (_named(found, column),)
    if as_json:
        print_json(_document(found, columns))
    else:
        print_lines(_lines(found) if column is None else _about(columns[0]))
    return 0


def _named(schema: Schema, name: str) -> ColumnSchema:
    found = schema.column(name)
    if found is None:
        raise ConfigError(
            f"the schema has no column {shown(name)!r}", where=schema.origin,
            hint=near_miss(name, [c.name for c in schema.columns]),
        )  # fmt: skip
    return found


def _document(schema: Schema, columns: tuple[ColumnSchema, ...]) -> dict[str, object]:
    from sterling.core.data.schema_text import flat

    rules = [{"name": r.name, "holds": r.text, "severity": r.severity, "max_share": r.max_share} for r in schema.rules]
    return {
        "format": "sterling.schema", "version": 1, "name": schema.name, "schema_version": schema.version,
        "environments": list(schema.environments), "min_rows": schema.min_rows, "max_rows": schema.max_rows,
        "columns": [{"column": c.name, **flat(c)} for c in columns], "rules": rules,
    }  # fmt: skip


def _lines(schema: Schema) -> list[str]:
    from sterling.cli.terminal import Terminal, cut, harmless, pad

    terminal = Terminal.of(sys.stdout)
    title = f"{schema.name or schema.origin}, version {schema.version}: {len(schema.columns):,} columns"
    lines = terminal.wrapped(harmless(title))
    if schema.description:
        lines += terminal.wrapped(harmless(schema.description))
    lines.append("")
    wide = min(NAME, max((len(c.name) for c in schema.columns), default=0))
    space = " " * (wide + TYPE + 4)
    for column in schema.columns:
        name = pad(cut(harmless(column.name), wide), wide)
        head = f"{name}  {pad(column.type or '', TYPE)}  "
        lines += terminal.wrapped(harmless(" · ".join(promises(column)) or "no promise"), first=head, rest=space)
    for rule in schema.rules:
        lines += ["", *terminal.wrapped(harmless(f"Rule {rule.name} ({rule.severity}): {rule.text}"), rest="  ")]
    return lines


def promises(column: ColumnSchema) -> list[str]:
    """What a column promises, in a few words each."""
    from sterling.data.schema.judging import between_text, ends_text
    from sterling.data.schema.merging import words

    said = []
    if not column.presence.required:
        said.append("may be absent")
    if column.presence.min_share is not None:
        share = 100 * column.presence.min_share
        said.append("always there" if share == 100 else f"there in {share:.4g}%")
    if column.domain is not None:
        said.append(words(column.domain.values))
    if column.range is not None:
        said.append(ends_text(column.range, column.units))
    if column.unique:
        said.append("unique")
    said += [f"{between_text(column.length)} characters"] if column.length is not None else []
    said += [f"{between_text(column.valency)} members"] if column.valency is not None else []
    said += [f"like {column.pattern.regex}"] if column.pattern is not None else []
    said += [f"only in {', '.join(column.environments)}"] if column.environments else []
    said += [f"not in {', '.join(column.not_environments)}"] if column.not_environments else []
    return said


def _about(column: ColumnSchema) -> list[str]:
    from sterling.cli.terminal import Terminal, harmless, pad
    from sterling.core.data.schema_text import flat, toml

    terminal = Terminal.of(sys.stdout)
    lines = [harmless(column.name)]
    for key, value in flat(column).items():
        written = " ".join(toml(value).split())
        lines += terminal.wrapped(harmless(written), first=f"  {pad(key, NAME)} ", rest=" " * (NAME + 3))
    return lines


show = Verb(
    name="show", callback=run_show, examples=EXAMPLES, endings={"0": "shown", "2": "the schema cannot be read"},
    short_help="Show what a schema promises.",
    help="Show what a schema promises: a line for each column, or every key of one COLUMN.",
    params=[
        click.Argument(["column"], required=False, metavar="[COLUMN]"),
        Option("--schema", default=FILE, show_default=True, metavar="FILE", section="Data", help="The schema's file."),
        json_option(), debug_option(),
    ],
)  # fmt: skip
