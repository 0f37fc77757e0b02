"""`sterling schema infer`: a schema from a table; the one that is there is brought up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.options import ENGINES
from sterling.cli.place import debug_option
from sterling.core.data.schema_file import FILE
from sterling.core.errors import ConfigError

if TYPE_CHECKING:
    from sterling.pipeline.schemas import Inferred

EXAMPLES = """
sterling schema infer loans.parquet --label approved
sterling schema infer 'scores/*.parquet' --out scores.schema.toml
sterling schema infer loans.csv --out - | less
"""
MOST = 40
"""So many changes are told one by one."""


def run_infer(
    files: tuple[str, ...], out: str, fresh: bool, label: str | None, id_: str | None, sql: str | None,
    engine: str | None, quiet: bool, debug: bool,
) -> int:  # fmt: skip
    """Infer, join with what is there, put the file in place at once."""
    from sterling.cli.interrupt import prompt_stop, writing
    from sterling.cli.progress import progress
    from sterling.core.files import write_atomic
    from sterling.pipeline.schemas import infer_schema

    if not files:
        raise ConfigError("there are no data", where="sterling schema infer", expected="a FILE",
                          hint="sterling schema infer table.csv")  # fmt: skip
    path = None if out == "-" else Path(out)
    old = path if path is not None and path.exists() and not fresh else None
    with prompt_stop(), progress(quiet=quiet) as teller:
        teller.say("Looking at the table")
        made = infer_schema(
            files[0] if len(files) == 1 else list(files), old=old, file_name=path.name if path else FILE, sql=sql,
            engine=engine, label=label, id=id_, progress=teller.rows,  # type: ignore[arg-type]
        )  # fmt: skip
    if path is None:
        sys.stdout.buffer.write(made.text.encode())
        sys.stdout.buffer.flush()
        return 0
    with writing():
        write_atomic(path, made.text.encode())
    if not quiet:
        _tell(made, path, again=old is not None)
    return 0


def _tell(made: Inferred, path: Path, *, again: bool) -> None:
    from sterling.cli.listing import print_lines
    from sterling.cli.terminal import Terminal, harmless
    from sterling.data.schema.merging import told

    terminal = Terminal.of(sys.stdout)
    columns = len(made.schema.columns)
    what = f"Inferred what {columns:,} columns promise, from {made.rows:,} rows."
    lines = terminal.wrapped(what)
    for notice in made.notices:
        lines += terminal.wrapped(harmless(notice))
    if again:
        said = list(told(made.changes))
        lines += [""] + (["Nothing has changed."] if not said else [])
        for sentence in said[:MOST]:
            lines += terminal.wrapped(harmless(sentence), first="  ", rest="    ")
        if len(said) > MOST:
            lines.append(f"  and {len(said) - MOST:,} more")
    name = harmless(str(path))
    lines += ["", f"Schema: {name} (version {made.schema.version})"]
    lines += [f"Next: read it, refine it, then  sterling schema check FILE --schema {name}"]
    print_lines(lines)


infer = Verb(
    name="infer", callback=run_infer, examples=EXAMPLES,
    endings={"0": "the schema is written", "2": "the data, an option or the schema cannot be used"},
    help="Infer a schema from a table. Promises are generous: another table of the same source breaks any of them in 1 "
    "of 20 cases at most. No end of a range is one row's own value, and only values that ten rows share are listed."
    "\n\nA schema that is there already is brought up to date. What people wrote in it stays, with their comments; "
    "what changed is told.",
    params=[
        click.Argument(["files"], nargs=-1, metavar="FILE"),
        Option("--sql", metavar="QUERY", section="Data", help="The rows are what this SELECT gives."),
        Option("--label", metavar="COLUMN", section="Data", help="Known in training, not when a model serves."),
        Option("--id", "id_", metavar="COLUMN", section="Data", help="Names a row: no value occurs twice."),
        Option("--engine", type=click.Choice(ENGINES), metavar="ENGINE", section="Data",
               help="Where rows are counted: local, spark or ray."),
        Option("--out", default=FILE, show_default=True, metavar="FILE", help="Where to write; - for standard output."),
        Option("--fresh", is_flag=True, help="Write a new one over the one that is there."),
        Option("--quiet", "-q", is_flag=True, help="Print nothing but errors."),
        debug_option(),
    ],
)  # fmt: skip
