"""Commands and options with grouped, plain help; loading nothing but click."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from sterling.core.errors import ConfigError, near_miss, shown

WIDTH, NAMES, VERB = 80, 24, 11


JSON = "--json"


class Option(click.Option):
    """A click option that knows under which heading of the help it stands."""

    def __init__(self, *names: str, section: str = "Output", **settings: Any) -> None:
        super().__init__(list(names), **settings)
        self.section = section

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """One long name each: other spellings are accepted and not shown."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        name = next(o for o in self.opts if o.startswith("--"))
        short = next((f"{o}, " for o in self.opts if not o.startswith("--")), "")
        value = "" if self.is_flag else f" {self.metavar}"
        return f"{short}{name}{value}", record[1]


class Verb(click.Command):
    """A command whose help is grouped by heading and ends with examples."""

    def __init__(self, *, examples: str = "", endings: Mapping[str, str] | None = None, **settings: Any) -> None:
        super().__init__(context_settings=sharing(), **settings)
        self.examples, self.endings = examples, dict(endings or {})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`--json -` is `--json` where JSON goes to standard output alone, so that it is said alike everywhere."""
        if any(isinstance(p, click.Option) and p.is_flag and JSON in p.opts for p in self.get_params(ctx)):
            args = _to_standard_output(args, ctx.command_path)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                heading = parameter.section if isinstance(parameter, Option) else "Output"
                sections.setdefault(heading, []).append((record[0].ljust(NAMES), record[1]))
        for heading, records in sections.items():
            _section(formatter, heading, records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.endings:
            _section(formatter, "Exit codes", [(code.ljust(NAMES), words) for code, words in self.endings.items()])
        if self.examples:
            formatter.write("\nExamples:\n")
            formatter.write("".join(f"  {line}\n" if line else "\n" for line in self.examples.strip().splitlines()))


def _to_standard_output(args: list[str], verb: str) -> list[str]:
    """The words without what follows `--json`, where that is `-`. Raises ConfigError where it is a file."""
    kept: list[str] = []
    for i, word in enumerate(args):
        name, equals, file = word.partition("=")
        after_json = i > 0 and args[i - 1] == JSON and "--" not in args[:i]
        given = file if name == JSON and equals else word if after_json else None
        if given is not None and given.endswith(".json"):
            raise ConfigError(
                f"{JSON} of {verb} writes to standard output, not to a file", where=JSON, got=given,
                hint=f"{verb} {JSON} > {shown(given)}",
            )  # fmt: skip
        if given == "-":
            kept += [JSON] if equals else []
        else:
            kept.append(word)
    return kept


class Verbs(click.Group):
    """The verbs by name, each loaded from its own file when it is called; a verb may have verbs of its own.

    `file_verb`: the one that takes a file, for who names a file and no verb.
    """

    def __init__(
        self, *, sections: Mapping[str, Mapping[str, str]], file_verb: str = "evaluate", **settings: Any
    ) -> None:
        super().__init__(context_settings=sharing(), **settings)
        self.sections, self.file_verb = sections, file_verb
        self.places = {name: place for places in sections.values() for name, place in places.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.places)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs under their headings, a line each."""
        room = WIDTH - VERB - 6
        for heading, places in self.sections.items():
            known = [(name, self.get_command(ctx, name)) for name in places]
            records = [(n.ljust(VERB), c.get_short_help_str(room)) for n, c in known if c is not None]
            _section(formatter, heading, records)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A verb of verbs, alone, says what there is."""
        return super().parse_args(ctx, args or ["--help"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        if word and not word.startswith("-") and word not in self.places:
            mine = f"{ctx.command_path} {self.file_verb} {shown(word)}"
            hint = mine if os.path.exists(word) else near_miss(word, self.places)
            raise ConfigError(f"there is no verb {shown(word)!r}", where=ctx.command_path, hint=hint)
        importlib.import_module("sterling.pipeline.catalogue")  # a policy or project may name any metric
        return super().resolve_command(ctx, args)


def sharing() -> dict[str, Any]:
    """What every command shares: `-h` works too, and help is as wide as the summary."""
    return {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH, "terminal_width": WIDTH}


def _section(formatter: click.HelpFormatter, heading: str, records: Sequence[tuple[str, str]]) -> None:
    with formatter.section(heading):
        formatter.write_dl(records, col_max=NAMES)
