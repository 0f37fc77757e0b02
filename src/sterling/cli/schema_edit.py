"""`sterling schema edit`: one key of one column, set or taken out; comments and all else stay."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click

from sterling.cli.command import Option, Verb
from sterling.cli.place import debug_option
from sterling.core.data.schema_file import FILE
from sterling.core.errors import ConfigError, near_miss, shown

EXAMPLES = """
sterling schema edit age range.max 120
sterling schema edit race domain.values Black,Hispanic,white
sterling schema edit approved not_in serving
sterling schema edit income severity.out_of_range warning
sterling schema edit income range.min --remove
"""


def run_edit(column: str, key: str, value: str | None, remove: bool, schema: str, debug: bool) -> int:
    """Change the file when the schema can still be read afterwards."""
    from sterling.cli.interrupt import writing
    from sterling.cli.listing import print_lines
    from sterling.cli.terminal import harmless
    from sterling.core.data.schema_file import read_schema, schema_of
    from sterling.core.data.schema_text import edited, flat
    from sterling.core.files import write_atomic
    from sterling.core.toml import Document
    from sterling.data.schema.merging import words

    if remove == (value is not None):
        raise ConfigError("one thing at a time", where="sterling schema edit", expected="a VALUE, or --remove")
    path = Path(schema)
    before = read_schema(path)
    text = path.read_text(encoding="utf-8-sig")
    there = before.column(column)
    was = flat(there).get(key) if there is not None else None
    made = edited(text, column, key, None if value is None else typed(key, value))
    schema_of(Document.parse(made, origin=path.name))
    with writing():
        write_atomic(path, made.encode())
    said = "nothing" if was is None else words(was)
    now = "no longer promised" if value is None else words(typed(key, value))
    print_lines([harmless(f"{column}: {key} was {said}, is now {now}")])
    return 0


def typed(key: str, text: str) -> Any:
    """The value that a word of the command line stands for: lists by commas, numbers and truths as TOML has them."""
    from sterling.core.data.schema_keys import BOUNDS, COLUMN_KEYS

    if key not in COLUMN_KEYS:
        raise ConfigError(
            f"there is no key {shown(key)!r}", where="sterling schema edit", hint=near_miss(key, COLUMN_KEYS)
        )
    kind = COLUMN_KEYS[key].kind
    if kind == "texts":
        return _list(text)
    if kind == "text":
        return text
    try:
        value = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        value = text
    if isinstance(value, str | bool | int | float):
        return value
    return text if key in BOUNDS else value


def _list(text: str) -> tuple[str, ...]:
    """`a,b` or, for values with commas, `["a, b", "c"]`."""
    if text.startswith("["):
        try:
            return tuple(str(v) for v in tomllib.loads(f"x = {text}")["x"])
        except tomllib.TOMLDecodeError:
            raise ConfigError("the list cannot be read", where=shown(text), expected='a,b or ["a", "b"]') from None
    return tuple(part.strip() for part in text.split(",") if part.strip())


edit = Verb(
    name="edit", callback=run_edit, examples=EXAMPLES,
    endings={"0": "changed", "2": "the schema, the column, the key or the value cannot be used: nothing is changed"},
    short_help="Set what a column promises.",
    help="Set KEY of COLUMN in a schema's file. The rest of the file stays as it is, comments too, and the value "
    "counts as yours: inferring again will not change it. The keys are those of the file, such as range.max, "
    "domain.values, presence.min_share.",
    params=[
        click.Argument(["column"], metavar="COLUMN"),
        click.Argument(["key"], metavar="KEY"),
        click.Argument(["value"], required=False, metavar="[VALUE]"),
        Option("--remove", is_flag=True, section="Data", help="Promise it no longer."),
        Option("--schema", default=FILE, show_default=True, metavar="FILE", section="Data", help="The schema's file."),
        debug_option(),
    ],
)  # fmt: skip
edit.context_settings["ignore_unknown_options"] = True  # a value may be a negative number
