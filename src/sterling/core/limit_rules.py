"""What a limit may say: keys that go together in no question, and bounds that no value can reach, are slips."""

from __future__ import annotations

from sterling.core.errors import shown
from sterling.core.metrics import DATA_METRICS
from sterling.core.policy import CHANGES, Limit
from sterling.core.toml import Table


def check_limit(limit: Limit, item: Table) -> None:
    """Raises ConfigError naming file, line and key for a limit that nothing could answer, break or meet."""
    _compares(limit, item)
    _answerable(limit, item)
    _reachable(limit, item)


def _compares(limit: Limit, item: Table) -> None:
    """A change needs a model that it is from; nothing else has one."""
    if limit.statement not in CHANGES:
        for key in ("against", "relative"):
            if key in item:
                raise item.fail(f"{limit.statement} has no {key}", key, hint="max_drop or max_rise compare two models")
        return
    if limit.metric is not None and limit.against is None:
        raise item.fail(
            f"{limit.statement} does not say what it is from", limit.statement,
            expected="the model to compare with", hint='against = "old_score"',
        )  # fmt: skip


def _answerable(limit: Limit, item: Table) -> None:
    """Keys that go together in no question would leave the limit without an answer."""
    if limit.metric is None:
        return
    name, of_table = limit.metric.info.name, limit.metric.info.name in DATA_METRICS
    compares = limit.statement in ("max_gap", "min_ratio")
    if of_table and limit.statement not in ("min", "max"):
        raise item.fail(f"{name} is a number of the table, which has no {limit.statement}", limit.statement,
                        expected="min or max")  # fmt: skip
    for key in ("threshold", "baseline", "model"):
        if of_table and key in item:
            raise item.fail(f"{name} is a number of the table, which has no {key}", key)
    if compares and name == "representation":
        raise item.fail(
            f"representation has no {limit.statement}: shares of one whole move together", limit.statement,
            expected="min or max", hint="min bounds the share of the smallest group",
        )  # fmt: skip
    if limit.statement == "min_ratio" and (limit.metric.info.low is None or limit.metric.info.low < 0):
        raise item.fail(f"{name} can be negative: a ratio says nothing", "min_ratio", hint="max_gap bounds the gap")
    if limit.baseline is not None and not compares:
        raise item.fail(
            f"{limit.statement} has no baseline", "baseline",
            hint="max_gap and min_ratio compare groups with a baseline; min and max bound the group that slice names",
        )  # fmt: skip
    _divides(limit, item)


def _divides(limit: Limit, item: Table) -> None:
    """A slice, and the groups among its people."""
    inside = limit.slice.family if limit.slice is not None else ()
    if limit.statement in ("max_gap", "min_ratio") and limit.groups is not None and limit.compared is None:
        raise item.fail(
            "everyone in the slice has one value of the columns in groups: there is nobody to compare", "groups",
            hint="name other group columns, or leave out slice",
        )  # fmt: skip
    if limit.statement in CHANGES and limit.slice is not None and limit.compared is not None:
        raise item.fail(f"{limit.statement} takes groups or a slice, not both", "slice", hint="leave out groups")
    if limit.baseline is None:
        return
    for column in limit.baseline.family:
        if column in inside:
            raise item.fail(f"the baseline names {shown(column)}, as the slice does", "baseline",
                            hint="the baseline is one of the groups among the people of the slice")  # fmt: skip
        if limit.groups is not None and column not in limit.groups:
            raise item.fail(f"the baseline names {shown(column)}, which is not in groups", "baseline",
                            hint=f"add {shown(column)} to groups, or leave out groups")  # fmt: skip


def _reachable(limit: Limit, item: Table) -> None:
    """A limit that no value could break, or none could meet, is a slip: 5 where 0.05 was meant."""
    if limit.metric is None or limit.metric.info.high is None or limit.statement == "min_ratio" or limit.relative:
        return
    info = limit.metric.info
    low, high = info.low or 0.0, info.high or 0.0
    apart = limit.statement in ("max_gap", *CHANGES)
    bottom, top = (0.0, high - low) if apart else (low, high)
    if not bottom <= limit.bound <= top:
        raise item.fail(
            f"{limit.statement} is {limit.bound:g}, which {info.name} cannot reach", limit.statement,
            expected=f"a number from {bottom:g} to {top:g}", hint="shares are written as shares: 0.05 is five points",
        )  # fmt: skip
