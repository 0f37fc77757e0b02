"""DA015: does one part of the data give another away?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Leaks
from sterling.core.evidence import Answer, Finding
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.data.copies.shares import METHOD, highest
from sterling.data.leaks.between import Found, near_rows, one_in, same_entities, same_rows, too_early
from sterling.data.leaks.parts import NONE, parts_of
from sterling.engine.table import TableAccess


@check(
    code="DA015",
    name="leakage-between-parts",
    title="Rows that leak from one part into another",
    question="Do rows to examine a model with have their like among the rows it learned from?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "Coarse rows: two people may be equal in all that is recorded, in either part, by chance.",
        "An entity column that is not named (a household, a patient, a device) is not looked at.",
        "A single row with a wrong date makes every other row look as if it came too early.",
    ),
    hints=('Split by entity or by time ([split] by = "entity"), after repeats were left out.',),
)
def leakage_between_parts(
    access: TableAccess, *, split: str | None = None, train: str | None = None, entity: str | None = None,
    time: str | None = None, near: tuple[str, ...] | None = None, similarity: float = 0.8, length: int = 5,
) -> Answer:  # fmt: skip
    """For every pair of parts, the share of the later one's rows that the earlier one gives away.

    Parts are the values of the column `split`, or tables: the others, oldest first, then this one, whose rows are those
    that leaked. `train` is the part that a model learns from (unless given: one of that name, else the first). `entity`
    (unless given: the cluster, else the id) and `time` are columns. `near`: text columns; unless given those that hold
    running text, an empty list compares none.
    """
    parts = parts_of(access, split=split, train=train, code="DA015")
    if parts is None:
        return Answer(outcome="not_applicable", reason=NONE)
    for name, column in (("entity", entity), ("time", time)):
        for table in (access, *access.others) if column is not None else ():
            table.known([str(column)], where=f"DA015 {name}")
    who = entity or access.roles.cluster or access.roles.id
    if who is not None and not all(who in o.columns for o in access.others):
        who = None
    level = access.level
    found = list(same_rows(access, parts, level=level))
    if who is not None:
        found += same_entities(access, parts, who, level=level)
    if time is not None:
        found += too_early(access, parts, time, level=level)
    if near is not None:
        access.known(near, where="DA015 near")
    nearly, notes = near_rows(access, parts, near, similarity=similarity, length=length, level=level)
    found += nearly
    if one_in(access) > 1:
        notes.append(f"One in {one_in(access)} different rows was counted, drawn by content, with all its copies.")
    return Answer(
        about=AboutData(leaks=Leaks(between=tuple(f.leak for f in found))), findings=tuple(leak_findings(found, level)),
        notes=tuple(notes), method="hashes of rows, exact; MinHash of texts, every pair compared exactly",
    )  # fmt: skip


def leak_findings(found: Sequence[Found], level: float) -> Iterator[Finding]:
    """The highest share of all kinds and pairs, and the highest by each column that rows leak by."""
    info = DATA_METRICS["leaked_share"].info
    worst = highest(info, [f.counted for f in found], level=level, method=METHOD)
    if worst is not None:
        yield worst
    for by in dict.fromkeys(f.leak.by for f in found if f.leak.kind in ("entity", "time")):
        some = highest(info, [f.counted for f in found if f.leak.by == by], level=level, columns=(by,), method=METHOD)
        if some is not None:
            yield some
