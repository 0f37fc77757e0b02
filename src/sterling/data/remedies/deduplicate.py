"""Leaves out rows that repeat another, exactly or nearly, and sets of equal rows that disagree about the label."""

from __future__ import annotations

import numpy as np
import polars as pl

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.treatment import Learned, treatment
from sterling.data.copies.hashing import countable, row_keys
from sterling.data.copies.near import components, near_texts

WHERE = "deduplicate"
LABELS = ("keep", "leave_out")

DEDUPLICATE = Remedy(
    name="deduplicate",
    title="Leaving out repeated rows",
    uses="never",
    improves="the share of rows that repeat another, and what a split or a test set gives away through them",
    worsens="the share of groups whose people truly have equal rows: they lose more rows than others",
    source="Lee et al. 2022, ACL, Deduplicating Training Data Makes Language Models Better",
    docs="remedies/deduplicate.md",
)


@treatment(DEDUPLICATE, when="table")
def deduplicate(
    frame: pl.DataFrame, roles: Roles, seed: int, *, columns: tuple[str, ...] | None = None,
    conflicting: str = "keep", near: tuple[str, ...] = (), similarity: float = 0.8,
) -> Learned:  # fmt: skip
    """Keep one row of each set of rows that are equal in `columns` (unless given: all but the id).

    Which one does not depend on the order of rows: the first by a hash of all of them. `conflicting`: what becomes of
    sets that are equal in all but the label and have several: "keep" one of each label, or "leave_out" all. `near`:
    text columns; of texts at least `similarity` alike, directly or over others, one row is kept.
    Raises ConfigError for a column that does not exist or another word.
    """
    for column in (*(columns or ()), *near):
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=WHERE, hint=near_miss(column, frame.columns)
            )  # fmt: skip
    if conflicting not in LABELS:
        raise ConfigError(f"conflicting is {shown(conflicting)!r}", where=WHERE, expected=" or ".join(LABELS))
    asked = columns or tuple(c for c in countable(frame.schema) if c != roles.id)

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        if not table.height:
            return table
        kept = _first_of_each(row_keys(table, asked), table)
        if conflicting == "leave_out":
            kept &= ~_torn(table, asked, roles.label)
        if near:
            kept = _apart(table, kept, near, similarity, seed)
        if not kept.any():
            raise InputError("no row would be left", where=WHERE, hint='conflicting = "keep"')
        return table.filter(kept)

    return Learned(treat=treat, notes=(f"Rows are equal when they agree in {_listed(asked)}.",))


def _listed(columns: tuple[str, ...]) -> str:
    named = ", ".join(shown(c) for c in columns[:8])
    return named + (f" and {len(columns) - 8} more" if len(columns) > 8 else "")


def _first_of_each(keys: np.ndarray, table: pl.DataFrame) -> np.ndarray:
    """Marks one row of each key: the first by the hash of all its values; of rows equal in all, any."""
    order = np.lexsort((row_keys(table, countable(table.schema)), keys))
    kept = np.zeros(len(keys), dtype=bool)
    kept[order[np.append(True, keys[order][1:] != keys[order][:-1])]] = True
    return kept


def _torn(table: pl.DataFrame, asked: tuple[str, ...], label: str | None) -> np.ndarray:
    """Rows whose like, but for the label, has another known label."""
    if label is None or label not in asked:
        return np.zeros(table.height, dtype=bool)
    keys = pl.DataFrame(
        {
            "alike": row_keys(table, [c for c in asked if c != label]),
            "label": pl.Series(row_keys(table, [label])).set(table[label].is_null(), None),
        }
    )
    return keys.select(pl.col("label").drop_nulls().n_unique().over("alike") > 1).to_series().to_numpy()


def _apart(
    table: pl.DataFrame, kept: np.ndarray, texts: tuple[str, ...], similarity: float, seed: int
) -> np.ndarray:  # fmt: skip
    """Of the rows kept, those with one text of each set of texts that are near one another, or with none at all."""
    place = np.flatnonzero(kept)
    rows = table[place]
    found = near_texts(rows, texts, similarity=similarity, seed=seed)
    kin = components(len(found.texts), found.first, found.second)
    with_text = found.of >= 0
    keys = np.where(with_text, kin[np.maximum(found.of, 0)], -1 - np.arange(len(place))).astype(np.int64)
    out = np.zeros(len(kept), dtype=bool)
    out[place[_first_of_each(keys.view(np.uint64), rows)]] = True
    return out
