"""Which label value is positive, and labels as 0, 1 or missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.slices import group_text
from sterling.engine.label_values import FEW, LISTED, MOST_CLASSES, RARE, Rows, mend, named, texts, told

Count = Callable[[], Mapping[str, int]]

_POSITIVE_WORDS = ("1", "1.0", "true", "yes", "y", "positive", "pos", "t")
_NEGATIVE_WORDS = ("0", "0.0", "-1", "-1.0", "false", "no", "n", "negative", "neg", "f")
_OPPOSITES = {
    "1": ("0",), "1.0": ("0",), "true": ("false",), "yes": ("no",), "y": ("n",), "positive": ("negative",),
    "pos": ("neg",), "t": ("f",),
}  # fmt: skip
"""What *no* looks like beside each word for *yes*; it may be predicted though no label has it."""
_FEW_CLASSES = 10
"""So many numbers may well be names of classes."""
_OTHERS = 5
"""So many of the values that count as negative are named, with their rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMeaning:
    """The label's values as text, the positive one and the one people want, and how many rows have none.

    `rows`: how many rows have each value, where there are more than two and somebody counts.
    """

    values: tuple[str, ...]
    positive: str
    favourable: str
    missing: int
    rows: Mapping[str, int] = field(default_factory=dict)


def label_meaning(
    roles: Roles, seen: Mapping[str, pl.Series], missing: int, name: str, *, rows: Rows, tasks: bool = False
) -> LabelMeaning | None:
    """Find the positive value. Without a label, decisions are read by their own values. None when there is neither.

    `seen` holds the distinct values of the label and prediction columns; `missing` counts rows without a label.
    `rows` counts the rows of each value; it is asked when there are more than two, or something is wrong. `tasks`:
    another task could be asked for, so that a label that is not one of two values says which.
    Raises InputError when it cannot be told, when all labels are missing, or when `positive` never occurs.
    """
    column = roles.label or next((m.column for m in roles.models if m.kind == "prediction"), None)
    if column is None:
        return None
    # A named positive value may be any of many; without a name more than two values are refused, and a few tell why.
    distinct = seen[column] if roles.positive is not None else seen[column].head(MOST_CLASSES + 2)
    values = tuple(sorted({v for v in _texts(distinct) if v is not None}))
    where = name
    if not values:
        raise InputError(f"every row of the label column {shown(column)!r} is missing", where=where, expected="labels",
                         hint="leave --label out to look at selection rates only")  # fmt: skip
    count = partial(rows, column)
    positive = _positive(values, roles.positive, column, where, count, tasks=tasks)
    also = (positive, *_OPPOSITES.get(positive.strip().lower(), ()))
    _check_predictions(seen, roles, tuple(dict.fromkeys((*values, *also))), where, count)
    favourable = roles.favourable if roles.favourable is not None else positive
    if roles.favourable is not None and _match(values, roles.favourable) is None:
        raise InputError(f"no label is the favourable value {shown(roles.favourable)!r}", where=where,
                         expected=_one_of(values, count()), hint="check --favourable")  # fmt: skip
    return LabelMeaning(
        values=values, positive=positive, favourable=_match(values, favourable) or positive,
        missing=missing if roles.label else 0, rows=count() if len(values) > 2 else {},
    )  # fmt: skip


def label_remarks(meaning: LabelMeaning, rows: int) -> tuple[str, ...]:
    """What a reader must know of the labels of a yes/no model, in sentences. `rows`: how many rows there are."""
    out: list[str] = []
    if meaning.missing:
        out.append(without_label(meaning.missing, rows, counts="selection rates", left_out="error rates"))
    if len(meaning.values) == 1:
        out.append(f"every labelled row has the same label ({meaning.values[0]}): rates of the other label are unknown")
    if len(meaning.values) > 2:
        others = told({v: n for v, n in meaning.rows.items() if v != meaning.positive}, most=_OTHERS)
        what = f"the label has {len(meaning.values)} values; all but {meaning.positive} count as negative"
        out.append(f"{what}: {others}" if others else what)
    return tuple(out)


def without_label(missing: int, rows: int, *, counts: str, left_out: str) -> str:
    """`1 of 800 rows has no label: it counts in … and is left out of …`."""
    said = counted(missing, f"of {rows:,} rows has no label: it counts", f"of {rows:,} rows have no label: they count")
    return f"{said} in {counts} and {'is' if missing == 1 else 'are'} left out of {left_out}"


def _positive(
    values: tuple[str, ...], asked: str | None, column: str, where: str, count: Count, *, tasks: bool
) -> str:  # fmt: skip
    if asked is not None:
        found = _match(values, asked)
        if found is None and asked.strip().lower() in _POSITIVE_WORDS and _all_negative(values):
            return asked  # a table in which it happened to nobody
        if found is None:
            raise InputError(f"no row of the label column {shown(column)!r} has the positive value {shown(asked)!r}",
                             where=where, expected=_one_of(values, count()),
                             hint=_check_positive(asked, values, count()))  # fmt: skip
        return found
    known = _known_positive(values)
    if known is not None:
        return known
    many, rows = len(values) > MOST_CLASSES, count()
    raise InputError(
        f"the label column {shown(column)!r} has {'many' if many else len(values)} values, and which one is positive "
        "was not said", where=where, expected="0 and 1, or a positive value that you name",
        got="" if many or texts(values) else told(rows),
        hint=mend(rows, _odd(rows)) + _which(values, rows) + (_other_task(values) if tasks else ""),
    )  # fmt: skip


def _known_positive(values: Sequence[str]) -> str | None:
    """The positive one of values that say it themselves: 0 and 1, yes and no, or one of them alone."""
    words = [v for v in values if v.strip().lower() in _POSITIVE_WORDS]
    known = _all_negative([v for v in values if v not in words])
    if len(words) == 1 and len(values) <= 2 and known:
        return words[0]
    return _opposite(values[0]) if not words and len(values) == 1 and known else None


def _odd(rows: Mapping[str, int]) -> list[str]:
    """Values that are likelier slips: few rows have them, and what is left are two."""
    total = sum(rows.values())
    rare = [v for v, n in rows.items() if n < RARE * total]
    if len(rows) - len(rare) != 2:
        plain = [v for v in rows if _known_positive([v]) is not None]  # 0, 1, yes, no
        pair = len(plain) == 2 and _known_positive(plain) is not None
        rare = [v for v in rows if v not in plain] if pair else []
    return rare


def _may_be_named(values: Sequence[str], rows: Mapping[str, int]) -> list[str]:
    """Values that many rows have, and words for yes and no, which are nobody's own either."""
    many = named(rows)
    return [v for v in values if v in many or v.strip().lower() in (*_POSITIVE_WORDS, *_NEGATIVE_WORDS)]


def _one_of(values: Sequence[str], rows: Mapping[str, int]) -> str:
    known = _may_be_named(values, rows)[:LISTED]
    rest = len(values) - len(known)
    if not known:
        return "one of the column's values"
    return "one of " + ", ".join(map(shown, known)) + (f" and {counted(rest, 'other', 'others')}" if rest else "")


def _check_positive(asked: str, values: Sequence[str], rows: Mapping[str, int]) -> str:
    near = near_miss(asked, _may_be_named(values, rows))
    return f"check --positive; {near}" if near else "check --positive"


def _which(values: Sequence[str], rows: Mapping[str, int]) -> str:
    """Name the choices rather than choose: the wrong one would turn every sentence round."""
    known = _may_be_named(values, rows)
    if len(values) > FEW or len(known) < 2:
        return "say --positive VALUE, the value that counts as positive"
    return "say which one is positive: " + " or ".join(f"--positive {shown(v)}" for v in known)


def _other_task(values: Sequence[str]) -> str:
    """The tasks whose labels have more than two values."""
    if len(values) < 3:
        return ""
    if texts(values):
        return "; for a model that writes texts --task text"
    number = "predicts a number say --task regression, for one that "
    return f"; for a model that {number if _numbers(values) else ''}names one of several classes --task multiclass"


def _numbers(values: Sequence[str]) -> bool:
    """Whether values are so many numbers that they may be amounts rather than classes."""
    return len(values) > _FEW_CLASSES and all(map(_is_number, values))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_predictions(
    seen: Mapping[str, pl.Series], roles: Roles, known: tuple[str, ...], name: str, count: Count
) -> None:  # fmt: skip
    """Decisions must be written as the label is: any other value would silently count as *no*."""
    for model in roles.models:
        if model.kind != "prediction":
            continue
        values = _texts(seen[model.column])
        if all(v is not None and _match(known, v) is not None for v in values):
            continue
        raise InputError(
            f"the prediction column {shown(model.column)!r} has values that the label does not have", where=name,
            expected="decisions written as the label is: " + _one_of(_told_apart(known), count()),
            hint="for scores use --score; else write the decisions with the label's values",
        )  # fmt: skip


def _told_apart(values: tuple[str, ...]) -> list[str]:
    """Each value once: `no` is `No`, and `1.0` is `1`."""
    return [v for i, v in enumerate(values) if _match(values[:i], v) is None]


def _opposite(negative: str) -> str:
    """What *yes* looks like beside a word for *no*."""
    word = negative.strip().lower()
    return next((yes for yes, noes in _OPPOSITES.items() if word in noes), "1")


def _all_negative(values: Sequence[str]) -> bool:
    return all(v.strip().lower() in _NEGATIVE_WORDS for v in values)


def _match(values: tuple[str, ...], asked: str) -> str | None:
    if asked in values:
        return asked
    number = _number(asked)
    if number is None:
        folded = [v for v in values if v.lower() == asked.lower()]
        return folded[0] if len(folded) == 1 else None
    return next((value for value in values if _number(value) == number), None)


def _texts(distinct: pl.Series) -> list[str | None]:
    """Values as people write them: whole numbers without a decimal point, NaN as missing."""
    return [group_text(v) for v in distinct.to_list()]


def label_codes(column: pl.Series, meaning: LabelMeaning) -> NDArray[np.uint8]:
    """0 negative, 1 positive, 2 missing."""
    plain = column.dtype.is_integer() and column.dtype not in (pl.Int128, pl.UInt128)  # of which NumPy knows nothing
    whole = _number(meaning.positive) if plain and not column.null_count() else None
    if isinstance(whole, int):
        hit: NDArray[np.bool_] = column.to_numpy() == whole  # a fortieth of the time
        return hit.view(np.uint8)
    return _hit(column, meaning.positive).cast(pl.UInt8).fill_null(2).to_numpy()


def _number(text: str) -> int | float | None:
    """The number that a text is, if it is one: a whole one as it is, however long."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _hit(column: pl.Series, positive: str) -> pl.Series:
    """True, False or null; numbers are compared as numbers, which is faster than as text."""
    if column.dtype == pl.Boolean:
        return column if positive.strip().lower() in _POSITIVE_WORDS else ~column
    if column.dtype.is_numeric():
        number = _number(positive)
        if number is None:
            return column.cast(pl.String) == positive
        clean = column.fill_nan(None) if column.dtype.is_float() else column
        try:
            return clean == (float(number) if column.dtype.is_float() else number)
        except (OverflowError, pl.exceptions.ComputeError):  # a number that no value of this type can be
            return clean != clean
    return column.cast(pl.String) == positive


def prediction_scores(column: pl.Series, meaning: LabelMeaning | None) -> NDArray[np.float64]:
    """Decisions as 1.0 (the positive value) or 0.0; they may be spelled otherwise than the label (`yes` for `Yes`)."""
    positive = meaning.positive if meaning is not None else "1"
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return _hit(column, positive).cast(pl.Float64).fill_null(0.0).to_numpy()
    known = tuple(dict.fromkeys((*(meaning.values if meaning is not None else ()), positive)))
    text = column.cast(pl.String)
    spelled = [v for v in text.unique().drop_nulls().to_list() if _match(known, v) == positive]
    return text.is_in(pl.Series(spelled, dtype=pl.String)).cast(pl.Float64).fill_null(0.0).to_numpy()
