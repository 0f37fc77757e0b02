"""Two models that name the class of every pixel, on the same images: each image with its part in both tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core import algebra
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import RATES, Rate
from sterling.engine.encode import Batch
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear
from sterling.quality.comparison.joint import members
from sterling.quality.comparison.pair import Pair, of_change
from sterling.quality.segmentation.infos import OF_EACH
from sterling.quality.segmentation.measured import SegmentationMeasured
from sterling.quality.segmentation.metrics import AVERAGES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Places = NDArray[np.intp]
_OF_CLASS = {*OF_EACH} - {"pixel_share"}
"""Metrics of one class that the model decides."""
_LISTED = ("iou",)
"""What is compared of each class without being asked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MaskPair(Pair):
    """Cells of images, pixels that have one label and one prediction of each model, are rows; images are clusters."""

    @cached_property
    def both(self) -> tuple[SegmentationMeasured, SegmentationMeasured]:
        return cast(SegmentationMeasured, self.before), cast(SegmentationMeasured, self.measured)

    @cached_property
    def cells(self) -> Batch:
        """Each cell weighs as much as its pixels. They stand in the order of the images, which values decide."""
        of = self.both[1].pixels.clustered
        assert of is not None and of.batch.weight is not None
        return replace(of.batch, weight=of.batch.weight * of.unit)

    @cached_property
    def slices(self) -> list[Bools | None]:
        return members(self.cells, self.measured)

    @staticmethod
    def gives(metric: Metric) -> bool:
        if metric.info.of is None:
            return metric.info.name in {*AVERAGES, "pixel_accuracy"}
        return isinstance(metric, Rate) or (metric.whole is not None and metric.whole.name in _OF_CLASS)

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        if metric.info.of is not None:
            rate = metric if isinstance(metric, Rate) else self.both[0].rate_of(metric, metric.info.of)
            places = [m.cells(m.classes.index(metric.info.of)) for m in self.both]
        elif metric.info.name in AVERAGES:
            known = np.flatnonzero(self.both[0].images.label < len(self.measured.classes))
            first, second = (partial(_average, m, metric.info.name) for m in self.both)
            return self._linear(metric, known, (first, second), relative=relative)
        else:
            rate, places = RATES["true_positive_rate"], [_right(m) for m in self.both]
        read = list(rate.cells_read)
        some = np.flatnonzero(np.isin(places[0], read) | np.isin(places[1], read))
        first, second = (partial(self._rate, rate, place) for place in places)
        return self._linear(metric, some, (first, second), relative=relative)

    def listed(self) -> tuple[Metric, ...]:
        return tuple(m for m in self.measured.listed() if m.info.name.split(" of ")[0] in _LISTED)

    def _rate(self, rate: Rate, place: Ints, _: int, cells: Places) -> tuple[float, Floats]:
        """A rate of the confusion cells that pixels fall into."""
        total = np.bincount(place[cells], weights=linear.weights(self.cells, cells), minlength=len(algebra.CELLS))
        value, slope = algebra.evaluate(rate.node, total.astype(np.float64))
        return float(value), np.nan_to_num(slope)[place[cells]]

    def _linear(
        self, metric: Metric, some: Places, of: tuple[linear.Of, linear.Of], *, relative: bool
    ) -> Quantity:  # fmt: skip
        own = [m.quantity(metric).n_eligible for m in self.both]
        info = of_change(metric.info, relative=relative)
        found = linear.change(self.cells, self.slices, some, of, info, relative=relative)
        method = found.method.replace("each row", "each image").replace("clusters", self.both[1].units)
        return replace(found, n_eligible=np.minimum(*own), method=method)


def _average(m: SegmentationMeasured, name: str, row: int, cells: Places) -> tuple[float, Floats]:
    """An average over classes: its slopes by the cells of the table of all pixels."""
    value, slope = AVERAGES[name](m.pixels.confusion.worth[row : row + 1, :-1])
    return float(value[0]), np.nan_to_num(slope[0, m.images.label[cells], m.images.prediction[cells]])


def _right(m: SegmentationMeasured) -> Ints:
    """The confusion cell of every cell of pixels if all have the label yes and the right class is a yes."""
    known = m.images.label < len(m.classes)
    return np.where(known, np.where(m.images.label == m.images.prediction, 0, 2), 5)
