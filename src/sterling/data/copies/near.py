"""Texts that are nearly the same: proposed by MinHash, then compared exactly, so that every pair reported is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.data.copies.minhash import agreeing, bands_for, candidates, signatures
from sterling.data.copies.shingles import LONGEST, Ints, alike, normal

TEXT_LENGTH = 30
"""Columns whose texts are this long on average, and mostly different, are texts rather than names of things."""
DISTINCT = 0.5
WORDS = 4
"""Fewer words on average are names, codes or addresses: nothing that is nearly the same by being written again."""
BETWEEN = "\x1e"
WHERE = "near-duplicates"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Near:
    """Different texts, in a fixed order, how many rows hold each, and pairs (places) that are alike enough.

    `of`: each row's text as a place, -1 where there is none. `recall`: the chance that a pair just alike is found.
    """

    texts: pl.Series
    of: Ints
    first: Ints
    second: Ints
    similarity: float
    recall: float
    crowded: bool


def text_columns(frame: pl.DataFrame, *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that hold running text, judged from their values: long, of several words, mostly different."""
    found = []
    for name, dtype in frame.schema.items():
        if dtype != pl.String or name in without:
            continue
        values = frame[name].drop_nulls()
        if not len(values) or float(values.str.len_chars().mean() or 0) < TEXT_LENGTH:  # type: ignore[arg-type]
            continue
        if float(values.str.count_matches(" ", literal=True).mean() or 0) < WORDS - 1:  # type: ignore[arg-type]
            continue
        if values.n_unique() >= DISTINCT * len(values):
            found.append(name)
    return tuple(found)


def near_texts(
    frame: pl.DataFrame, columns: Sequence[str], *, similarity: float, length: int = 5, seed: int = 0
) -> Near:  # fmt: skip
    """Which texts of these columns (joined, where they are several) are at least `similarity` alike, and not the same.

    `similarity` is the Jaccard similarity of the sets of runs of `length` bytes. Rows without any text are left out.
    Raises ConfigError for a similarity or a length out of range.
    """
    if not 0 < similarity < 1:
        raise ConfigError(f"a similarity of {similarity:g}", where=WHERE, expected="a number between 0 and 1")
    if not 1 <= length <= LONGEST:
        raise ConfigError(f"pieces of {length} bytes", where=WHERE, expected=f"from 1 to {LONGEST}")
    joined = frame.select(
        pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator=BETWEEN, ignore_nulls=True)
    ).to_series()
    ready = normal(joined)
    ready = ready.set(ready.str.len_bytes() == 0, None)
    texts = ready.drop_nulls().unique().sort()
    of = _places(ready, texts)
    bands = bands_for(similarity)
    signature = signatures(texts, length=length, seed=seed)
    found = candidates(signature, bands)
    likely = agreeing(signature, found.first, found.second, similarity)
    first, second = found.first[likely], found.second[likely]
    keep = alike(texts, first, second, length) >= similarity
    return Near(
        texts=texts, of=of, first=first[keep], second=second[keep], similarity=similarity,
        recall=bands.recall(similarity), crowded=found.crowded,
    )  # fmt: skip


def _places(values: pl.Series, known: pl.Series) -> Ints:
    table = pl.DataFrame({"t": known}).with_row_index("i")
    place = values.to_frame("t").join(table, on="t", how="left", maintain_order="left")["i"]
    return place.cast(pl.Int64).fill_null(-1).to_numpy()


def pairs_of_rows(near: Near, rows: Ints) -> tuple[int, NDArray[np.bool_]]:
    """Pairs of rows whose texts are alike or the same, and which texts have such a partner.

    `rows`: how many different rows hold each text.
    """
    same = rows * (rows - 1) // 2
    pairs = int(same.sum()) + int((rows[near.first] * rows[near.second]).sum())
    partnered = rows > 1
    partnered[near.first[rows[near.second] > 0]] = True
    partnered[near.second[rows[near.first] > 0]] = True
    return pairs, partnered & (rows > 0)


def components(n: int, first: Ints, second: Ints) -> Ints:
    """The smallest place that each of n places reaches over pairs: equal for those that hang together."""
    lowest = np.arange(n)
    while len(first):
        before = lowest.copy()
        least = np.minimum(lowest[first], lowest[second])
        np.minimum.at(lowest, first, least)
        np.minimum.at(lowest, second, least)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            break
    return lowest
