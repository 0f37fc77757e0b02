"""DA020: how many rows could be told to be somebody's?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sterling.core.data.about import AboutData
from sterling.core.data.anonymity import Anonymity, AnonymitySets
from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding, Kind, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import EVERYONE
from sterling.data.anonymity.measure import measure_sets
from sterling.data.anonymity.quasi import quasi_sets, sensitive_columns
from sterling.data.anonymity.search import Searched, search
from sterling.engine.table import TableAccess

CODE = "DA020"
METHOD = "classes of equal rows counted: exact for the rows of this table, which need not be everyone"
MOST_PEOPLE = 10**11


@check(
    code=CODE,
    name="anonymity",
    title="Rows that can be singled out",
    question="Could somebody who knows a few facts about a person find that person's row?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "Which columns an outsider could know is a judgement about the world, which no search can make.",
        "A large k says nothing of what the rows of a class share: look at l-diversity and t-closeness beside it.",
        "Two releases of the same people can be put side by side, and then each k is too large.",
    ),
    hints=(
        "Generalise or suppress the columns of the worst set: sterling data remedy generalise.",
        "Leave out columns that nothing needs, beginning with those that single rows out by themselves.",
    ),
)
def anonymity(
    access: TableAccess, *, quasi: tuple[str, ...] | None = None, sensitive: tuple[str, ...] | None = None,
    k: float = 5.0, largest: float = 3.0, population: float | None = None,
) -> Answer:  # fmt: skip
    """Classes of rows that are equal in `quasi`: their least size, unique rows, diversity of `sensitive` columns.

    `quasi`: columns; several sets are written `"age, zip"`, or with `";"` between them. Without it the sets of up to
    `largest` columns that single out most rows are searched. `sensitive`: the label and the groups unless given. `k`:
    rows in smaller classes are counted as below. `population`: how many people the rows are drawn from.
    """
    wanted, size = _whole(k, "k", 2, 10**9), _whole(largest, "largest", 1, 4)
    people = None if population is None else _whole(population, "population", access.rows, MOST_PEOPLE)
    given = quasi_sets(quasi, access)
    found = None if given else search(access, largest=size)
    sets = given or (found.sets if found else ())
    if not sets:
        return Answer(outcome="not_applicable", reason="no column could be known to others: name some with quasi")
    about = sensitive_columns(sensitive, access)
    measured = measure_sets(access, sets, about, wanted=wanted, population=people)
    measured = tuple(replace(m, given=bool(given)) for m in measured)
    worst_first = tuple(sorted(measured, key=lambda m: (-m.unique_rows, m.k, -m.average_risk, len(m.quasi), m.quasi)))
    held = AnonymitySets(sets=worst_first) if found is None else _searched(worst_first, found)
    return Answer(
        about=AboutData(anonymity=held), method=METHOD, notes=tuple(_notes(held, access)),
        findings=tuple(_findings(measured, access.level)),
    )  # fmt: skip


def _whole(value: float, name: str, low: int, high: int) -> int:
    if not (low <= value <= high and value == int(value)):
        raise ConfigError(f"{name} is {value:g}", where=CODE, expected=f"a whole number from {low:,} to {high:,}")
    return int(value)


def _searched(sets: tuple[Anonymity, ...], found: Searched) -> AnonymitySets:
    return AnonymitySets(
        sets=sets, searched=found.looked_at, columns=found.columns, alone=found.alone, left_out=found.left_out,
        search_rows=found.rows,
    )  # fmt: skip


def _findings(sets: Sequence[Anonymity], level: float) -> list[Finding]:
    """Each number of each set, and the worst of all sets under no columns."""
    numbers: dict[str, list[tuple[tuple[str, ...], float, int]]] = {}
    for item in sets:
        for name, value in _numbers(item).items():
            numbers.setdefault(name, []).append((item.quasi, value, item.n))
    out: list[Finding] = []
    for name, found in numbers.items():
        kind: Kind = "lowest" if DATA_METRICS[name].info.direction == "higher" else "highest"
        assert ANSWERED_BY[name] == CODE
        worst = (min if kind == "lowest" else max)(found, key=lambda f: f[1])
        out += [_exact(name, kind, (), worst[1], worst[2], level, len(found))]
        out += [_exact(name, kind, quasi, value, n, level, 1) for quasi, value, n in found]
    return out


def _numbers(item: Anonymity) -> dict[str, float]:
    found = {
        "k_anonymity": float(item.k),
        "unique_share": item.unique_rows / item.n,
        "below_k_share": item.below / item.n,
        "reidentification_risk": item.average_risk,
    }
    if item.diversity:
        found["l_diversity"] = float(min(d.distinct_l for d in item.diversity))
        found["entropy_l_diversity"] = min(d.entropy_l for d in item.diversity)
        found["t_closeness"] = max(d.t for d in item.diversity)
    return found


def _exact(
    name: str, kind: Kind, columns: tuple[str, ...], value: float, n: int, level: float, compared: int
) -> Finding:  # fmt: skip
    side = Side(slice=EVERYONE, value=value, n=n, n_eligible=n, n_effective=float(n))
    return Finding(
        metric=DATA_METRICS[name].info, kind=kind, family=(), threshold=None, first=side, second=None, value=value,
        low=value, high=value, level=level, groups_compared=compared, columns=columns, method=METHOD,
    )  # fmt: skip


def _notes(held: AnonymitySets, access: TableAccess) -> list[str]:
    notes = []
    if held.searched:
        rows = "" if held.search_rows == access.rows else f", on {held.search_rows:,} of {access.rows:,} rows"
        notes.append(
            f"nobody named columns: {held.searched:,} sets of up to {max(len(s.quasi) for s in held.sets)} of "
            f"{len(held.columns)} columns were looked at{rows}; the worst of each size are listed, counted on all rows"
        )
    if held.alone:
        notes.append("columns that single out most rows by themselves, left out of the search: " + _named(held.alone))
    if held.left_out:
        notes.append("columns with less entropy, not crossed: " + _named(held.left_out))
    if held.sets and held.sets[0].population is None:
        notes.append(
            "rows that are unique here may have doubles outside: give population to know how likely a match is right"
        )
    return notes


def _named(columns: Sequence[str], most: int = 8) -> str:
    more = len(columns) - most
    return ", ".join(columns[:most]) + (f" and {more} more" if more > 0 else "")
