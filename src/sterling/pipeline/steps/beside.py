"""Columns of a project's table that no model is to learn from although no role takes them: what belongs to a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sterling.core.attributed import MODEL, attribution_columns
from sterling.core.errors import ConfigError, shown
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.pipeline.default_plan import ATTRIBUTIONS

ATTRIBUTED, CHANCE = "attribution", "chance of a group"
"""What such a column is: what a feature adds to a score, or how likely somebody is of a group."""
_WHY = {
    ATTRIBUTED: "what features add to a score is no feature",
    CHANCE: "the chance of a group stands for the group",
}


def beside(project: Project, columns: Sequence[str]) -> dict[str, str]:
    """Columns that hold attributions, or chances of groups, and which of both."""
    found = {column: CHANCE for m in project.data.group_probabilities for _, column in m.chances if column in columns}
    for pattern in attribution_patterns(project):
        try:
            found |= dict.fromkeys(attribution_columns([pattern], columns).values(), ATTRIBUTED)
        except ConfigError:  # whoever asks about it says that there is none
            continue
    return found


def attribution_patterns(project: Project) -> tuple[str, ...]:
    """The patterns of attributions that [plan] and asks name, with the models' names in their places."""
    names = [*_models(project)]
    return tuple(dict.fromkeys(p.replace(MODEL, name) for p in _named(project) for name in names))


def _named(project: Project) -> Iterator[str]:
    yield from project.measuring.attributions
    for item in project.policy.asks:
        if str(item.get("check", "")).upper() in (ATTRIBUTIONS, "ATTRIBUTIONS"):
            given = item.get("attributions", ())
            yield from ([given] if isinstance(given, str) else map(str, given) if isinstance(given, list) else ())


def _models(project: Project) -> Iterator[str]:
    given = project.model
    if project.train is not None:
        yield project.train.recipe
    elif given is not None:
        named = given.name or ("" if given.path is None else Path(given.path).stem)
        yield from (*given.scores, *given.predictions) or (named,)


def left_out(project: Project, columns: Sequence[str]) -> Mapping[str, str]:
    """Columns that the recipe is not shown because of what they are, and why. Those that `features` names are shown."""
    if project.train is None:
        return {}
    named = project.train.features
    return {c: _WHY[of] for c, of in beside(project, columns).items() if named is None or c not in named}


def said_of_them(project: Project, columns: Sequence[str]) -> Iterator[str]:
    """What the recipe is not shown, and what it is shown by name, in sentences."""
    if project.train is None:
        return
    hidden, dropped = left_out(project, columns), project.train.drop
    for why in dict.fromkeys(hidden.values()):
        those = [c for c, w in hidden.items() if w == why and c not in dropped]
        if those and project.train.features is None:
            yield f"the model is not shown {_listed(those)}: {why}"
    for column, of in beside(project, columns).items():
        if column not in hidden:
            yield f"the model is shown {shown(column)}, as features says, and {_WHY[of]}"


def said_in_key(project: Project) -> dict[str, Json]:
    """What decides what `said_of_them` says, as a parameter of the step that writes it down."""
    train, those = project.train, beside_in_key(project)
    if train is None or not those:
        return {}
    return {**those, "shown": [None if train.features is None else list(train.features), list(train.drop)]}


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(shown, columns[:4])) + (f" and {len(columns) - 4} more" if len(columns) > 4 else "")


def beside_in_key(project: Project) -> dict[str, Json]:
    """What decides which columns these are, as a parameter of the steps that train; nothing where there are none."""
    chances = [c for m in project.data.group_probabilities for _, c in m.chances]
    patterns = attribution_patterns(project)
    return {"beside": [list(patterns), chances]} if patterns or chances else {}
