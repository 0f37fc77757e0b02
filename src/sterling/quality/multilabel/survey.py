"""A first look at the label columns and scores of models that give each row any of several labels."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.class_weights import remark, weights_of
from sterling.core.errors import ConfigError, InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.patterns import listed
from sterling.core.place import Place
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine.commas import text_hint
from sterling.engine.label_values import rows_of
from sterling.engine.labels import LabelMeaning, label_codes, label_meaning, prediction_scores
from sterling.engine.survey import Guard, Look, Surveyed, between, kind_of, look, missing_labels

Floats = NDArray[np.float64]
MAX_LABELS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultilabelSurveyed(Surveyed):
    """A subject whose models give each row any of `labels`. `meanings`: of each label column, what its values mean."""

    labels: tuple[str, ...]
    meanings: tuple[LabelMeaning | None, ...]

    def label_of(self, frame: pl.DataFrame) -> NDArray[np.uint8]:
        """0 no, 1 yes, 2 missing, of shape (rows, labels)."""
        out = np.full((frame.height, len(self.labels)), 2, dtype=np.uint8, order="F")
        for i, member in enumerate(self.roles.label_members):
            meaning = self.meanings[i]
            if meaning is not None:
                out[:, i] = label_codes(frame[member], meaning)
        return out

    def scores_of(self, frame: pl.DataFrame, index: int) -> Floats:
        """Probabilities, or decisions as 0 and 1, of shape (rows, labels).

        Raises InputError when they are missing or lie outside 0 and 1.
        """
        model = self.roles.models[index]
        out = np.empty((frame.height, len(self.labels)), order="F")
        for i, member in enumerate(model.members):
            column = frame[member]
            what = "prediction" if model.kind == "prediction" else "score"
            missing = column.null_count()
            if missing:
                raise InputError(
                    f"{counted(missing, 'row has', 'rows have')} no {what} in column {shown(member)!r}",
                    where=self.name, expected=f"a {what} for every row",
                    hint="drop those rows, or find out why the model gave none",
                )  # fmt: skip
            if model.kind == "prediction":
                out[:, i] = prediction_scores(column, self.meanings[i])
            else:
                out[:, i] = column.cast(pl.Float64).to_numpy()
                _check_range(out[:, i], member, self.name)
        return out

    def remarks(self) -> tuple[str, ...]:
        found = zip(self.labels, self.meanings, strict=True)
        missing = [(label, m.missing) for label, m in found if m is not None and m.missing]
        out: list[str] = []
        if missing:
            some = ", ".join(f"{shown(label)} {n:,}" for label, n in missing[:6]) + (", …" if len(missing) > 6 else "")
            out.append(
                f"of {self.rows:,} rows some lack a label ({some}): they are left out of what is right and wrong about "
                "it, and rows that lack any are left out of what is said of all labels together"
            )
        never = [
            label for label, m in zip(self.labels, self.meanings, strict=True) if m is not None and len(m.values) == 1
        ]
        if never:
            out.append(f"every row has the same value of {listed(never)}: rates of the other one are unknown")
        return (*out, *remark(self.roles.class_weights, self.labels))


def survey(subject: Subject, *, guard: Guard = nullcontext, also: Sequence[str] = ()) -> MultilabelSurveyed:
    """Check every column in use. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    if roles.favourable is not None and roles.label is not None:
        raise ConfigError(
            "a favourable value was given, and there are several labels",
            expected="--favourable for one label only",
            hint="leave it out: 'selection_rate of toxic' speaks of one label",
        )
    seen = look(subject, lambda schema, whole: _facts(roles, schema), guard=guard, also=also)
    labels = roles.models[0].classes if roles.models else ()
    if len(labels) > MAX_LABELS:
        raise InputError(
            f"there are {len(labels):,} labels", where=subject.name, expected=f"at most {MAX_LABELS:,}",
            hint="does the pattern stand for columns that are no labels?",
        )  # fmt: skip
    if any(m.classes != labels for m in roles.models):
        raise InputError(
            "the models do not have the same labels", where=subject.name, expected=listed(labels),
            hint="examine them one at a time, or leave out the columns that only one has",
        )  # fmt: skip
    weights_of(roles.class_weights, labels)
    meanings = tuple(_meaning(seen, roles, i, subject.name, subject.place) for i in range(len(labels)))
    return MultilabelSurveyed(
        table=seen.table,
        frame=seen.frame,
        roles=roles,
        name=subject.name,
        rows=seen.rows,
        largest_weight=seen.largest_weight,
        summing=seen.summing,
        unlabelled=int(str(seen.facts.get("unlabelled") or 0)),
        guard=guard,
        labels=labels,
        meanings=meanings,
    )


def _facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    decisions = [c for m in roles.models if m.kind == "prediction" for c in m.members]
    named = dict.fromkeys([*roles.label_members, *decisions])
    exprs = [pl.col(c).unique().head(60).implode().alias(f"seen {c}") for c in named]
    exprs += [missing_labels(c, schema).alias(f"missing {c}") for c in roles.label_members]
    if roles.label_members:
        exprs.append(pl.all_horizontal(pl.col(c).is_null() for c in roles.label_members).sum().alias("unlabelled"))
    for model in roles.models:
        for member in model.members if model.kind != "prediction" else ():
            if not schema[member].is_numeric() and schema[member] != pl.Boolean:
                raise InputError(
                    f"the score column {shown(member)!r} holds {kind_of(schema[member])}, not numbers",
                    expected="the probability of a label for every row",
                    hint=text_hint(
                        schema[member],
                        f"the pattern {shown(model.column)} stands for every column named like it; is it one?",
                    ),
                )
    return exprs


def _meaning(seen: Look, roles: Roles, i: int, name: str, place: Place | None) -> LabelMeaning | None:
    """What the values of the i-th label mean. Predictions without labels are read by their own values."""
    decisions = [ModelColumn(column=m.members[i], kind="prediction") for m in roles.models if m.kind == "prediction"]
    member = roles.label_members[i] if roles.label_members else None
    if member is None and not decisions:
        return None
    alone = replace(roles, task="binary", label=member, models=tuple(decisions), label_members=())
    columns = [c for c in (member, *(d.column for d in decisions)) if c is not None]
    values = {c: pl.Series(seen.facts[f"seen {c}"]) for c in columns}
    missing = int(str(seen.facts.get(f"missing {member}") or 0))
    return label_meaning(alone, values, missing, name, rows=partial(rows_of, seen.table, place=place))


def _check_range(scores: Floats, column: str, name: str) -> None:
    if not len(scores):
        return
    low, high = float(scores.min()), float(scores.max())
    if not (low >= 0 and high <= 1):
        raise InputError(
            f"scores in column {shown(column)!r} lie {between(low, high)}",
            where=name,
            expected="probabilities between 0 and 1",
            hint="turn raw scores (logits) into probabilities first, with the logistic function",
        )
