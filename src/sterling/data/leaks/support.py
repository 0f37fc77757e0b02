"""Rows unlike those of a reference: in one column, or in all together, with a threshold whose error is known.

The reference is cut into two halves by content. One says what is usual; on the other the strangeness of rows is
measured, and a row stranger than nearly all of these lies outside. Of rows that come from where the reference comes
from, at most a share `alpha` falls outside on average, whatever the data are like: half of it by single columns, half
by all together (split conformal: Vovk, Gammerman and Shafer 2005; Laxhammar and Falkman 2010). Of rows from elsewhere
nothing is promised: that more of them fall outside is what shows that they come from elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.core.errors import InputError
from sterling.core.frozen import dataclass
from sterling.data.copies.hashing import row_keys
from sterling.data.leaks.columns import UNSEEN, Number, Text, learned, plain_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NEIGHBOURS = 5
STORED = 2_000
"""Rows of the reference that others are held against."""
LEAST = 40
TOGETHER = "all columns together"
_BLOCK = 2_048


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Support:
    """What is usual, the rows to hold others against (coded, shape (stored, dims)), and the two thresholds.

    `usual`: for each column how strange its values are in the half that says what is usual, ascending.
    A threshold is infinite where the reference is too small, or too odd itself, for `alpha`.
    """

    columns: tuple[Number | Text, ...]
    usual: tuple[Floats, ...]
    stored: Floats
    in_column: float
    together: float
    alpha: float
    calibrated_on: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Which rows lie outside, shape (rows,), and in which columns (and how) so many of them do."""

    outside: Bools
    reasons: tuple[tuple[str, int], ...]


def support_of(frame: pl.DataFrame, columns: Sequence[str], *, alpha: float, seed: int) -> Support:
    """The support of a reference. Any order of its rows gives the same; equal rows lie in one half.

    Raises InputError with fewer than LEAST rows, or no column that can be compared.
    """
    keys = row_keys(frame, columns)
    half = (mix(keys ^ np.uint64(seed)) & np.uint64(1)).astype(bool)
    usual, held = frame.filter(half), frame.filter(~half)
    if min(usual.height, held.height) < LEAST // 2:
        raise InputError(f"{frame.height} rows are too few to say what is usual", where="DA018",
                         expected=f"at least {LEAST} different rows")  # fmt: skip
    found = {c: learned(usual[c]) for c in columns}
    known = tuple(c for c in found.values() if c is not None)
    if not known:
        raise InputError(
            "no column holds values that can be compared", where="DA018", expected="numbers, dates or categories"
        )
    order = np.argsort(keys[half], kind="stable")[:STORED]
    bare = Support(
        columns=known, usual=tuple(np.sort(c.strange(plain_of(usual, c))) for c in known),
        stored=_coded(usual[order], known), in_column=math.inf, together=math.inf, alpha=alpha,
        calibrated_on=held.height, left_out=tuple(c for c, v in found.items() if v is None),
    )  # fmt: skip
    alone, joint = _strangeness(bare, held)
    return replace(
        bare, in_column=conformal(alone.max(axis=0), alpha / 2), together=conformal(joint, alpha / 2)
    )  # fmt: skip


def conformal(scores: Floats, alpha: float) -> float:
    """The threshold that a further score of the same kind exceeds with a chance of at most `alpha`; infinite if none.

    The k-th smallest of m scores, k = ceil((m + 1)(1 - alpha)).
    """
    k = math.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)
    return float(np.sort(scores)[k - 1]) if 0 < k <= len(scores) else math.inf


def place(support: Support, frame: pl.DataFrame) -> Placed:
    """Which rows of another table lie outside, and why."""
    if not frame.height:
        return Placed(outside=np.zeros(0, dtype=bool), reasons=())
    alone, joint = _strangeness(support, frame)
    odd = alone > support.in_column
    by_column, by_all = odd.any(axis=0), joint > support.together
    reasons = {TOGETHER: int((by_all & ~by_column).sum())}
    for column, rows in zip(support.columns, odd, strict=True):
        what = column.what(plain_of(frame, column).filter(rows))
        for kind, count in zip(*np.unique(what, return_counts=True), strict=True):
            reasons[f"{column.column}: {kind}"] = int(count)
    told = sorted(((r, n) for r, n in reasons.items() if n), key=lambda i: (-i[1], i[0]))
    return Placed(outside=by_column | by_all, reasons=tuple(told))


def _strangeness(support: Support, frame: pl.DataFrame) -> tuple[Floats, Floats]:
    """Of each column, shape (columns, rows); and of all together: the distance to the k-th nearest stored row."""
    alone = np.stack(
        [graded(c.strange(plain_of(frame, c)), usual) for c, usual in zip(support.columns, support.usual, strict=True)]
    )
    return alone, nearest(_coded(frame, support.columns), support.stored)


def graded(strange: Floats, usual: Floats) -> Floats:
    """How rare it is to be so strange, so that columns of all shapes can be held against one another. Shape (rows,).

    Minus the logarithm of the share of usual rows that are at least as strange; beyond the strangest of them, by how
    many times its strangeness it is further out.
    """
    n = len(usual)
    rarer = n - np.searchsorted(usual, strange, side="left")
    most = float(usual[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.where(strange > most, np.minimum(strange / most - 1, UNSEEN), 0.0)
    return np.asarray(np.log((n + 1) / (rarer + 1)) + beyond)


def _coded(frame: pl.DataFrame, columns: Sequence[Number | Text]) -> Floats:
    return np.column_stack([c.coded(plain_of(frame, c)) for c in columns])


def nearest(rows: Floats, stored: Floats, k: int = NEIGHBOURS) -> Floats:
    """The distance from each row to the k-th nearest stored one, to seven places: sums of another order agree."""
    last = min(k, len(stored)) - 1
    squares = (stored**2).sum(axis=1)
    out = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        away = squares[None, :] - 2 * part @ stored.T
        kth = np.partition(away, last, axis=1)[:, last] + (part**2).sum(axis=1)
        out[start : start + _BLOCK] = np.sqrt(np.maximum(kth, 0.0))
    return np.asarray(np.round(out, 7))
