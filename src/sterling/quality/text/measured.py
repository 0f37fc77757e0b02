"""What was measured of one model that writes text: totals of the basis per slice, and shares of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import counted
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import compute
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.totals import Totals
from sterling.quality.text.bleu import Bleu, bleu
from sterling.quality.text.rows import GRAMS, LONGEST, MATCHES
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class TextMeasured(Measured):
    """Sums of one model: `of` has the totals of the basis, see `rows`; `shares` are yes/no questions about rows."""

    task = "text"

    of: Totals
    shares: Mapping[str, BinaryMeasured]

    def quantity(self, metric: Metric) -> Quantity:
        self.must_give(metric.info)
        return compute(self, metric)

    def lacks(self, info: MetricInfo) -> str:
        return "" if "text" in info.tasks else f"{info.label} is no metric of a model that writes text"

    def remarks(self) -> tuple[str, ...]:
        return tuple(self._remarks()) if self.has_label else ()

    def _remarks(self) -> Iterator[str]:
        known = (self.n >= self.min_n) & (self.of.counts["one"] > 0)
        short = known & (self.grams[:, -1] <= 0)
        if short.any():
            yield (
                f"BLEU is 0 by definition in {_groups(short)}: no answer there has {len(MATCHES)} words; read ROUGE or "
                "exact match"
            )
        rough = known & ~short & self.bleu.none.any(axis=1)
        if rough.any():
            yield (
                f"BLEU rests on a stand-in for missing matches in {_groups(rough)}: no answer there shares "
                f"{len(MATCHES)} words in a row with its reference; it says no more than that it is low"
            )

    @property
    def matches(self) -> Floats:
        """Shared n-grams, (slices, orders)."""
        return np.stack([self.of.total(name) for name in MATCHES], axis=1)

    @property
    def grams(self) -> Floats:
        """N-grams of the answers, (slices, orders)."""
        return np.stack([self.of.total(name) for name in GRAMS], axis=1)

    @property
    def unit(self) -> Floats:
        """What one word adds to a total by the mean weight of the rows of each slice, (slices,)."""
        return np.nan_to_num(divide(self.of.total("one"), self.of.counts["one"])) / LONGEST

    @cached_property
    def bleu(self) -> Bleu:
        """BLEU of every slice."""
        return bleu(self.matches, self.grams, self.of.total("reference_words"), unit=self.unit)


def _groups(which: NDArray[np.bool_]) -> str:
    everyone = ["all rows together"] if which[0] else []
    groups = int(which[1:].sum())
    return " and ".join([*everyone, *([counted(groups, "group", "groups")] if groups else [])])
