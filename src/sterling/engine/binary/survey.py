"""A first look at the label and scores of yes/no models: which label value is positive, and are scores usable?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import field, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.commas import text_hint
from sterling.engine.kernels import ready
from sterling.engine.label_values import rows_of
from sterling.engine.labels import label_codes, label_meaning, label_remarks, prediction_scores
from sterling.engine.single import as_decimals
from sterling.engine.survey import Guard, Surveyed, between, distinct, kind_of, look, missing_labels, neighbours

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinarySurveyed(Surveyed):
    """A subject with yes/no models. `ranges`: lowest and highest score of each; `grids`: cut points of raw scores.

    `promised`: the lowest and highest value of columns of which a file told that they are never missing.
    """

    ranges: tuple[tuple[float, float], ...]
    grids: dict[int, Floats] = field(default_factory=dict)
    promised: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def score_range(self, index: int) -> tuple[float, float]:
        return self.ranges[index]

    def score_exponent(self, index: int) -> int:
        """e with |score| <= 2^e; 0 for probabilities."""
        if self.roles.models[index].kind == "probability":
            return 0
        largest = max(abs(v) for v in self.ranges[index])
        return math.frexp(largest)[1] if largest > 0 else 0

    def raw_grid(self, index: int) -> Floats:
        return self.grids[index]

    def remarks(self) -> tuple[str, ...]:
        return (*self._label_remarks(), *self._score_remarks())

    def _label_remarks(self) -> tuple[str, ...]:
        if not self.roles.label or self.meaning is None:
            return ()
        return label_remarks(self.meaning, self.rows)

    def _score_remarks(self) -> list[str]:
        pairs = zip(self.roles.models, self.ranges, strict=True)
        return [
            f"every score in {model.column} is {low:g}: it does not tell people apart"
            for model, (low, high) in pairs
            if model.kind != "prediction" and low == high
        ]

    def label_of(self, frame: pl.DataFrame) -> NDArray[np.uint8]:
        """0 negative, 1 positive, 2 missing."""
        if self.roles.label is None or self.meaning is None:
            return np.full(frame.height, 2, dtype=np.uint8)
        column = frame[self.roles.label]
        self._as_promised(column)
        return label_codes(column, self.meaning)

    def _as_promised(self, column: pl.Series) -> None:
        """Raises InputError for values that the statistics of the file hid: they were taken for all there are."""
        low, high = self.promised.get(column.name, (None, None))
        if low is None or not len(column):
            return
        found = column.min(), column.max()
        if column.null_count() or found[0] < low or found[1] > high:  # type: ignore[operator]
            raise InputError(
                f"the statistics that the file keeps of the column {shown(column.name)!r} are not true of its rows",
                where=self.name, expected=f"only {low} and {high}, as they say" if low != high else f"only {low}",
                hint="write the file again with a writer that keeps no statistics, or true ones",
            )  # fmt: skip

    def scores_of(self, frame: pl.DataFrame, index: int) -> Floats:
        model = self.roles.models[index]
        column = frame[model.column]
        if model.kind == "prediction":
            self._as_promised(column)
            return prediction_scores(column, self.meaning)
        scores = _as_typed(column)
        if self.frame is None and model.kind == "probability" and not _probabilities(scores):
            facts = _facts(Roles(models=(model,)), self.table.collect_schema(), whole=True)
            _check_score(self.table.select(facts).collect().row(0, named=True), Roles(models=(model,)), 0, self.name)
        return scores


def _as_typed(column: pl.Series) -> Floats:
    """Scores in 64 bits; missing ones become NaN."""
    single = column.dtype == pl.Float32
    return as_decimals(column.to_numpy()) if single else column.cast(pl.Float64).to_numpy()


def _range_as_typed(ends: tuple[float, float], dtype: pl.DataType) -> tuple[float, float]:
    low, high = _as_typed(pl.Series(ends, dtype=pl.Float64).cast(pl.Float32 if dtype == pl.Float32 else pl.Float64))
    return float(low), float(high)


def _probabilities(scores: Floats) -> bool:
    fast = ready()
    if fast is not None:
        return fast.outside(np.require(scores, np.float64, ["C", "A"]), len(scores)) == 0
    return not len(scores) or bool(scores.min() >= 0 and scores.max() <= 1)  # NaN is its array's lowest and highest


def survey(subject: Subject, *, guard: Guard = nullcontext, also: Sequence[str] = ()) -> BinarySurveyed:
    """Check every column in use. Raises InputError naming the column, what was expected and what to do.

    `also` names columns without a role that where-clauses read.
    """
    roles = subject.roles
    seen = look(
        subject, lambda schema, whole: _facts(roles, schema, whole=whole),
        told=lambda table, schema: _told(roles, table, schema), guard=guard, also=also,
    )  # fmt: skip
    facts = seen.facts
    schema = seen.table.collect_schema()
    ranges = tuple(
        _range_as_typed(_check_score(facts, roles, i, subject.name), schema[model.column])
        for i, model in enumerate(roles.models)
    )
    values = {name: pl.Series(facts[f"seen {name}"]) for name in _meant(roles)}
    count = partial(rows_of, seen.table, place=subject.place)
    missing = int(str(facts.get("unlabelled") or 0))
    meaning = label_meaning(roles, values, missing, subject.name, rows=count, tasks=True)
    surveyed = BinarySurveyed(
        table=seen.table,
        frame=seen.frame,
        roles=roles,
        name=subject.name,
        rows=seen.rows,
        meaning=meaning,
        unlabelled=meaning.missing if meaning is not None else 0,
        ranges=ranges,
        promised={name: facts[f"told {name}"] for name in _meant(roles) if f"told {name}" in facts},
        largest_weight=seen.largest_weight,
        summing=seen.summing,
        guard=guard,
    )
    raw = [i for i, m in enumerate(roles.models) if m.kind == "raw"]
    return replace(surveyed, grids={i: _grid(surveyed.table, roles.models[i].column) for i in raw}) if raw else surveyed


def _meant(roles: Roles) -> tuple[str, ...]:
    """Columns whose distinct values must be understood: the label and given decisions."""
    given = [roles.label, *(m.column for m in roles.models if m.kind == "prediction")]
    return tuple(dict.fromkeys(c for c in given if c is not None))


def _told(roles: Roles, table: pl.LazyFrame, schema: pl.Schema) -> dict[str, object]:
    """The facts of labels and decisions that are 0 and 1, or the like, and never missing."""
    known: dict[str, object] = {}
    for name in _meant(roles):
        values = neighbours(table, name) if schema[name].is_integer() else None
        if values is not None:
            known[f"seen {name}"] = values
            known[f"told {name}"] = (values[0], values[-1])
            known |= {"unlabelled": 0} if name == roles.label else {}
            known |= {f"null{i}": 0 for i, m in enumerate(roles.models) if (m.kind, m.column) == ("prediction", name)}
    return known


def _facts(roles: Roles, schema: pl.Schema, *, whole: bool) -> list[pl.Expr]:
    """One row of facts. Streamed probabilities are checked as they are counted, to spare a pass over them."""
    exprs = [distinct(name, schema).alias(f"seen {name}") for name in _meant(roles)]
    if roles.label is not None:
        exprs.append(missing_labels(roles.label, schema).alias("unlabelled"))
    for i, model in enumerate(roles.models):
        if model.kind == "prediction":
            exprs.append(pl.col(model.column).null_count().alias(f"null{i}"))
            continue
        if not schema[model.column].is_numeric() and schema[model.column] != pl.Boolean:
            raise InputError(
                f"the score column {shown(model.column)!r} holds {kind_of(schema[model.column])}, not numbers",
                expected="a number for every row",
                hint=text_hint(schema[model.column], "give yes/no decisions with --prediction instead of --score"),
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
    return exprs


def _check_score(facts: Mapping[str, object], roles: Roles, i: int, name: str) -> tuple[float, float]:
    model = roles.models[i]
    column = shown(model.column)
    if f"null{i}" not in facts:
        return 0.0, 1.0
    missing = int(str(facts[f"null{i}"]))
    what = "prediction" if model.kind == "prediction" else "score"
    if missing:
        raise InputError(
            f"{counted(missing, 'row has', 'rows have')} no {what} in column {column!r}",
            where=name,
            expected=f"a {what} for every row",
            hint="drop those rows, or find out why the model gave none: people without one are in no number",
        )
    if model.kind == "prediction":
        return 0.0, 1.0
    odd = int(str(facts[f"odd{i}"]))
    if odd:
        raise InputError(
            counted(odd, f"score in column {column!r} is", f"scores in column {column!r} are") + " NaN or infinite",
            where=name,
            expected="a finite number for every row",
            hint="drop those rows, or find out why the model gave none",
        )
    low, high = (_end(facts[f"{end}{i}"]) for end in ("min", "max"))
    if model.kind == "probability" and not (low >= 0 and high <= 1):
        raise InputError(
            f"scores in column {column!r} lie {between(low, high)}",
            where=name,
            expected="probabilities between 0 and 1",
            hint="for scores on another scale say --score-kind raw, for predictions of a number --task regression",
        )
    return low, high


def _end(value: object) -> float:
    return 0.0 if value is None else float(str(value))


def _grid(table: pl.LazyFrame, column: str) -> Floats:
    """Cut points for a raw score: its own values when they are few, else its percentiles."""
    distinct = table.select(pl.col(column).unique()).head(101).collect().to_series()
    if distinct.len() <= 100:
        return np.sort(_as_typed(distinct))
    marks = [pl.col(column).quantile(q / 100, "lower").alias(str(q)) for q in range(1, 100)]
    row = table.select(marks).collect().transpose().to_series()
    return np.unique(_as_typed(row.cast(table.collect_schema()[column])))
