"""Keyed hashes of rows: predictions and people can be found again in a ledger that holds no value of theirs.

BLAKE2b with a secret key of the project. Without the key nobody can guess values and compare hashes; with it, equal
rows have equal hashes, so the key stays where the ledger is and is never recorded.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import secrets
import struct
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.digest import value_digests
from sterling.core.errors import InputError, LedgerError, shown, shown_path
from sterling.ledger.files import create_once

if TYPE_CHECKING:
    import polars as pl

KEY = "key"
_KEY_BYTES = 32
_DIGEST_BYTES = 16
_EXACT = 2.0**63
"""Below this, a float without a fraction is written as the whole number it is."""
_NULL = "0"
_TURN = 256
"""Rows after which another step gets Python's lock: one that asks for it often would wait its 5 ms each time."""
_FARTHEST = 400
"""Powers of ten beyond which no column holds a number; hex digits with an e among them may read as one."""


def make_key(folder: Path) -> None:
    """Make a project's secret unless it has one; of several processes at once, one succeeds. Raises OSError."""
    create_once(folder / KEY, secrets.token_bytes(_KEY_BYTES))


def project_key(folder: Path) -> bytes:
    """The secret of the ledger in `folder`. Raises LedgerError when it is gone or not a key."""
    try:
        key = (folder / KEY).read_bytes()
    except OSError as error:
        raise LedgerError(
            f"the key of the project's row hashes cannot be read: {error.strerror}", where=shown_path(folder / KEY),
            hint="put it back from a copy: with a new key, rows of earlier runs can no longer be found",
        ) from error  # fmt: skip
    if len(key) != _KEY_BYTES:
        raise LedgerError(
            "the key of the project's row hashes is damaged", where=shown_path(folder / KEY),
            expected=f"{_KEY_BYTES} bytes", got=f"{len(key)} bytes", hint="put it back from a copy",
        )  # fmt: skip
    return key


def row_keys(frame: pl.DataFrame, columns: Sequence[str] | None, key: bytes) -> pl.Series:
    """One hash of 32 hex digits per row of `frame`, over `columns` (None: all), in the order of rows.

    The order of columns does not matter, their names do. Numbers count by value (1, 1.0 and True are equal; -0.0 is 0;
    NaN equals NaN), text by its UTF-8 bytes, dates and times by their ISO text, lists and structs by a digest of their
    values; null is a value of its own.

    Raises InputError for a column that is not there or holds objects of Python.
    """
    import polars as pl

    names = sorted(frame.columns if columns is None else columns)
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputError(
            f"the table has no column {shown(missing[0])}", where="row keys", hint="name columns of the table itself"
        )
    whole = _joined([frame[name] for name in names]).to_list() if names else [""] * frame.height
    head = "".join(f"{len(name.encode())}:{name}" for name in names)
    return pl.Series("row_key", _hashed(whole, _under(key, "row", head)), dtype=pl.String)


def value_keys(column: pl.Series, key: bytes) -> pl.Series:
    """One hash of 32 hex digits per value, whatever the column is called: `value_key` of each."""
    import polars as pl

    return pl.Series(column.name, _hashed(_tokens(column).to_list(), _under(key, "value", "")), dtype=pl.String)


def value_key(value: object, key: bytes) -> str:
    """The hash of one value, such as an id. Equal values have equal hashes, as in `row_keys`."""
    return _hashed([_token(value)], _under(key, "value", ""))[0]


def typed_keys(text: str, key: bytes) -> tuple[str, ...]:
    """Hashes of all that a person may mean by typing `text`: the text itself, and the numbers it reads as."""
    readings: list[object] = [text]
    with contextlib.suppress(ArithmeticError, ValueError):
        number = Decimal(text.strip())
        readings += [number, float(number)] if number.is_finite() and abs(number.adjusted()) < _FARTHEST else []
    return tuple(dict.fromkeys(value_key(reading, key) for reading in readings))


def _under(key: bytes, purpose: str, head: str) -> bytes:
    """A key for one purpose and one set of columns: hashes made for different ones never meet."""
    return hashlib.blake2b(head.encode("utf-8", "surrogatepass"), key=key, person=purpose.encode()).digest()


def _hashed(tokens: Iterable[str], key: bytes) -> list[str]:
    begun = hashlib.blake2b(key=key, digest_size=_DIGEST_BYTES)  # with the key once: a copy costs less than a beginning
    found = []
    for place, token in enumerate(tokens, start=1):
        hashing = begun.copy()
        hashing.update(token.encode("utf-8", "surrogatepass"))
        found.append(hashing.hexdigest())
        if not place % _TURN:
            time.sleep(0)
    return found


def _joined(columns: Sequence[pl.Series]) -> pl.Series:
    """The tokens of each row, each after its length, so that they cannot run into each other.

    A length and a mark are looked up in a list of those that occur, which costs less than to write them for each row.
    """
    import polars as pl

    spelt = [_spelt(column) for column in columns]
    texts = pl.DataFrame({str(place): text for place, (_, text) in enumerate(spelt)})
    longest = texts.select(pl.all().str.len_bytes().max()).row(0)
    parts: list[pl.Expr] = []
    for name, (mark, _), most in zip(texts.columns, spelt, longest, strict=True):
        text, missing = pl.col(name), f"{len(_NULL)}:{_NULL}"
        length = text.str.len_bytes()
        if (most or 0) <= texts.height:
            heads = [*(f"{n + len(mark)}:{mark}" for n in range((most or 0) + 1)), missing]
            head = pl.lit(pl.Series(heads)).gather(length.fill_null(len(heads) - 1))
        else:
            head = pl.concat_str((length + len(mark)).cast(pl.String), pl.lit(f":{mark}")).fill_null(missing)
        parts += [head, text.fill_null("")]
    return texts.select(pl.concat_str(parts)).to_series()


def _tokens(column: pl.Series) -> pl.Series:
    """What is hashed of each value; never null."""
    mark, text = _spelt(column)
    return (mark + text.alias("text") if mark else text).fill_null(_NULL)  # Polars adds by name, and names are theirs


def _spelt(column: pl.Series) -> tuple[str, pl.Series]:
    """A mark for the kind of value that a column holds, and each value as text; together they are its tokens.

    Where the mark is different for different values, the texts hold it.
    """
    import polars as pl

    kind = column.dtype
    if kind.is_integer() and kind not in (pl.UInt64, pl.Int128, pl.UInt128):
        return "n", column.cast(pl.String)
    if kind == pl.Boolean:
        return "n", column.cast(pl.UInt8).cast(pl.String)
    if kind.is_float():
        return "", _float_tokens(column.cast(pl.Float64))
    if kind in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        return "t", column.cast(pl.String)
    if kind == pl.Datetime:
        aware = column.dtype.time_zone is not None  # type: ignore[attr-defined]
        moment = column.dt.convert_time_zone("UTC") if aware else column
        return "z" if aware else "t", moment.dt.strftime("%Y-%m-%d %H:%M:%S%.9f")
    if kind in (pl.Date, pl.Time):
        return "t", column.dt.strftime("%Y-%m-%d" if kind == pl.Date else "%H:%M:%S%.9f")
    if kind == pl.Duration:
        return "u", column.cast(pl.Duration("ns")).cast(pl.Int64).cast(pl.String)
    if kind == pl.Binary:
        return "b", column.bin.encode("hex")
    if kind.is_numeric():
        return "", pl.Series([_token(value) for value in column.to_list()], dtype=pl.String)
    if kind.is_nested():
        return "l", value_digests(column).set(column.is_null(), None)
    raise InputError(
        f"column {shown(column.name)} holds values that have no row hash", got=str(kind),
        expected="numbers, text, dates, times, booleans, or lists of them", hint="leave it out",
    )  # fmt: skip


def _float_tokens(column: pl.Series) -> pl.Series:
    import polars as pl

    value = pl.lit(column)
    whole = (value == value.floor()) & (value >= -_EXACT) & (value < _EXACT)
    bits = pl.lit(column.reinterpret(dtype=pl.UInt64)).cast(pl.String)
    token = (
        pl.when(value.is_nan()).then(pl.lit("fnan"))
        .when(whole).then(pl.lit("n") + value.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(pl.lit("f") + bits)
    )  # fmt: skip
    return pl.select(token.alias("token")).to_series()


def _token(value: object) -> str:
    """The token of one Python value: the same as `_tokens` gives for a column that holds it."""
    import polars as pl

    match value:
        case None:
            return _NULL
        case str():
            return "t" + value
        case bool() | int():
            return _whole(int(value))
        case float():
            return _fraction(value)
        case Decimal() if value.is_finite():
            return _decimal(value)
    return str(_tokens(pl.Series([value]))[0])


def _whole(value: int) -> str:
    if not -_EXACT <= value < _EXACT and value.bit_length() <= 1024 and _float_or_none(value) == value:
        return _fraction(float(value))
    return f"n{value}"


def _float_or_none(value: int | Decimal) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _fraction(value: float) -> str:
    if math.isnan(value):
        return "fnan"
    if value.is_integer() and -_EXACT <= value < _EXACT:
        return f"n{int(value)}"
    return f"f{struct.unpack('<Q', struct.pack('<d', value))[0]}"


def _decimal(value: Decimal) -> str:
    """As the whole number or the float that it equals; else by its digits."""
    if value == value.to_integral_value() and value.adjusted() < 400:
        return _whole(int(value))
    near = _float_or_none(value)
    return _fraction(near) if near is not None and Decimal(near) == value else f"d{value.normalize()}"
