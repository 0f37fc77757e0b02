"""Divides the rows: to train on, to choose by, and to certify with. Who is where depends on the rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.digest import row_hashes
from sterling.core.errors import InputError, shown
from sterling.core.project import Project, Split
from sterling.core.records import Json
from sterling.data.leaks.split import leaks_of_split
from sterling.pipeline.step import Inputs, Made, Step, made_table

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

PARTS = ("train", "choose", "certify")


def split(project: Project) -> Step:
    """The step that assigns every row of the table to a part."""
    rules, data = project.split, project.data
    return Step(
        name="split",
        title="Setting rows aside",
        stage="preprocessing",
        work=_work,
        reads=("table", "facts"),
        makes=("split",),
        parameters={
            "by": rules.by, "stratify": list(rules.stratify), "train": rules.train, "choose": rules.choose,
            "certify": rules.certify, "seed": rules.seed, "id": data.id, "entity": data.entity, "time": data.time,
        },
    )  # fmt: skip


def _work(inputs: Inputs) -> Mapping[str, Made]:
    import polars as pl

    frame = inputs.frame("table")
    data = inputs.project.data
    parts = assign(frame, inputs.project.split, id=data.id, entity=data.entity, time=data.time)
    counts = {name: int((parts == place).sum()) for place, name in enumerate(PARTS)}
    column = pl.DataFrame({"part": pl.Series(parts.astype(np.uint8))})
    facts: dict[str, Json] = {"parts": counts, "leaks": _leaks(frame, parts, inputs.project)}
    return {"split": made_table(column, type="split", name="split", properties=facts)}


def _leaks(frame: pl.DataFrame, parts: NDArray[np.int64], project: Project) -> list[Json]:
    """What the parts give away about one another, of what the project names: kind, parts, rows, and of how many."""
    data = project.data
    found = leaks_of_split(
        frame, parts, PARTS, id=data.id, entity=data.entity, time=data.time if project.split.by == "time" else None
    )
    return [[k.kind, k.first, k.second, k.rows, k.n] for k in found.between]


def assign(
    frame: pl.DataFrame, rules: Split, *, id: str | None, entity: str | None, time: str | None
) -> NDArray[np.int64]:
    """The part of each row, shape (rows,), as places in PARTS.

    By row or entity, each unit falls where a hash of its id, entity or values says, so that a row keeps its part when
    others are added; with `stratify`, the hash orders the units of each stratum and the shares are cut exactly. By
    time, the latest rows certify. Raises InputError when a part that was asked for stays empty.
    """
    shares = np.round(np.cumsum([rules.train, rules.choose, rules.certify]), 12)  # 0.1 + 0.2 is 0.3
    if rules.by == "time":
        parts = _by_time(frame, time, shares)
    else:
        unit = entity if rules.by == "entity" else id
        parts = _by_hash(frame, unit, rules, shares)
    for place, (name, share) in enumerate(zip(PARTS, (rules.train, rules.choose, rules.certify), strict=True)):
        if share > 0 and not (parts == place).any():
            raise InputError(
                f"no row falls into the part {name!r}", where="[split]",
                expected=f"enough {'entities' if rules.by == 'entity' else 'rows'} for a share of {share:g}",
                hint="make the share larger, or give more data",
            )  # fmt: skip
    return parts


def _by_hash(frame: pl.DataFrame, unit: str | None, rules: Split, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows without a unit of their own go by their values: rows that are equal stay together."""
    key = f"split {rules.seed}".encode()
    hashes = row_hashes(frame.select(unit) if unit else frame, key=key)
    if unit and frame[unit].null_count():
        hashes = np.where(frame[unit].is_null().to_numpy(), row_hashes(frame, key=key), hashes)
    if rules.stratify:
        spread = _ranked_within(hashes, row_hashes(frame.select(rules.stratify)))
    else:
        spread = hashes / np.float64(2**64)
    return np.minimum(np.searchsorted(shares, spread, side="right"), len(PARTS) - 1)


def _ranked_within(units: NDArray[np.uint64], strata: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Each unit's rank within its stratum as a share below 1. A unit that lies in several belongs to one of them."""
    import polars as pl

    unit, stratum = pl.col("unit"), pl.col("stratum").min().over("unit")
    table = pl.DataFrame({"unit": units, "stratum": strata}).with_columns(stratum=stratum)
    ranked = table.select((unit.rank("dense") - 0.5).over("stratum") / unit.n_unique().over("stratum"))
    return ranked.to_series().to_numpy()


def _by_time(frame: pl.DataFrame, time: str | None, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of one moment stay together: a part begins where a new moment does."""
    if time is None:
        raise InputError("the split is by time and no column is the time", where="[data]", hint='time = "COLUMN"')
    if frame[time].null_count():
        lost = frame[time].null_count()
        raise InputError(f"{lost:,} rows have no {shown(time)}", where="[split]", hint="drop them or fill it")
    ranks = (frame[time].rank("min").to_numpy() - 1) / frame.height
    return np.minimum(np.searchsorted(shares, ranks, side="right"), len(PARTS) - 1)
