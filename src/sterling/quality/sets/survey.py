"""A first look at the columns of sets: are they lists of the same kind of items, and have scores a number for each?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine.survey import Guard, Look, Surveyed, kind_of, look
from sterling.quality.sets.rows import UNKNOWN, matches, sizes

Ints = NDArray[np.int64]
_SPLIT = (
    'lists are read from Parquet and Arrow; a text is taken apart with --sql "select *, coalesce(string_split('
    "nullif({0}, ''), ';'), []) as {0}_list from …\": what is empty is then an empty list, and missing too"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetsSurveyed(Surveyed):
    """A subject whose label and predictions are sets of `item`s. `holes`: columns with items missing, and how many."""

    item: pl.DataType
    holes: tuple[tuple[str, int], ...]

    def label_of(self, frame: pl.DataFrame) -> Ints:
        """How many different items the label has, `UNKNOWN` where it is missing."""
        if self.roles.label is None:
            return np.full(frame.height, UNKNOWN, dtype=np.int64)
        return sizes(self._lists(frame, self.roles.label))

    def scores_of(self, frame: pl.DataFrame, index: int) -> Ints:
        """What `rows.matches` says of a model."""
        predicted, *scores = self.roles.models[index].columns
        label = self._lists(frame, self.roles.label) if self.roles.label else pl.repeat(
            None, frame.height, dtype=pl.List(self.item), eager=True
        )  # fmt: skip
        order = frame[scores[0]].cast(pl.List(pl.Float64)) if scores else None
        return matches(label, self._lists(frame, predicted), order)

    def _lists(self, frame: pl.DataFrame, column: str) -> pl.Series:
        return frame[column].cast(pl.List(self.item))

    def remarks(self) -> tuple[str, ...]:
        out = []
        if self.unlabelled and self.roles.label:
            out.append(
                f"{counted(self.unlabelled, 'row has', 'rows have')} no label: left out of everything but counts; an "
                "empty list is a label"
            )
        out += [
            f"{counted(n, 'item is', 'items are')} missing inside the lists of {shown(column)}: they are none"
            for column, n in self.holes
        ]
        return tuple(out)


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> SetsSurveyed:
    """Check label, predictions, scores and weights. Raises InputError naming the column, and what to do."""
    roles = subject.roles
    seen = look(subject, lambda schema, whole: _facts(roles, schema, subject.name), guard=guard, also=also)
    for model in roles.models:
        _complete(seen.facts, model, subject.name)
    listed = _list_columns(roles)
    _some(listed, roles, seen, subject.name)
    return SetsSurveyed(
        table=seen.table, frame=seen.frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, summing=seen.summing, guard=guard,
        unlabelled=int(seen.facts.get("unlabelled") or 0),
        item=_item_of(listed, seen.table.collect_schema(), subject.name),
        holes=tuple((c, int(n)) for c in listed if (n := seen.facts[f"holes {c}"])),
    )  # fmt: skip


def _some(columns: Sequence[str], roles: Roles, seen: Look, name: str) -> None:
    """Without a label or an item in any row there is nothing to compare, and no row more would change it."""
    if roles.label is not None and seen.facts["unlabelled"] == seen.rows:
        raise InputError(
            f"every row of the label column {shown(roles.label)!r} is missing", where=name, expected="lists of items",
            hint="leave --label out to look at what is predicted only",
        )  # fmt: skip
    empty = next((c for c in columns if not seen.facts[f"items {c}"]), None)
    if empty is not None:
        raise InputError(
            f"no row has an item in column {shown(empty)!r}", where=name, expected="lists with items, in some rows",
            hint="is it the column that was meant, and does it hold what the model said?",
        )  # fmt: skip


def _list_columns(roles: Roles) -> list[str]:
    """The columns that hold sets."""
    named = (roles.label, *(m.columns[0] for m in roles.models))
    return list(dict.fromkeys(c for c in named if c is not None))


def _facts(roles: Roles, schema: pl.Schema, name: str) -> list[pl.Expr]:
    item = _item_of(_list_columns(roles), schema, name)
    exprs = []
    if roles.label is not None:
        exprs.append(pl.col(roles.label).is_null().sum().alias("unlabelled"))
    for column in _list_columns(roles):
        items = pl.col(column).cast(pl.List(item))
        exprs.append((items.list.len() - items.list.drop_nulls().list.len()).sum().alias(f"holes {column}"))
        exprs.append(items.list.drop_nulls().list.len().sum().alias(f"items {column}"))
    for model in roles.models:
        predicted, *scores = model.columns
        exprs.append(pl.col(predicted).is_null().sum().alias(f"missing {predicted}"))
        for column in scores:
            if not (schema[column].is_nested() and _inner(schema[column]).is_numeric()):
                raise InputError(
                    f"the scores in column {shown(column)!r} are {kind_of(schema[column])}, not lists of numbers",
                    where=name,
                    expected=f"in every row a number for each item of {shown(predicted)}",
                )
            numbers = pl.col(column).cast(pl.List(pl.Float64))
            items = pl.col(predicted).cast(pl.List(item))
            exprs.append(items.list.len().ne_missing(numbers.list.len()).sum().alias(f"uneven {predicted}"))
            odd = numbers.list.eval(pl.element().is_finite().not_().fill_null(value=True))
            exprs.append(odd.list.sum().sum().alias(f"odd {predicted}"))
    return exprs


def _inner(dtype: pl.DataType) -> pl.DataType:
    return getattr(dtype, "inner", None) or pl.Null()  # a struct has fields and no one kind of item


def _item_of(columns: Iterable[str], schema: pl.Schema, name: str) -> pl.DataType:
    """The type that items of all these columns have in common."""
    kinds: dict[str, pl.DataType] = {}
    for column in columns:
        dtype = schema[column]
        if not isinstance(dtype, pl.List | pl.Array):
            raise InputError(
                f"the column {shown(column)!r} holds {kind_of(dtype)}, not lists of items", where=name,
                expected="a list in every row, such as [\"red\", \"round\"]",
                hint=_SPLIT.format(shown(column)) if dtype == pl.String
                else "a model that says one thing of each row is of another --task",
            )  # fmt: skip
        inner = _inner(dtype)
        if inner.is_nested() or inner.is_float():
            raise InputError(
                f"the items in column {shown(column)!r} are {kind_of(inner)}", where=name,
                expected="texts or whole numbers, that are the same or are not",
                hint="write the number or the parts of an item as text first",
            )  # fmt: skip
        if inner != pl.Null:
            kinds[column] = inner
    return _common(kinds, name)


def _common(kinds: Mapping[str, pl.DataType], name: str) -> pl.DataType:
    every = list(dict.fromkeys(kinds.values()))
    if all(k in (pl.String, pl.Categorical, pl.Enum) for k in every):
        return pl.String()
    if len(every) == 1:
        return every[0]
    if all(k.is_integer() for k in every):
        return pl.Int128() if {pl.UInt64, pl.Int128} & {k.base_type() for k in every} else pl.Int64()
    (first, one), (second, other) = next(
        (a, b) for a in kinds.items() for b in kinds.items() if a[1].base_type() != b[1].base_type()
    )
    raise InputError(
        f"items are {kind_of(one)} in column {shown(first)!r} and {kind_of(other)} in {shown(second)!r}", where=name,
        expected="items of one kind: none would be the same",
        hint="cast one of them: to text, or to whole numbers",
    )  # fmt: skip


def _complete(facts: Mapping[str, Any], model: ModelColumn, name: str) -> None:
    predicted, *scores = model.columns
    missing = facts[f"missing {predicted}"]
    if missing:
        raise InputError(
            f"{counted(missing, 'row has', 'rows have')} no prediction in column {shown(predicted)!r}", where=name,
            expected="a list for every row, empty where nothing is predicted",
            hint="fill in empty lists, or find out why the model gave none",
        )  # fmt: skip
    for column in scores:
        uneven, odd = facts[f"uneven {predicted}"], facts[f"odd {predicted}"]
        if uneven:
            raise InputError(
                f"in {counted(uneven, 'row', 'rows')} {shown(column)!r} has not as many scores as "
                f"{shown(predicted)!r} has items", where=name, expected="a score for each item, in the same order",
            )  # fmt: skip
        if odd:
            raise InputError(
                counted(odd, f"score in column {shown(column)!r} is", f"scores in column {shown(column)!r} are")
                + " missing, NaN or infinite", where=name, expected="a finite number for each item",
            )  # fmt: skip
