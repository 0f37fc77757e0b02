"""The questions of `sterling init`, one after another, each with what the data suggest. Enter takes the suggestion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from sterling.cli.options import LABEL_KINDS
from sterling.cli.terminal import harmless
from sterling.core.errors import SterlingError

if TYPE_CHECKING:
    from sterling.core.roles import Task
    from sterling.pipeline.initiate import Beginning
    from sterling.pipeline.suggesting import Suggested

T = TypeVar("T")
OPEN = ("users", "affected", "out_of_scope")
"""The questions of `scope.toml` that are asked at once; the others wait in the file."""


def ask_all(given: dict[str, Any], folder: Path) -> Beginning:
    """Everything that was not given as an option. What cannot be used is asked again, with the reason."""
    from sterling.cli.init import check_label, group_names, settle
    from sterling.pipeline.initiate import Beginning, name_of
    from sterling.pipeline.suggesting import suggest

    click.echo("Enter takes what stands in brackets; what you leave empty stays open and is listed as open.\n")
    data, seen = _data(given["data"], lambda path: suggest(path, given["sql"]))
    label = given["label"] or _column("Column with what happened or was decided", seen, seen.labels)
    task = given["task"] or _task(label, seen)
    kind = given["label_kind"]
    if kind == "unstated":
        kind = _choice("What is it? An outcome, a human_decision or an annotation", LABEL_KINDS, "unstated")
    beginning = Beginning(
        name=given["name"] or _text("Name of the project", name_of(folder)), data=data, sql=given["sql"], label=label,
        label_kind=kind, task=task, query=given["query"],
    )  # fmt: skip
    values = seen.values.get(label, ())
    if task == "binary":
        fixed = bool(given["positive"] and given["favourable"])
        beginning = _until(lambda: _values(beginning, given, values), check_label, fixed=fixed)
    if task == "ranking" and not given["query"]:
        beginning = replace(beginning, query=_column("Column that names the list a row is ranked in", seen, ()))
    groups = group_names(given["groups"]) or _groups(beginning, seen, given)
    id_ = given["id"] or _column("Column that names a row", seen, [c for c in seen.ids if c != label], needed=False)
    beginning = replace(beginning, groups=groups, id=id_ or None, **_model(given, seen, task))
    return _people(settle(beginning, seen), given)


def _text(question: str, suggestion: str = "") -> str:
    asked = f"{question} [{harmless(suggestion)}]" if suggestion else question
    suffix = " " if asked.endswith("?") else ": "
    return str(click.prompt(asked, default=suggestion, show_default=False, prompt_suffix=suffix)).strip()


def _choice(question: str, choices: Sequence[str], suggestion: str) -> str:
    return str(click.prompt(question, type=click.Choice(list(choices)), default=suggestion, show_choices=False))


def _until(ask: Callable[[], T], check: Callable[[T], object], *, fixed: bool = False) -> T:
    """Ask until the answer can be used; answers that came as options are not asked for again."""
    while True:
        answer = ask()
        try:
            check(answer)
        except SterlingError as error:
            if fixed:
                raise
            click.echo("  " + "; ".join(part for part in (error.what, error.expected, error.hint) if part))
        else:
            return answer


def _data(given: str | None, suggest: Callable[[str], Suggested]) -> tuple[str, Suggested]:
    found: list[Suggested] = []
    path = _until(
        lambda: given or _text("The table (a CSV, Parquet or Arrow file)"),
        lambda answer: found.append(suggest(answer)),
        fixed=given is not None,
    )
    return path, found[0]


def _column(question: str, seen: Suggested, likely: Sequence[str], *, needed: bool = True) -> str:
    from sterling.core.errors import ConfigError, near_miss

    def known(answer: str) -> None:
        if answer not in seen.columns and (answer or needed):
            raise ConfigError(f"there is no column {answer!r}", hint=near_miss(answer, seen.columns))

    if len(likely) > 1:
        click.echo(harmless(f"  Found: {', '.join(likely[:8])}"))
    return _until(lambda: _text(question, likely[0] if likely else ""), known)


def _values(beginning: Beginning, given: dict[str, Any], values: tuple[str, ...]) -> Beginning:
    likely = values[-1] if set(values) in ({"0", "1"}, {"false", "true"}, {"no", "yes"}, {"n", "y"}) else ""
    listed = f" ({' or '.join(values)})" if values else ""
    positive = given["positive"] or _text(f"Its positive value{listed}", likely)
    favourable = given["favourable"] or _text(f"The value that a person wants{listed}", positive)
    return replace(beginning, positive=positive or None, favourable=favourable or None)


def _groups(beginning: Beginning, seen: Suggested, given: dict[str, Any]) -> tuple[str, ...]:
    from sterling.cli.init import group_names, known_groups

    taken = (given[key] for key in ("score", "prediction", "id"))
    free = seen.groups_beside(beginning.label, beginning.query, *taken)
    likely = ",".join(f'"{g}"' if "," in g else g for g in free)

    def ask() -> tuple[str, ...]:
        answer = _text("Columns whose groups are compared, with commas; - for none", likely)
        return group_names((answer,)) if answer not in ("", "-") else ()

    return _until(ask, lambda groups: known_groups(groups, beginning, seen))


def _task(label: str, seen: Suggested) -> Task:
    """What the model does: yes or no where the label has two values, which is not asked."""
    from sterling.core.roles import TASKS

    if label in seen.values:
        return "binary"
    question = f"What does the model do: {', '.join(TASKS)}"
    return cast("Task", _choice(question, TASKS, seen.tasks.get(label, "binary")))


def _model(given: dict[str, Any], seen: Suggested, task: Task) -> dict[str, Any]:
    keys = ("train", "model", "score", "prediction")
    if task != "binary" and not any(given[key] for key in keys):
        given = {**given, "prediction": _column("Column with what the model predicts", seen, ())}
    if not any(given[key] for key in keys):
        if seen.scores:
            click.echo(harmless(f"  Found what may be scores of a model: {', '.join(seen.scores[:8])}"))
        asked = "Train a model, or is there one: train, model (a file) or score (a column)"
        kind = _choice(asked, keys[:3], "train")
        given = {**given, kind: _one_model(kind, seen)}
    settled = {"recipe": given["train"], "model": given["model"], "score": given["score"],
               "prediction": given["prediction"]}  # fmt: skip
    return {**settled, "score_kind": given["score_kind"], "drop": seen.scores if given["train"] else ()}


def _one_model(kind: str, seen: Suggested) -> str:
    from sterling.recipes.registry import RECIPES

    if kind == "train":
        return _choice(f"By which recipe: {', '.join(RECIPES)}", tuple(RECIPES), "logistic")
    return (
        _column("Column with its scores", seen, seen.scores) if kind == "score" else _text("Its file (.skops, .onnx)")
    )


def _people(beginning: Beginning, given: dict[str, Any]) -> Beginning:
    """What only people know. Every answer may stay empty."""
    from sterling.cli.init import names_of
    from sterling.core.needs import QUESTIONS
    from sterling.core.scope_file import question_of

    purpose = given["purpose"] or _text("What is the model for, in a sentence")
    people = given["people"] or _text("What are the rows called (applicants, patients)", "people")
    decision = given["decision"] or _text("What happens to those the model selects (approved, invited)", "selected")
    owner = given["owner"] or _text("Who answers for it")
    reviewers = given["reviewers"] or (_text("Who may sign what a run found, with commas; empty is anyone"),)
    words = {key: tuple(a for a in (_text(question_of(key)),) if a) for key in OPEN}
    answers: dict[str, bool | None] = {}
    if click.confirm(f"Answer {len(QUESTIONS)} yes/no questions about what it needs now", default=False):
        for question in QUESTIONS:
            answer = _choice(f"{question.text} y, n or ? for open", ("y", "n", "?"), "?")
            answers[question.id] = {"y": True, "n": False}.get(answer)
    return replace(
        beginning, purpose=purpose or None, people=people or None, decision=decision or None, owner=owner or None,
        reviewers=names_of(reviewers), words=words, answers=answers,
    )  # fmt: skip
