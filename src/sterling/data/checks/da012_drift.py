"""DA012: have the values of a column changed between tables?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from sterling.core.data.about import AboutData
from sterling.core.data.drift import Drifts
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Answer
from sterling.core.registry import check
from sterling.data.drift.compare import ADJUSTMENTS, Against, Compare, Pair, adjusted, compare, pairs_of, records
from sterling.data.drift.findings import drift_findings, group_findings
from sterling.data.drift.groups import slices_of
from sterling.engine.table import TableAccess

CODE = "DA012"
NAMED = 8


@check(
    code=CODE,
    name="drift",
    title="Drift",
    question="Have the values of a column changed from one table to the next?",
    needs=("table", "others"),
    when=("profile",),
    pitfalls=(
        "With many rows a change that matters to nobody is beyond chance: a limit says how large is too large.",
        "With few rows a large change may go unseen: look at the upper ends of the intervals.",
        "Each column is looked at by itself: columns may change together while each stays as it was.",
        "Rows that belong together, such as several of one person, make changes look surer than they are.",
    ),
    hints=(
        "Look at the column that changed most first: at how it is filled, in what unit, and from which source.",
        "If the change is real, examine the model on the newer rows before trusting its old numbers.",
        "Set a limit on the size of a change, such as drift_ks or drift_wasserstein, rather than on its p-value.",
    ),
)
def drift(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, against: str = "each", adjust: str = "holm",
    groups: bool = True, most_groups: int = 12,
) -> Answer:  # fmt: skip
    """Every column of this table beside the same column of each other one, oldest first, and within each group.

    `columns`: these only. `against`: `each` compares this table with each other one, `previous` each table with the one
    before it, `first` each later table with the oldest. `adjust`: `holm` bounds the chance of any false alarm,
    `benjamini-hochberg` their expected share. `groups`: also within the groups, at most `most_groups` of a column.
    """
    way = _chosen(against, get_args(Against), "against")
    how = _chosen(adjust, tuple(ADJUSTMENTS), "adjust")
    pairs = pairs_of(access, way, columns or ())  # type: ignore[arg-type]
    compared = [compare(pair, i) for i, pair in enumerate(pairs)]
    sliced, told = _by_group(pairs, most_groups) if groups else ([], [])
    p, p_sliced = adjusted(compared, how), adjusted(sliced, how)
    level = access.level
    found = []
    for i, pair in enumerate(pairs):
        mine = [r for c, q in zip(compared, p, strict=True) if c.pair == i for r in records(c, q, level=level)]
        grouped = [r for c, q in zip(sliced, p_sliced, strict=True) if c.pair == i for r in records(c, q, level=level)]
        found.append(
            Drifts(
                table=pair.here.name, other=pair.there.name, found=tuple(mine), by_group=tuple(grouped),
                tests=sum(map(len, p)), only_here=pair.plan.only_here, only_there=pair.plan.only_there,
                left_out=pair.plan.left_out,
            )
        )  # fmt: skip
    return Answer(
        about=AboutData(drifts=tuple(found)),
        findings=(*drift_findings(compared, level), *group_findings(sliced, level)),
        notes=(*_notes(found, compared, p, how, level), *dict.fromkeys(told)),
        method=f"one test of each column's values, missing values and lengths; p-values adjusted together ({how})",
    )  # fmt: skip


def _chosen(given: str, known: Sequence[str], name: str) -> str:
    if given not in known:
        raise ConfigError(
            f"{name} is {shown(given)!r}", where=CODE, expected=", ".join(known), hint=near_miss(given, known)
        )
    return given


def _by_group(pairs: Sequence[Pair], most: int) -> tuple[list[Compare], list[str]]:
    out: list[Compare] = []
    told: list[str] = []
    for i, pair in enumerate(pairs):
        slices, more = slices_of(pair, most=most)
        out += [compare(narrow, i, slice_=slice_) for slice_, narrow in slices]
        told += more
    return out, told


def _notes(
    found: Sequence[Drifts], compared: Sequence[Compare], p: Sequence[dict[tuple[str, str], float]], how: str,
    level: float,
) -> Iterable[str]:  # fmt: skip
    tests = sum(map(len, p))
    for drifts, item, adjusted_p in zip(found, compared, p, strict=True):
        moved = [
            m.column for m in item.measured
            if m.changed or any(adjusted_p[m.column, name] < 1 - level for name in m.tests)
        ]  # fmt: skip
        between = f"from {drifts.other} to {drifts.table}"
        if moved:
            more = f" and {len(moved) - NAMED} more" if len(moved) > NAMED else ""
            names = ", ".join(shown(c) for c in moved[:NAMED]) + more
            yield f"{len(moved)} of {len(item.measured)} columns changed beyond chance {between}: {names}"
        else:
            yield f"none of {len(item.measured)} columns changed beyond chance {between}"
        for names_, where in ((drifts.only_here, drifts.table), (drifts.only_there, drifts.other)):
            if names_:
                yield f"only in {where}: " + ", ".join(shown(c) for c in names_[:NAMED])
        within = [d for d in drifts.by_group if d.drifted and d.column not in moved]
        for column in list(dict.fromkeys(d.column for d in within))[:NAMED]:
            whose = ", ".join(dict.fromkeys(str(d.slice) for d in within if d.column == column))
            changed = f"{shown(column)} changed beyond chance {between} for rows with {shown(whose)}"
            yield f"within groups: {changed}, though not overall"
        if drifts.left_out:
            yield "not compared: " + ", ".join(shown(c) for c in drifts.left_out[:NAMED])
    promise = {
        "holm": "the chance of any false alarm among them is {:.0%} at most",
        "benjamini-hochberg": "of the alarms {:.0%} are false ones on average, at most",
    }
    yield f"{tests} tests are looked at together: " + promise[how].format(1 - level)
