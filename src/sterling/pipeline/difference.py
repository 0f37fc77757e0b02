"""What differs between two runs: data, code, parameters, numbers with the interval of their difference, verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.defaults import DEFAULT_LEVEL
from sterling.core.dossier import Dossier
from sterling.core.errors import ConfigError, LedgerError, shown
from sterling.core.frozen import dataclass
from sterling.core.judge import Verdict, VerdictWord
from sterling.core.late import question
from sterling.core.project import Project
from sterling.core.records import LedgerReader
from sterling.pipeline.changes import Change, Recorded, changes, recorded
from sterling.pipeline.gather import dossier, project_then
from sterling.pipeline.queries.runs import cut_short, known_run
from sterling.stats.difference import square_and_add

if TYPE_CHECKING:
    import polars as pl

KEYS = ("metric", "slice", "threshold")
FROM = ("value", "low", "high", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """How one limit came out in each run; None where it was not judged."""

    question: str
    before: VerdictWord | None
    after: VerdictWord | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Difference:
    """`estimates` has a row for each number that both runs hold: metric, slice, threshold, before and after with their
    intervals, and `change`, `change_low`, `change_high`. `same_people`: both were measured on the same rows."""

    before: str
    after: str
    changes: tuple[Change, ...]
    verdicts: tuple[VerdictChange, ...]
    estimates: pl.DataFrame
    same_people: bool
    level: float
    both_measured: bool = True
    notes: tuple[str, ...] = ()
    """Which run did not come to its end, or measured nothing, in sentences."""

    @property
    def moved(self) -> pl.DataFrame:
        """The estimates whose interval of the change leaves out 0, largest change first."""
        import polars as pl

        beyond = (pl.col("change_low") > 0) | (pl.col("change_high") < 0)
        return self.estimates.filter(beyond).sort(pl.col("change").abs(), descending=True)


def difference(project: Project, ledger: LedgerReader, before: str, after: str, *, at_work: bool = True) -> Difference:
    """Compare two runs of a project, from `before` to `after`, each judged by the project file as it was then.

    Of a run that was stopped or killed what it recorded is compared, and `notes` say so. `at_work` as in `run_facts`.

    Intervals of changes are made of both intervals, as for independent people (Zou and Donner 2008). Measured on the
    same people, the two numbers move together, and the interval is as a rule wider than it need be.

    Raises InputError for a run that is not there.
    """
    sides = tuple(recorded(ledger, known_run(ledger, run)) for run in (before, after))
    first, second = (_as_judged(project, ledger, side) for side in sides)
    last = second or first
    notes = tuple(dict.fromkeys(note for side in sides for note in _notes(side, at_work)))
    return Difference(
        before=before,
        after=after,
        changes=changes(*sides),
        verdicts=() if first is None or second is None else tuple(_verdicts(first, second)),
        estimates=_no_estimates() if first is None or second is None else _estimates(first, second),
        same_people=first is not None and second is not None and _same_people(first, second),
        level=DEFAULT_LEVEL if last is None else last.run.plan.level,
        both_measured=first is not None and second is not None,
        notes=notes,
    )


def _notes(side: Recorded, at_work: bool) -> Iterator[str]:
    short = cut_short(side.context, at_work=at_work)
    if short:
        yield short
    if "evidence" not in side.artifacts:
        run = shown(side.context.id[:6])
        yield f"the run {run} measured nothing, so there are no numbers and no verdicts to compare"


def _same_people(first: Dossier, second: Dossier) -> bool:
    return first.data.digest == second.data.digest and first.run.n == second.run.n


def _as_judged(project: Project, ledger: LedgerReader, side: Recorded) -> Dossier | None:
    """The run under its own limits, or those of today when the file of then cannot be read; None: nothing measured."""
    if "evidence" not in side.artifacts:
        return None
    with suppress(ConfigError, LedgerError):
        project = project_then(project, ledger, side.context)
    return dossier(project, ledger, side.context.id)


def _verdicts(first: Dossier, second: Dossier) -> list[VerdictChange]:
    """Limits are the same when they ask the same, whatever they are called and wherever their bound is."""
    several = any(d.run.asked["model"].n_unique() > 1 for d in (first, second))
    was, now = _judged(first, several), _judged(second, several)
    both = was | now
    names = Counter(_name(verdict) for verdict in both.values())
    return [
        VerdictChange(
            question=_told(both[key], names, several),
            before=was[key].verdict if key in was else None,
            after=now[key].verdict if key in now else None,
        )
        for key in dict.fromkeys([*now, *was])
        if key not in was or key not in now or was[key].verdict != now[key].verdict
    ]


def _judged(dossier: Dossier, several: bool) -> dict[tuple[str, ...], Verdict]:
    """The worst verdict on each question of each limit. Limits that ask the same are told apart by their order."""
    order = {limit.origin: place for place, limit in enumerate(dossier.project.policy.limits)}
    found: dict[tuple[str, ...], Verdict] = {}
    asked: dict[tuple[str, ...], list[str]] = {}
    held = [(order.get(v.limit.origin, 0), v.limit, v) for v in dossier.judgement.verdicts if v.limit is not None]
    for _, limit, verdict in sorted(held, key=lambda item: item[0]):
        family = verdict.finding.family if verdict.finding is not None else ()
        key = (*question(limit, verdict.model if several else None), *family)
        origins = asked.setdefault(key, [])
        if limit.origin not in origins:
            origins.append(limit.origin)
        found.setdefault((*key, str(origins.index(limit.origin))), verdict)
    return found


def _name(verdict: Verdict) -> str:
    """What a limit is called: its name, or what it asks."""
    limit = verdict.limit
    assert limit is not None
    return limit.name or f"{limit.ask or (limit.metric.name if limit.metric else '')} {limit.statement}"


def _told(verdict: Verdict, names: Counter[str], several: bool) -> str:
    """The name of a limit, with the groups and the model it was judged for where the name alone says too little."""
    name, family = _name(verdict), verdict.finding.family if verdict.finding is not None else ()
    by = f" by {' × '.join(family)}" if family and names[name] > 1 else ""
    return name + by + (f", model {verdict.model}" if several and verdict.model else "")


def _no_estimates() -> pl.DataFrame:
    import polars as pl

    sides = [f"{name}_{side}" for side in ("before", "after") for name in FROM]
    numbers = ("threshold", *sides, "change", "change_low", "change_high")
    return pl.DataFrame(schema={"metric": pl.String, "slice": pl.String, **dict.fromkeys(numbers, pl.Float64)})


def _estimates(first: Dossier, second: Dossier) -> pl.DataFrame:
    """Numbers that both runs hold, at the thresholds that were asked for. Models pair by name, or when each has one."""
    import polars as pl

    was, now = first.run.asked, second.run.asked
    one_each = was["model"].n_unique() == now["model"].n_unique() == 1
    keys = list(KEYS) if one_each else ["model", *KEYS]
    both = was.select(*keys, *FROM).join(
        now.select(*keys, *FROM, *([] if not one_each else ["model"])), on=keys, suffix="_after", nulls_equal=True,
        maintain_order="right",
    ).filter(pl.col("value").is_not_null() & pl.col("value_after").is_not_null())  # fmt: skip
    value, low, high = (both[c].to_numpy() for c in ("value_after", "low_after", "high_after"))
    old, old_low, old_high = (both[c].to_numpy() for c in ("value", "low", "high"))
    change = square_and_add(value, low, high, old, old_low, old_high)
    return both.rename({c: f"{c}_before" for c in FROM}).with_columns(
        change=pl.Series(np.asarray(value - old)), change_low=pl.Series(change.low), change_high=pl.Series(change.high)
    )
