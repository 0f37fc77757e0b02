"""Whether the limits on numbers of a table speak of columns and groups that the table has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.policy import Limit, Policy
from sterling.engine.table import TableAccess

PROMISED = frozenset({"DA011", "DA021"})
"""Checks whose columns are those of a document: the table may lack them."""
NEEDED = {"DA020": "quasi"}
"""The parameter without which a check has no answer."""


def check_limits(policy: Policy, access: TableAccess, settings: Mapping[str, Mapping[str, object]]) -> None:
    """Raises ConfigError with file and line for a column or group that is not there, or a parameter that lacks."""
    columns = {*access.columns, *(c for other in access.others for c in other.columns)}
    asked = {str(item.get("check")) for item in policy.asks}
    for limit in policy.limits:
        code = ANSWERED_BY.get(limit.metric.info.name) if limit.metric is not None else None
        if code is None or limit.metric is None:
            continue
        if code not in PROMISED:
            _known(limit, limit.columns, columns, "column of the table")
        _known(limit, _groups(limit), access.roles.groups, "group column")
        needed = NEEDED.get(code)
        if needed is not None and needed not in settings.get(code, {}) and not asked & {code, "anonymity"}:
            name = limit.metric.info.name
            raise ConfigError(
                f"{name} cannot be answered without {needed}", where=limit.origin, hint=f"--{needed} COLUMN,COLUMN"
            )


def _groups(limit: Limit) -> tuple[str, ...]:
    return (*(limit.groups or ()), *(limit.slice.family if limit.slice is not None else ()))


def _known(limit: Limit, named: Iterable[str], known: Iterable[str], what: str) -> None:
    for name in named:
        if name not in known:
            hint = near_miss(name, known)
            raise ConfigError(
                f"the limit speaks of {shown(name)!r}, which is no {what}", where=limit.origin,
                hint=hint or "give group columns with --groups",
            )  # fmt: skip
