"""What was measured of one model that finds objects: its boxes, and which slice each image is in."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric
from sterling.core.of_class import of_class
from sterling.core.rates import MetricInfo
from sterling.engine.computing import compute
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.detection.curves import Precisions, of_slices, resamples
from sterling.quality.detection.found import Found
from sterling.stats.arrays import divide
from sterling.stats.draws import exponential
from sterling.stats.weights import cluster_variance_from_sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MOST_LISTED = 20
"""With more classes than this, the table of all metrics has none of single classes; a limit can still name them."""
LISTED = ("box_ap", "box_precision", "box_recall")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """A ratio of totals over images, per slice: value, variance, and the totals and units (images, clusters) behind it.

    `ee` and `e`: the sum over units of the squared denominators, and of the denominators.
    """

    value: Floats
    variance: Floats
    ee: Floats
    e: Floats
    units: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class DetectionMeasured(Measured):
    """One model's boxes. `n` counts images; `rows` says of each family of slices in which slice an image is.

    `weight` and `unit` are of images: its weight, and the number of its cluster (its own without clusters).
    """

    task = "detection"

    found: Found
    rows: tuple[Ints, ...]
    weight: Floats
    unit: Ints
    weighted: bool
    clustered: bool
    seed: int

    def quantity(self, metric: Metric) -> Quantity:
        self.must_give(metric.info)
        of = metric.info.of
        if of is None or not isinstance(metric, ScoreMetric) or metric.whole is None:
            return compute(self, metric)
        self._known(of)
        whole = metric.whole
        return compute(self, replace(whole, info=metric.info, base=whole.base or whole.name))

    def lacks(self, info: MetricInfo) -> str:
        return "" if "detection" in info.tasks else f"{info.label} is no metric of a model that finds objects"

    def listed(self) -> tuple[Metric, ...]:
        if len(self.classes) > MOST_LISTED:
            return ()
        every = [SCORE_METRICS[name] for name in LISTED]
        return tuple(ScoreMetric(info=of_class(m.info, c), whole=m) for m in every for c in self.classes)

    def of_size(self, size: str) -> DetectionMeasured:
        """The same where only objects of one of `matching.SIZES` count."""
        if size not in self._sized:
            self._sized[size] = replace(self, found=self.found.of_size(size))
        return self._sized[size]

    @cached_property
    def _sized(self) -> dict[str, DetectionMeasured]:
        return {}

    @cached_property
    def precisions(self) -> Precisions:
        """Average precision of every slice, class and overlap. Images are drawn again by weighing them at random.

        Every image, or cluster of images, gets a weight of its own from an exponential distribution: the Bayesian
        bootstrap (Rubin 1981, Annals of Statistics 9:130), in which no class is ever without objects. It follows from
        what the image holds, so that no number depends on which groups were asked for.
        """
        draws = redrawn(self.found.key, self.unit, draws=resamples(self.found), seed=self.seed)
        return of_slices(self.found, self.rows, len(self.slices), len(self.classes), self.weight, draws)

    def ratio(self, h: Floats, e: Floats, among: Bools) -> Ratio:
        """Σ w h / Σ w e over some images, per slice. `h` and `e` have one entry per image."""
        size, many = len(self.slices), int(self.unit.max(initial=0)) + 1
        hh, he, ee, top, below = (np.zeros(size) for _ in range(5))
        units = np.zeros(size, dtype=np.int64)
        some = np.flatnonzero(among)
        for rows in self.rows:
            key, at = np.unique(rows[some] * many + self.unit[some], return_inverse=True)
            h_unit, e_unit = (
                np.bincount(at, weights=(self.weight * part)[some], minlength=len(key)) for part in (h, e)
            )
            of = key // many
            for total, values in (
                (hh, h_unit**2), (he, h_unit * e_unit), (ee, e_unit**2), (top, h_unit), (below, e_unit),
            ):  # fmt: skip
                total += np.bincount(of, weights=values, minlength=size)
            units += np.bincount(of[e_unit > 0], minlength=size)
        value = divide(top, below)
        variance = cluster_variance_from_sums(hh, he, ee, below, units, value)
        return Ratio(value=value, variance=variance, ee=ee, e=below, units=units)

    def having(self, images: Bools) -> Ints:
        """How many of some images each slice has."""
        found = [np.bincount(rows[images], minlength=len(self.slices)) for rows in self.rows]
        return np.asarray(np.sum(found, axis=0), dtype=np.int64)

    def per_image(self, images: Ints, values: Floats | Bools) -> Floats:
        """Sums over the boxes, or objects, of each image."""
        return np.bincount(images, weights=values, minlength=len(self.unit)).astype(np.float64)

    @property
    def units(self) -> str:
        """What intervals take to be independent, in words."""
        return "clusters of images" if self.clustered else "images"

    def _known(self, name: str) -> None:
        if name not in self.classes:
            raise ConfigError(
                f"there is no class {shown(name)!r}", expected="a class of the boxes",
                hint=near_miss(name, self.classes),
            )  # fmt: skip


def redrawn(key: NDArray[np.uint64], unit: Ints, *, draws: int, seed: int) -> Floats:
    """Weights of images drawn again, (draws, images). `key`: of each image what it holds; `unit`: its cluster."""
    keys = np.zeros(int(unit.max(initial=0)) + 1, dtype=np.uint64)
    np.add.at(keys, unit, mix(key))
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.diff(keys[order], prepend=keys[order][:1] + np.uint64(1)) != 0)
    place = np.empty(len(keys), dtype=np.uint64)  # those that hold the same are numbered
    place[order] = np.arange(len(keys)) - np.repeat(first, np.diff(first, append=len(keys)))
    return exponential(mix(keys + place), draws=draws, seed=seed)[:, unit]
