"""`sterling card`: a card of a run, from the ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.place import LAST, debug_option, named_run, opened, project_option

if TYPE_CHECKING:
    from sterling.pipeline.wiring import CardForm, CardKind

EXAMPLES = """
sterling card model
sterling card data --format md --out DATA_CARD.md
sterling card data --format croissant
sterling card dag --run b1ebfa
sterling card model --format json --out -
"""
ENDINGS = {"0": "the card is written", "2": "there is no such run, or the card cannot be written"}
SHORT = 6
"""Signs of an older run's id in the name of its card, which leaves that of the newest run alone."""
KINDS = ("model", "data", "dag")
FORMS = ("html", "md", "json", "croissant")
ENDINGS_OF = {"croissant": "croissant.json"}
"""The ending of a file whose form is no ending itself."""


def run_card(kind: CardKind, run: str, out: str | None, form: CardForm | None, project: str, debug: bool) -> int:
    """Draw one card and put it in place at once; `-` is standard output. Returns the exit code."""
    from sterling.cli.interrupt import writing
    from sterling.cli.listing import print_lines
    from sterling.cli.terminal import harmless
    from sterling.core.files import write_atomic
    from sterling.pipeline.gather import dossier
    from sterling.pipeline.wiring import card as drawn

    found, ledger = opened(project)
    chosen = form or _form_of(out)
    of = named_run(ledger, run)
    content = drawn(dossier(found, ledger, of), kind, chosen)
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return 0
    older = "" if of == named_run(ledger, LAST) else f"-{of[:SHORT]}"
    path = Path(out) if out else found.folder / f"{kind}-card{older}.{ENDINGS_OF.get(chosen, chosen)}"
    with writing():
        write_atomic(path, content)
    print_lines([f"Card: {harmless(str(path))}"])
    return 0


def _form_of(out: str | None) -> CardForm:
    """The form that the file's ending asks for; HTML when it says nothing."""
    forms: dict[str, CardForm] = {".md": "md", ".markdown": "md", ".json": "json"}
    return forms.get(Path(out).suffix.lower(), "html") if out else "html"


card = Verb(
    name="card", callback=run_card, examples=EXAMPLES, endings=ENDINGS,
    short_help="Write a model card, a data card or a pipeline card of a run.",
    help="Write a card of a run: of the model, of its data, or of the pipeline between them (dag). What was measured "
    "comes from the ledger; what people know, from scope.toml and cards/*.md. What is missing there is asked for.",
    params=[
        click.Argument(["kind"], metavar="model|data|dag", type=click.Choice(KINDS)),
        Option("--run", default=LAST, metavar="RUN", help="The run, by the beginning of its id.  [default: last]"),
        Option("--out", metavar="FILE", help="Where to write; - for standard output.  [default: beside the project]"),
        Option("--format", "form", type=click.Choice(FORMS), metavar="FORM",
               help="html, md, json, or croissant for the data.  [default: html]"),
        project_option(),
        debug_option(),
    ],
)  # fmt: skip
