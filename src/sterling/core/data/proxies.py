"""How much the other columns tell of a group."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyStrength:
    """How well `features` (one, or all together) predict membership of a group column on rows held out.

    `value` is an AUC (0.5: nothing; several groups: the mean over pairs of one against the rest), `p` from permuting
    the group, adjusted over features. `null_high`: what chance reaches at the level. `share`: of all that the features
    tell together, the part that is lost when this one is permuted; None for a feature alone.
    """

    features: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    null_high: float | None = None
    p: float | None = None
    share: float | None = None
    carried: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """What features tell of one group column: all together first, then one by one, strongest first."""

    group: str
    together: ProxyStrength | None
    alone: tuple[ProxyStrength, ...]
    measure: str = "auc"
