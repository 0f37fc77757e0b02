"""FA003: does it hold for every group?"""

from __future__ import annotations

import numpy as np

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.measured import Measured
from sterling.fairness.compare import Family, families, nothing_seen
from sterling.fairness.extreme import extreme_finding

METHOD = (
    "{interval}; the end that can exceed a limit is simultaneous over all groups looked at (Sidak), the other "
    "one-sided (intersection-union)"
)
HINT = "Look into the {end} group: what sets it apart, and how much of it the model was trained on."


@check(
    code="FA003",
    name="group-floor",
    title="Worst group",
    question="Does the metric hold up for everyone, and for every group?",
    finds=lambda p: ("highest",) if p["end"] == "highest" else ("lowest",),
    pitfalls=("The lowest of many groups is low by chance: the bound that can exceed a limit is corrected for that.",),
    hints=(HINT.format(end="lowest"),),
)
def group_floor(
    measured: Measured,
    *,
    metric: Metric,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    slice: Slice | None = None,
    end: str = "lowest",
) -> Answer:
    """The lowest (or, with end="highest", the highest) value of `metric`: of everyone, and of each family's groups.

    `slice`: that of its people; with `groups` as well, that of the groups among them.
    """
    if end not in ("lowest", "highest"):
        raise ConfigError(f"end is {end!r}", expected="lowest or highest")
    if slice is not None and groups is not None:
        seen = list(families(measured, metric, threshold=threshold, groups=groups, among=slice))
    elif slice is not None:
        seen = [_single(measured, metric, slice, threshold)]
    else:
        everyone = [_single(measured, metric, EVERYONE, threshold)] if groups is None and not _is_share(metric) else []
        seen = [*everyone, *families(measured, metric, threshold=threshold, groups=groups)]
    if not seen:
        return Answer(outcome="insufficient", reason=nothing_seen(slice or EVERYONE))
    findings = tuple(extreme_finding(measured, metric.info, f, threshold, end, slice) for f in seen)
    interval = seen[0].quantity.decided_by
    return Answer(
        findings=findings,
        too_small=tuple(t for f in seen for t in f.too_small),
        method=METHOD.format(interval=interval),
        hints=(HINT.format(end=end),),
        view="groups",
    )


def _is_share(metric: Metric) -> bool:
    return metric.info.name == "representation"


def _single(measured: Measured, metric: Metric, slice_: Slice, threshold: float | None) -> Family:
    place = _place(measured, slice_)
    rows = np.array([place] if place is not None else [], dtype=np.int64)
    part = measured.quantity(metric).part(rows, measured.column(threshold))
    keep = (part.n_eligible >= measured.min_n) & ~np.isnan(part.value)
    return Family(
        columns=slice_.family,
        rows=rows[keep],
        measured=measured,
        too_small=(),
        quantity=measured.quantity(metric).part(rows[keep], measured.column(threshold)),
    )


def _place(measured: Measured, slice_: Slice) -> int | None:
    wanted = slice_.as_dict()
    return next((i for i, s in enumerate(measured.slices) if s.as_dict() == wanted), None)
