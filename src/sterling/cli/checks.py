"""`sterling checks`: the questions Sterling asks."""

from __future__ import annotations

import inspect
import json
import typing
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines

if TYPE_CHECKING:
    from sterling.core.registry import Check

_TYPES = {
    "str": "text", "bool": "true or false", "int": "a whole number", "float": "a number", "tuple": "a list of texts",
    "Rate": "a metric", "ScoreMetric": "a metric", "Slice": "a table of columns and values", "Reference": "a file",
}  # fmt: skip
"""How a value of each annotated type is written in a project file."""

EXAMPLES = """
sterling checks
sterling checks FA001
"""


def run_checks(code: str | None, as_json: bool) -> int:
    """Print the registered checks, or the one that is named by code or name."""
    import sterling.pipeline.examine  # noqa: F401 importing it makes the checks of every shelf known
    from sterling.core.registry import every_check, find_check

    found = [find_check(code)] if code else list(every_check().values())
    if as_json:
        print_json([_record(item) for item in found])
    elif code:
        print_lines(_described(found[0]))
    else:
        print_lines([f"{item.code}  {item.title}" for item in found])
    return 0


def _record(item: Check) -> dict[str, object]:
    return {
        "code": item.code, "name": item.name, "title": item.title, "question": item.question,
        "needs": list(item.needs), "pitfalls": list(item.pitfalls), "hints": list(item.hints), "since": item.since,
        "parameters": _parameters(item),
    }  # fmt: skip


def _parameters(item: Check) -> list[dict[str, object]]:
    """Name, type in words, whether it has to be given, and what it is without (None where it has to be given)."""
    from sterling.core.registry import canonical, parameters_of

    return [
        {
            "name": name, "type": _type(kind), "needed": default is inspect.Parameter.empty,
            "default": None if default is inspect.Parameter.empty else canonical(default),
        }
        for name, (kind, default) in parameters_of(item.function).items()
    ]  # fmt: skip


def _type(kind: typing.Any) -> str:
    whole = typing.get_origin(kind) is tuple
    kinds = [kind] if whole or not typing.get_args(kind) else typing.get_args(kind)
    names = [(typing.get_origin(k) or k).__name__ for k in kinds if k is not type(None)]
    return " or ".join(dict.fromkeys(_TYPES.get(name, name) for name in names))


def _parameter(held: dict[str, object]) -> str:
    without = "needed" if held["needed"] else f"default {json.dumps(held['default'], ensure_ascii=False)}"
    return f"{held['name']}: {held['type']}, {'none by default' if without == 'default null' else without}"


def _described(item: Check) -> list[str]:
    from sterling.cli.terminal import WIDTH, wrap

    lines = [f"{item.code} {item.title}", "", *wrap(item.question, WIDTH)]
    parameters = tuple(map(_parameter, _parameters(item)))
    told = {
        "Needs": item.needs, "Parameters": parameters, "What can fool it": item.pitfalls, "What to try": item.hints,
    }  # fmt: skip
    for heading, parts in told.items():
        if parts:
            lines += ["", f"{heading}:"]
            for part in parts:
                first, *rest = wrap(part, WIDTH - 4)
                lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return lines


checks = Verb(
    name="checks", callback=run_checks, examples=EXAMPLES,
    help="List the registered checks, or describe the one that is named by its code.",
    params=[
        click.Argument(["code"], required=False, metavar="[CODE]"),
        Option("--json", "as_json", is_flag=True, section="Output", help="Write JSON instead of text."),
    ],
)  # fmt: skip
