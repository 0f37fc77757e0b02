"""A first look at the columns in use: are they what they were declared to be? What do their values mean?

Everything that can be wrong with a label, score or weight is said here, before anything is counted.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.batches import batches, by_slices
from sterling.engine.columns import Columns
from sterling.engine.commas import text_hint
from sterling.engine.encode import Batch, Codes, encode_cluster, encode_group
from sterling.engine.labels import LabelMeaning
from sterling.engine.single_values import roles_of_single_values
from sterling.engine.threads import spread

if TYPE_CHECKING:  # few questions add columns up
    from sterling.engine.amounts.summing import Summing

Guard = Callable[[str], AbstractContextManager[object]]
"""Turns a reader's late errors into ours; given the name of the data."""

BATCH_ROWS = 1 << 19
_FIRST = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surveyed(ABC):
    """A subject whose columns have been checked. `frame`: its rows, when they are in memory already.

    `meaning`: what a yes/no label's values mean, None for other labels. `unlabelled`: rows without a label. `summing`:
    the columns that are added up beside what is measured of models.
    """

    table: pl.LazyFrame
    roles: Roles
    name: str
    rows: int
    frame: pl.DataFrame | None
    largest_weight: float
    meaning: LabelMeaning | None = None
    unlabelled: int = 0
    guard: Guard = nullcontext
    summing: Summing | None = None

    @abstractmethod
    def label_of(self, frame: pl.DataFrame) -> NDArray[np.generic]:
        """The label of each row, as the task counts it."""

    @abstractmethod
    def scores_of(self, frame: pl.DataFrame, index: int) -> NDArray[Any] | Columns:
        """The scores of a model, one entry per row, or in several columns."""

    @property
    def streams_exactly(self) -> bool:
        """Whether nothing that is measured needs all rows at once, so that files are never held whole for it."""
        return False

    @property
    def batch_rows(self) -> int:
        """How many rows are counted at once where they are streamed."""
        return BATCH_ROWS

    def remarks(self) -> tuple[str, ...]:
        """What a reader must know of the label and the scores: counts and column names, never values of rows."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in use, once."""
        return tuple(dict.fromkeys((*self.roles.columns, *(self.summing.columns if self.summing else ()))))

    @property
    def weight_exponent(self) -> int:
        """Weights are divided by 2 to this power, exactly, so that they are at most 1."""
        return math.frexp(self.largest_weight)[1] if self.largest_weight > 0 else 0

    def frames(self, *, whole: bool) -> Iterator[pl.DataFrame]:
        """The columns in use: all rows at once, or in pieces of bounded size."""
        if self.frame is not None:
            yield self.frame
            return
        columns = self.table.select(self.columns)
        with self.guard(self.name):
            if whole:
                yield columns.collect()
                return
            some = False
            for frame in batches(columns, size=self.batch_rows):
                some = True
                yield frame
            if not some:  # a where-clause that no row meets
                yield columns.head(0).collect()

    def encode(self, frame: pl.DataFrame) -> Batch:
        """The rows of a frame, ready for counting."""
        roles = self.roles
        label = self.label_of(frame)
        weight = None
        if roles.weight is not None:
            weight = np.ldexp(frame[roles.weight].cast(pl.Float64).to_numpy(), -self.weight_exponent)
        if frame.height:
            groups = tuple(spread(encode_group, [frame[g] for g in roles.groups], rows=frame.height))
        else:
            groups = tuple(Codes(np.zeros(0, dtype=np.uint8), (None,)) for _ in roles.groups)
        scores = tuple(self.scores_of(frame, i) for i in range(len(roles.models)))
        numbers = self.summing.values(frame) if self.summing else ()
        cluster = None
        if roles.cluster is not None:
            rest = [column for held in (*scores, label) for column in _side_by_side(held)]
            rest += [*(g.codes for g in groups), *numbers]
            cluster = encode_cluster(frame[roles.cluster], rest if weight is None else [*rest, weight])
        return Batch(
            height=frame.height,
            groups=groups,
            label=label,
            scores=scores,
            weight=weight,
            cluster=cluster,
            numbers=numbers,
        )

    def narrowed(self, rows: pl.Expr) -> Self:
        """The same subject with only some of its rows, for where-clauses; columns are added up over all rows alone."""
        frame = None if self.frame is None else self.frame.filter(rows)
        return replace(self, table=self.table.filter(rows), frame=frame, summing=None)

    def without_rows(self) -> Self:
        """What is needed to encode rows of this subject elsewhere."""
        return replace(self, table=self.table.collect_schema().to_frame().lazy(), frame=None, guard=nullcontext)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """The columns in use and one row of facts about them. `frame`: the rows, when they had to be held."""

    table: pl.LazyFrame
    frame: pl.DataFrame | None
    facts: Mapping[str, Any]
    rows: int
    largest_weight: float
    summing: Summing | None


def look(
    subject: Subject,
    expressions: Callable[[pl.Schema, bool], list[pl.Expr]],
    *,
    told: Callable[[pl.LazyFrame, pl.Schema], dict[str, Any]] | None = None,
    guard: Guard = nullcontext,
    also: Sequence[str] = (),
) -> Look:
    """Work out the facts of a task's columns, in one pass, and check what every task has: rows and weights.

    `expressions(schema, whole)` gives them; `whole` is false when the rows are streamed and facts may be checked as
    they are counted. `also` names columns without a role that where-clauses read. A fact's name says how it is put
    together from parts of the rows: `min…` and `max…`, `seen …` (distinct values); all others are added up.
    `told(table, schema)`: facts that a file tells nearly for nothing; those are not worked out again.
    Raises InputError naming the column, what was expected and what to do.
    """
    subject = subject.checked()
    roles, table = subject.roles, subject.table
    place = subject.place
    whole = place is None and not streams(table)
    columns = list(dict.fromkeys([*roles.columns, *also, *chain.from_iterable(subject.summed)]))
    with guard(subject.name):
        frame = table.select(columns).collect() if whole else None
        schema = table.collect_schema()
        roles_of_single_values(roles, schema, subject.name)
        exprs = [
            pl.len().alias("rows"),
            *expressions(schema, whole or place is not None),
            *_weight_facts(roles, schema),
            *_facts_to_sum(subject, schema),
        ]
        if place is not None:
            facts = place.fold(table.select(columns), partial(_facts_of, exprs=exprs), together)
        elif frame is None and told is not None and by_slices(table):
            known = told(table, schema)
            facts = known | _facts_of(table, [fact for fact in exprs if fact.meta.output_name() not in known])
        else:
            facts = _facts_of(table if frame is None else frame, exprs)
    rows = int(facts["rows"])
    if rows == 0:
        raise InputError("the table has no rows", where=subject.name, expected="at least one row",
                         hint="is it the file that was meant, and did its query or filter leave anything?")  # fmt: skip
    return Look(
        table=table if frame is None else frame.lazy(),
        frame=frame,
        facts=facts,
        rows=rows,
        largest_weight=_check_weight(facts, roles, subject.name),
        summing=_summing(subject, facts, rows),
    )


def _facts_to_sum(subject: Subject, schema: pl.Schema) -> list[pl.Expr]:
    if not subject.summed:
        return []
    from sterling.engine.amounts.summing import facts_of

    return facts_of(subject.summed, schema, subject.name)


def _summing(subject: Subject, facts: Mapping[str, Any], rows: int) -> Summing | None:
    if not subject.summed:
        return None
    from sterling.engine.amounts.summing import summing_of

    return summing_of(subject.summed, facts, rows, subject.name)


def _facts_of(table: pl.LazyFrame | pl.DataFrame, exprs: list[pl.Expr]) -> dict[str, Any]:
    return table.lazy().select(exprs).collect().row(0, named=True)


def together(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of both sets of rows."""
    return {name: _joined(name, a[name], b[name]) for name in a}


def _joined(name: str, a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    if name.startswith("seen "):
        return list(dict.fromkeys([*a, *b]))
    return min(a, b) if name.startswith("min") else max(a, b) if name.startswith("max") else a + b


def missing_labels(column: str, schema: pl.Schema) -> pl.Expr:
    """How many rows have no label; NaN counts as none."""
    label = pl.col(column)
    missing = label.is_null() | label.is_nan() if schema[column].is_float() else label.is_null()
    return missing.sum()


def distinct(column: str, schema: pl.Schema) -> pl.Expr:
    """The values that occur, missing among them, as one list, in no order.

    Whole numbers would be sorted for it: four times as long as looking for the ends and for anything between them.
    """
    values = pl.col(column)
    if not schema[column].is_integer():
        return values.unique().implode()
    low, high = values.min(), values.max()
    ends = low.append(high).drop_nulls()
    between = values.filter((values > low) & (values < high))
    return ends.append(between).append(values.filter(values.is_null()).head(1)).unique().implode()


def neighbours(table: pl.LazyFrame, column: str) -> list[int] | None:
    """The values of a column of whole numbers that holds one, or two that follow each other; None for any other.

    The first rows show them. That there is no other, a file with statistics tells without its rows being read.
    """
    values = table.select(column).head(_FIRST).collect().to_series().unique().sort().to_list()
    if None in values or not 1 <= len(values) <= 2 or values[-1] - values[0] > 1:
        return None
    other = (pl.col(column) < values[0]) | (pl.col(column) > values[-1]) | pl.col(column).is_null()
    return values if table.select(column).filter(other).head(1).collect().is_empty() else None


def between(low: float, high: float) -> str:
    """The ends of scores that are no probabilities, with as many digits as it takes to see that."""
    low_text, high_text = f"{low:g}", f"{high:g}"
    seen = float(low_text) < 0 or float(high_text) > 1
    return f"between {low_text} and {high_text}" if seen else f"between {low!r} and {high!r}"


def streams(table: pl.LazyFrame) -> bool:
    """Whether the plan reads column files that can be read again cheaply; CSV and frames are held instead."""
    plan = table.explain(optimized=False)
    return "PARQUET SCAN" in plan.upper() or "IPC SCAN" in plan.upper()


def _side_by_side(held: NDArray[Any] | Columns) -> tuple[NDArray[Any], ...]:
    """The columns of what a task keeps of each row."""
    if isinstance(held, Columns):
        return held.columns
    return (held,) if held.ndim == 1 else tuple(held.T)


def kind_of(dtype: pl.DataType) -> str:
    return "text" if dtype == pl.String else f"values of type {dtype}"


def _weight_facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    if roles.weight is None:
        return []
    if not schema[roles.weight].is_numeric():
        raise InputError(
            f"the weight column {shown(roles.weight)!r} holds {kind_of(schema[roles.weight])}, not numbers",
            expected="a number of 0 or more for every row",
            hint=text_hint(schema[roles.weight], "is --weight the column that says how many people a row stands for?"),
        )
    weight = pl.col(roles.weight).cast(pl.Float64)
    return [
        (weight.is_null() | weight.is_finite().not_()).sum().alias("odd_weight"),
        (weight < 0).sum().alias("negative_weight"),
        weight.max().alias("max_weight"),
    ]


def _check_weight(facts: Mapping[str, object], roles: Roles, name: str) -> float:
    if roles.weight is None:
        return 1.0
    column = shown(roles.weight)
    odd, negative = (int(str(facts[name])) for name in ("odd_weight", "negative_weight"))
    if odd:
        raise InputError(
            counted(odd, f"weight in column {column!r} is", f"weights in column {column!r} are")
            + " missing or not finite",
            where=name,
            expected="a number of at least 0 for every row",
            hint="give rows that count for nobody a weight of 0, or drop them",
        )
    if negative:
        raise InputError(
            counted(negative, f"weight in column {column!r} is", f"weights in column {column!r} are") + " negative",
            where=name,
            expected="weights of at least 0",
            hint="check how the weights were made",
        )
    largest = float(str(facts["max_weight"] or 0.0))
    if largest == 0 and facts["rows"]:
        raise InputError(f"all weights in column {column!r} are 0", where=name, expected="at least one weight above 0",
                         hint="is --weight the column that says how many people a row stands for?")  # fmt: skip
    return largest
