"""DA001: who is in the data?"""

from __future__ import annotations

import numpy as np

from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import SCORE_METRICS
from sterling.core.registry import check
from sterling.engine.measured import Measured
from sterling.stats.multiple import smallest_from

FEW = 10
"""Fewer people than this are not counted out in words: a note may be read by anyone the page is sent to."""


@check(
    code="DA001",
    name="representation",
    title="Representation",
    question="Who is in the data, and who is hardly there?",
    finds=("lowest",),
    needs=("groups",),
    pitfalls=("A share of the data says nothing by itself: compare it with the people the model will meet.",),
    hints=("Collect more of the smallest groups before trusting any number about them.",),
)
def representation(measured: Measured, *, groups: tuple[str, ...] | None = None) -> Answer:
    """The share of each group; the smallest of each single group column is a finding."""
    metric = SCORE_METRICS["representation"]
    whole = measured.quantity(metric)
    findings = []
    for columns in measured.families:
        if len(columns) > 1 or (groups is not None and not set(columns) <= set(groups)):
            continue
        rows = measured.family_rows(columns)
        part = whole.part(rows, 0)
        worst = smallest_from(part.value, part.decide_at, level=measured.level)
        index = int(worst.group)
        row = int(rows[index])
        side = Side(
            slice=measured.slices[row],
            value=float(part.value[index]),
            n=int(measured.n[row]),
            n_eligible=int(part.n_eligible[index]),
            n_effective=float(part.n_effective[index]),
        )
        findings.append(
            Finding(
                metric=metric.info,
                kind="lowest",
                family=columns,
                threshold=None,
                first=side,
                second=None,
                value=float(worst.value),
                low=float(worst.at_least),
                high=float(worst.at_most),
                level=measured.level,
                groups_compared=len(rows),
                method=part.decided_by,
            )
        )
    missing = _missing(measured)
    return Answer(findings=tuple(findings), method=whole.decided_by, notes=missing, view="representation")


def _missing(measured: Measured) -> tuple[str, ...]:
    total = int(measured.n[0])
    return tuple(
        f"{f'{int(n):,}' if n >= FEW else f'fewer than {FEW}'} of {total:,} rows have no recorded {s.items[0][0]}"
        for s, n in zip(measured.slices, measured.n, strict=True)
        if len(s.items) == 1 and s.items[0][1] is None and np.isfinite(n)
    )
