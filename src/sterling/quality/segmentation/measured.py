"""What was measured of one model that gives every pixel a class: its pixels as rows, images as clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.metrics import OF_CLASS, SCORE_METRICS, Metric, ScoreMetric
from sterling.core.of_class import of_class, write_class
from sterling.core.rates import RATES, MetricInfo, Rate
from sterling.engine.computing import compute
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.segmentation.infos import OF_EACH

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_LISTED = 20
"""With more classes than this, the table of all metrics has none of single classes; a limit can still name them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Images:
    """Cells of images: `label` (the number of classes: none) and `prediction` of each, and which `image` it is of.

    `rows`: of each family of slices, the place among all slices of each image. `w`, `q`: Σw and Σw² over the images of
    each slice, None without weights. `clusters`: how many clusters each slice has and their squared weights, if any.
    """

    label: Ints
    prediction: Ints
    image: Ints
    rows: tuple[Ints, ...]
    w: Floats | None
    q: Floats | None
    clusters: tuple[Ints, Floats] | None

    def having(self, found: NDArray[np.bool_], slices: int) -> Ints:
        """How many images of each slice have any of the cells found."""
        images = np.unique(self.image[found])
        counts = [np.bincount(rows[images], minlength=slices) for rows in self.rows]
        return np.asarray(np.sum(counts, axis=0), dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentationMeasured(Measured):
    """One model's masks. `n` counts images; `pixels` has their pixels as rows of a model that names classes."""

    task = "segmentation"

    pixels: MulticlassMeasured
    images: Images

    def quantity(self, metric: Metric) -> Quantity:
        of = metric.info.of
        if of is None:
            self.must_give(metric.info)
            return compute(self, metric)
        rate = metric if isinstance(metric, Rate) else self.rate_of(metric, of)
        found = replace(self.pixels.quantity(rate), info=metric.info)
        eligible = rate.proportion[1] if rate.proportion is not None else rate.cells_read
        return self.in_images(found, np.isin(self.cells(self.classes.index(of)), eligible))

    def in_images(self, found: Quantity, cells: NDArray[np.bool_]) -> Quantity:
        """A quantity of pixels, counted among the images that have any of some cells."""
        n = self.images.having(cells, len(self.slices))[:, None]
        count = np.where(np.isnan(found.value), np.minimum(n, 1), n)
        return replace(found, n_eligible=count, method=found.method.replace("clusters", self.units))

    def labelled(self, found: Quantity) -> Quantity:
        """A quantity of pixels, counted among the images that have a label."""
        return self.in_images(found, self.images.label < len(self.classes))

    def lacks(self, info: MetricInfo) -> str:
        known = info.name in OF_CLASS or (info.name in RATES and "binary" in info.tasks)
        if info.of is None and known:
            written = f"{info.name} of {write_class(self.classes[0])}"
            return f"{info.label} is of one class: write which, for example {written}"
        if info.needs_score:
            return f"{info.label} needs probabilities, and masks name classes"
        return "" if "segmentation" in info.tasks else f"{info.label} is no metric of a model that names pixels"

    def listed(self) -> tuple[Metric, ...]:
        if len(self.classes) > MOST_LISTED:
            return ()
        every = [SCORE_METRICS[name] for name in OF_EACH]
        return tuple(ScoreMetric(info=of_class(m.info, c), whole=m) for m in every for c in self.classes)

    @property
    def units(self) -> str:
        """What intervals take to be independent, in words."""
        return "images" if self.images.clusters is None else "clusters of images"

    def rate_of(self, metric: ScoreMetric, of: str) -> Rate:
        """The rate of the confusion cells of a class that a metric is."""
        name = metric.whole.name if metric.whole is not None else metric.name
        if name not in OF_EACH:
            raise ConfigError(
                self.lacks(metric.info) or f"{name} is no metric of a model that names pixels",
                hint="sterling metrics lists those of each task",
            )
        rate = RATES[OF_EACH[name]]
        return replace(rate, info=of_class(rate.info, of))

    def cells(self, c: int) -> Ints:
        """The place in `algebra.CELLS` of each cell, for one class against the rest."""
        known = self.images.label < len(self.classes)
        mine, said = self.images.label == c, self.images.prediction == c
        right = np.where(said, np.where(mine, 0, 1), np.where(mine, 2, 3))
        return np.where(known, right, np.where(said, 4, 5))
