"""Masks columns of personal data: pseudonyms by a secret key, shortened or rounded values, or nothing at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable

import polars as pl

from sterling.core.data.personal import PersonalDataFound
from sterling.core.digest import as_texts
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.treatment import Learned, treatment

WHERE = "mask"
HIDDEN = "(hidden)"
LEAST_KEY = 16
"""A shorter key can be guessed, and with it every value."""
LETTERS = 20
"""Letters of a pseudonym, five bits each: two values share one with a chance of n² / 2^101."""

MASK = Remedy(
    name="mask",
    title="Masking personal data",
    uses="never",
    improves="how easily rows are told to be somebody's by the columns that are masked",
    worsens="what can be learned from these columns, and whether rows of one person can be found again",
    source="ENISA 2019, Pseudonymisation techniques and best practices; RFC 2104 (HMAC)",
    docs="remedies/mask.md",
)


@treatment(MASK, when="table", outside=True)
def mask(
    frame: pl.DataFrame, roles: Roles, seed: int, *, pseudonym: tuple[str, ...] = (), hide: tuple[str, ...] = (),
    drop: tuple[str, ...] = (), shorten: tuple[str, ...] = (), round_to: tuple[str, ...] = (),
    year: tuple[str, ...] = (), key_env: str = "STERLING_MASK_KEY",
) -> Learned:  # fmt: skip
    """Each named column in one of six ways; missing values stay missing.

    `pseudonym`: HMAC-SHA-256 of the value under a secret key, so that equal values stay equal; the key is read from the
    environment variable `key_env` and kept nowhere. `hide`: "(hidden)" for every value. `drop`: the column goes.
    `shorten`: "zip:3" keeps the first 3 letters. `round_to`: "age:10" takes numbers down to a multiple of 10. `year`:
    a date becomes its year. Raises ConfigError for a column that does not exist, is named twice or is of another kind,
    and for a key that is missing or short.
    """
    shortened, rounded = (dict(_sized(t, frame) for t in texts) for texts in (shorten, round_to))
    named = [*pseudonym, *hide, *drop, *shortened, *rounded, *year]
    if not named:
        raise ConfigError("no column is named", where=WHERE, hint='pseudonym = ["email"], or hide, drop, shorten, …')
    for i, column in enumerate(named):
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=WHERE, hint=near_miss(column, frame.columns)
            )  # fmt: skip
        if column in named[:i]:
            raise ConfigError(f"{shown(column)!r} is masked in two ways", where=WHERE, hint="name it once")
    _kinds(frame, rounded, year, texts=(*pseudonym, *shortened))
    key = _key(key_env) if pseudonym else b""
    done: dict[str, Callable[[pl.Series], pl.Series]] = {
        **{c: lambda s: _pseudonyms(s, key) for c in pseudonym},
        **dict.fromkeys(hide, _hidden),
        **{c: _shortener(int(size)) for c, size in shortened.items()},
        **{c: _rounder(size) for c, size in rounded.items()},
        **{c: (lambda s: s.dt.year()) for c in year},
    }

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(f(table[c]).alias(c) for c, f in done.items()).drop(drop)

    return Learned(treat=treat, notes=tuple(_notes(pseudonym, rounded, shortened)))


def _notes(pseudonym: tuple[str, ...], rounded: dict[str, float], shortened: dict[str, float]) -> list[str]:
    out = [
        "Masked rows are still personal data where somebody can join them with others; ask DA020 how many stand alone."
    ]
    if pseudonym:
        out.append(
            "Equal values have equal pseudonyms: how often one occurs can give it away. Whoever has the key can test a "
            "guess; keep it apart from the table, or destroy it."
        )
    if rounded or shortened:
        out.append("Coarser values tell fewer people apart; how many fewer, no rule says beforehand.")
    return out


def _sized(text: str, frame: pl.DataFrame) -> tuple[str, float]:
    """`zip:3` as column and number."""
    column, _, size = text.rpartition(":")
    try:
        value = float(size)
    except ValueError:
        value = 0.0
    if not column or not 0 < value < 1e12:
        raise ConfigError(
            f"{shown(text)!r} names no column and size", where=WHERE, expected="column:number", hint="zip:3"
        )
    return column, value


def _kinds(frame: pl.DataFrame, rounded: dict[str, float], year: tuple[str, ...], *, texts: tuple[str, ...]) -> None:
    for column in texts:
        kind = frame.schema[column]
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            raise ConfigError(
                f"{shown(column)!r} holds nothing that is a text", where=WHERE, got=shown(str(kind)),
                expected="texts, numbers, dates or truth", hint="hide or drop it",
            )  # fmt: skip
    for column in rounded:
        if not frame.schema[column].is_numeric():
            raise ConfigError(
                f"{shown(column)!r} holds no numbers",
                where=WHERE,
                got=str(frame.schema[column]),
                hint="treat it otherwise, by drop, pseudonym or truncate, or read it as numbers first",
            )
    for column in year:
        if not isinstance(frame.schema[column], pl.Date | pl.Datetime):
            raise ConfigError(
                f"{shown(column)!r} holds no dates",
                where=WHERE,
                got=str(frame.schema[column]),
                hint="treat it otherwise, by drop, pseudonym or truncate, or read it as dates first",
            )


def _key(name: str) -> bytes:
    key = os.environ.get(name, "").encode()
    if len(key) < LEAST_KEY:
        raise ConfigError(
            f"the environment variable {shown(name)} holds no key", where=WHERE,
            expected=f"a secret of {LEAST_KEY} bytes or more", got="nothing" if not key else f"{len(key)} bytes",
            hint=f"export {shown(name)}=$(openssl rand -hex 32), and keep it apart from the table",
        )  # fmt: skip
    return key


def _pseudonyms(values: pl.Series, key: bytes) -> pl.Series:
    """Each different value is worked out once. A column's name takes no part, so that tables can be joined."""
    text = as_texts(values)
    distinct = text.drop_nulls().unique()
    made = [
        base64.b32encode(hmac.new(key, v.encode(), hashlib.sha256).digest())[:LETTERS].decode().lower()
        for v in distinct.to_list()
    ]
    table = pl.DataFrame({"v": distinct, "p": pl.Series(made, dtype=pl.String)})
    return text.to_frame("v").join(table, on="v", how="left", maintain_order="left")["p"]


def _hidden(values: pl.Series) -> pl.Series:
    return pl.select(pl.when(values.is_null()).then(None).otherwise(pl.lit(HIDDEN))).to_series()


def _shortener(size: int) -> Callable[[pl.Series], pl.Series]:
    return lambda values: as_texts(values).str.slice(0, size)


def _rounder(size: float) -> Callable[[pl.Series], pl.Series]:
    def rounded(values: pl.Series) -> pl.Series:
        if values.dtype.is_integer() and float(size).is_integer():
            whole = pl.lit(int(size), dtype=pl.Int128)  # there is room below the least number of 64 bits
            down = pl.select(values.cast(pl.Int128, strict=False) // whole * whole).to_series()
            narrow = down.cast(pl.Int64, strict=False)
            return narrow if narrow.null_count() == values.null_count() else down
        return (values.cast(pl.Float64) / size).floor() * size

    return rounded


def suggested(found: PersonalDataFound) -> dict[str, tuple[str, ...]]:
    """Parameters of `mask` for what DA019 found: identifiers and contacts by pseudonym, the rest as it must be.

    Secrets are dropped; text in which something stands is hidden as a whole; special kinds and quasi-identifiers are
    left to people, since models and checks may need them.
    """
    ways: dict[str, str] = {}
    for item in found.found:
        way = "drop" if item.sensitivity == "secret" else "hide" if item.where == "text" else "pseudonym"
        if item.sensitivity in ("special", "quasi"):
            continue
        order = ("pseudonym", "hide", "drop")
        ways[item.column] = max(way, ways.get(item.column, way), key=order.index)
    return {way: tuple(c for c, w in ways.items() if w == way) for way in ("pseudonym", "hide", "drop")}
