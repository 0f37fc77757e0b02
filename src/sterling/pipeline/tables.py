"""Questions about a table itself: who is in it, what is wrong with it, may it be used. No model is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sterling.core.addresses import bare
from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.defaults import DEFAULT_LEVEL, DEFAULT_MIN_N
from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.grouping import group_name
from sterling.core.named_slices import NamedSlice
from sterling.core.plan import Ask, Plan, ask
from sterling.core.policy import Policy
from sterling.core.registry import CHECKS, Check, every_check, find_check
from sterling.core.roles import LabelKind, Roles
from sterling.core.run import DataFile, Run
from sterling.core.subject import Subject
from sterling.data import checks as _data
from sterling.data.examples import example_rows
from sterling.data.people.looking import check_positive
from sterling.engine.grouping import with_groups
from sterling.engine.table import TableAccess
from sterling.pipeline.default_plan import asks_of
from sterling.pipeline.naming import Names, names_of
from sterling.pipeline.places import Engine, subject_at
from sterling.pipeline.progress import Progress, adding_up
from sterling.pipeline.provenance import provenance, title_of
from sterling.pipeline.runner import ask_of_table
from sterling.pipeline.table_beside import columns_beside
from sterling.pipeline.table_limits import check_limits
from sterling.pipeline.table_notices import table_notices
from sterling.pipeline.wiring import WIRING
from sterling.sources.open import reading
from sterling.sources.paths import told_copies

REGISTERED = (_data,)
"""Importing it registers checks, or says where they are once they are named: a question alone loads no other."""

Settings = Mapping[str, Mapping[str, object]]
"""Parameters of checks by their code."""
Told = Callable[[str], None]


def profile(
    data: object, *, others: Sequence[object] = (), engine: Engine | None = None, sql: str | None = None,
    label: str | None = None, positive: object = None, label_kind: LabelKind = "unstated", groups: Names = None,
    id: str | None = None, weight: str | None = None, settings: Settings | None = None, checks: Names = None,
    policy: Policy | str | Path | None = None, level: float = DEFAULT_LEVEL, min_n: int = DEFAULT_MIN_N, seed: int = 0,
    people: str | None = None, title: str | None = None, command: str | None = None, told: Told | None = None,
    progress: Progress | None = None, slices: Sequence[NamedSlice] = (), skip: Names = None, embed_rows: bool = False,
    ignore: Names = None,
) -> Run:  # fmt: skip
    """Examine a table: statistics, who is in it, what is wrong with it, whether it may be used.

    `data` is what `evaluate` takes. `others` are tables to compare it with, oldest first. `settings` are parameters of
    checks by code, such as {"DA020": {"quasi": ("age", "zip")}}; `checks` keeps to some codes; columns of `ignore` are
    left out of every table before anything is asked (groups may still be made of them). Returns a Run without
    models: `run.evidence`, `run.judgement`, `run.save("profile.html")`, `run.to_dict()`.

    Raises InputError or ConfigError naming the file, column or key, what was expected and what to do.
    """
    rules = Policy.load(policy) if isinstance(policy, str | Path) else policy or Policy()
    roles = Roles(
        label=label, positive=None if positive is None else str(positive), label_kind=label_kind,
        groups=tuple(dict.fromkeys([*map(group_name, names_of(groups)), *(s.name for s in (*rules.slices, *slices))])),
        slices=(*rules.slices, *slices), weight=weight, id=id, people=people or rules.project.get("people", "rows"),
        label_words=rules.project.get("label_words"),
    )  # fmt: skip
    access, files, notices = opened(data, roles, sql=sql, engine=engine, level=level, min_n=min_n, seed=seed)
    beside = [opened(o, roles, sql=None, engine=engine, level=level, min_n=min_n, seed=seed) for o in others]
    left_out = _left_out(names_of(ignore), roles, [access, *(o[0] for o in beside)])
    access = _without(access, left_out)
    notices = (*notices, *_told_of(left_out))
    rows = access.rows + sum(o[0].rows for o in beside)
    counted = adding_up(progress, rows)
    own, *names = told_apart([access.name, *(o[0].name for o in beside)])
    kept = [_without(o[0], left_out) for o in beside]
    other = tuple(replace(o, progress=counted, name=name) for o, name in zip(kept, names, strict=True))
    access = replace(access, others=other, progress=counted, name=own)
    unlike = columns_beside(access)
    only = tuple(known_codes(names_of(checks)))
    plan = table_plan(access, rules, settings=settings or {}, only=only, skip=tuple(known_codes(names_of(skip))))
    check_limits(rules, access, settings or {})
    check_positive(access)
    evidence = ask_of_table(plan, access, told=told)
    if not any(e.about is not None and e.about.drifts for e in evidence):  # else what was found names them
        notices = (*notices, *unlike)
    read = [files(), *(o[1]() for o in beside)]
    copies = (said for table in read for said in told_copies(table))
    notices = (*notices, *copies, *table_notices(replace(access, progress=None), evidence))
    return Run(
        plan=plan, roles=access.roles, n=access.rows, labels_missing=0, positive=roles.positive, favourable=None,
        groups=(), evidence=evidence, tables=(), drawings=(), notices=notices,
        provenance=provenance([f for table in read for f in table], command=command),
        policy=rules, wiring=WIRING, title=title or rules.project.get("title") or title_of(Roles(), access.name),
        rows=example_rows(access, evidence) if embed_rows else None, ignored=left_out,
    )  # fmt: skip


def _left_out(names: Sequence[str], roles: Roles, tables: Sequence[TableAccess]) -> tuple[str, ...]:
    """Columns to leave out, known to be in a table and to have no role. Raises ConfigError."""
    known = tuple(dict.fromkeys(c for table in tables for c in table.columns))
    for name in names:
        if name in roles.columns:
            raise ConfigError(
                f"the column {shown(name)!r} is to be left out, and has a role", where="ignore",
                hint="leave it out of the groups, label, id and weight too, or keep it",
            )  # fmt: skip
        if name not in known:
            raise ConfigError(f"there is no column {shown(name)!r}", where="ignore", hint=near_miss(name, known))
    if names and not set(known) - set(names):
        raise ConfigError(
            "every column is to be left out", where="ignore", expected="a column to ask about", hint="leave fewer out"
        )
    return tuple(dict.fromkeys(names))


def _without(access: TableAccess, columns: Sequence[str]) -> TableAccess:
    return replace(access, table=access.table.drop(columns, strict=False)) if columns else access


def _told_of(columns: Sequence[str]) -> tuple[str, ...]:
    """That columns were left out: whoever reads what was found must know what was not looked at."""
    named = ", ".join(shown(c) for c in columns)
    return (f"Left out before anything was asked, and not looked at: {named}",) if columns else ()


def told_apart(names: Sequence[str]) -> list[str]:
    """Tables by the last part of where they lie, by two parts where one does not tell them apart, then by number.

    What is found is written down under these names: it must not depend on the folder that somebody keeps a table in.
    """
    parts = [bare(n).replace("\\", "/").rstrip("/").split("/") for n in names]
    for depth in (1, 2):
        short = ["/".join(p[-depth:]) for p in parts]
        if len(set(short)) == len(short):
            return short
    leaf = [p[-1] for p in parts]
    return [n if leaf.count(n) == 1 else f"{n} ({leaf[: i + 1].count(n)})" for i, n in enumerate(leaf)]


def compare(first: object, second: object, *more: object, **options: Any) -> Run:
    """Compare tables, oldest first: `compare(last_year, this_year)`. The last is examined, the others are beside it.

    `options` are those of `profile`. Raises as `profile` does.
    """
    *earlier, latest = (first, second, *more)
    return profile(latest, others=earlier, **options)


def known_codes(names: Sequence[str]) -> list[str]:
    """Codes of questions about tables, by code or name. Raises ConfigError with the nearest ones."""
    found = [find_check(name) for name in names]
    for name, item in zip(names, found, strict=True):
        if "table" not in item.needs:
            raise ConfigError(f"{shown(name)} is no question about a table", hint="sterling checks lists them")
    return [item.code for item in found]


Opened = tuple[TableAccess, Callable[[], tuple[DataFile, ...]], tuple[str, ...]]


def opened(
    data: object, roles: Roles, *, sql: str | None, engine: Engine | None, level: float, min_n: int, seed: int
) -> Opened:
    """A table ready to be asked about, its files, and what to know of how it was read. Raises InputError."""
    subject = subject_at(data, roles, sql=sql, engine=engine)
    subject = with_groups(subject, guard=reading).checked()
    access = table_access(subject.table, roles, name=subject.name, level=level, min_n=min_n, seed=seed)
    return replace(access, place=subject.place), lambda: subject.files, subject.notices


def table_access(table: object, roles: Roles, *, name: str, level: float, min_n: int, seed: int) -> TableAccess:
    """A lazy table whose rows are here, ready to be asked about. Raises InputError when it has none."""
    import polars as pl

    assert isinstance(table, pl.LazyFrame)
    with reading(name):
        rows = int(table.select(pl.len()).collect().item())
    if not rows:
        raise InputError(
            "the table has no rows",
            where=name,
            expected="at least one row",
            hint="is it the file that was meant, and did its query leave anything?",
        )
    return TableAccess(
        name=name, table=table, roles=roles, rows=rows, seed=seed, level=level, min_n=min_n, guard=reading
    )


def table_plan(
    access: TableAccess, policy: Policy, *, settings: Settings, only: tuple[str, ...] = (), skip: tuple[str, ...] = ()
) -> Plan:
    """Every usual question about a table, the policy's own asks, and those that its limits need.

    Raises ConfigError for an unknown check or parameter, or one that is no question about a table.
    """
    for code in (*settings, *only, *skip):
        known = CHECKS if code in CHECKS else every_check()
        if code not in known or "table" not in known[code].needs:
            raise ConfigError(f"{shown(code)} is no question about a table", hint="sterling checks lists them")
    asks = [
        _named(c.code, settings)
        for c in ([CHECKS[code] for code in sorted(set(only))] if only else table_checks([*settings]))
        if c.code not in skip and ("others" not in c.needs or access.others)
    ]
    held = {item.check.code for item in asks}
    named = {item.name for item in from_policy(policy)}
    asks += [a for a in asks_about_tables(policy, settings) if a.name in named or a.check.code not in held]
    return Plan(asks=tuple(asks), level=access.level, min_n=access.min_n, seed=access.seed)


def table_checks(named: Sequence[str] = ()) -> list[Check]:
    """The questions about tables that are asked unless somebody names others, and those that are `named`, by code."""
    every = [c for c in every_check().values() if "table" in c.needs]
    return [c for c in every if "profile" in c.when or c.code in named]


def limited(policy: Policy) -> set[str]:
    """The codes of the checks that answer the policy's limits on numbers of the table."""
    names = (limit.metric.info.name for limit in policy.limits if limit.metric is not None)
    return {ANSWERED_BY[name] for name in names if name in ANSWERED_BY}


def with_table_questions(run: Run, subject: Subject) -> Run:
    """A run of models with what its policy asks about the table itself; the run as it is when that is nothing."""
    policy, plan = run.policy, run.plan
    if not (limited(policy) or from_policy(policy)):
        return run
    access = table_access(
        subject.table, subject.roles, name=subject.name, level=plan.level, min_n=plan.min_n, seed=plan.seed
    )
    check_limits(policy, access, {})
    asked = Plan(asks=asks_about_tables(policy), level=plan.level, min_n=plan.min_n, seed=plan.seed)
    found = ask_of_table(asked, replace(access, place=subject.place))
    return replace(run, plan=replace(plan, asks=(*plan.asks, *asked.asks)), evidence=(*run.evidence, *found))


def asks_about_tables(policy: Policy, settings: Settings | None = None) -> tuple[Ask, ...]:
    """What a policy asks about the table: its own asks, and the checks that its limits need."""
    own, given = from_policy(policy), settings or {}
    needed = limited(policy) - {item.check.code for item in own}
    return (*own, *(_named(code, given) for code in sorted(needed)))


def _named(code: str, settings: Settings) -> Ask:
    """A check's ask under the check's own name. Raises ConfigError for parameters that it does not have."""
    given: dict[str, Any] = dict(settings.get(code, {}))
    return ask(code, name=find_check(code).name, **given)


def from_policy(policy: Policy) -> list[Ask]:
    """The `[[ask]]` tables that ask about a table itself."""
    return [item for item in asks_of(policy) if "table" in item.check.needs]
