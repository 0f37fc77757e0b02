"""A first look at references and answers: are they texts, are any missing, can their words be told apart?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.columns import Columns
from sterling.engine.labels import without_label
from sterling.engine.survey import BATCH_ROWS, Guard, Surveyed, kind_of, look
from sterling.quality.text.rows import LONGEST, looked_at
from sterling.quality.text.words import spaceless

_BATCH_BYTES = 1 << 26
_FEWEST = 1 << 10
_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_LISTS = (pl.List, pl.Array)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """What was seen of a column of texts: rows without one, and rows whose text is empty or written without spaces."""

    missing: int
    empty: int
    spaceless: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextSurveyed(Surveyed):
    """A subject with models that write text. `sides`: the answers of each model. `reference`: None without a label.

    `mean_bytes`: of a row's texts.
    """

    sides: tuple[Side, ...]
    reference: Side | None
    mean_bytes: float

    @property
    def streams_exactly(self) -> bool:
        return True

    @property
    def batch_rows(self) -> int:
        return int(min(BATCH_ROWS, max(_BATCH_BYTES / max(self.mean_bytes, 1.0), _FEWEST)))

    def label_of(self, frame: pl.DataFrame) -> NDArray[np.uint8]:
        """1 where there is a reference."""
        if self.roles.label is None:
            return np.zeros(frame.height, dtype=np.uint8)
        return _references(frame[self.roles.label]).is_not_null().to_numpy().astype(np.uint8)

    def scores_of(self, frame: pl.DataFrame, index: int) -> Columns:
        """`rows.FIELDS` of each row: texts are not kept."""
        answer = frame[self.roles.models[index].column].cast(pl.String)
        label = self.roles.label
        missing = pl.Series(values=[None], dtype=pl.String).new_from_index(0, frame.height)
        return looked_at(missing if label is None else _references(frame[label]), answer)

    def remarks(self) -> tuple[str, ...]:
        return tuple(self._remarks())

    def _remarks(self) -> Iterator[str]:
        if self.unlabelled and self.roles.label:
            yield without_label(
                self.unlabelled, self.rows, counts="the share that is answered", left_out="every comparison"
            )
        for model, side in zip(self.roles.models, self.sides, strict=True):
            column = shown(model.column)
            if side.missing:
                said = counted(side.missing, "row has no answer", "rows have no answer")
                yield (
                    f"{said} in {column}: left out of every comparison; where silence is wrong, make it an empty text "
                    "(in CSV an empty field is none: coalesce in --sql)"
                )
            if side.empty:
                said = counted(side.empty, "answer", "answers")
                yield f"{said} in {column} without a word: compared like any other, and sharing nothing"
        if self.reference is not None and self.reference.spaceless:
            some = counted(self.reference.spaceless, "reference is", "references are")
            yield (
                f"{some} written without spaces between words: BLEU takes a whole phrase for a word there; put spaces "
                "between words, or between signs, in both columns"
            )


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> TextSurveyed:
    """Check references and answers. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    scored = next((m for m in roles.models if m.kind != "prediction"), None)
    if scored is not None:
        raise ConfigError(
            f"{shown(scored.column)!r} is given as a score, and models of the task text have none",
            expected="a column of the texts that the model wrote", hint="name it with --prediction",
        )  # fmt: skip
    seen = look(subject, lambda schema, whole: _facts(roles, schema), guard=guard, also=also)
    facts = seen.facts
    names = [m.column for m in roles.models]
    for i, column in enumerate([*names, *([roles.label] if roles.label else [])]):
        longest = int(facts.get(f"max bytes {i}") or 0)
        if longest > LONGEST:
            raise InputError(
                f"a text in column {shown(column)!r} has {longest:,} bytes", where=subject.name,
                expected=f"at most {LONGEST:,}", hint="cut it into passages, or leave its row out",
            )  # fmt: skip
    sides = [_side(facts, i) for i in range(len(names) + 1)]
    for i, (column, what, hint) in enumerate([
        *((c, "prediction", "where every answer is silence, write empty texts") for c in names),
        *([(roles.label, "label", "leave --label out to look at what is written only")] if roles.label else []),
    ]):  # fmt: skip
        if sides[i].missing == seen.rows:
            raise InputError(
                f"every row of the {what} column {shown(column)!r} is missing", where=subject.name, expected="texts",
                hint=hint,
            )  # fmt: skip
    total = sum(int(facts.get(f"bytes {i}") or 0) for i in range(len(sides)))
    return TextSurveyed(
        table=seen.table, frame=seen.frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, summing=seen.summing, guard=guard,
        unlabelled=sides[-1].missing, sides=tuple(sides[:-1]),
        reference=sides[-1] if roles.label else None, mean_bytes=total / max(seen.rows, 1),
    )  # fmt: skip


def _references(label: pl.Series) -> pl.Series:
    """A text, or a list of those that are there, for each row; null where there is none."""
    if not isinstance(label.dtype, _LISTS):
        return label.cast(pl.String)
    texts = label.cast(pl.List(pl.String)).list.drop_nulls()
    return texts.to_frame("").select(pl.when(pl.first().list.len() > 0).then(pl.first())).to_series()


def _side(facts: Mapping[str, Any], i: int) -> Side:
    missing, empty, dense = (int(facts.get(f"{what} {i}") or 0) for what in ("missing", "empty", "spaceless"))
    return Side(missing=missing, empty=empty, spaceless=dense)


def _facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    exprs = []
    sides = [(m.column, "prediction") for m in roles.models] + ([(roles.label, "label")] if roles.label else [])
    for i, (column, role) in enumerate(sides):
        kind = schema[column]
        several = role == "label" and isinstance(kind, _LISTS)
        # A column of empty lists alone is one of nothing.
        if not isinstance(kind.inner if several else kind, (*_TEXTS, pl.Null) if several else _TEXTS):  # type: ignore[attr-defined]
            raise InputError(
                f"the {role} column {shown(column)!r} holds {kind_of(kind)}, not text",
                expected="one text for every row" + (", or a list of texts" if role == "label" else ""),
                hint="answers that are numbers or codes are exact matches only: turn both columns into text, or see "
                "--task multiclass",
            )
        missing = pl.col(column).is_null().sum()
        text = pl.col(column).cast(pl.String)
        if several:
            texts = pl.col(column).cast(pl.List(pl.String)).list.drop_nulls()
            missing, text = (texts.list.len().fill_null(0) == 0).sum(), texts.list.explode(empty_as_null=True)
        size = text.str.len_bytes()
        exprs += [
            missing.alias(f"missing {i}"),
            (size == 0).sum().alias(f"empty {i}"),
            size.max().alias(f"max bytes {i}"),
            size.cast(pl.Int64).sum().alias(f"bytes {i}"),
        ]
        if role == "label":
            exprs.append(spaceless(text).sum().alias(f"spaceless {i}"))
    return exprs
