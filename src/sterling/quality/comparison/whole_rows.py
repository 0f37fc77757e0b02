"""Two models that give each row any of several labels, or a set of items: what they have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import row_hashes
from sterling.core.frozen import dataclass
from sterling.core.rates import RATES, MetricInfo, Rate
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear, rates
from sterling.quality.comparison.pair import RowPair, of_change
from sterling.quality.comparison.several import answers, pooled
from sterling.quality.multilabel.rows import Rows

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
OF_ROWS = ("subset_accuracy", "jaccard_of_rows", "predicted_cardinality")
"""Metrics of rows looked at with all their labels; how many labels they have is the same with both models."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WholeRowPair(RowPair):
    """Rows looked at with all their labels at one look: a threshold, or how many of the best items count."""

    @abstractmethod
    def looked(self, look: float) -> tuple[Rows, Rows]:
        """What either model says of every row."""

    @cached_property
    def order(self) -> Places:
        held = [*(self.batch.scores[i] for i in (self.baseline, self.candidate)), self.batch.label]
        columns = [column for part in held for column in np.atleast_2d(part.T)]
        frame = pl.DataFrame({str(i): column for i, column in enumerate(columns)})
        lanes = [row_hashes(frame, lane=lane) for lane in (0, 1)]
        return linear.ordered(self.batch, np.arange(self.batch.height), lanes)

    def of_rows(self, info: MetricInfo, look: float, *, relative: bool) -> Quantity:
        """The change of one of `OF_ROWS`."""
        first, second = self.looked(look)
        whole, changed = first.whole, of_change(info, relative=relative)
        if info.name == "subset_accuracy":
            right = self.answered(whole, first.exact == 0, second.exact == 0)
            return rates.change(right, RATES["true_positive_rate"], changed, relative=relative)
        said = [r.overlap if info.name == "jaccard_of_rows" else r.cells[0] + r.cells[1] for r in (first, second)]
        of = linear.mean(said[0], self.batch), linear.mean(said[1], self.batch)
        order = self.order[whole[self.order]]
        return linear.change(self.batch, self.slices, order, of, changed, relative=relative)

    def pooled(self, name: str, info: MetricInfo, look: float, *, relative: bool) -> Quantity:
        """The change of a rate of all labels of all rows; the labels of one row go together."""
        rate: Rate = RATES[name]
        cells = [rows.cells for rows in self.looked(look)]
        of = pooled(rate, cells[0], self.batch), pooled(rate, cells[1], self.batch)
        some = cells[0][list(rate.cells_read)].sum(axis=0) + cells[1][list(rate.cells_read)].sum(axis=0) > 0
        order, changed = self.order[some[self.order]], replace(of_change(info, relative=relative), unit="")
        spans = 2 * answers(rate, cells[0] + cells[1], self.batch, self.slices)
        return linear.change(self.batch, self.slices, order, of, changed, relative=relative, spans=spans)

    def turned(self, look: float) -> list[Quantity]:
        """Of the rows that have every label right, or not, with the baseline: those that do not, or do, any more."""
        first, second = self.looked(look)
        return rates.flips(self.answered(first.whole, first.exact == 0, second.exact == 0), rates.TURNED)
