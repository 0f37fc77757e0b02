"""What differs between two runs: data, code, parameters, numbers with the interval of their difference, verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.dossier import Dossier
from sterling.core.errors import ConfigError, LedgerError
from sterling.core.judge import Verdict, VerdictWord
from sterling.core.project import Project
from sterling.core.records import Execution, LedgerReader
from sterling.pipeline.gather import dossier, project_then
from sterling.pipeline.issues import question
from sterling.stats.difference import square_and_add

if TYPE_CHECKING:
    import polars as pl

SETTLED = ("project", "scope", "environment")
KEYS = ("metric", "slice", "threshold")
FROM = ("value", "low", "high", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that a run depended on or made, before and after: digests, or parameters as text."""

    kind: str
    name: str
    before: str | None
    after: str | None


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

    @property
    def moved(self) -> pl.DataFrame:
        """The estimates whose interval of the change leaves out 0, largest change first."""
        import polars as pl

        beyond = (pl.col("change_low") > 0) | (pl.col("change_high") < 0)
        return self.estimates.filter(beyond).sort(pl.col("change").abs(), descending=True)


def difference(project: Project, ledger: LedgerReader, before: str, after: str) -> Difference:
    """Compare two runs of a project, from `before` to `after`, each judged by the project file as it was then.

    Raises InputError for a run without evidence.

    Intervals of changes are made of both intervals, as for independent people (Zou and Donner 2008). Measured on the
    same people, the two numbers move together, and the interval is as a rule wider than it need be.
    """
    first, second = (_as_judged(project, ledger, run) for run in (before, after))
    return Difference(
        before=before,
        after=after,
        changes=(*_settled(first, second), *_steps(first, second), *_artifacts(first, second)),
        verdicts=tuple(_verdicts(first, second)),
        estimates=_estimates(first, second),
        same_people=first.data.digest == second.data.digest and first.run.n == second.run.n,
        level=second.run.plan.level,
    )


def _as_judged(project: Project, ledger: LedgerReader, run: str) -> Dossier:
    """The run under its own limits; under those of today when the file of then cannot be read any more."""
    context = ledger.context(run)
    with suppress(ConfigError, LedgerError):
        if context is not None:
            project = project_then(project, ledger, context)
    return dossier(project, ledger, run)


def _settled(first: Dossier, second: Dossier) -> list[Change]:
    """The project file, the scope and the environment, by their digests."""
    was, now = first.context.properties, second.context.properties
    pairs = ((name, was.get(f"{name}_digest"), now.get(f"{name}_digest")) for name in SETTLED)
    found = [Change(kind=n, name=n, before=_text(a), after=_text(b)) for n, a, b in pairs if a != b]
    commits = (was.get("commit"), now.get("commit"))
    if commits[0] != commits[1]:
        found.append(Change(kind="commit", name="commit", before=_text(commits[0]), after=_text(commits[1])))
    return found


def _steps(first: Dossier, second: Dossier) -> list[Change]:
    """Sterling's code, and the parameters and files of each step."""
    was, now = _by_step(first.executions), _by_step(second.executions)
    codes = [next((_text(x.properties.get("code")) for x in found.values()), None) for found in (was, now)]
    changes = [Change(kind="code", name="sterling", before=codes[0], after=codes[1])] if codes[0] != codes[1] else []
    for step in dict.fromkeys([*was, *now]):
        for kind in ("files", "parameters"):
            a, b = _flat(was.get(step), kind), _flat(now.get(step), kind)
            for name in dict.fromkeys([*a, *b]):
                if a.get(name) != b.get(name):
                    changes.append(Change(kind=kind, name=f"{step}: {name}", before=a.get(name), after=b.get(name)))
    return changes


def _by_step(executions: tuple[Execution, ...]) -> dict[str, Execution]:
    return {x.step: x for x in executions if x.state in ("complete", "cached")}


def _flat(execution: Execution | None, kind: str) -> dict[str, str]:
    """The leaves of nested facts, each by the way to it: `plan.asks.0.check`."""
    return dict(_leaves(execution.properties.get(kind))) if execution is not None else {}


def _leaves(value: object, way: str = "") -> Iterator[tuple[str, str]]:
    nested: list[tuple[object, object]] = []
    if isinstance(value, Mapping):
        nested = list(value.items())
    elif isinstance(value, list | tuple) and any(isinstance(v, Mapping) for v in value):
        nested = list(enumerate(value))
    elif way:
        yield way, str(value)
    for key, inner in nested:
        yield from _leaves(inner, f"{way}.{key}" if way else str(key))


def _artifacts(first: Dossier, second: Dossier) -> list[Change]:
    was, now = ({role: a.digest for role, a in d.artifacts.items()} for d in (first, second))
    return [
        Change(kind="artifact", name=role, before=was.get(role), after=now.get(role))
        for role in dict.fromkeys([*was, *now])
        if was.get(role) != now.get(role)
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


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
