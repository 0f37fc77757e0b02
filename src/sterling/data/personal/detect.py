"""Looks for every kind in a column of texts: which values hold it, and whether as a whole. Mergeable counts."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.personal.kind import Gate, Kind
from sterling.data.personal.kinds import ALL

Bools = NDArray[np.bool_]
MAX_CHARS = 20_000
"""So many characters of a text are read."""
GATES: dict[Gate, str] = {
    "at": "@",
    "url": "://",
    "digit": r"\d",
    "colon": "[:=]",
    "digits": r"\d(?:\D{0,12}\d){4}",
    "long": r"[A-Za-z0-9_\-+/=.]{16}|PRIVATE KEY",
    "prefix": r"gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[sr]k_|SG\.|npm_|sk-|eyJ|:AA",
    "any": r"[A-Za-z\d].{2}",
}
"""What a text must have before its patterns are tried: most texts have nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """One kind in a column of texts: arrays over its values.

    `candidate`: looks like it. `hit`: and keeps its check. `named`: looks like it, and stands with words that name it
    or in a form that nothing else has. `sure`: named, and keeps its check. `whole`: a hit is all there is in the value.
    """

    candidate: Bools
    hit: Bools
    named: Bools
    sure: Bools
    whole: Bools

    def or_(self, other: Found) -> Found:
        return Found(**{f.name: getattr(self, f.name) | getattr(other, f.name) for f in fields(self)})


@lru_cache(maxsize=256)
def hinted(column: str) -> frozenset[str]:
    """The kinds that a column's name speaks of."""
    return frozenset(k.name for k in ALL if k.hint and re.search(k.hint, column))


def look(texts: pl.Series, *, column: str = "") -> dict[str, Found]:
    """Every kind that has a candidate in the texts. Missing texts must be left out before."""
    texts = texts.str.slice(0, MAX_CHARS)
    gated: dict[Gate, NDArray[np.intp]] = {}
    names, out = hinted(column), dict[str, Found]()
    for kind in ALL:
        if kind.gate not in gated:
            literal = kind.gate in ("at", "url")
            gated[kind.gate] = np.flatnonzero(texts.str.contains(GATES[kind.gate], literal=literal).to_numpy())
        rows = gated[kind.gate]
        if not rows.size or (kind.needs_context and not kind.context and kind.name not in names):
            continue
        found = _of(kind, texts.gather(rows), rows, len(texts), named=kind.name in names)
        if found is not None:
            out[kind.name] = out[kind.name].or_(found) if kind.name in out else found
    return out


def _of(kind: Kind, texts: pl.Series, rows: NDArray[np.intp], n: int, *, named: bool) -> Found | None:
    first = (kind.context,) if kind.needs_context and not named else ()
    for pattern in (*first, kind.pattern):  # words that must stand there are rare: most texts end here
        likely = np.flatnonzero(_words(texts, pattern))
        texts, rows = texts.gather(likely), rows[likely]
        if not likely.size:
            return None
    pieces = texts.str.extract_all(kind.pattern)
    owner = np.repeat(np.arange(len(texts)), pieces.list.len().to_numpy())
    match = _inner(pieces.explode(empty_as_null=False), kind)
    candidate = np.ones(len(match), dtype=np.bool_)
    told = _words(texts, kind.context)[owner]
    if kind.needs_context and not named:
        candidate = told
    passes = candidate & (kind.check(match) if kind.check is not None else True)
    sure = told | _words(match, kind.strong) | (kind.chance == 1.0) | named
    length = texts.str.strip_chars().str.len_chars().to_numpy()[owner]
    whole = match.str.len_chars().to_numpy() >= 0.9 * length

    def values(flags: Bools) -> Bools:
        out = np.zeros(n, dtype=np.bool_)
        out[rows[owner[flags]]] = True
        return out

    return Found(
        candidate=values(candidate), hit=values(passes), named=values(candidate & sure), sure=values(passes & sure),
        whole=values(passes & whole),
    )  # fmt: skip


def _inner(around: pl.Series, kind: Kind) -> pl.Series:
    """What the brackets of the pattern hold in each match."""
    parts = [around.str.extract(kind.pattern, i + 1).alias(str(i)) for i in range(kind.brackets)]
    return pl.select(pl.coalesce(parts)).to_series().fill_null("")


def _words(texts: pl.Series, pattern: str) -> Bools:
    if not pattern:
        return np.zeros(len(texts), dtype=np.bool_)
    return np.asarray(texts.str.contains(pattern).to_numpy(), dtype=np.bool_)
