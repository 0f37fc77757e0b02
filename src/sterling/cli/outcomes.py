"""`sterling table`: a table of outcomes in the form that a rule asks for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sterling.cli.command import WIDTH, Option, Verb
from sterling.cli.options import LABEL_KINDS
from sterling.cli.place import LAST, debug_option
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.grouping import split_groups
from sterling.core.outcomes import RULES, RuleName

if TYPE_CHECKING:
    from sterling.core.roles import LabelKind
    from sterling.pipeline.outcomes import OutcomeTable
    from sterling.pipeline.wiring import TableForm

WHERE = "sterling table"
EXAMPLES = """
sterling table four-fifths applicants.csv --prediction hired --groups sex,race
sterling table ll144 applicants.csv --score fit --groups sex,race \\
    --facts facts.toml
sterling table model-risk loans.parquet --label repaid --score p --groups region
sterling table four-fifths --project lending --run last --out screen.csv
"""
ENDINGS = {"0": "the table is written; it holds no verdict", "2": "the data, an option or a run cannot be used"}
FORMS = ("html", "md", "csv", "json")
_COLUMNS, _RUN, _OUT = "Columns", "From a project instead", "Output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options of `sterling table`, each as it was typed."""

    rule: RuleName
    files: tuple[str, ...]
    label: str | None
    positive: str | None
    favourable: str | None
    label_kind: LabelKind
    score: tuple[str, ...]
    prediction: tuple[str, ...]
    groups: tuple[str, ...]
    threshold: float | None
    people: str | None
    level: float
    facts: str | None
    project: str | None
    run: str | None
    out: str | None
    form: TableForm | None
    debug: bool

    def __post_init__(self) -> None:
        from_run = self.project is not None or self.run is not None
        columns = (self.label, self.positive, self.favourable, self.threshold, *self.score, *self.prediction,
                   *self.groups)  # fmt: skip
        if from_run and (self.files or any(c is not None for c in columns)):
            raise ConfigError(
                "a run knows its own data and columns", where=WHERE,
                expected="either data with columns, or --project with --run",
            )  # fmt: skip
        if not from_run and not self.files:
            raise ConfigError("there are no data", where=WHERE, expected="a FILE, or --project and --run")


def run_table(**options: Any) -> int:
    """Count, draw, and put the table in place at once; `-` is standard output. Returns the exit code."""
    from sterling.cli.interrupt import prompt_stop, writing
    from sterling.cli.listing import print_lines
    from sterling.cli.terminal import harmless, wrap
    from sterling.core.files import write_atomic
    from sterling.pipeline.wiring import outcome_file

    wish = Wish(**options)
    with prompt_stop():
        made = _of_run(wish) if not wish.files else _of_data(wish)
        form = wish.form or _form_of(wish.out)
        content = outcome_file(made, form)
    if wish.out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return 0
    path = Path(wish.out) if wish.out else Path(f"{wish.rule}.{form}")
    with writing():
        write_atomic(path, content)
    print_lines([f"Table: {harmless(str(path))}", *wrap(_waiting(made), WIDTH)])
    return 0


def _of_data(wish: Wish) -> OutcomeTable:
    from sterling.cli.request import spoken
    from sterling.pipeline.outcomes import outcome_table

    command: tuple[str, ...] = click.get_current_context().obj or ()
    return outcome_table(
        wish.rule, wish.files[0] if len(wish.files) == 1 else list(wish.files), score=wish.score,
        prediction=wish.prediction, groups=tuple(dict.fromkeys(n for g in wish.groups for n in split_groups(g))),
        label=wish.label, positive=wish.positive, favourable=wish.favourable, label_kind=wish.label_kind,
        threshold=wish.threshold, people=wish.people or _people(wish.rule), level=wish.level,
        facts=Path(wish.facts) if wish.facts else None, command=spoken(command),
    )  # fmt: skip


def _people(rule: RuleName) -> str:
    """Rules of employment speak of applicants."""
    return "people" if rule == "model-risk" else "applicants"


def _of_run(wish: Wish) -> OutcomeTable:
    from sterling.cli.place import named_run, opened
    from sterling.pipeline.gather import dossier
    from sterling.pipeline.outcomes import outcome_table_of_run

    found, ledger = opened(wish.project or ".")
    run = dossier(found, ledger, named_run(ledger, wish.run or LAST)).run
    return outcome_table_of_run(wish.rule, run, facts=Path(wish.facts) if wish.facts else None)


def _form_of(out: str | None) -> TableForm:
    """The form that the file's ending asks for; HTML when it says nothing."""
    forms: dict[str, TableForm] = {".md": "md", ".markdown": "md", ".json": "json", ".csv": "csv"}
    return forms.get(Path(out).suffix.lower(), "html") if out else "html"


def _waiting(made: OutcomeTable) -> str:
    """How many questions still wait for people."""
    missing = [a for a in made.rule.asked if not a.optional and a.key not in made.answers.given]
    if not missing:
        return ""
    keys = ", ".join(a.key for a in missing)
    return f"{len(missing)} questions wait for people; answer them in a TOML file given with --facts: {keys}"


table = Verb(
    name="table", callback=run_table, examples=EXAMPLES, endings=ENDINGS,
    short_help="Write a table of outcomes in the form that a rule asks for.",
    help="Write a table that people hand to counsel or to model risk: New York's Local Law 144 (ll144), the "
    "four-fifths screen (four-fifths), or an outcomes analysis (model-risk). Every rate and ratio has its interval. "
    "The rule is named with its version and day. It is a count, never a legal verdict.",
    params=[
        click.Argument(["rule"], metavar="RULE", type=click.Choice(RULES)),
        click.Argument(["files"], nargs=-1, metavar="[FILE]"),
        Option("--score", multiple=True, metavar="COLUMN", section=_COLUMNS,
               help="Scores; with model-risk a second one is the challenger."),
        Option("--prediction", multiple=True, metavar="COLUMN", section=_COLUMNS, help="Decisions: who was selected."),
        Option("--groups", multiple=True, metavar="COLUMN", section=_COLUMNS,
               help="Columns of categories; repeat, or separate with commas."),
        Option("--label", metavar="COLUMN", section=_COLUMNS, help="What happened; needed for model-risk."),
        Option("--positive", metavar="VALUE", section=_COLUMNS, help="The positive value of label and decisions."),
        Option("--favourable", "--favorable", "favourable", metavar="VALUE", section=_COLUMNS,
               help="The value that a person wants.  [default: the positive one]"),
        Option("--label-kind", type=click.Choice(LABEL_KINDS), default="unstated", metavar="KIND", section=_COLUMNS,
               help="What the label is: outcome, human_decision or annotation."),
        Option("--threshold", type=float, metavar="P", section=_COLUMNS,
               help="Selected from this score on.  [default: 0.5; ll144: above the median]"),
        Option("--people", metavar="WORD", section=_COLUMNS, help="What the rows are called.  [default: applicants]"),
        Option("--level", type=float, default=0.95, show_default=True, metavar="P", section=_COLUMNS,
               help="Confidence level."),
        Option("--facts", metavar="FILE", section=_COLUMNS, help="TOML file with what people state."),
        Option("--project", metavar="PATH", section=_RUN, help="The project file or a folder in it."),
        Option("--run", metavar="RUN", section=_RUN, help="The run, by the beginning of its id, or last."),
        Option("--out", metavar="FILE", section=_OUT, help="Where to write; - for standard output."),
        Option("--format", "form", type=click.Choice(FORMS), metavar="FORM", section=_OUT,
               help="html, md, csv or json.  [default: by the file's ending]"),
        debug_option(),
    ],
)  # fmt: skip
