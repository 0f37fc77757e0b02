"""Whether what is asked can answer every limit: where it cannot, that is said before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Kind
from sterling.core.metrics import DATA_METRICS, Metric
from sterling.core.plan import Ask
from sterling.core.policy import ALSO_MEANT, STATEMENTS, Limit, Policy, Statement
from sterling.core.rates import MetricInfo
from sterling.core.roles import Roles
from sterling.core.slices import EVERYONE, Slice

BETWEEN: tuple[Kind, ...] = ("gap", "ratio")
"""Kinds of findings that need two groups."""


def answerable(policy: Policy, asks: Sequence[Ask], roles: Roles, cross: int) -> None:
    """Raises ConfigError with file and line for a limit that nothing measured with these roles would answer.

    `asks`: the policy's own. `cross`: how many group columns are crossed.
    """
    for limit in policy.limits:
        if limit.ask is not None:
            _kinds(limit, [item for item in asks if item.name == limit.ask])
        elif limit.metric is not None and limit.metric.info.name in ANSWERED_BY:
            _of_table(limit, limit.metric)
        else:
            _of_groups(limit, roles, cross)
    for item, where in zip(asks, policy.ask_origins or ("",) * len(asks), strict=True):
        _asked(item, where, roles, cross)


def models_there(policy: Policy, roles: Roles) -> None:
    """Raises ConfigError for a limit on a model that a project does not have; other files of limits go with any."""
    names = [m.name for m in roles.models]
    for limit in policy.limits:
        if limit.model is not None and names and limit.model not in names:
            raise ConfigError(
                f"the limit names the model {shown(limit.model)!r}, and no model is called that", where=limit.origin,
                expected="one of " + ", ".join(map(shown, names)), hint=near_miss(limit.model, names),
            )  # fmt: skip


def _of_groups(limit: Limit, roles: Roles, cross: int) -> None:
    """The groups that it compares are counted: by themselves, or inside of its slice."""
    if limit.kind in BETWEEN and not roles.groups and not roles.memberships:
        raise ConfigError(
            f"{_statement(limit)} compares groups, and there are none", where=limit.origin,
            hint='name them: groups = ["race"] under [data], --groups race on the command line',
        )  # fmt: skip
    inside = (limit.slice or EVERYONE).family
    beside = tuple(c for c in (limit.compared or roles.groups) if c not in inside)
    if inside and limit.kind in BETWEEN and not beside:
        raise ConfigError(
            f"there is no group column beside {', '.join(map(shown, inside))}, so nobody in the slice is compared",
            where=limit.origin, hint="name more group columns, or leave out slice",
        )  # fmt: skip
    against = limit.baseline.family if limit.baseline is not None else ()
    divided = inside and (limit.kind in BETWEEN or limit.compared is not None)
    if against or not divided:
        _crossed((*inside, *against), limit.origin, roles, cross)
    else:
        together = [c for c in beside if c not in _alone(roles)]
        _crossed((*inside, *(together or beside)[:1]), limit.origin, roles, cross)


def _asked(item: Ask, where: str, roles: Roles, cross: int) -> None:
    """An ask about a slice: as a limit that says the same."""
    slice_ = item.parameters.get("slice")
    if isinstance(slice_, Slice) and roles.groups:
        groups, end = item.parameters.get("groups"), item.parameters.get("end", "gap")
        statement = next(s for s, kind in STATEMENTS.items() if kind == end)
        named = groups if isinstance(groups, tuple) else None
        _of_groups(Limit(statement=statement, bound=0.0, groups=named, slice=slice_, origin=where), roles, cross)


def _crossed(columns: tuple[str, ...], where: str, roles: Roles, cross: int) -> None:
    if len(columns) < 2:
        return
    named = " × ".join(map(shown, columns))
    for column in columns:
        if column in _alone(roles):
            raise ConfigError(
                f"people are not counted by {named}: {shown(column)} is not crossed with other columns", where=where,
                hint=f"write cross = true in the [[slice]] {shown(column)}",
            )  # fmt: skip
    if len(columns) > cross:
        raise ConfigError(
            f"people are not counted by {named}: {cross} group column{'s are' if cross > 1 else ' is'} crossed",
            where=where, hint=f"cross = {len(columns)} under [plan], --cross {len(columns)} on the command line",
        )  # fmt: skip


def _alone(roles: Roles) -> tuple[str, ...]:
    """Group columns that are crossed with no other."""
    return tuple(roles.groups[i] for i in roles.uncrossed)


def _kinds(limit: Limit, asks: Sequence[Ask]) -> None:
    """A limit on an ask bounds what its check finds."""
    meant = {limit.kind, *ALSO_MEANT.get(limit.statement, {})}
    for item in asks:
        kinds = kinds_of(item)
        if kinds is None or meant & set(kinds):
            continue
        can = [s for s, kind in STATEMENTS.items() if kind in kinds]
        other: Statement | None = {"max": "min", "min": "max"}.get(limit.statement)  # type: ignore[assignment]
        raise ConfigError(
            f"{limit.statement} bounds nothing that {shown(item.name)} ({item.check.code}) finds", where=limit.origin,
            expected=" or ".join(can) if can else "a limit on a metric: this check has no number to bound",
            hint=_other_end(item, other) if other in can else f"did you mean {can[0]}?" if can else "",
        )  # fmt: skip


def _other_end(item: Ask, other: Statement | None) -> str:
    end = item.parameters.get("end")
    if end not in ("lowest", "highest"):
        return f"did you mean {other}?"
    turned = "lowest" if end == "highest" else "highest"
    return f'did you mean {other}? With end = "{turned}" in the [[ask]] it is the {turned} group that is found'


def kinds_of(item: Ask) -> tuple[Kind, ...] | None:
    """The kinds of findings an ask can have; None where nobody said."""
    kinds = item.check.kinds(item.parameters)
    of_table = [DATA_METRICS[name].info for name, code in ANSWERED_BY.items() if code == item.check.code]
    if kinds is not None or not of_table:
        return kinds
    return tuple(dict.fromkeys(kind for info in of_table for kind in _ends(info)))


def _ends(info: MetricInfo) -> tuple[Kind, ...]:
    """Of a number of the table: the end that is worse, or both where neither is."""
    if info.direction == "none":
        return ("highest", "lowest")
    return ("lowest",) if info.direction == "higher" else ("highest",)


def _of_table(limit: Limit, metric: Metric) -> None:
    if limit.kind not in _ends(metric.info):
        right = "max" if limit.statement == "min" else "min"
        raise ConfigError(
            f"{limit.statement} bounds nothing of {metric.info.name}, of which {metric.info.direction} is better",
            where=limit.origin, hint=f"did you mean {right}?",
        )  # fmt: skip


def _statement(limit: Limit) -> str:
    return f"{limit.statement} of {limit.metric.info.name}" if limit.metric is not None else limit.statement
