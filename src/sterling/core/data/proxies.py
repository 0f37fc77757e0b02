"""How much the other columns tell of a group."""

from __future__ import annotations

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.slices import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyStrength:
    """How well `features` (one, or all together) predict membership of a group column on rows held out.

    `value` is an AUC (0.5: nothing). Of several groups each is told from the rest, and `of` is the one that is told
    best; its interval holds for all of them together. `p`: of no relation, adjusted over groups and features.
    `null_high`: what chance reaches at the level. `share`: of all that the features tell together, the part that is
    lost when this one is shuffled; `carried`: whether that is more than chance. None where that was not looked at.
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
    of: Slice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How well all features together tell one group from the rest, on rows held out."""

    slice: Slice
    auc: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """How much of the AUC of all features together is lost when one is shuffled among rows held out."""

    feature: str
    lost: Estimate
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """What features tell of one group column: all together first, then one by one, strongest first."""

    group: str
    together: ProxyStrength | None
    alone: tuple[ProxyStrength, ...]
    measure: str = "auc"
    each: tuple[Told, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    recipe: str = ""
    learned: int | None = None
    """Rows that were learned from; the numbers are of others."""
