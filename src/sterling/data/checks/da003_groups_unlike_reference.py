"""DA003: is the table made of the people of a reference population?"""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.data.about import AboutData
from sterling.core.data.people import GroupNumber, People
from sterling.core.data.reference import Reference
from sterling.core.defaults import SHARED
from sterling.core.errors import ConfigError, shown
from sterling.core.evidence import Answer, Finding, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.registry import check
from sterling.core.slices import EVERYONE, Slice
from sterling.data.people.against import METHOD, findings, fit, lined_up, records
from sterling.data.people.looking import clusters_note, families, few_words, parts, share_estimates
from sterling.data.people.population import Population, from_table, written
from sterling.data.people.tally import ROWS, Groups, tally
from sterling.engine.table import TableAccess
from sterling.stats.draws import stream

CODE = "DA003"
MOST_NAMED = 8


@check(
    code=CODE,
    name="groups-unlike-reference",
    title="Groups beside a reference population",
    question="Is each group's share of the data its share of the people the data should stand for?",
    needs=("table", "groups"),
    when=("profile",),
    pitfalls=(
        "The reference decides the answer: applicants, residents and patients are different people.",
        "Rows whose group is not recorded are left out of the shares, and who they are is seldom random.",
        "Equal shares do not make equal quality: labels, features and errors of a group can still differ.",
    ),
    hints=("Collect more of the groups that are under their share, or weigh the rows to the reference.",),
)
def groups_unlike_reference(
    access: TableAccess, *, reference: Reference | None = None, count: str | None = None, weight: str | None = None,
    exact: bool = False, cross: int = 1, groups: tuple[str, ...] | None = None,
) -> Answer:  # fmt: skip
    """Difference and ratio of each group's share to the reference, a test of all groups, and two findings a family.

    `reference`: shares (`sex: female=0.51, male=0.49`) or the file of a table with group columns. `count` names its
    column of people per row, `weight` one that weighs its rows; `exact`: its shares have no error, as in a census.
    `cross`: pairs (2) or triples (3) of columns as well, where the reference is a table.
    """
    if reference is None:
        return Answer(outcome="not_applicable", reason="no reference population was given")
    wanted = families(access, groups, cross, where=CODE)
    if reference.table is None:
        for name, value in (("count", count), ("weight", weight)):
            if value is not None:
                raise ConfigError(f"{name} is a column of a reference table; shares were written", where=CODE,
                                  hint=f"leave {name} out, or give a table as the reference")  # fmt: skip
        found = written(reference, access, wanted, where=CODE)
    else:
        found = from_table(reference, access, wanted, count=count, weight=weight, exact=exact, where=CODE)
    if not found.of:
        return Answer(outcome="not_applicable", reason="the reference speaks of none of these group columns")
    columns = tuple(dict.fromkeys(c for p in found.of for c in p.columns))
    counts = tally(access, columns)
    out = [_family(counts.groups(p.columns), p, access) for p in found.of]
    people = People(
        reference=tuple(r for o in out for r in o.people.reference),
        numbers=tuple(r for o in out for r in o.people.numbers),
        fits=tuple(r for o in out for r in o.people.fits),
        source=found.source,
    )
    told = [o for o in out if o.findings]
    return Answer(
        findings=tuple(f for o in told for f in o.findings), too_small=tuple(t for o in out for t in o.too_small),
        about=AboutData(people=people), method=METHOD,
        notes=(*found.notes, *(n for o in out for n in o.notes), *clusters_note(access)),
        outcome="measured" if told else "insufficient",
        reason="" if told else "too few rows whose group is recorded and in the reference",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """What was found of one family."""

    people: People
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    too_small: tuple[TooSmall, ...] = ()


def _family(groups: Groups, population: Population, access: TableAccess) -> _Of:
    recorded = groups.only(groups.recorded)
    _speaks_of_these(recorded, population)
    both = lined_up(recorded, population)
    level, weighted = access.level, access.roles.weight is not None
    aside = _left_out(groups, population, level=level, weighted=weighted)
    notes = tuple(f"{few_words(n.estimate.n)} rows are left aside: {n.note}" for n in aside)
    held = {tuple(str(v) for _, v in s.items) for s in recorded.slices}
    absent = [Slice(tuple(zip(population.columns, k, strict=True))) for k in sorted(population.shares) if k not in held]
    notes += tuple(f"The reference names {s}, which no row has." for s in absent[:MOST_NAMED])
    n = int(both.seen.n.sum())
    if n < access.min_n:
        small = TooSmall(slice=EVERYONE, n=n, n_eligible=n, n_needed=access.min_n)
        return _Of(people=People(numbers=aside), notes=notes, too_small=(small,))
    rng = stream(access.seed, f"{CODE} {population.columns}")
    people = People(reference=records(both, level=level), numbers=aside, fits=(fit(both, rng=rng),))
    return _Of(people=people, findings=findings(both, level=level), notes=notes)


def _speaks_of_these(groups: Groups, population: Population) -> None:
    """Raises ConfigError when no group of the table is in the reference: they are then written in different words."""
    held = {tuple(str(v) for _, v in s.items): int(n) for s, n in zip(groups.slices, groups.n[ROWS], strict=True)}
    if not held or set(held) & set(population.shares):
        return
    common = sorted((k for k, n in held.items() if n >= SHARED), key=lambda k: (-held[k], k))
    raise ConfigError(
        f"the reference of {shown(', '.join(population.columns))!r} has no value in common with the table", where=CODE,
        expected="the values that the table has: " + _values(common) if common else "values that the table has",
        got=_values(sorted(population.shares)), hint="write the reference with the table's own values",
    )  # fmt: skip


def _values(names: Sequence[tuple[str, ...]]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(shown(" & ".join(n)) for n in names[:MOST_NAMED]) + more


def _left_out(groups: Groups, population: Population, *, level: float, weighted: bool) -> tuple[GroupNumber, ...]:
    """Rows that are not compared: their group is missing, or the reference does not speak of it."""
    label = " × ".join(map(shown, population.columns))
    estimates = share_estimates(parts(groups), level=level, weighted=weighted)
    out = []
    for s, estimate, known in zip(groups.slices, estimates, groups.recorded.tolist(), strict=True):
        named = tuple(str(v) for _, v in s.items) in population.shares
        if not known:
            out.append(
                GroupNumber(slice=s, measure="not_recorded_share", estimate=estimate, note=f"{label} is not recorded")
            )
        elif not named and not population.closed:
            out.append(
                GroupNumber(
                    slice=s, measure="outside_reference_share", estimate=estimate,
                    note=f"{s} is not in the reference",
                )
            )  # fmt: skip
    return tuple(out)
