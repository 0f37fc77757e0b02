"""The options of `sterling data profile` and `compare`, as tables."""

from __future__ import annotations

import click

from sterling.cli.command import Option
from sterling.cli.options import LABEL_KINDS, MEASURING, outputs

_COLUMNS, _ASKED = "Columns", "Questions"

FILES = click.Argument(["files"], nargs=-1, metavar="FILE")
TABLES = click.Argument(["files"], nargs=-1, metavar="OLD NEW")

ROLES: list[click.Parameter] = [
    Option("--label", metavar="COLUMN", section=_COLUMNS, help="What happened or was decided."),
    Option("--positive", metavar="VALUE", section=_COLUMNS, help="The label's positive value."),
    Option("--label-kind", type=click.Choice(LABEL_KINDS), default="unstated", metavar="KIND", section=_COLUMNS,
           help="What the label is: outcome, human_decision or annotation."),
    Option("--groups", multiple=True, metavar="COLUMN", section=_COLUMNS,
           help="Columns whose groups are looked at, and ranges of one: cut(age, 25, 40); repeat, or separate with "
           "commas."),
    Option("--slice", "slices", multiple=True, metavar="NAME: CONDITION", section=_COLUMNS,
           help="Rows that meet a condition, as a group: \"young women: sex = 'F' and age < 30\"; repeat."),
    Option("--id", metavar="COLUMN", section=_COLUMNS, help="Names a row; left out of every output."),
    Option("--weight", metavar="COLUMN", section=_COLUMNS, help="Weights of the rows."),
    Option("--ignore", multiple=True, metavar="COLUMN", section=_COLUMNS,
           help="Leave a column out before anything is asked, such as a model's score; repeat, or separate with "
           "commas."),
    Option("--people", metavar="WORD", section=_COLUMNS, help="What the rows are called: applicants, patients."),
]  # fmt: skip
ASKED: list[click.Parameter] = [
    Option("--reference", metavar="TEXT|FILE", section=_ASKED,
           help="The population to compare groups with: shares, such as \"sex: F=0.51, M=0.49\", or a table."),
    Option("--quasi", multiple=True, metavar="A,B,C", section=_ASKED,
           help="Columns that somebody may know of a person, together; repeat for other sets.  [default: searched]"),
    Option("--sensitive", multiple=True, metavar="COLUMN", section=_ASKED,
           help="Columns that must not be given away; repeat, or separate with commas.  [default: label and groups]"),
    Option("--schema", metavar="FILE", section=_ASKED, help="What the table promises: schema.toml."),
    Option("--environment", metavar="NAME", section=_ASKED, help="The schema's environment: training, serving."),
    Option("--split", metavar="COLUMN", section=_ASKED, help="Names the part that a row belongs to: train, test."),
    Option("--entity", metavar="COLUMN", section=_ASKED, help="Names whom or what a row is about, for leaks."),
    Option("--time", metavar="COLUMN", section=_ASKED, help="When a row was made, for leaks."),
    Option("--terms", metavar="FILE", section=_ASKED, help="Licence, consent, purpose, retention: a TOML file."),
    Option("--check", "checks", multiple=True, metavar="CODE", section=_ASKED,
           help="Ask these only, by code or name; repeat. sterling checks lists them."),
    Option("--skip", multiple=True, metavar="CODE", section=_ASKED, help="Leave these out; repeat."),
    Option("--set", "settings", multiple=True, metavar="CODE.NAME=VALUE", section=_ASKED,
           help="A parameter of a check, such as DA014.similarity=0.9; repeat."),
]  # fmt: skip
KEY = Option("--key", metavar="COLUMN", section=_ASKED, help="Joins rows of the tables, to see which values differ.")
REST: list[click.Parameter] = [
    Option("--sql", metavar="QUERY", section="Data",
           help="The rows are what this SELECT gives, of the database FILE or of FILE as a table named like it."),
    *MEASURING,
]  # fmt: skip


def output(default: str) -> list[click.Parameter]:
    """Where to write what; `default`: the page's name."""
    rows = "Put a few example rows on the page; it then holds data about people."
    return outputs("page", default, found="found", rows=rows)
