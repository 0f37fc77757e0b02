"""`sterling schema check`: a table held against a schema."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.options import ENGINES
from sterling.cli.place import debug_option
from sterling.core.data.schema_file import FILE
from sterling.core.errors import ConfigError

if TYPE_CHECKING:
    from sterling.cli.terminal import Mark, Terminal
    from sterling.core.data.anomalies import Anomaly, Severity
    from sterling.data.schema.rows import Offending
    from sterling.pipeline.schemas import Checked

EXAMPLES = """
sterling schema check loans.csv
sterling schema check monday.parquet --schema loans.schema.toml \\
    --environment serving --json anomalies.json
sterling schema check loans.csv --embed rows
sterling data profile loans.csv --json loans.json
sterling schema check loans.json
"""
_MARKS: dict[Severity, Mark] = {"error": "over", "warning": "undecided", "note": "other"}
SHOWN = 3
"""So many rows are shown with their values."""


def run_check(
    files: tuple[str, ...], schema: str, environment: str | None, sql: str | None, engine: str | None,
    embed: str | None, as_json: str | None, quiet: bool, debug: bool,
) -> int:  # fmt: skip
    """Hold the table against the schema and say what it breaks. Returns the exit code."""
    from sterling.cli.interrupt import prompt_stop, writing
    from sterling.cli.progress import progress
    from sterling.cli.terminal import Terminal
    from sterling.core.files import write_atomic
    from sterling.pipeline.schemas import check_schema

    if not files:
        raise ConfigError("there are no data", where="sterling schema check", expected="a FILE",
                          hint="sterling schema check table.csv --schema schema.toml")  # fmt: skip
    with prompt_stop(), progress(quiet=quiet) as teller:
        teller.say("Checking the table")
        made = check_schema(
            files[0] if len(files) == 1 else list(files), Path(schema), environment=environment, sql=sql,
            engine=engine, with_values=embed == "rows", progress=teller.rows,  # type: ignore[arg-type]
        )  # fmt: skip
    text = json.dumps(document(made), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    if as_json not in (None, "-"):
        with writing():
            write_atomic(Path(str(as_json)), text.encode("utf-8", "backslashreplace"))
    terminal = Terminal.of(sys.stderr if as_json == "-" else sys.stdout)
    with suppress(BrokenPipeError):
        if not quiet:
            terminal.write(_lines(made, terminal, name=files[0], schema=schema, embed=embed is not None))
        if as_json == "-":
            sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
            sys.stdout.buffer.flush()
    return made.exit_code


def document(made: Checked) -> dict[str, object]:
    """The JSON of a check: `anomalies`, each with the numbers of the first rows behind it."""
    from sterling.core.codec import plain

    found = made.held.anomalies
    behind = {id(r.anomaly): r for r in made.held.rows}
    return {
        "format": "sterling.schema_check", "version": 1, "exit_code": made.exit_code, "table": made.table,
        "rows": made.rows, "statistics": made.statistics, "schema": found.schema, "schema_version": found.version,
        "environment": found.environment, "checked": found.checked,
        "anomalies": [{**plain(a), **_behind(behind.get(id(a)))} for a in found.found],
        "unchecked": list(found.unchecked),
    }  # fmt: skip


def _behind(rows: Offending | None) -> dict[str, object]:
    if rows is None:
        return {"row_numbers": None}
    values = {"values": [dict(zip(rows.columns, row, strict=True)) for row in rows.values]} if rows.values else {}
    return {"row_numbers": list(rows.rows), **values}


def _lines(made: Checked, terminal: Terminal, *, name: str, schema: str, embed: bool) -> list[str]:
    from sterling.cli.terminal import harmless

    found = made.held.anomalies
    behind = {id(r.anomaly): r for r in made.held.rows}
    lines = terminal.wrapped(harmless(f"{_title(made)} · {made.rows:,} rows · {found.checked:,} promises"))
    for notice in made.notices:
        lines += terminal.wrapped(harmless(notice))
    if embed:
        lines += terminal.wrapped("This output holds rows of the table.")
    lines += ["", *terminal.wrapped(_summary(made))]
    ordered = [a for severity in _MARKS for a in found.of(severity)]
    for anomaly in ordered:
        lines += ["", *_one(anomaly, behind.get(id(anomaly)), terminal)]
    if found.unchecked:
        lines += ["", *_open(made, terminal, schema=schema)]
    if ordered and not embed and made.held.rows:
        command = f"sterling schema check {harmless(name)} --schema {harmless(schema)} --embed rows"
        lines += ["", "To see the rows themselves:", f"  {command}"]
    return lines


def _title(made: Checked) -> str:
    found = made.held.anomalies
    where = f", {found.environment}" if found.environment else ""
    what = f"{made.table}, by its statistics in {made.statistics}," if made.statistics else made.table
    return f"{what} against {found.schema}, version {found.version}{where}"


def _summary(made: Checked) -> str:
    found = made.held.anomalies
    counts = [f"{n:,} {severity}{'s' if n != 1 else ''}" for severity in _MARKS if (n := len(found.of(severity)))]
    if not counts:
        return "The table keeps every promise that was checked. This does not show that its values are right."
    return " · ".join(counts)


def _open(made: Checked, terminal: Terminal, *, schema: str) -> list[str]:
    """The promises that were not judged, and why: what is unknown is said."""
    from sterling.cli.terminal import harmless

    unchecked = made.held.anomalies.unchecked
    promises = f"{len(unchecked):,} promise{'s' if len(unchecked) != 1 else ''}"
    head = f"Not judged: {promises}."
    if made.statistics:
        head += " Statistics hold no row, and no value that fewer than ten rows share. The rows tell:"
    lines = terminal.wrapped(head)
    if made.statistics:
        lines.append(f"  sterling schema check TABLE --schema {harmless(schema)}")
    return [
        *lines,
        *(line for words in unchecked for line in terminal.wrapped(harmless(words), first="  · ", rest="    ")),
    ]


def _one(anomaly: Anomaly, rows: Offending | None, terminal: Terminal) -> list[str]:
    """An anomaly: what, where, expected and got, the rows, what to do."""
    from sterling.cli.terminal import harmless

    about = f"{anomaly.column}: " if anomaly.column else ""
    lines = terminal.wrapped(
        harmless(f"{about}{anomaly.what}"), first=f"{terminal.mark(_MARKS[anomaly.severity])} ", rest="  "
    )
    facts = [("expected", anomaly.expected), ("got", anomaly.got), ("rows", _numbers(rows))]
    facts += [("", line) for line in _values(rows)]
    for word, text in [*facts, ("hint", anomaly.hint)]:
        if text:
            head = f"    {word + ':' if word else '':<10}"
            lines += terminal.wrapped(harmless(text), first=head, rest=" " * len(head))
    return [*lines, f"    {terminal.style(harmless(f'{anomaly.kind} · {anomaly.where}'), 'quiet')}"]


def _numbers(rows: Offending | None) -> str:
    if rows is None or not rows.rows:
        return ""
    more = ", …" if rows.anomaly.rows is not None and rows.anomaly.rows > len(rows.rows) else ""
    return ", ".join(f"{n:,}" for n in rows.rows) + more


def _values(rows: Offending | None) -> list[str]:
    if rows is None:
        return []
    named = [", ".join(f"{c} = {v!r}" for c, v in zip(rows.columns, row, strict=True)) for row in rows.values[:SHOWN]]
    return [f"row {n:,}: {text}" for n, text in zip(rows.rows, named, strict=False)]


check = Verb(
    name="check", callback=run_check, examples=EXAMPLES,
    endings={
        "0": "no promise is broken that must not be; there may be warnings", "1": "one is",
        "2": "the data, an option or the schema cannot be used", "4": "a mistake of Sterling's own",
        "130": "interrupted",
    },
    short_help="Hold a table against a schema.",
    help="Hold a table against a schema: every broken promise, how bad it is, which rows break it, and what to do.\n\n"
    "FILE is a table, or its statistics: the JSON that sterling data profile TABLE --json FILE wrote. Statistics are "
    "held against the schema without reading a row; what they leave open is listed.",
    params=[
        click.Argument(["files"], nargs=-1, metavar="FILE"),
        Option("--schema", default=FILE, show_default=True, metavar="FILE", section="Data", help="The schema's file."),
        Option("--environment", metavar="NAME", section="Data",
               help="Where the table is from: one of the schema's environments, such as serving."),
        Option("--sql", metavar="QUERY", section="Data", help="The rows are what this SELECT gives."),
        Option("--engine", type=click.Choice(ENGINES), metavar="ENGINE", section="Data",
               help="Where rows are counted: local, spark or ray."),
        Option("--embed", type=click.Choice(["rows"]), metavar="rows",
               help="Show values of the rows that break a promise; the output then holds personal data."),
        Option("--json", "as_json", metavar="FILE", help="What was found, as JSON; - for standard output."),
        Option("--quiet", "-q", is_flag=True, help="Print nothing but errors."),
        debug_option(),
    ],
)  # fmt: skip
