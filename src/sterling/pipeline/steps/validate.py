"""Looks at the table before anything is built on it: are the columns what the project says they are?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sterling.core.codec import dump, plain
from sterling.core.dossier import ColumnFacts, DataFacts
from sterling.core.errors import InputError, near_miss, shown
from sterling.core.grouping import made_from
from sterling.core.patterns import is_pattern
from sterling.core.project import Data, Project
from sterling.core.records import Json
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.groups import conditions, with_group_columns

if TYPE_CHECKING:
    import polars as pl

NAMES_A_PERSON = 0.9
"""A column whose values are nearly all different may name people: its range is not written down."""
SHARED = 10
"""An extreme that so many rows share is nobody's own value."""
ENOUGH = 1_000
"""With so many values, 1 in 100 of them lies beyond the first and the last percentile: at least `SHARED` rows."""


def validate(project: Project) -> Step:
    """The step that checks the table's columns against the project's words."""
    data = project.data
    return Step(
        name="validate",
        title="Checking the columns",
        stage="data",
        work=_work,
        reads=("table",),
        makes=("facts",),
        parameters={
            "roles": [list(pair) for pair in _roles(data)],
            "positive": data.positive,
            "columns": list(_asked(project)),
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
    return tuple(dict.fromkeys(columns))


def _work(inputs: Inputs) -> Mapping[str, Made]:
    project = inputs.project
    frame = inputs.frame("table")
    roles = dict(reversed(_roles(project.data)))
    for column in (*roles, *_asked(project)):
        if column not in frame.columns and made_from(column) is None and not is_pattern(column):
            raise InputError(
                f"there is no column {shown(column)!r}", where=shown(project.data.path),
                hint=near_miss(column, frame.columns),
            )  # fmt: skip
    facts = DataFacts(
        name=inputs.artifacts["table"].name,
        digest=inputs.artifacts["table"].digest,
        rows=frame.height,
        columns=tuple(_column(frame[name], roles.get(name, "feature")) for name in frame.columns),
        duplicates=frame.height - frame.n_unique() if frame.height else 0,
        problems=broken_promises(with_group_columns(project, frame), project.data, project.groups),
    )
    content = dump({"format": "sterling.data_facts", "version": 1, "facts": plain(facts)})
    broken: dict[str, Json] = {"problems": list(facts.problems), "rows": facts.rows}
    return {"facts": Made(content=content, type="data_facts", name="data facts", properties=broken)}


def _column(column: pl.Series, role: str) -> ColumnFacts:
    distinct = column.n_unique() - (1 if column.null_count() else 0)
    tells = column.dtype.is_numeric() and role == "feature" and distinct < NAMES_A_PERSON * max(len(column), 1)
    low, high = _ends(column) if tells else (None, None)
    return ColumnFacts(
        name=column.name, type=str(column.dtype), role=role, missing=column.null_count(), distinct=distinct,
        low=low, high=high,
    )  # fmt: skip


def _ends(column: pl.Series) -> tuple[str | None, str | None]:
    """The ends of a column's range, in words that give no single row's value away; None for what cannot be said.

    An end is written as it is when `SHARED` rows have it. Else, where values are many, a percentile stands for it,
    rounded to two digits.
    """
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64)
    values = values.filter(values.is_finite())
    return _end(values, values.min(), 1), _end(values, values.max(), 99)


def _end(values: pl.Series, extreme: object, percentile: int) -> str | None:
    if not isinstance(extreme, float):
        return None
    if int((values == extreme).sum()) >= SHARED:
        return f"{extreme:g}"
    if len(values) < ENOUGH:
        return None
    near = float(f"{values.quantile(percentile / 100, interpolation='linear'):.2g}")
    return f"about {near:g} ({'1st' if percentile == 1 else '99th'} percentile)"


def broken_promises(frame: pl.DataFrame, data: Data, groups: Sequence[str]) -> tuple[str, ...]:
    """Broken promises of the data, in words, with counts and never with values of rows.

    `frame` has the label, the id that `data` names, and the groups.
    """
    found = []
    if frame.height == 0:
        return ("the table has no rows",)
    label = frame[data.label]
    if label.null_count() == frame.height:
        found.append(f"no row has a label in {data.label}")
    elif label.n_unique() - bool(label.null_count()) < 2:
        found.append(f"every label in {data.label} is the same: there is nothing to learn or to compare")
    if data.id is not None:
        missing, repeated = frame[data.id].null_count(), frame.height - frame[data.id].n_unique()
        if missing:
            found.append(f"{missing:,} rows have no id in {data.id}")
        elif repeated:
            found.append(f"{repeated:,} ids in {data.id} are there more than once: an id names one row")
    found += [
        f"no row has a value in the group column {group}"
        for group in groups
        if frame[group].null_count() == frame.height
    ]
    return tuple(found)
