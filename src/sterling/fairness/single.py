"""One number of everyone or of a whole family, as a finding: for checks that do not compare pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sterling.core.evidence import Finding, Kind, Side, TooSmall
from sterling.core.rates import MetricInfo
from sterling.engine.measured import Measured
from sterling.fairness.inequality import Bounded

UNKNOWN = Bounded(float("nan"), float("nan"), float("nan"))


def single(
    measured: Measured, info: MetricInfo, kind: Kind, found: Bounded, *, n: int, method: str,
    family: tuple[str, ...] = (), threshold: float | None = None, groups_compared: int = 1,
    too_small: Sequence[TooSmall] = (), sides: Sequence[Side] = (),
) -> Finding:  # fmt: skip
    """The finding of a number that is about all rows of a family, or (no family) about everyone.

    `n` counts the rows behind it; with fewer than `min_n` it is not known. A family is named in the metric's label.
    `threshold`: as it was asked for. `sides`: groups to name, where the number has two ends.
    """
    value, low, high = found if n >= measured.min_n else UNKNOWN
    column = measured.column(threshold)
    everyone = Side(slice=measured.slices[0], value=value, n=int(measured.n[0]), n_eligible=n, n_effective=float(n))
    by = f"{info.label} by {' × '.join(family)}" if family else info.label
    return Finding(
        metric=replace(info, label=by), kind=kind, family=family, level=measured.level, value=value, low=low, high=high,
        threshold=measured.thresholds[column] if measured.thresholds and info.by_threshold else None,
        first=sides[0] if sides else everyone, second=sides[1] if len(sides) > 1 else None,
        groups_compared=groups_compared, operating=threshold is None, too_small=tuple(too_small), method=method,
    )  # fmt: skip
