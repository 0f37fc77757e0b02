"""A first look at the label, the probabilities and the predictions of models that name one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.class_weights import remark, weights_of
from sterling.core.errors import InputError, counted, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.patterns import fill, in_order, listed
from sterling.core.roles import ModelColumn, Roles
from sterling.core.slices import group_text
from sterling.core.subject import Subject
from sterling.engine.classes import some_shared
from sterling.engine.columns import Columns
from sterling.engine.commas import text_hint
from sterling.engine.encode import encode_group
from sterling.engine.labels import without_label
from sterling.engine.survey import Guard, Look, Surveyed, between, distinct, kind_of, look, missing_labels

Floats = NDArray[np.float64]
MAX_CLASSES = 500
SUM_WITHIN = 0.02
"""How far from 1 the probabilities of a row may add up: they may have been rounded when they were written."""
_SLAB = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MulticlassSurveyed(Surveyed):
    """A subject whose models name one of `classes`, which are in their order. `seen` are those that a label has."""

    classes: tuple[str, ...]
    seen: tuple[str, ...]

    def label_of(self, frame: pl.DataFrame) -> NDArray[np.unsignedinteger]:
        """The place of each row's label among the classes; their number where it has none. As narrow as it may be."""
        narrow = np.min_scalar_type(len(self.classes))
        if self.roles.label is None:
            return np.full(frame.height, len(self.classes), dtype=narrow)
        return self._places(frame[self.roles.label], narrow)

    def scores_of(self, frame: pl.DataFrame, index: int) -> NDArray[Any] | Columns:
        """Predictions: the place of the class, of shape (rows,). Probabilities: the columns, checked.

        Raises InputError when they are missing, lie outside 0 and 1, or do not add up to 1.
        """
        model = self.roles.models[index]
        if model.kind == "prediction":
            return self._places(frame[model.column], np.dtype(np.int64))
        columns = [frame[member].cast(pl.Float64) for member in model.members]
        for column in columns:
            if column.null_count():
                _missing(column.null_count(), "probability", column.name, self.name)
        chances = Columns(tuple(column.to_numpy() for column in columns))
        if not all(_sound(chances[start : start + _SLAB]) for start in range(0, frame.height, _SLAB)):
            for member, values in zip(model.members, chances.columns, strict=True):  # which says what is wrong
                _check_range(values, member, self.name)
            _check_sums(chances, model, self.name)
        return chances

    def members_of(self, index: int) -> NDArray[np.int64]:
        """The place among the classes of each of a model's columns."""
        place = {c: i for i, c in enumerate(self.classes)}
        return np.array([place[c] for c in self.roles.models[index].classes], dtype=np.int64)

    def remarks(self) -> tuple[str, ...]:
        out: list[str] = []
        if self.unlabelled:
            left_out = "what is right and wrong"
            out.append(without_label(self.unlabelled, self.rows, counts="what is predicted", left_out=left_out))
        if self.roles.label is not None:
            if len(self.seen) == 1:
                out.append(f"every labelled row is of the same class ({shown(self.seen[0])})")
            never = [c for c in self.classes if c not in self.seen]
            if never:
                out.append(f"no label is {listed(never)}: how well it is recognised is unknown")
        return (*out, *remark(self.roles.class_weights, self.classes))

    def _places(self, column: pl.Series, dtype: np.dtype[Any]) -> NDArray[Any]:
        coded = encode_group(column)
        place = {c: i for i, c in enumerate(self.classes)}
        table = np.array([len(place) if v is None else place[v] for v in coded.values], dtype=dtype)
        if coded.codes.dtype == dtype and np.array_equal(table, np.arange(len(table))):
            return coded.codes
        return table.take(coded.codes) if len(table) else np.zeros(column.len(), dtype=dtype)


def survey(subject: Subject, *, guard: Guard = nullcontext, also: Sequence[str] = ()) -> MulticlassSurveyed:
    """Check every column in use. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    seen = look(subject, lambda schema, whole: _facts(roles, schema), guard=guard, also=also)
    labels = _classes(seen, roles.label, subject.name) if roles.label is not None else []
    given: list[str] = []
    for model in roles.models:
        if model.kind == "prediction":
            missing = int(str(seen.facts[f"missing {model.column}"]))
            if missing:
                _missing(missing, "prediction", model.column, subject.name)
            named = _classes(seen, model.column, subject.name)
            some_shared(labels, named, label=roles.label, model=model.column, name=subject.name)
            given += named
        else:
            _check_members(model, labels, roles, subject.name)
            given += model.classes
    classes = tuple(in_order([*labels, *given]))
    _check_classes(classes, labels, roles, subject.name)
    weights_of(roles.class_weights, classes)
    return MulticlassSurveyed(
        table=seen.table,
        frame=seen.frame,
        roles=roles,
        name=subject.name,
        rows=seen.rows,
        largest_weight=seen.largest_weight,
        summing=seen.summing,
        unlabelled=int(str(seen.facts.get("unlabelled") or 0)),
        guard=guard,
        classes=classes,
        seen=tuple(in_order(labels)),
    )


def _facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    named = [roles.label, *(m.column for m in roles.models if m.kind == "prediction")]
    exprs = [distinct(c, schema).alias(f"seen {c}") for c in dict.fromkeys(named) if c is not None]
    if roles.label is not None:
        exprs.append(missing_labels(roles.label, schema).alias("unlabelled"))
    for model in roles.models:
        if model.kind == "prediction":
            exprs.append(missing_labels(model.column, schema).alias(f"missing {model.column}"))
        for member in model.members:
            if not schema[member].is_numeric():
                raise InputError(
                    f"the score column {shown(member)!r} holds {kind_of(schema[member])}, not numbers",
                    expected="the probability of a class for every row",
                    hint=text_hint(
                        schema[member],
                        f"the pattern {shown(model.column)} stands for every column named like it; is it one?",
                    ),
                )
    return exprs


def _classes(seen: Look, column: str, name: str) -> list[str]:
    """The values of a column as text."""
    values = pl.Series(seen.facts[f"seen {column}"])
    if values.len() > MAX_CLASSES + 1:
        raise InputError(
            f"the column {shown(column)!r} has {values.len():,} different values", where=name,
            expected=f"a class for each row, of at most {MAX_CLASSES}",
            hint="a number that is predicted is a regression: --task regression",
        )  # fmt: skip
    texts = [group_text(v) for v in values.to_list()]
    return [t for t in dict.fromkeys(texts) if t is not None]


def _check_members(model: ModelColumn, labels: list[str], roles: Roles, name: str) -> None:
    missing = in_order(c for c in labels if c not in model.classes)
    if missing:
        columns = ", ".join(repr(shown(fill(model.column, c))) for c in missing[:8])
        raise InputError(
            f"labels in column {shown(roles.label)!r} have no column of probabilities: {listed(missing)}",
            where=name,
            expected=f"the columns {columns}" + (", …" if len(missing) > 8 else ""),
            hint=f"{shown(model.column)} was found for {listed(model.classes)}",
        )


def _check_classes(classes: tuple[str, ...], labels: list[str], roles: Roles, name: str) -> None:
    if roles.label is not None and not labels:
        raise InputError(
            f"every row of the label column {shown(roles.label)!r} is missing", where=name, expected="labels",
            hint="leave --label out to look at what is predicted only",
        )  # fmt: skip
    if len(classes) < 2:
        raise InputError(
            f"there is one class only, {listed(classes)}", where=name, expected="two classes or more",
            hint="is --label the column that says what came true?",
        )  # fmt: skip
    if roles.favourable is not None and roles.favourable not in classes:
        raise InputError(
            f"no class is the favourable value {shown(roles.favourable)!r}", where=name,
            expected="one of " + listed(classes), hint=f"check --favourable; {near_miss(roles.favourable, classes)}",
        )  # fmt: skip


def _missing(count: int, what: str, column: str, name: str) -> None:
    raise InputError(
        f"{counted(count, 'row has', 'rows have')} no {what} in column {shown(column)!r}", where=name,
        expected=f"a {what} for every row",
        hint="drop those rows, or find out why the model gave none: people without one are in no number",
    )  # fmt: skip


def _sound(chances: Columns) -> bool:
    """Whether all are probabilities, and those of a row add up to 1. NaN is none."""
    ranges = all(column.min() >= 0 and column.max() <= 1 for column in chances.columns)
    return ranges and bool(np.abs(_sums(chances) - 1.0).max() <= SUM_WITHIN)


def _sums(chances: Columns) -> Floats:
    total = np.zeros(len(chances))
    for column in chances.columns:
        total += column
    return total


def _check_range(chances: Floats, column: str, name: str) -> None:
    low, high = float(chances.min()), float(chances.max())
    if low >= 0 and high <= 1:
        return
    odd = int(np.count_nonzero(~np.isfinite(chances)))
    if odd:
        said = repr(shown(column))
        raise InputError(
            counted(odd, f"probability in column {said} is", f"probabilities in column {said} are")
            + " NaN or infinite", where=name,
            expected="a number from 0 to 1 for every row", hint="drop those rows, or find out why the model gave none",
        )  # fmt: skip
    raise InputError(
        f"scores in column {shown(column)!r} lie {between(low, high)}",
        where=name,
        expected="probabilities between 0 and 1",
        hint="turn raw scores (logits) into probabilities first: softmax over the classes of each row",
    )


def _check_sums(chances: Columns, model: ModelColumn, name: str) -> None:
    for start in range(0, len(chances), _SLAB):
        total = _sums(chances[start : start + _SLAB])
        worst = int(np.argmax(np.abs(total - 1.0)))
        if abs(total[worst] - 1.0) > SUM_WITHIN:
            raise InputError(
                f"the probabilities of {shown(model.column)!r} do not add up to 1 in every row: {total[worst]:.3g}",
                where=name,
                expected=f"one column for each of the classes, together 1; found {listed(model.classes)}",
                hint="is a class without its column, or a column that is no probability named like them?",
            )
