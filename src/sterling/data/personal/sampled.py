"""A bounded sample of free text, read by other people's tools where the extra is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.personal import PersonalData
from sterling.core.errors import MissingExtra
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.data.personal.measured import measured
from sterling.data.personal.reading import names_in, secrets_in
from sterling.stats.proportion import wilson

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess

CATEGORIES, REPEATED = 100, 20
"""So many texts at most, in so many rows each on average: then a column holds categories."""
METHOD = "Wilson, of a sample of values drawn by their content"
Reader = Callable[[pl.Series], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was found, in how many texts of which columns, and which readers were not there."""

    found: tuple[PersonalData, ...] = ()
    texts: int = 0
    columns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def read_texts(access: TableAccess, columns: Sequence[str], *, most: int) -> Read:
    """Names and keys in about `most` values, spread evenly over the columns of free text."""
    each = most // len(columns) if columns else 0
    if not each:
        return Read()
    drawn = {c: texts for c in columns if (texts := _drawn(access, c, each)) is not None}
    if not drawn:
        return Read()
    found: list[PersonalData] = []
    without: list[str] = []
    for kind, by, reader, words in (
        ("person_name", "model", names_in, "names in free text"),
        ("secret", "detect-secrets", secrets_in, "keys in the forms that detect-secrets knows"),
    ):
        try:
            for column, (values, n) in drawn.items():
                found += _found(column, kind, by, int(n[reader(values)].sum()), int(n.sum()), access.level)
        except MissingExtra:
            without.append(f"{words}: needs the extra personal")
    read = sum(int(n.sum()) for _, n in drawn.values()) if len(without) < 2 else 0
    return Read(found=tuple(found), texts=read, columns=tuple(drawn) if read else (), without=tuple(without))


def _drawn(access: TableAccess, column: str, most: int) -> tuple[pl.Series, NDArray[np.int64]] | None:
    """Different values, in an order that depends on them alone, and how many of the drawn rows have each.

    None where the same few texts stand in many rows: those are categories, however many words they have.
    """
    rows = access.sample((column,), most=max(20 * most, 10_000)) if access.rows > most else access.frame((column,))
    values = rows[column].cast(pl.String).drop_nulls()
    counted = values.value_counts(name="n").with_columns(place=pl.col(column).hash(access.seed)).sort("place", column)
    if counted.height <= CATEGORIES and counted.height * REPEATED < len(values):
        return None
    most = max(most, int(counted["n"].cast(pl.Int64).to_numpy().max(initial=0)))
    kept = counted.filter(pl.col("n").cum_sum() <= most)
    return kept[column], kept["n"].to_numpy().astype(np.int64)


def _found(column: str, kind: str, by: str, hits: int, n: int, level: float) -> list[PersonalData]:
    if not hits:
        return []
    quality = measured().get((kind, by))
    precision, recall = (quality.precision, quality.recall) if quality is not None else (None, None)
    low, high = wilson(hits, n, level=level)
    share = Estimate(
        value=hits / n, low=float(low), high=float(high), level=level, n=n, n_eligible=n, method=METHOD
    )  # fmt: skip
    return [
        PersonalData(
            column=column, kind=kind, count=hits, n=n, share=share, where="text",
            by="Presidio and a spaCy model" if by == "model" else by,
            sensitivity="secret" if kind == "secret" else "identifier",
            precision=precision and precision[0], recall=recall and recall[0],
            precision_low=precision and precision[1], recall_low=recall and recall[1],
        )
    ]  # fmt: skip
