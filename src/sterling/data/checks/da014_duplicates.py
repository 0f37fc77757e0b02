"""DA014: which rows are there more than once, exactly or nearly?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Duplicates
from sterling.core.errors import shown
from sterling.core.evidence import Answer, Finding
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.data.copies.exact import Repeats, differing_in_one, repeats
from sterling.data.copies.hashing import countable, row_keys
from sterling.data.copies.near import components, near_texts, pairs_of_rows, text_columns
from sterling.data.copies.shares import estimate, highest, share_of_sets, shares_of
from sterling.engine.table import TableAccess

NEAR = "Clopper-Pearson, rows whose texts are near one another counting as one person"
TEXTS = 100_000
"""Rows whose texts are compared with one another; of more, a sample."""


@check(
    code="DA014",
    name="duplicates",
    title="Rows that are there more than once",
    question="Which rows repeat another, exactly, in all but the label, or nearly?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "Two people may truly have equal rows where columns are few or coarse: a repeat is no proof of an error.",
        "A running number or a time of entry that nobody named as the id makes every row different.",
        "Repeats that stand on both sides of a split flatter a model: ask DA015 of the parts.",
    ),
    hints=("Leave out repeats before rows are split: sterling data remedy deduplicate FILE, in a project [[remedy]].",),
)
def duplicates(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, near: tuple[str, ...] | None = None,
    similarity: float = 0.8, length: int = 5, but_one: bool = False,
) -> Answer:  # fmt: skip
    """Shares of rows that repeat another; texts that are nearly the same; equal rows with different labels.

    `columns`: what makes rows equal; unless given, all but the id. `near`: text columns (joined) in which texts are
    compared; unless given, those that hold running text; an empty list compares none. `similarity`: Jaccard of runs of
    `length` bytes. `but_one`: also count rows that differ from another in one column alone.
    """
    asked = access.known(columns, where="DA014 columns") if columns else _usual(access)
    if not asked:
        return Answer(outcome="not_applicable", reason="there is no column to compare")
    found = repeats(access, asked)
    level, least = access.level, access.min_n
    record = Duplicates(
        n=access.rows, rows=found.everyone.hits, sets=found.sets, columns=asked,
        share=estimate(found.everyone, level=level), conflicting=found.conflicting, one_in=found.one_in,
        conflicting_share=None if found.in_conflict is None else estimate(found.in_conflict, level=level),
        by_group=tuple(s for shares in found.by_group.values() for s in shares_of(shares, level=level, min_n=least)),
    )  # fmt: skip
    findings = [*_exact_findings(access, found)]
    notes = list(_exact_notes(access, found))
    chosen = near if near is None else access.known(near, where="DA014 near")
    frame = access.sample(list(countable(access.schema)), most=TEXTS)
    texts = text_columns(frame.select(asked)) if chosen is None else chosen
    if texts:
        record, finding, told = _nearly(access, frame, record, texts, similarity, length)
        findings += finding
        notes += told
    if but_one:
        record = replace(record, but_one=differing_in_one(frame, asked))
        notes += _sampled(frame, access, "Rows that differ in one column were looked for")
    return Answer(
        about=AboutData(duplicates=record), findings=tuple(findings), notes=tuple(notes),
        method="hashes of rows; MinHash of texts, every pair compared exactly",
    )  # fmt: skip


def _usual(access: TableAccess) -> tuple[str, ...]:
    """All columns of the table itself but the id: made group columns say nothing new."""
    return tuple(c for c in countable(access.schema) if c != access.roles.id and not _made(c, access))


def _made(column: str, access: TableAccess) -> bool:
    return column in access.roles.groups and ("(" in column or column in {s.name for s in access.roles.slices})


def _exact_findings(access: TableAccess, found: Repeats) -> Iterator[Finding]:
    info = DATA_METRICS["duplicate_share"].info
    whole = highest(info, [found.everyone], level=access.level)
    if whole is not None:
        yield whole
    for group, shares in found.by_group.items():
        worst = highest(info, shares, level=access.level, min_n=access.min_n, family=(group,))
        if worst is not None:
            yield worst


def _exact_notes(access: TableAccess, found: Repeats) -> Iterator[str]:
    if found.one_in > 1:
        yield (
            f"One in {found.one_in} different rows was counted, drawn by content, with all its copies: counts are of "
            "those, shares are of all."
        )
    if found.conflicting:
        yield (
            f"{found.conflicting:,} sets of rows are equal in everything but {shown(access.roles.label or '')}: no "
            "model can be right about all of them."
        )


def _nearly(
    access: TableAccess, frame: pl.DataFrame, record: Duplicates, texts: tuple[str, ...], similarity: float,
    length: int,
) -> tuple[Duplicates, list[Finding], list[str]]:  # fmt: skip
    """The record with what was found of texts; a finding; what to know of it."""
    compared = tuple(dict.fromkeys((*record.columns, *texts)))
    distinct = frame[np.unique(row_keys(frame, compared), return_index=True)[1]]
    near = near_texts(distinct, texts, similarity=similarity, length=length, seed=access.seed)
    place = near.of[near.of >= 0]
    rows = np.bincount(place, minlength=len(near.texts))
    pairs, partnered = pairs_of_rows(near, rows)
    hit = partnered[place]
    kin = np.unique(components(len(near.texts), near.first, near.second)[place], return_inverse=True)[1].ravel()
    share = share_of_sets(np.bincount(kin, weights=hit), np.bincount(kin))
    record = replace(
        record, near_pairs=pairs, near_rows=share.hits, near_columns=texts, similarity=similarity,
        near_share=estimate(share, level=access.level, method=NEAR), near_looked_at=share.n, recall=near.recall,
    )  # fmt: skip
    finding = highest(DATA_METRICS["near_duplicate_share"].info, [share], level=access.level, method=NEAR)
    told = [
        f"Texts of {', '.join(shown(t) for t in texts)} were compared by runs of {length} bytes. A pair that is just "
        f"{similarity:g} alike is found with a chance of {near.recall:.3f}; every pair counted was compared exactly."
    ]
    if near.crowded:
        told.append("Many texts have much in common: each was compared with some others of its kind, and there may "
                    "be more pairs.")  # fmt: skip
    told += _sampled(frame, access, "Near-duplicates were looked for")
    return record, [] if finding is None else [finding], told


def _sampled(frame: pl.DataFrame, access: TableAccess, what: str) -> list[str]:
    return [f"{what} among {frame.height:,} rows of {access.rows:,}."] if frame.height < access.rows else []
