"""DA017: can a classifier tell one table from another?"""

from __future__ import annotations

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Distinguishable, Leaks
from sterling.core.errors import InputError, MissingExtra, shown
from sterling.core.evidence import Answer
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.data.leaks.apart import tell_apart, usable
from sterling.data.leaks.area import Area, estimate, highest
from sterling.data.leaks.parts import NONE, parts_of, sample_of_each
from sterling.engine.table import TableAccess


@check(
    code="DA017",
    name="distinguishable-tables",
    title="Tables that a classifier can tell apart",
    question="Do rows of one table or part look like rows of the other, taking all columns together?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "A column that counts rows, days or versions tells any two tables apart, and may mean nothing.",
        "An AUC near 0.5 says that these trees found nothing on so many rows, not that there is nothing.",
        "Which columns it goes by is shared out among columns that say the same.",
    ),
    hints=("Look at the drift of the columns that carry it; weight or collect rows until they look alike.",),
)
def distinguishable_tables(
    access: TableAccess, *, split: str | None = None, train: str | None = None,
    columns: tuple[str, ...] | None = None, most: int = 10_000,
) -> Answer:  # fmt: skip
    """The AUC with which boosted trees tell each later part from the first one, on rows they did not see.

    Parts as in DA015. `columns`: what to go by; unless given, all that the parts share but label, id, weight and scores
    of models. `most`: rows of each part; of more, a sample.
    """
    parts = parts_of(access, split=split, train=train, code="DA017")
    if parts is None:
        return Answer(outcome="not_applicable", reason=NONE)
    roles = access.roles
    out = {roles.label, roles.id, roles.weight, *(c for m in roles.models for c in m.columns)}
    asked = columns if columns is not None else tuple(c for c in parts.shared if c not in out)
    for table in (access, *access.others):
        table.known(asked, where="DA017 columns")
    rows, sampled = sample_of_each(access, parts, asked, most=max(most, 2))
    found: list[tuple[Distinguishable, Area]] = []
    notes = [f"At most about {most:,} rows of each part were looked at, drawn by content."] if sampled else []
    first = parts.names[0]
    for second in parts.names[1:]:
        used, left = usable(rows[first], rows[second], asked)
        if not used or min(rows[first].height, rows[second].height) < access.min_n:
            notes.append(f"{shown(second)}: no column to go by, or fewer than {access.min_n} rows.")
            continue
        try:
            apart = tell_apart(rows[first], rows[second], used, seed=access.seed)
        except MissingExtra as error:
            return Answer(outcome="not_applicable", reason=f"{error.what}: {error.hint}")
        except InputError as error:
            notes.append(f"{shown(second)}: {error.what}.")
            continue
        record = Distinguishable(
            first=first, second=second, auc=estimate(apart.area, level=access.level), features=apart.carries,
            p=apart.p, left_out=tuple(left),
        )  # fmt: skip
        found.append((record, apart.area))
    if not found:
        return Answer(outcome="insufficient", reason="no two parts have enough rows to learn from", notes=tuple(notes))
    worst = highest(
        DATA_METRICS["distinguishable_auc"].info, [a for _, a in found], level=access.level,
        slices=[parts.slice(r.second) for r, _ in found],
    )  # fmt: skip
    return Answer(
        about=AboutData(leaks=Leaks(distinguishable=tuple(r for r, _ in found))), notes=tuple(notes),
        findings=() if worst is None else (worst,), method="boosted trees, cross-fitted; DeLong; permutation of rows",
    )  # fmt: skip
