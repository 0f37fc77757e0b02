"""What is counted of every row: a reference, an answer, and how much the two share.

`BASIS` names numbers of a row; rows without a reference or without an answer have only `all` and `answered`. Counts of
words are in units of `LONGEST`, so that none is above 1: powers of 2, which change no digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.engine.columns import Columns
from sterling.engine.threads import spread
from sterling.engine.totals import Basis
from sterling.quality.text.overlap import Words, longest_common, matches, numbered
from sterling.quality.text.words import bleu_words, normalised, rouge_words
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ORDERS = 4
"""BLEU looks at n-grams of up to so many words."""
LONGEST = 1 << 20
"""Bytes that a text may have. A text never has more words than bytes."""
_SLAB = 1 << 20
FIELDS = (
    "answered", "one", "exact_match", "normalised_exact_match", "match1", "match2", "match3", "match4", "words",
    "reference_words", "rouge_1", "rouge_2", "rouge_l",
)  # fmt: skip
"""What `looked_at` says of a row: whether there is an answer that is not empty; whether there are both texts; whether
they are the same; shared n-grams (BLEU); words of answer and reference (BLEU); the F measures of ROUGE."""
SHARES = ("answered", "exact_match", "normalised_exact_match")
ROUGE = ("rouge_1", "rouge_2", "rouge_l")
MATCHES = tuple(f"match{n}" for n in range(1, ORDERS + 1))
GRAMS = ("words", *(f"grams{n}" for n in range(2, ORDERS + 1)))
"""N-grams of the answer, n = 1 …"""
COUNTED = (*MATCHES, *GRAMS, "reference_words")
COUNTS = ("all", "one", *SHARES)
BASIS = (*COUNTS, *COUNTED, *ROUGE)
_OF_BLEU = {(a, b): f"{a} {b}" for i, a in enumerate(COUNTED) for b in COUNTED[i:]}
SUMMED = Basis(
    names=BASIS,
    counts=COUNTS,
    products={
        **{(name, name): name for name in COUNTS},
        **_OF_BLEU,
        **{(name, name): f"{name} squared" for name in ROUGE},
        **{(name, "one"): name for name in ROUGE},
    },
    high=tuple(_OF_BLEU.values()),
)


def looked_at(reference: pl.Series, answer: pl.Series) -> Columns:
    """`FIELDS` of every row, each of shape (rows,). Equal pairs of texts are looked at once.

    A list of references, none of them missing, is several in a row: see `_of_several`.
    """
    pairs = pl.DataFrame({"reference": reference, "answer": answer})
    once = pairs.unique().drop_nulls()
    found = Columns(tuple(np.concatenate(parts) for parts in zip(*_slabs(once), strict=True)))
    made = once.with_columns(at=pl.int_range(pl.len()))
    at = pairs.join(made, on=["reference", "answer"], how="left", maintain_order="left")["at"]
    whole = at.is_not_null().to_numpy()
    place = at.fill_null(0).to_numpy()
    nothing = np.zeros(1)
    out = [np.where(whole, (column if len(column) else nothing)[place], 0.0) for column in found.columns]
    out[0] = (answer.is_not_null() & (answer.str.len_bytes() > 0)).fill_null(False).to_numpy().astype(np.float64)
    return Columns(tuple(out))


def _slabs(pairs: pl.DataFrame) -> list[tuple[Floats, ...]]:
    """The fields of rows with both texts, a bounded amount of text at a time."""
    size = sum(_bytes(pairs[side]).cast(pl.Int64).cum_sum().to_numpy() for side in pairs.columns)
    cuts = np.flatnonzero(np.diff(np.asarray(size) // _SLAB, prepend=0)).tolist() if pairs.height else []
    edges = [0, *cuts, pairs.height]
    slabs = [pairs[a:b] for a, b in pairwise(edges) if b > a]
    return list(spread(_fields, slabs or [pairs], rows=int(np.max(size, initial=0))))


def _bytes(texts: pl.Series) -> pl.Series:
    if texts.dtype == pl.List:
        return texts.list.eval(pl.element().str.len_bytes().cast(pl.Int64)).list.sum()
    return texts.str.len_bytes()


def _of_several(pairs: pl.DataFrame) -> tuple[Floats, ...]:
    """Rows with several references: an n-gram of the answer counts as often as it occurs in the reference that has it
    most, the reference's length is that next to the answer's, the shorter of two (BLEU: Papineni et al. 2002); the
    others are those of the best reference (Lin 2004, 3.1)."""
    each = pairs.with_row_index("row").explode("reference")
    owner = each["row"].cast(pl.Int64).to_numpy()
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    of = dict(zip(FIELDS, _fields(each), strict=True))
    best = {name: np.maximum.reduceat(of[name], first) if len(first) else of[name] for name in FIELDS}
    theirs, mine = numbered(bleu_words(each["reference"]), bleu_words(pairs["answer"]), owner)
    best |= {name: n.astype(np.float64) for name, n in zip(MATCHES, matches(mine, theirs, ORDERS), strict=True)}
    away = np.abs(of["reference_words"] - of["words"])
    nearest = np.lexsort((of["reference_words"], away, owner))[first]
    return tuple((best | {"reference_words": of["reference_words"][nearest]}).values())


def _fields(pairs: pl.DataFrame) -> tuple[Floats, ...]:
    if pairs["reference"].dtype == pl.List:
        return _of_several(pairs)
    reference, answer = pairs["reference"], pairs["answer"]
    theirs, mine = numbered(bleu_words(reference), bleu_words(answer))
    shared = matches(mine, theirs, ORDERS)
    known = np.ones(pairs.height)
    same = [reference == answer, normalised(reference) == normalised(answer)]
    counted = [part.astype(np.float64) for part in (*shared, mine.length, theirs.length)]
    return (known, known, *(s.to_numpy().astype(np.float64) for s in same), *counted, *_rouge(reference, answer))


def _rouge(reference: pl.Series, answer: pl.Series) -> list[Floats]:
    """The F measure: the harmonic mean of shared over answer's and shared over reference's n-grams."""
    theirs, mine = numbered(rouge_words(reference), rouge_words(answer))
    one, two = matches(mine, theirs, 2)
    return [_f(one, mine, theirs, 1), _f(two, mine, theirs, 2), _f(longest_common(mine, theirs), mine, theirs, 1)]


def _f(shared: Ints, mine: Words, theirs: Words, n: int) -> Floats:
    both = np.maximum(mine.length - n + 1, 0) + np.maximum(theirs.length - n + 1, 0)
    return divide(2 * shared, np.maximum(both, 1))


def basis_values(fields: Columns) -> dict[str, Floats]:
    """Each of the basis for every row."""
    of = dict(zip(FIELDS, fields.columns, strict=True))
    values = {"all": np.ones(len(fields)), **{name: of[name] for name in ("one", *SHARES, *ROUGE)}}
    words = of["words"]
    values |= {name: of[name] / LONGEST for name in (*MATCHES, "words", "reference_words")}
    values |= {f"grams{n}": np.maximum(words - n + 1, 0.0) / LONGEST for n in range(2, ORDERS + 1)}
    return {name: values[name] for name in BASIS}


def product_values(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The products that are no numbers of the basis."""
    squares = {f"{name} squared": values[name] ** 2 for name in ROUGE}
    return {**{name: values[a] * values[b] for (a, b), name in _OF_BLEU.items()}, **squares}
