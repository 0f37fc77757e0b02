"""Generalises quasi-identifiers until every class has k rows, or leaves out the rows of small classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, shown
from sterling.core.remedy import Remedy
from sterling.core.roles import Roles
from sterling.core.slices import group_text
from sterling.core.toml import Document
from sterling.core.treatment import Learned, treatment
from sterling.data.anonymity.generalise import WHERE, Generalised, Method, Wanted, generalise_table
from sterling.data.anonymity.loss import Loss, hit_hardest, loss_of
from sterling.data.anonymity.ranges import Hierarchy

MOST = 6
"""So many groups that lost more than others are named."""

GENERALISE = Remedy(
    name="generalise",
    title="Generalising to classes of k rows",
    uses="never",
    improves="how many rows share what an outsider may know of a person, and how many sensitive values they have",
    worsens="detail, most of all of small groups, whose rows become ranges or are left out; numbers become texts",
    source="LeFevre, DeWitt, Ramakrishnan 2006, ICDE (Mondrian); Samarati 2001, IEEE TKDE 13:1010",
    docs="remedies/generalise.md",
)


@treatment(GENERALISE, when="table")
def generalise(
    frame: pl.DataFrame, roles: Roles, seed: int, *, quasi: tuple[str, ...], k: int = 5,
    sensitive: tuple[str, ...] = (), diversity: int = 1, closeness: float = 1.0, method: str = "strict",
    numbers: str = "range", hierarchies: str | None = None,
) -> Learned:  # fmt: skip
    """Classes of at least `k` rows in the columns `quasi`, cut where that costs least detail.

    `sensitive`: columns of which every class keeps at least `diversity` different values (l) and lies at most
    `closeness` from the whole table (t). `method`: "strict" or "relaxed" Mondrian, or "suppress": values stay as they
    are and rows of small classes are left out. `numbers`: a number becomes the "range" of its class or its "middle".
    `hierarchies`: a TOML file with the ancestors of values, nearest first. Raises ConfigError, and InputError when
    even one class of all rows would not do.
    """
    wanted = Wanted(
        quasi=tuple(dict.fromkeys(quasi)), k=k, sensitive=sensitive, diversity=diversity, closeness=closeness,
        method=_method(method), numbers="middle" if numbers == "middle" else "range",
    )  # fmt: skip
    if numbers not in ("range", "middle"):
        raise ConfigError(f"numbers is {shown(numbers)!r}", where=WHERE, expected="range or middle")
    trees = read_hierarchies(Path(hierarchies)) if hierarchies is not None else {}
    made = generalise_table(frame, wanted, hierarchies=trees)
    groups = [g for g in roles.groups if g in frame.columns]
    loss = loss_of(frame, made, k=k, groups=groups, positive=_positive(frame, roles))

    def treat(table: pl.DataFrame) -> pl.DataFrame:
        return made.frame if table is frame else generalise_table(table, wanted, hierarchies=trees).frame

    return Learned(treat=treat, notes=tuple(_notes(loss, made, wanted, roles)))


def _method(text: str) -> Method:
    for method in ("strict", "relaxed", "suppress"):
        if text == method:
            return method
    raise ConfigError(f"method is {shown(text)!r}", where=WHERE, expected="strict, relaxed or suppress")


def read_hierarchies(path: Path) -> dict[str, Hierarchy]:
    """`[column]` tables of `value = ["nearest ancestor", …]`. Raises ConfigError naming file, line and key."""
    root = Document.load(path, what="the hierarchies", hint='write [town] and then "Ulm" = ["Swabia", "south"]').root
    return {column: {v: root.table(column).texts(v) for v in root.table(column).values} for column in root.values}


def _positive(frame: pl.DataFrame, roles: Roles) -> NDArray[np.bool_] | None:
    if roles.label is None or roles.label not in frame.columns or roles.positive is None:
        return None
    values = frame[roles.label]
    same = [v for v in values.unique().to_list() if group_text(v) == roles.positive]
    return values.is_in(same).fill_null(value=False).to_numpy() if same else None


def _notes(loss: Loss, made: Generalised, wanted: Wanted, roles: Roles) -> list[str]:
    notes = [
        f"{loss.classes:,} classes of at least {loss.smallest:,} rows; penalty {loss.penalty:.3f} (0: as it was, 1: "
        f"nothing left), discernibility {loss.discernibility:,}, average class {loss.average_class:.2f} k; "
        f"{loss.left_out:,} of {loss.rows:,} rows were left out."
    ]
    known = [g for g in roles.groups if g in wanted.quasi and wanted.method != "suppress"]
    if known:
        notes.append("Groups are generalised too, so some rows no longer tell theirs: " + ", ".join(known) + ".")
    hardest = hit_hardest(loss)
    notes += [f"Lost more than others: {h}." for h in hardest[:MOST]]
    if len(hardest) > MOST:
        notes.append(f"{len(hardest) - MOST} more groups lost more than others.")
    return [*notes, "Classes are of the columns that were named: ask DA020 about others too."]
