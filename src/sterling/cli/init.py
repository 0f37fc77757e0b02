"""`sterling init`: the files a project begins with, from questions at a terminal or from options."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_lines
from sterling.cli.options import LABEL_KINDS, SCORE_KINDS
from sterling.cli.place import debug_option
from sterling.core.errors import ConfigError, shown
from sterling.core.roles import TASKS, Task

if TYPE_CHECKING:
    from sterling.pipeline.initiate import Beginning, Begun
    from sterling.pipeline.suggesting import Suggested

EXAMPLES = """
sterling init
sterling init --data loans.csv --label approved --positive yes \\
    --label-kind human_decision --groups race,sex --id id --train logistic --yes
sterling init --data scored.parquet --label default --score p --yes
sterling init --data images.parquet --task detection --label boxes --prediction found --groups skin_tone --yes
"""
ENDINGS = {"0": "the files are written", "2": "an answer is missing or cannot be used", "130": "interrupted"}
WHERE = "sterling init"
_DATA, _MODEL, _WORDS, _HOW = "Data", "Model", "Words", "How"


def run_init(*, project: str, yes: bool, debug: bool, **given: Any) -> int:
    """Ask for what was not given, when there is a terminal to ask at; write the files; say what comes next."""
    from sterling.pipeline.initiate import begin, refuse_begun

    folder = Path(project)
    refuse_begun(folder)
    _one_model(given)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if asks:
        from sterling.cli.asking import ask_all
        from sterling.cli.interrupt import prompt_stop

        try:
            with prompt_stop():
                beginning = ask_all(given, folder)
        except click.Abort:  # Ctrl-C, or the end of the input
            raise KeyboardInterrupt from None
    else:
        beginning = _from_options(given, folder, yes=yes)
    beginning = replace(beginning, schema=given["schema"])
    print_lines(_told(begin(beginning, folder), beginning))
    return 0


def _one_model(given: dict[str, Any]) -> None:
    task = given["task"] or "binary"
    named = [f"--{key}" for key in ("train", "model", "score", "prediction") if given[key]]
    if len(named) > 1 and not (task == "sets" and named == ["--score", "--prediction"]):
        raise ConfigError(f"{' and '.join(named)} exclude each other", where=WHERE, hint="a project has one model")
    if given["train"] and task != "binary":
        raise ConfigError(
            f"recipes train yes/no models, and the task is {task}", where="--train",
            hint="give the predictions as a column: --prediction COLUMN",
        )  # fmt: skip


def _from_options(given: dict[str, Any], folder: Path, *, yes: bool) -> Beginning:
    """What was given; with --yes, what the data suggest for the rest, where they suggest one thing."""
    from sterling.pipeline.initiate import Beginning, name_of
    from sterling.pipeline.suggesting import suggest

    if not given["data"]:
        raise _missing("--data", "the table: --data loans.csv", yes=yes)
    seen = suggest(given["data"], given["sql"])
    task: Task = given["task"] or "binary"
    label = given["label"] or (seen.label if yes and task == "binary" else None)
    if label is None:
        two = (seen.labels or tuple(seen.values)) if task == "binary" else ()
        hint = _listed("columns with two values", two) or "the column with what happened or was decided"
        raise _missing("--label", hint, yes=yes)
    recipe, model, score, prediction = given["train"], given["model"], given["score"], given["prediction"]
    if not (recipe or model or score or prediction):
        if task != "binary":
            raise _missing("--prediction", "the column with what the model predicts, or --score COLUMN", yes=yes)
        if not yes:
            hint = "or --model FILE, or --score COLUMN, if a model exists; --yes takes logistic"
            raise _missing("--train", hint, yes=yes)
        recipe = "logistic"
    id_ = given["id"] or (next((c for c in seen.ids if c != label), None) if yes else None)
    likely = seen.groups_beside(label, score, prediction, id_, given["query"])
    typed = group_names(given["groups"])
    settled = Beginning(
        name=given["name"] or name_of(folder), data=given["data"], sql=given["sql"], label=label,
        positive=given["positive"], favourable=given["favourable"], label_kind=given["label_kind"],
        groups=typed or (likely if yes else ()), guessed=yes and not typed, likely=likely, id=id_,
        drop=seen.scores if recipe else (), recipe=recipe, model=model, score=score, prediction=prediction, task=task,
        query=given["query"], score_kind=given["score_kind"], people=given["people"], decision=given["decision"],
        purpose=given["purpose"], owner=given["owner"], reviewers=names_of(given["reviewers"]),
    )  # fmt: skip
    return settle(settled, seen)


def settle(beginning: Beginning, seen: Suggested) -> Beginning:
    """Columns, label values and the recipe are held against what there is, before anything is written.

    With the label's values that hold when none is named. Raises ConfigError naming the option.
    """
    from sterling.core.errors import near_miss
    from sterling.core.patterns import is_pattern
    from sterling.recipes.registry import find_recipe

    b = beginning
    named = (("--label", b.label), ("--id", b.id), ("--query", b.query), ("--score", b.score),
             ("--prediction", b.prediction))  # fmt: skip
    for option, column in named:
        if column is not None and column not in seen.columns and not is_pattern(column):
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=option, hint=near_miss(column, seen.columns)
            )
    if beginning.recipe is not None:
        find_recipe(beginning.recipe, where="--train")
    if beginning.model is not None and not Path(beginning.model).is_file():
        raise ConfigError(f"there is no file {shown(beginning.model)!r}", where="--model", hint="check the path")
    groups = known_groups(beginning.groups, beginning, seen)
    beginning = replace(beginning, groups=groups)
    if beginning.task != "binary":
        return beginning
    positive, favourable = check_label(beginning)
    return replace(beginning, read_positive=positive, read_favourable=favourable)


def known_groups(groups: tuple[str, ...], beginning: Beginning, seen: Suggested) -> tuple[str, ...]:
    """Group columns as a project names them; what makes one of a number is held against the table.

    Raises ConfigError for what is no column and makes none, InputError for what cannot be made.
    """
    from sterling.core.grouping import call_hint, group_name
    from sterling.core.named_slices import columns_behind
    from sterling.pipeline.suggesting import check_groups

    named = tuple(g if g in seen.columns else group_name(g) for g in groups)
    made = tuple(g for g in named if g not in seen.columns)
    for group in made:
        (column,) = columns_behind((group,))
        if column not in seen.columns:
            hint = call_hint(column, seen.columns)
            raise ConfigError(f"there is no column {shown(column)!r}", where="--groups", hint=hint)
    check_groups(beginning.data, made, sql=beginning.sql)
    return named


def check_label(beginning: Beginning) -> tuple[str, str]:
    """The label's positive and favourable value. Raises InputError when the data do not tell which is positive."""
    from sterling.pipeline.suggesting import check_positive

    return check_positive(
        beginning.data, beginning.label, positive=beginning.positive, favourable=beginning.favourable,
        sql=beginning.sql,
    )  # fmt: skip


def group_names(given: tuple[str, ...]) -> tuple[str, ...]:
    from sterling.core.grouping import split_groups

    return tuple(dict.fromkeys(name for text in given for name in split_groups(text)))


def names_of(given: Sequence[str]) -> tuple[str, ...]:
    """People's names, separated by commas or given one by one, each once."""
    parts = (part.strip() for text in given for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _listed(what: str, names: tuple[str, ...]) -> str:
    return f"{what}: " + ", ".join(map(shown, names[:8])) if names else ""


def _missing(option: str, hint: str, *, yes: bool) -> ConfigError:
    why = "with --yes nothing is asked" if yes else "there is no terminal to ask at"
    return ConfigError(f"{option} is missing, and {why}", where=WHERE, hint=hint)


def _told(begun: Begun, beginning: Beginning) -> list[str]:
    from sterling.cli.terminal import harmless

    lines = [f"Wrote {harmless(str(path))}" for path in begun.written]
    lines += [f"Note: {harmless(notice)}" for notice in begun.notices]
    if beginning.task == "binary":
        from sterling.cli.check import direction

        read = direction(beginning.read_positive, beginning.read_favourable, beginning.decision)
        lines += [f"Label: {harmless(f'{beginning.label}; {read}')}", "      change positive and favourable in [data]"]
    if beginning.groups:
        why = " (taken by their names; change groups in [data])" if beginning.guessed else ""
        lines += [f"Groups: {harmless(', '.join(beginning.groups))}{why}"]
    elif beginning.likely:
        likely = ", ".join(json.dumps(g, ensure_ascii=False) for g in beginning.likely)
        lines += [
            f"Note: no group is compared yet. By their names these may tell groups: {harmless(likely)}",
            "      put those that matter into groups in [data] of sterling.toml",
        ]
    promises = [] if beginning.schema else ["      sterling schema infer FILE   writes what the table promises"]
    return [
        *lines, "", "Next: read sterling.toml and set limits, answer what you can in scope.toml, then",
        "      sterling check   says what is missing", "      sterling run     carries the project out",
        *promises,
    ]  # fmt: skip


init = Verb(
    name="init", callback=run_init, examples=EXAMPLES, endings=ENDINGS,
    short_help="Begin a project: write sterling.toml and scope.toml.",
    help="Begin a project: write a sterling.toml and a scope.toml meant to be changed. At a terminal it asks for what "
    "no option says and suggests what it found in the data. Elsewhere options say it: --data, --label and a model at "
    "least. Nothing that is there is overwritten.",
    params=[
        Option("--data", metavar="FILE", section=_DATA, help="The table: a file, a folder or a quoted glob."),
        Option("--sql", metavar="QUERY", section=_DATA,
               help="The rows are what this SELECT of the database FILE gives."),
        Option("--label", metavar="COLUMN", section=_DATA, help="What happened or was decided."),
        Option("--positive", metavar="VALUE", section=_DATA, help="The label's positive value."),
        Option("--favourable", "--favorable", "favourable", metavar="VALUE", section=_DATA,
               help="The label's value that a person wants.  [default: the positive one]"),
        Option("--label-kind", type=click.Choice(LABEL_KINDS), default="unstated", metavar="KIND", section=_DATA,
               help="What the label is: outcome, human_decision or annotation."),
        Option("--task", type=click.Choice(TASKS), metavar="TASK", section=_DATA,
               help="What the model does: binary, multiclass, multilabel, sets, regression, ranking, text, "
               "segmentation or detection.  [default: binary]"),
        Option("--query", metavar="COLUMN", section=_DATA, help="The list that a row is ranked in (task ranking)."),
        Option("--groups", multiple=True, metavar="COLUMN", section=_DATA,
               help="Columns whose groups are compared; repeat, or separate with commas."),
        Option("--id", metavar="COLUMN", section=_DATA, help="Names a row; never a feature."),
        Option("--schema", is_flag=True, section=_DATA,
               help="Infer what the table promises too: schema.toml, held against it in every run."),
        Option("--train", metavar="RECIPE", section=_MODEL,
               help="Train a model: logistic, boosted-trees, random-forest, scorecard."),
        Option("--model", metavar="FILE", section=_MODEL, help="A model that exists: .skops or .onnx."),
        Option("--score", metavar="COLUMN", section=_MODEL, help="A column with the scores of a model."),
        Option("--prediction", metavar="COLUMN", section=_MODEL,
               help="A column with what a model predicts: decisions, classes, numbers, texts, sets, masks, boxes."),
        Option("--score-kind", type=click.Choice(SCORE_KINDS), default="probability", show_default=True,
               metavar="KIND", section=_MODEL, help="probability (0 to 1) or raw (any numbers)."),
        Option("--name", metavar="NAME", section=_WORDS, help="Name of the project.  [default: the folder's]"),
        Option("--purpose", metavar="TEXT", section=_WORDS, help="What the model is for, in a sentence."),
        Option("--people", metavar="WORD", section=_WORDS, help="What the rows are called: applicants, patients."),
        Option("--decision", metavar="WORD", section=_WORDS,
               help="What happens to those the model selects: approved, invited."),
        Option("--reviewers", multiple=True, metavar="NAME", section=_WORDS,
               help="Who may sign; repeat, or separate with commas."),
        Option("--owner", metavar="NAME", section=_WORDS, help="Who answers for the project and its limits."),
        Option("--project", default=".", metavar="FOLDER", section=_HOW,
               help="Where the project goes.  [default: here]"),
        Option("--yes", "-y", is_flag=True, section=_HOW,
               help="Ask nothing: take what the data suggest where no option says."),
        debug_option(),
    ],
)  # fmt: skip
