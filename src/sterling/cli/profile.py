"""`sterling data profile` and `sterling data compare`: examine a table, or set tables beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sterling.cli.carry_out import carry_out, named
from sterling.cli.command import Verb
from sterling.cli.profile_options import ASKED, FILES, KEY, REST, ROLES, TABLES, output
from sterling.cli.profile_request import ProfileRequest, settings_of
from sterling.cli.request import spoken

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from sterling.cli.progress import Teller
    from sterling.cli.terminal import Terminal
    from sterling.core.judge import Judgement
    from sterling.core.run import Run

    Written = tuple[tuple[str, Path], ...]

PROFILE_EXAMPLES = """
sterling data profile people.csv --groups sex,race --label income

sterling data profile people.parquet --schema schema.toml --environment training \\
    --quasi age,zip,sex --policy limits.toml --junit data.xml

sterling data profile bank.duckdb --sql 'select * from loans' --json - | jq .columns
"""
COMPARE_EXAMPLES = """
sterling data compare last_year.parquet this_year.parquet --key id
sterling data compare train.csv test.csv serving.csv --groups sex --label income
"""
ENDINGS = {
    "0": "within your limits, or no limits given",
    "1": "over a limit, or a promise of the schema is broken",
    "2": "the data or an option cannot be used",
    "3": "undecided: too few rows to say",
    "4": "a mistake of Sterling's own",
    "130": "interrupted",
}


def run_profile(**options: Any) -> int:
    """Examine one table. Returns the exit code."""
    return _run("profile", options)


def run_compare(**options: Any) -> int:
    """Examine the last of several tables beside those before it. Returns the exit code."""
    return _run("compare", options)


def _run(verb: Literal["profile", "compare"], options: dict[str, Any]) -> int:
    request = ProfileRequest(verb=verb, **options)
    return carry_out(request, lambda teller, command: _examined(request, teller, command), _lines)


def _examined(request: ProfileRequest, teller: Teller, command: tuple[str, ...]) -> Run:
    """Open, count, ask. Loading the libraries is part of what takes time."""
    from sterling.core.policy import Policy

    teller.say("Loading")
    from sterling.pipeline.tables import profile as examined

    policy = Policy.load(request.policy) if request.policy else None
    settings = settings_of(request)
    *earlier, latest = request.files or (None,)
    teller.say(f"Examining {named(latest)}")
    return examined(
        latest, others=earlier, sql=request.sql, engine=request.engine, label=request.label, positive=request.positive,
        label_kind=request.label_kind, groups=request.group_columns, slices=request.named_slices, id=request.id,
        weight=request.weight, settings=settings, checks=request.checks, skip=request.skip, policy=policy,
        ignore=request.ignored,
        level=request.level, min_n=request.min_n, seed=request.seed, people=request.people, title=request.title,
        embed_rows=request.embed == "rows", command=spoken(command), told=teller.say, progress=teller.rows,
    )  # fmt: skip


def _lines(run: Run, judgement: Judgement, written: Written, terminal: Terminal) -> list[str]:
    from sterling.cli.profile_summary import closing, summary

    return [*summary(run, judgement, terminal), *closing(run, judgement, written, terminal)]


def _params(verb: str, *first: click.Parameter) -> list[click.Parameter]:
    own = [KEY] if verb == "compare" else []
    return [*first, *ROLES, *ASKED, *own, *_rest(verb), *output(f"{verb}.html")]


def _rest(verb: str) -> list[click.Parameter]:
    return [p for p in REST if verb == "profile" or p.name != "sql"]


def _compare(**options: Any) -> int:
    return run_compare(sql=None, **options)


profile = Verb(
    name="profile", params=_params("profile", FILES), callback=run_profile, examples=PROFILE_EXAMPLES, endings=ENDINGS,
    short_help="What is in a table, who is in it, and what is wrong with it.",
    help="Examine a table: statistics of every column, who is in it and who is missing, promises that are broken, "
    "repeats and leaks, personal data, how easily rows are told to be somebody's. Each question is asked where what it "
    "needs is given.\n\nFILE is a CSV, TSV, Parquet or Arrow file, a folder of them, a quoted glob, an address such as "
    "s3://bucket/people.parquet, or a database with --sql. One row is one person or case.",
)  # fmt: skip
compare = Verb(
    name="compare", params=_params("compare", TABLES), callback=_compare, examples=COMPARE_EXAMPLES, endings=ENDINGS,
    short_help="What changed between tables: spans, parts, training and serving.",
    help="Examine the last of several tables beside those before it, oldest first: drift of every column, rows that "
    "differ on a key, whether the tables can be told apart, rows unlike any before; and all that profile asks.\n\n"
    "The older tables are what a model learned from, the last one is what it meets: so give training first, then what "
    "it is tested on or used for.",
)  # fmt: skip
