"""What each row says: how many items are predicted, how many of them are true, and which of the best ones."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.quality.multilabel.rows import Rows
from sterling.quality.sets.infos import MOST

Ints = NDArray[np.int64]
UNKNOWN = -1
"""How many true items a row without a label has."""


def sizes(label: pl.Series) -> Ints:
    """How many different items the label of each row has, `UNKNOWN` where it is missing."""
    return label.list.drop_nulls().list.n_unique().fill_null(UNKNOWN).cast(pl.Int64).to_numpy()


def matches(label: pl.Series, predicted: pl.Series, scores: pl.Series | None) -> Ints:
    """Per row, shape (rows, 3): different items predicted; how many are true; and which places are, as bits.

    Bit i stands for the item in place i: by score, highest first, equal ones as given; without scores all as given. An
    item that stands twice has its better place alone.
    """
    columns = {"item": predicted} if scores is None else {"item": predicted, "score": scores}
    said = _long(columns)
    if scores is not None:
        said = said.sort("row", -pl.col("score"), maintain_order=True)
    said = said.select("row", "item").unique(maintain_order=True)
    rows = said["row"].to_numpy()
    many = np.bincount(rows, minlength=len(label))
    place = np.arange(len(rows)) - (np.cumsum(many) - many)[rows]
    true = said.with_columns(place=place).join(_long({"item": label}).unique(), on=["row", "item"], how="semi")
    hit, at = true["row"].to_numpy(), true["place"].to_numpy()
    bits = np.zeros(len(label), dtype=np.int64)
    np.bitwise_or.at(bits, hit[at < MOST], np.int64(1) << at[at < MOST])
    return np.stack([many, np.bincount(hit, minlength=len(label)), bits], axis=1).astype(np.int64)


def _long(columns: dict[str, pl.Series]) -> pl.DataFrame:
    """A line for each item of each row, in their order; missing items are none."""
    frame = pl.DataFrame({name: column.alias(name) for name, column in columns.items()}).with_row_index("row")
    return frame.explode(*columns).drop_nulls("item")


def look_at(true: Ints, found: Ints, best: int) -> Rows:
    """Items by confusion cell for the `best` of each row, all of them for 0. `true`: `sizes`, `found`: `matches`."""
    said, hits = found[:, 0], found[:, 1]
    if best:
        said, hits = np.minimum(said, best), np.bitwise_count(found[:, 2] & ((np.int64(1) << best) - 1))
    whole = true != UNKNOWN
    cells = np.zeros((len(CELLS), len(true)))
    cells[0], cells[1], cells[2] = hits, said - hits, true - hits
    cells[4] = np.where(whole, 0, said)
    cells[:3] *= whole
    either = cells[:3].sum(axis=0)
    return Rows(cells=cells, whole=whole, overlap=np.where(either > 0, cells[0] / np.maximum(either, 1.0), 1.0))
