"""Looks at the table before anything is built on it: are the columns what the project says they are?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.codec import dump, plain
from sterling.core.confine import locate
from sterling.core.data.anomalies import Anomalies, Anomaly
from sterling.core.dossier import ColumnFacts, DataFacts
from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from
from sterling.core.patterns import columns_of, is_pattern
from sterling.core.project import Data, Project
from sterling.core.records import Json
from sterling.core.roles import Roles
from sterling.data.schema.checking import hold, schema_at
from sterling.data.schema.of_roles import broken_promises
from sterling.data.statistics.kinds import missing_in
from sterling.data.statistics.withheld import ends_in_words
from sterling.engine.table import TableAccess
from sterling.pipeline.environment import file_digests
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.beside import beside, beside_in_key
from sterling.pipeline.steps.groups import conditions, with_group_columns
from sterling.pipeline.steps.own import RAW
from sterling.pipeline.steps.remedies import reworks

if TYPE_CHECKING:
    import polars as pl

NAMES_A_PERSON = 0.9
"""A column whose values are nearly all different may name people: its range is not written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaAnswer:
    """What the project's schema found in the table, and the digests of the files that it was read from."""

    anomalies: Anomalies
    files: Mapping[str, str]


def validate(project: Project) -> Step:
    """The step that checks the table's columns against the project's words."""
    data = project.data
    return Step(
        name="validate",
        title="Checking the columns",
        stage="data",
        work=_work,
        reads=("table", RAW) if reworks(project) else ("table",),
        makes=("facts",),
        files=schema_files(project),
        parameters={
            "roles": [list(pair) for pair in _roles(data)],
            "positive": data.positive,
            "columns": list(_asked(project)),
            "said": [list(columns) for columns in _given(project)],
            "schema": [data.schema, data.environment, list(data.drop)],
            **beside_in_key(project),
            **conditions(project),
        },
    )


def _roles(data: Data) -> list[tuple[str, str]]:
    named = [(data.label, "label"), *((g, "group") for g in data.groups)]
    single = [(data.id, "id"), (data.entity, "entity"), (data.time, "time"), (data.weight, "weight")]
    return [*named, *((c, role) for c, role in single if c is not None)]


def _asked(project: Project) -> tuple[str, ...]:
    """Columns named elsewhere in the project: scores of a given model, features."""
    given, train = project.model, project.train
    columns = (*(given.scores + given.predictions if given else ()), *(train.features or () if train else ()))
    chances = (c for m in project.data.group_probabilities for _, c in m.chances)
    return tuple(dict.fromkeys((*columns, *chances)))


def _given(project: Project) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns that hold scores of a given model, and those that hold its predictions."""
    given = project.model
    return (given.scores, given.predictions) if given is not None else ((), ())


def _said(project: Project, columns: Sequence[str]) -> dict[str, str]:
    """The columns that hold what a given model said, and those that belong to its scores."""
    scores, predictions = _given(project)
    said = dict.fromkeys(columns_of(scores, columns), "score") | dict.fromkeys(
        columns_of(predictions, columns), "prediction"
    )
    return beside(project, columns) | said


def _work(inputs: Inputs) -> Mapping[str, Made]:
    project = inputs.project
    frame = inputs.frame("table")
    named = {c: role for name, role in reversed(_roles(project.data)) for c in columns_of((name,), frame.columns)}
    roles = _said(project, frame.columns) | named
    columns_there(project, frame)
    labelled = with_group_columns(project, frame)
    files = schema_digests(project)
    held = schema_held(project, inputs.frame(RAW) if reworks(project) else frame)
    answer = None if held is None else SchemaAnswer(anomalies=held, files=files)
    columns = tuple(_column(frame[name], roles.get(name, "feature")) for name in frame.columns)
    facts = DataFacts(
        name=inputs.artifacts["table"].name,
        digest=inputs.artifacts["table"].digest,
        rows=frame.height,
        columns=columns,
        duplicates=_duplicates(frame, columns),
        problems=problems(project, labelled, held),
    )
    content = dump({"format": "sterling.data_facts", "version": 1, "facts": plain(facts)})
    broken: dict[str, Json] = {"problems": list(facts.problems), "rows": facts.rows}
    return {
        "facts": Made(content=content, type="data_facts", name="data facts", properties=broken, in_hand=answer),
    }


def columns_there(project: Project, frame: pl.DataFrame) -> None:
    """Raises InputError for a column with a role, or of a model, that is not in the table."""
    for column in dict.fromkeys((*(name for name, _ in _roles(project.data)), *_asked(project))):
        if column not in frame.columns and made_from(column) is None and not is_pattern(column):
            raise InputError(
                f"there is no column {shown(column)!r}", where=shown(project.data.path),
                hint=near_miss(column, frame.columns),
            )  # fmt: skip


def _column(column: pl.Series, role: str) -> ColumnFacts:
    missing = missing_in(column)
    distinct = (column.fill_nan(None) if column.dtype.is_float() else column).n_unique() - (1 if missing else 0)
    tells = column.dtype.is_numeric() and role == "feature" and distinct < NAMES_A_PERSON * max(len(column), 1)
    low, high = ends_in_words(column) if tells else (None, None)
    return ColumnFacts(
        name=column.name, type=str(column.dtype), role=role, missing=missing, distinct=distinct, low=low, high=high
    )


def _duplicates(frame: pl.DataFrame, columns: Sequence[ColumnFacts]) -> int:
    """Rows that are like another one in everything: none where a column, such as an id, has no value twice."""
    if any(column.distinct == frame.height for column in columns):
        return 0
    return frame.height - frame.n_unique()


def problems(project: Project, frame: pl.DataFrame, held: Anomalies | None) -> tuple[str, ...]:
    """Every broken promise that nothing may be built on, in words: those of roles, and the schema's errors.

    `frame` has the label, the id and the groups; `held` is what the schema found.
    """
    data = project.data
    of_roles = broken_promises(frame, label=data.label, id=data.id, groups=project.groups)
    return (*(a.what for a in of_roles), *map(words, _errors(held)))


def schema_errors(project: Project, raw: pl.DataFrame) -> tuple[Anomaly, ...]:
    """What the project's schema, when it has one, finds in the table that must not be."""
    return _errors(schema_held(project, raw))


def _errors(held: Anomalies | None) -> tuple[Anomaly, ...]:
    found = () if held is None else held.errors
    return tuple(a for a in found if a.kind != "empty_table")  # the roles say so already


def schema_held(project: Project, raw: pl.DataFrame) -> Anomalies | None:
    """All that the project's schema, when it has one, finds in the table as it was read.

    Raises ConfigError for a schema that cannot be read.
    """
    data = project.data
    path = next(iter(schema_files(project)), None)
    if path is None:
        return None
    schema = schema_at(path, data.environment, ignore=data.drop)
    access = TableAccess(name=shown(data.path), table=raw.lazy(), roles=Roles(), rows=raw.height)
    return hold(schema, access, data.environment)


def schema_files(project: Project) -> tuple[Path, ...]:
    """Where the project's schema is; nowhere when it has none. Raises ConfigError for a path outside the project."""
    text, where = project.data.schema, f"{project.file.name}: [data] schema"
    if text is None:
        return ()
    return (locate(text, folder=project.folder, allowed=project.allowed_folders, where=where),)


def schema_digests(project: Project) -> dict[str, str]:
    """The digests of the schema's file as it is now. Raises ConfigError where it was taken away since the run began."""
    files = schema_files(project)
    try:
        return file_digests(files)
    except OSError as error:
        raise ConfigError(
            f"cannot read the schema, which was there when the run began: {error.strerror}", where=shown(files[0].name),
            hint="put it back, or take schema out of [data]; and run again",
        ) from error  # fmt: skip


def words(anomaly: Anomaly) -> str:
    """What is broken, in one sentence."""
    return f"{shown(anomaly.column)}: {anomaly.what}" if anomaly.column is not None else anomaly.what
