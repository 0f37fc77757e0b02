"""A first look at the columns in use: are they what they were declared to be? What do their values mean?

Everything that can be wrong with a label, score or weight is said here, before anything is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, shown
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.encode import Batch, Codes, encode_cluster, encode_group
from sterling.engine.labels import LabelMeaning, label_codes, label_meaning, prediction_scores
from sterling.engine.threads import spread

Floats = NDArray[np.float64]
Guard = Callable[[str], AbstractContextManager[object]]
"""Turns a reader's late errors into ours; given the name of the data."""

BATCH_ROWS = 1 << 19


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surveyed:
    """A subject whose columns have been checked. `frame`: its rows, when they are in memory already."""

    table: pl.LazyFrame
    roles: Roles
    name: str
    rows: int
    frame: pl.DataFrame | None
    meaning: LabelMeaning | None
    ranges: tuple[tuple[float, float], ...]
    largest_weight: float
    grids: dict[int, Floats] = field(default_factory=dict)
    guard: Guard = nullcontext

    def score_range(self, index: int) -> tuple[float, float]:
        return self.ranges[index]

    def score_exponent(self, index: int) -> int:
        """e with |score| <= 2^e; 0 for probabilities."""
        if self.roles.models[index].kind == "probability":
            return 0
        largest = max(abs(v) for v in self.ranges[index])
        return math.frexp(largest)[1] if largest > 0 else 0

    @property
    def weight_exponent(self) -> int:
        """Weights are divided by 2 to this power, exactly, so that they are at most 1."""
        return math.frexp(self.largest_weight)[1] if self.largest_weight > 0 else 0

    def raw_grid(self, index: int) -> Floats:
        return self.grids[index]

    def frames(self, *, whole: bool) -> Iterator[pl.DataFrame]:
        """The columns in use: all rows at once, or in pieces of bounded size."""
        if self.frame is not None:
            yield self.frame
            return
        columns = self.table.select(self.roles.columns)
        with self.guard(self.name):
            if whole:
                yield columns.collect()
                return
            some = False
            for frame in columns.collect_batches(chunk_size=BATCH_ROWS, maintain_order=False):
                if frame.height:
                    some = True
                    yield frame
            if not some:  # a where-clause that no row meets
                yield columns.head(0).collect()

    def encode(self, frame: pl.DataFrame) -> Batch:
        roles = self.roles
        label = np.full(frame.height, 2, dtype=np.uint8)
        if roles.label is not None and self.meaning is not None:
            label = label_codes(frame[roles.label], self.meaning)
        weight = None
        if roles.weight is not None:
            weight = np.ldexp(frame[roles.weight].cast(pl.Float64).to_numpy(), -self.weight_exponent)
        if frame.height:
            groups = tuple(spread(encode_group, [frame[g] for g in roles.groups], rows=frame.height))
        else:
            groups = tuple(Codes(np.zeros(0, dtype=np.uint8), (None,)) for _ in roles.groups)
        scores = tuple(self._scores(frame, i) for i in range(len(roles.models)))
        cluster = None
        if roles.cluster is not None:
            rest = [*scores, label, *(g.codes for g in groups), *([] if weight is None else [weight])]
            cluster = encode_cluster(frame[roles.cluster], rest)
        return Batch(
            height=frame.height,
            groups=groups,
            label=label,
            scores=scores,
            weight=weight,
            cluster=cluster,
        )

    def _scores(self, frame: pl.DataFrame, index: int) -> Floats:
        model = self.roles.models[index]
        column = frame[model.column]
        if model.kind == "prediction":
            return prediction_scores(column, self.meaning)
        scores = column.cast(pl.Float64)
        if self.frame is None and model.kind == "probability":
            low, high = scores.min(), scores.max()
            odd = scores.null_count() or int(scores.is_nan().sum()) or low is None or not (low >= 0 and high <= 1)  # type: ignore[operator]
            if odd:
                facts = _facts(Roles(models=(model,)), self.table.collect_schema(), whole=True)
                _check_score(
                    self.table.select(facts).collect().row(0, named=True), Roles(models=(model,)), 0, self.name
                )
        return scores.to_numpy()


def survey(subject: Subject, *, guard: Guard = nullcontext, also: Sequence[str] = ()) -> Surveyed:
    """Check every column in use. Raises InputError naming the column, what was expected and what to do.

    `also` names columns without a role that where-clauses read.
    """
    subject = subject.checked()
    roles, table = subject.roles, subject.table
    whole = not _streams(table)
    with guard(subject.name):
        frame = table.select(list(dict.fromkeys([*roles.columns, *also]))).collect() if whole else None
        exprs = _facts(roles, table.collect_schema(), whole=whole)
        facts = (table.select(exprs).collect() if frame is None else frame.select(exprs)).row(0, named=True)
    rows = int(facts["rows"])
    if rows == 0:
        raise InputError("the table has no rows", where=subject.name, expected="at least one row")
    ranges = tuple(_check_score(facts, roles, i, subject.name) for i in range(len(roles.models)))
    largest = _check_weight(facts, roles, subject.name)
    seen = {name: pl.Series(facts[f"seen {name}"]) for name in _meant(roles)}
    meaning = label_meaning(roles, seen, int(facts.get("unlabelled") or 0), subject.name)
    surveyed = Surveyed(
        table=table if frame is None else frame.lazy(),
        frame=frame,
        roles=roles,
        name=subject.name,
        rows=rows,
        meaning=meaning,
        ranges=ranges,
        largest_weight=largest,
        guard=guard,
    )
    raw = [i for i, m in enumerate(roles.models) if m.kind == "raw"]
    return replace(surveyed, grids={i: _grid(surveyed.table, roles.models[i].column) for i in raw}) if raw else surveyed


def _meant(roles: Roles) -> tuple[str, ...]:
    """Columns whose distinct values must be understood: the label and given decisions."""
    given = [roles.label, *(m.column for m in roles.models if m.kind == "prediction")]
    return tuple(dict.fromkeys(c for c in given if c is not None))


def _streams(table: pl.LazyFrame) -> bool:
    """Whether the plan reads column files that can be read again cheaply; CSV and frames are held instead."""
    plan = table.explain(optimized=False)
    return "PARQUET SCAN" in plan.upper() or "IPC SCAN" in plan.upper()


def _facts(roles: Roles, schema: pl.Schema, *, whole: bool) -> list[pl.Expr]:
    """One row of facts. Streamed probabilities are checked as they are counted, to spare a pass over them."""
    exprs = [pl.len().alias("rows")]
    exprs += [pl.col(name).unique().implode().alias(f"seen {name}") for name in _meant(roles)]
    if roles.label is not None:
        label = pl.col(roles.label)
        missing = label.is_null() | label.is_nan() if schema[roles.label].is_float() else label.is_null()
        exprs.append(missing.sum().alias("unlabelled"))
    for i, model in enumerate(roles.models):
        if model.kind == "prediction":
            exprs.append(pl.col(model.column).null_count().alias(f"null{i}"))
            continue
        if not schema[model.column].is_numeric() and schema[model.column] != pl.Boolean:
            raise InputError(
                f"the score column {shown(model.column)!r} holds {_kind(schema[model.column])}, not numbers",
                expected="a number for every row",
                hint="give yes/no decisions with --prediction instead of --score",
            )
        if model.kind == "probability" and not whole:
            continue
        column = pl.col(model.column).cast(pl.Float64)
        exprs += [
            column.null_count().alias(f"null{i}"),
            column.is_finite().not_().sum().alias(f"odd{i}"),
            column.min().alias(f"min{i}"),
            column.max().alias(f"max{i}"),
        ]
    if roles.weight is not None:
        if not schema[roles.weight].is_numeric():
            raise InputError(
                f"the weight column {shown(roles.weight)!r} holds {_kind(schema[roles.weight])}, not numbers",
                expected="a number of 0 or more for every row",
            )
        weight = pl.col(roles.weight).cast(pl.Float64)
        exprs += [
            (weight.is_null() | weight.is_finite().not_()).sum().alias("odd_weight"),
            (weight < 0).sum().alias("negative_weight"),
            weight.max().alias("max_weight"),
        ]
    return exprs


def _kind(dtype: pl.DataType) -> str:
    return "text" if dtype == pl.String else f"values of type {dtype}"


def _check_score(facts: dict[str, object], roles: Roles, i: int, name: str) -> tuple[float, float]:
    model = roles.models[i]
    column = shown(model.column)
    if f"null{i}" not in facts:
        return 0.0, 1.0
    missing = int(str(facts[f"null{i}"]))
    what = "prediction" if model.kind == "prediction" else "score"
    if missing:
        raise InputError(
            f"{missing:,} rows have no {what} in column {column!r}",
            where=name,
            expected=f"a {what} for every row",
            hint="drop those rows, or find out why the model gave none: people without one are in no number",
        )
    if model.kind == "prediction":
        return 0.0, 1.0
    odd = int(str(facts[f"odd{i}"]))
    if odd:
        raise InputError(
            f"{odd:,} scores in column {column!r} are NaN or infinite",
            where=name,
            expected="a finite number for every row",
            hint="drop those rows, or find out why the model gave none",
        )
    low, high = (float(str(facts[f"{end}{i}"])) if facts[f"{end}{i}"] is not None else 0.0 for end in ("min", "max"))
    if model.kind == "probability" and not (low >= 0 and high <= 1):
        raise InputError(
            f"scores in column {column!r} lie between {low:g} and {high:g}",
            where=name,
            expected="probabilities between 0 and 1",
            hint="for scores on another scale say --score-kind raw",
        )
    return low, high


def _check_weight(facts: dict[str, object], roles: Roles, name: str) -> float:
    if roles.weight is None:
        return 1.0
    column = shown(roles.weight)
    if facts["odd_weight"]:
        raise InputError(
            f"{facts['odd_weight']} weights in column {column!r} are missing or not finite",
            where=name,
            expected="a number of at least 0 for every row",
        )
    if facts["negative_weight"]:
        raise InputError(
            f"{facts['negative_weight']} weights in column {column!r} are negative",
            where=name,
            expected="weights of at least 0",
            hint="check how the weights were made",
        )
    largest = float(str(facts["max_weight"] or 0.0))
    if largest == 0 and facts["rows"]:
        raise InputError(f"all weights in column {column!r} are 0", where=name, expected="at least one weight above 0")
    return largest


def _grid(table: pl.LazyFrame, column: str) -> Floats:
    """Cut points for a raw score: its own values when they are few, else its percentiles."""
    distinct = table.select(pl.col(column).cast(pl.Float64).unique()).head(101).collect().to_series()
    if distinct.len() <= 100:
        return np.sort(distinct.to_numpy())
    marks = [pl.col(column).cast(pl.Float64).quantile(q / 100, "lower").alias(str(q)) for q in range(1, 100)]
    return np.unique(np.array(table.select(marks).collect().row(0), dtype=np.float64))
