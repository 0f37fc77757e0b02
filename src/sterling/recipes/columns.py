"""Which columns a recipe learns from, and in what form they reach it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    import polars as pl

WHERE = "features"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Feature columns by kind: numbers (truth values among them) and texts. Recipes see them in this order."""

    numbers: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The chosen feature columns, and why each column that nobody named was left out."""

    names: tuple[str, ...]
    left_out: Mapping[str, str]


def choose_features(
    schema: pl.Schema, *, taken: Collection[str], groups: Collection[str] = (), given: Sequence[str] | None = None,
    drop: Collection[str] = (), apart: Mapping[str, str] | None = None,
) -> Features:  # fmt: skip
    """The columns to learn from, in the order of the table.

    `taken`: columns with another role (label, id, weight, time, entity, scores); they are never features. `groups`:
    left out unless `given` names them, which is then a deliberate use of a protected attribute in training. `given`:
    exactly these. `drop`: not these. `apart`: columns that are left out unless `given` names them, and why.

    Raises ConfigError for a column that does not exist, has another role, or cannot be learned from when it was named,
    and when no feature is left.
    """
    _known([*(given or ()), *drop], schema)
    wanted = set(schema.names() if given is None else given) - set(drop)
    left_out: dict[str, str] = dict.fromkeys(drop, "left out by the project")
    for name in given or ():
        if name in taken:
            raise ConfigError(
                f"{shown(name)!r} has another role, so it cannot be a feature", where=WHERE,
                hint="take it out of features, or out of the role (label, id, weight, time, entity, score)",
            )  # fmt: skip
        if not _readable(schema[name]):
            raise ConfigError(f"{shown(name)!r} cannot be a feature", where=WHERE, **_form(schema[name]))
    names = []
    for name, dtype in schema.items():
        if name not in wanted or (given is None and (name in taken or name in groups)):
            continue
        if given is None and name in (apart or {}):
            left_out[name] = (apart or {})[name]
        elif _readable(dtype):
            names.append(name)
        else:
            left_out[name] = f"a column of type {dtype} is neither numbers nor text"
    if not names:
        raise ConfigError(
            "no column is left to learn from", where=WHERE, expected="at least one column of numbers or text",
            hint="name some in features, or take some out of drop",
        )  # fmt: skip
    return Features(names=tuple(names), left_out=left_out)


def without_empty(frame: pl.DataFrame, columns: Columns) -> Columns:
    """The columns that hold a value in some row: of an empty one nothing can be learned.

    Raises InputError when every column is empty.
    """
    full = {n for n in frame.columns if frame[n].null_count() < frame.height}
    if not full:
        raise InputError(
            "every feature is missing in every training row", where=WHERE, hint="name features that have values"
        )
    return Columns(
        numbers=tuple(n for n in columns.numbers if n in full), texts=tuple(n for n in columns.texts if n in full)
    )


def kinds(frame: pl.DataFrame, features: Sequence[str]) -> Columns:
    """The kinds of the feature columns. Raises InputError for a column that is missing or neither numbers nor text."""
    import polars as pl

    for name in features:
        if name not in frame.columns:
            raise InputError(f"there is no column {shown(name)!r}", where=WHERE, hint=near_miss(name, frame.columns))
        if not _readable(frame.schema[name]):
            raise InputError(f"{shown(name)!r} cannot be a feature", where=WHERE, **_form(frame.schema[name]))
    texts = tuple(f for f in features if frame.schema[f] in (pl.String, pl.Categorical, pl.Enum))
    return Columns(numbers=tuple(f for f in features if f not in texts), texts=texts)


def prepared(frame: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """The feature columns alone: numbers as float64, texts as text, missing as missing. Nothing else is done to them.

    Raises InputError when a column of numbers holds text or infinite values; no value is repeated.
    """
    import polars as pl

    found = kinds(frame, (*columns.numbers, *columns.texts))
    empty = {n for n in found.numbers + found.texts if frame.schema[n] == pl.Null}
    swapped = {*columns.numbers} - {*found.numbers} | {*columns.texts} - {*found.texts}
    for name in sorted(swapped - empty):
        raise InputError(
            f"{shown(name)!r} changed its kind", where=WHERE,
            expected="numbers" if name in columns.numbers else "text", got=str(frame.schema[name]),
        )  # fmt: skip
    out = frame.select(
        *(pl.col(n).cast(pl.Float64).fill_nan(None) for n in columns.numbers),
        *(pl.col(n).cast(pl.String) for n in columns.texts),
    )
    for name in columns.numbers:
        if out[name].is_infinite().any():
            raise InputError(
                f"{shown(name)!r} holds infinite values", where=WHERE, expected="finite numbers, or missing",
                hint="make them missing, or cut them off at a bound that means something",
            )  # fmt: skip
    return out


def _known(names: Sequence[str], schema: pl.Schema) -> None:
    for name in names:
        if name not in schema:
            raise ConfigError(f"there is no column {shown(name)!r}", where=WHERE, hint=near_miss(name, schema.names()))


def _readable(dtype: pl.DataType) -> bool:
    import polars as pl

    return dtype.is_numeric() or dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Null)


def _form(dtype: pl.DataType) -> dict[str, str]:
    hint = "turn a date into a number that means something (age in days, month)" if dtype.is_temporal() else "drop it"
    return {"expected": "a column of numbers, truth values or text", "got": str(dtype), "hint": hint}
