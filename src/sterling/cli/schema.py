"""`sterling schema`: what a table promises: inferred, shown, edited, and held against a table."""

from __future__ import annotations

from sterling.cli.command import Verbs

schema = Verbs(
    name="schema",
    sections={
        "Verbs": {
            "infer": "sterling.cli.schema_infer:infer",
            "show": "sterling.cli.schema_show:show",
            "edit": "sterling.cli.schema_edit:edit",
            "check": "sterling.cli.schema_check:check",
        },
    },
    file_verb="check",
    short_help="What a table promises: infer, show, edit and check a schema.",
    help="A schema is a file of what a table promises: types, known values, ranges, who has a value at all. It is "
    "inferred from a table, refined by people, and held against every table that comes after.",
    epilog="Start with:  sterling schema infer FILE",
)
