"""A first look at labels and predictions that are numbers: are they, and over which range do they lie?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.commas import text_hint
from sterling.engine.labels import without_label
from sterling.engine.scales import LARGEST, centre_of, exponent_of
from sterling.engine.survey import Guard, Look, Surveyed, kind_of, look, missing_labels

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Of one model: units in which its numbers are summed. Numbers less `centre`, over 2^`exponent`, are at most 1.

    `error`, `relative`: the same exponent for errors, and for errors over labels. `logs`: whether label and
    predictions are nowhere negative, so that their logarithms (of 1 + x) exist; `log` is their exponent.
    """

    centre: float
    exponent: int
    error: int
    relative: int
    log: int
    logs: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegressionSurveyed(Surveyed):
    """A subject with models that predict numbers. `zeros`: rows whose label is 0; `constant`: unvarying models."""

    scales: tuple[Scale, ...]
    zeros: int
    constant: tuple[str, ...]
    one_label: bool

    def label_of(self, frame: pl.DataFrame) -> Floats:
        """The label, NaN where it is missing."""
        if self.roles.label is None:
            return np.full(frame.height, np.nan)
        return frame[self.roles.label].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    def scores_of(self, frame: pl.DataFrame, index: int) -> Floats:
        return frame[self.roles.models[index].column].cast(pl.Float64).to_numpy()

    def remarks(self) -> tuple[str, ...]:
        out = []
        if self.unlabelled and self.roles.label:
            out.append(without_label(self.unlabelled, self.rows, counts="the average prediction", left_out="errors"))
        if self.zeros:
            out.append(
                counted(self.zeros, "row with a label of 0 is", "rows with a label of 0 are")
                + " left out of the mean percentage error"
            )
        if self.one_label:
            out.append("every label is the same number: there is nothing to explain, and no R²")
        out += [f"every prediction in {name} is the same: it does not tell rows apart" for name in self.constant]
        return tuple(out)


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> RegressionSurveyed:
    """Check label and predictions. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    seen = look(subject, lambda schema, whole: _facts(roles, schema), guard=guard, also=also)
    facts = seen.facts
    keys = [*(f"score{i}" for i in range(len(roles.models))), *(["label"] if roles.label else [])]
    for i, model in enumerate(roles.models):
        _complete(facts, f"score{i}", repr(shown(model.column)), subject.name)
    if roles.label is not None and facts["odd label"]:
        column = repr(shown(roles.label))
        raise InputError(
            counted(facts["odd label"], f"label in column {column} is", f"labels in column {column} are") + " infinite",
            where=subject.name,
            expected="a finite number, or nothing where it is unknown",
            hint="drop those rows, or leave the label empty",
        )
    least, most = facts.get("min label"), facts.get("max label")
    ends = [facts[f"{end} {key}"] for key in keys for end in ("min", "max")]
    if any(end is not None and abs(end) > LARGEST for end in ends):
        raise InputError(
            f"a label or prediction lies beyond {LARGEST:g}",
            where=subject.name,
            expected="smaller numbers",
            hint="divide both by the same number: thousands in place of units",
        )
    return RegressionSurveyed(
        table=seen.table, frame=seen.frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, summing=seen.summing, guard=guard,
        unlabelled=int(facts.get("unlabelled") or 0),
        scales=tuple(_scale(seen, i) for i in range(len(roles.models))), zeros=int(facts.get("zeros") or 0),
        constant=tuple(
            m.column for i, m in enumerate(roles.models)
            if facts[f"min score{i}"] == facts[f"max score{i}"] and seen.rows > 1
        ),
        one_label=least is not None and least == most and seen.rows > 1,
    )  # fmt: skip


def _facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    exprs: list[pl.Expr] = []
    label = pl.lit(None, dtype=pl.Float64)
    if roles.label is not None:
        _numeric(schema, roles.label, "label", "predict a class with --task binary or --task multiclass")
        label = pl.col(roles.label).cast(pl.Float64).fill_nan(None)
        exprs += [missing_labels(roles.label, schema).alias("unlabelled"), *_ends(label, "label")]
        exprs.append((label == 0).sum().alias("zeros"))
    for i, model in enumerate(roles.models):
        _numeric(schema, model.column, "prediction", "name classes with --task multiclass")
        value = pl.col(model.column).cast(pl.Float64)
        exprs += _ends(value, f"score{i}")
        if roles.label is not None:
            off = (value - label).abs()
            exprs.append(off.max().alias(f"max off{i}"))
            exprs.append((off / label.abs()).filter(label != 0).max().alias(f"max relative{i}"))
    return exprs


def _ends(column: pl.Expr, name: str) -> list[pl.Expr]:
    return [
        column.null_count().alias(f"null {name}"),
        column.is_finite().not_().sum().alias(f"odd {name}"),
        column.min().alias(f"min {name}"),
        column.max().alias(f"max {name}"),
        column.sum().alias(f"total {name}"),
    ]


def _numeric(schema: pl.Schema, column: str, what: str, hint: str) -> None:
    if not schema[column].is_numeric() and schema[column] != pl.Boolean:
        raise InputError(
            f"the {what} column {shown(column)!r} holds {kind_of(schema[column])}, not numbers",
            expected="a number for every row",
            hint=text_hint(schema[column], hint),
        )


def _complete(facts: Mapping[str, Any], key: str, column: str, name: str) -> None:
    for fact, problem in ((f"null {key}", "missing"), (f"odd {key}", "NaN or infinite")):
        if facts[fact]:
            raise InputError(
                counted(facts[fact], f"prediction in column {column} is", f"predictions in column {column} are")
                + f" {problem}",
                where=name,
                expected="a finite number for every row",
                hint="drop those rows, or find out why the model gave none: people without one are in no number",
            )


def _scale(seen: Look, index: int) -> Scale:
    facts = seen.facts

    def fact(name: str) -> float:
        return float(facts[name]) if facts.get(name) is not None else 0.0

    known = facts.get("min label") is not None
    key, rows = ("label", seen.rows - int(fact("unlabelled"))) if known else (f"score{index}", seen.rows)
    centre = centre_of(fact(f"min {key}"), fact(f"max {key}"), fact(f"total {key}") / rows)
    ends = [fact(f"{end} {k}") for k in {key, f"score{index}"} for end in ("min", "max")]
    logs = bool(known and min(ends) >= 0)
    return Scale(
        centre=centre,
        exponent=exponent_of(max(abs(v - centre) for v in ends)),
        error=exponent_of(fact(f"max off{index}")),
        relative=exponent_of(fact(f"max relative{index}")),
        log=exponent_of(max((math.log1p(v) for v in ends), default=0.0)) if logs else 0,
        logs=logs,
    )
