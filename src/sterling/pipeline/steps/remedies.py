"""Remedies of a project: on the whole table before its columns are checked, or on the rows that a model learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError
from sterling.core.project import Project, TableRemedy
from sterling.core.records import Json
from sterling.core.roles import Roles
from sterling.core.treatment import Learned, Treatment, find_treatment, learn
from sterling.data import remedies as _data
from sterling.fairness import remedies as _fairness
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.ingest import table_made
from sterling.pipeline.steps.own import RAW

if TYPE_CHECKING:
    import polars as pl

REGISTERED = (_data, _fairness)
"""Importing them registers remedies."""
WHERE = "[[remedy]]"
PREPARED = "prepared"
"""The role of the table that own steps made, where remedies follow."""


def reworks(project: Project) -> bool:
    """Whether the table that all else reads is another than the one that was read."""
    return bool(project.steps) or bool(_those(project, "table"))


def table_remedies(project: Project) -> tuple[Step, ...]:
    """A step for each remedy of the whole table, in the order of the file, each on what the one before it made.

    Raises ConfigError for a remedy or parameter that does not exist, or one for training where nothing is trained.
    """
    training = _those(project, "training")
    if training and project.train is None:
        raise ConfigError(f"{training[0][0].name} is for training, and the project trains nothing", where=WHERE,
                          hint="add [train], or take the remedy out")  # fmt: skip
    if training and project.search is not None:
        raise ConfigError(
            f"the search for alternatives does not yet know what {training[0][0].name} does to the rows to learn from",
            where=WHERE, hint="keep [alternatives] or the remedy",
        )  # fmt: skip
    items = _those(project, "table")
    roles = [PREPARED if project.steps else RAW, *(f"after remedy {i}" for i in range(1, len(items))), "table"]
    return tuple(
        Step(
            name=f"remedy {i} {item.name}" if i > 1 else f"remedy {item.name}",
            title=item.remedy.title,
            stage="preprocessing",
            work=partial(_work, spec=spec, reads=reads, makes=makes),
            reads=(reads,),
            makes=(makes,),
            parameters={**written(spec, item), "roles": roles_written(project)},
            away=item.outside,
        )
        for i, ((spec, item), reads, makes) in enumerate(zip(items, roles, roles[1:], strict=False), start=1)
    )


def _those(project: Project, when: str) -> list[tuple[TableRemedy, Treatment]]:
    found = [(spec, find_treatment(spec.name, where=WHERE)) for spec in project.remedies]
    return [(spec, item) for spec, item in found if item.when == when]


def _bound(spec: TableRemedy, item: Treatment) -> dict[str, object]:
    return item.bind({**spec.parameters, "at_decision": spec.at_decision}, where=WHERE)


def written(spec: TableRemedy, item: Treatment) -> dict[str, Json]:
    """All of a remedy that bears on what it makes."""
    return {"remedy": item.name, "parameters": item.written(_bound(spec, item)), "seed": spec.seed}


def roles_written(project: Project) -> list[Json]:
    data = project.data
    return [data.label, data.positive, data.id, data.weight, *data.groups]


def _roles(project: Project) -> Roles:
    data = project.data
    return Roles(label=data.label, positive=data.positive, id=data.id, weight=data.weight, groups=data.groups)


def _work(inputs: Inputs, *, spec: TableRemedy, reads: str, makes: str) -> Mapping[str, Made]:
    project, frame = inputs.project, inputs.frame(reads)
    item = find_treatment(spec.name, where=WHERE)
    learned = _learned(project, spec, item, frame)
    made = table_made(learned.treat(frame), name=inputs.artifacts[reads].name, where=item.name)
    told: dict[str, Json] = {"remedy": item.name, "rows_before": frame.height, "notes": list(learned.notes)}
    return {makes: replace(made, properties={**made.properties, **told})}


def _learned(project: Project, spec: TableRemedy, item: Treatment, frame: pl.DataFrame) -> Learned:
    roles = _roles(project)
    here = replace(roles, groups=tuple(g for g in roles.groups if g in frame.columns))
    return learn(item, frame, here, parameters=_bound(spec, item), seed=spec.seed)


def training_remedies(project: Project) -> list[Json]:
    """What the project's training remedies are, as parameters of the steps that train and score."""
    return [written(spec, item) for spec, item in _those(project, "training")]


class Trained:
    """The rows to learn from after the training remedies, and how other rows are changed before they are scored."""

    def __init__(self, project: Project, frame: pl.DataFrame) -> None:
        self._others: list[Learned] = []
        for spec, item in _those(project, "training"):
            learned = _learned(project, spec, item, frame)
            frame = learned.treat(frame)
            if item.others == "treated":
                self._others.append(learned)
        self.frame = frame

    def other(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows that were not learned from, as the model is to see them."""
        for learned in self._others:
            frame = learned.treat(frame)
        return frame
