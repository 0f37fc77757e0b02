"""What was measured of a model that names one of several classes: its confusion table for every slice, and more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.algebra import Node
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric
from sterling.core.of_class import write_class
from sterling.core.rates import RATES, MetricInfo, Rate
from sterling.engine.binary.against import shares
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.clusters import Gram
from sterling.engine.computing import compute
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity, side_by_side
from sterling.quality.multiclass.clustered import Clustered
from sterling.quality.multiclass.infos import NEEDS_WEIGHTS
from sterling.quality.multiclass.rows import TOP, look_at
from sterling.quality.multiclass.together import Together
from sterling.quality.multiclass.tops import RATE_OF, cells_of, k_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Among = slice | list[int]
MOST_TOGETHER = 10_000
"""Slices and classes whose exact bounds are found in one search: few enough for one piece of its quadrature."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """Rows by slice and place, of shape (slices, places…); with weights Σw and Σw² likewise, else None."""

    rows: Floats
    w: Floats | None
    q: Floats | None

    @property
    def worth(self) -> Floats:
        """What rates are made of: Σw, or rows without weights."""
        return self.rows if self.w is None else self.w

    @property
    def squares(self) -> Floats:
        """What variances are made of: Σw², or rows without weights."""
        return self.rows if self.q is None else self.q


@dataclass(frozen=True, kw_only=True, eq=False)
class MulticlassMeasured(Measured):
    """Counts of one model.

    `confusion` has shape (slices, classes + 1, classes): label (missing last) by prediction. `ranks` has shape
    (slices, len(TOP) + 2): how far down the true class stands, see `rows.TOP`; missing labels last. `means` are sums of
    shape (slices,) by their names in `counting`. `scored` are the classes' probabilities as yes/no models, `sure` the
    highest one as a yes/no model of being right; none of these for predictions. `clustered` only with clusters.
    `class_weights`: of each class, where they were given. `cut`: the same at each of the `thresholds`, where it
    `abstains`: rows that are less sure have no prediction, the last place of its `confusion`. `tops`: by how many of
    the most probable classes count, rows by label and by class among them, (slices, classes + 1, classes).
    """

    task = "multiclass"

    confusion: Tally
    ranks: Tally | None
    means: dict[str, Floats]
    scored: dict[str, BinaryMeasured]
    sure: BinaryMeasured | None
    clustered: Clustered | None
    unit: float = 1.0
    class_weights: tuple[float, ...] = ()
    cut: tuple[MulticlassMeasured, ...] = ()
    abstains: bool = False
    tops: dict[int, Tally] = field(default_factory=dict)
    _decided: dict[str, BinaryMeasured] = field(default_factory=dict, init=False, repr=False)

    def at(self, column: int) -> MulticlassMeasured:
        """What was measured at one of the thresholds; itself where there is none."""
        return self.cut[column] if self.cut else self

    def quantity(self, metric: Metric) -> Quantity:
        of = metric.info.of
        if self.cut and metric.info.by_threshold:
            return side_by_side(metric.info, [one.quantity(metric) for one in self.cut])
        if of is None:
            self.must_give(metric.info)
            return compute(self, metric)
        if isinstance(metric, Rate):
            return self._rate(metric, of)
        return self._scored(metric, of)

    def lacks(self, info: MetricInfo) -> str:
        if "multiclass" not in info.tasks:
            known = info.name.split(" where ")[0] in {*RATES, *SCORE_METRICS} and "binary" in info.tasks
            written = f"{info.name} of {write_class(self.classes[0])}"
            return f"{info.label} " + (
                f"is of one class: write which, for example {written}"
                if known
                else "is no metric of a multiclass model"
            )
        if info.needs_score and self.model.kind == "prediction":
            return f"{info.label} needs probabilities, and only predictions were given"
        if info.name.startswith(NEEDS_WEIGHTS) and not self.class_weights:
            return f"{info.label} needs class weights, and none were given"
        if info.name == "abstention_rate" and not (self.cut or self.abstains):
            return f"{info.label} needs a threshold, below which no class is named"
        k = k_of(info)
        if k and (k >= len(self.classes) or k not in self.tops):
            many = f"looks at all of {len(self.classes)} classes" if k >= len(self.classes) else "is counted when named"
            return f"{info.label} {many}"
        top = next((k for k in TOP if info.name == f"top_{k}_accuracy"), 0)
        if top >= len(self.classes):
            return f"{info.label} is 1 for any model of {len(self.classes)} classes"
        return ""

    def told_of(self, batch: Batch, model: int) -> pl.DataFrame:
        given, names = batch.scores[model], pl.Series(self.classes, dtype=pl.String)
        places = given
        if self.model.kind != "prediction":
            members = np.array([self.classes.index(c) for c in self.model.classes], dtype=np.int64)
            seen = look_at(given, batch.label, members, len(self.classes))
            places = seen.named(self.thresholds[self.operating], len(self.classes)) if self.cut else seen.predicted
        named = {"label": pl.Series(batch.label), "prediction": pl.Series(places)}
        return pl.DataFrame({k: names.gather(p.set(p == len(self.classes), None)) for k, p in named.items()})

    def listed(self) -> tuple[Metric, ...]:
        from sterling.quality.multiclass.metrics import of_classes

        return of_classes(self)

    def decided(self, name: str) -> BinaryMeasured:
        """Whether a class is predicted, as a yes/no model. Raises ConfigError for an unknown class."""
        self._known(name)
        if name not in self._decided:
            c = self.classes.index(name)
            parts = (self.confusion.rows, self.confusion.w, self.confusion.q)
            cells, w, q = (None if part is None else _one(part, c) for part in parts)
            gram = None if self.clustered is None else self.clustered.of_class(c)
            assert cells is not None
            self._decided[name] = shares(self, cells, w, q, gram, unit=self.unit)
        return self._decided[name]

    def hits(self, tally: Tally, places: Sequence[int], missing: int, kind: str) -> BinaryMeasured:
        """Being right in some way, as the answer yes: rows at `places`, among all but those from `missing` on."""
        gram = None if self.clustered is None else self.clustered.of_hits(kind, places)
        return self._share_of(tally, list(places), slice(0, missing), gram)

    def hits_of_decided(self) -> BinaryMeasured:
        """Being right, among the labelled rows that have a prediction, where others have none."""
        k, width = len(self.classes), self.confusion.rows.shape[2]
        right = [i * width + i for i in range(k)]
        among = [i for i in range(k * width) if i % width < k]
        gram = None if self.clustered is None else self.clustered.of_decided()
        return self._share_of(self.confusion, right, among, gram)

    def abstained(self) -> BinaryMeasured:
        """Having no prediction, as the answer yes of a model that nobody's label agrees with."""
        parts = (self.confusion.rows, self.confusion.w, self.confusion.q)
        cells, w, q = (None if part is None else _last(part) for part in parts)
        gram = None if self.clustered is None else self.clustered.of_none()
        assert cells is not None
        return shares(self, cells, w, q, gram, unit=self.unit)

    def _share_of(self, tally: Tally, places: list[int], among: Among, gram: Gram | None) -> BinaryMeasured:
        parts = (tally.rows, tally.w, tally.q)
        cells, w, q = (None if part is None else _hits(part, places, among) for part in parts)
        assert cells is not None
        return shares(self, cells, w, q, gram, unit=self.unit)

    def top(self, name: str, k: int) -> BinaryMeasured:
        """Whether a class is among the k most probable, as a yes/no model. Raises ConfigError for an unknown class."""
        self._known(name)
        c, tally = self.classes.index(name), self.tops[k]
        every = (self.confusion.rows, self.confusion.w, self.confusion.q)
        pairs = zip((tally.rows, tally.w, tally.q), every, strict=True)
        cells, w, q = (None if a is None or b is None else cells_of(a, b, c) for a, b in pairs)
        gram = None if self.clustered is None else self.clustered.of_top(c, k)
        assert cells is not None
        return shares(self, cells, w, q, gram, unit=self.unit)

    def label_in_top(self, k: int) -> BinaryMeasured:
        """Whether the label is among the k most probable classes, as the answer yes."""
        width = len(self.classes)
        gram = None if self.clustered is None else self.clustered.of_label_in_top(k)
        tally, every = self.tops[k], self.confusion
        parts = zip((tally.rows, tally.w, tally.q), (every.rows, every.w, every.q), strict=True)
        cells, w, q = (
            None if a is None or b is None else _hits_in(np.einsum("skk->s", a[:, :width]), b[:, :-1]) for a, b in parts
        )
        assert cells is not None
        return shares(self, cells, w, q, gram, unit=self.unit)

    def against_common(self) -> BinaryMeasured:
        """The model beside always predicting the most common label: yes where only one of the two is right.

        The label says which: yes the model, no the other. Rows on which both are right, or neither, are predicted no.
        """
        common = int(self.confusion.worth[0, :-1].sum(axis=1).argmax())
        parts = (self.confusion.rows, self.confusion.w, self.confusion.q)
        cells, w, q = (None if part is None else _beside(part, common) for part in parts)
        gram = None if self.clustered is None else self.clustered.beside(common)
        assert cells is not None
        return shares(self, cells, w, q, gram, unit=self.unit)

    def _rate(self, rate: Rate, of: str) -> Quantity:
        """Of one class; worked out for all of them when they are few and rows come in no clusters."""
        if self.clustered is not None or len(self.slices) * len(self.classes) > MOST_TOGETHER:
            return binary_quantity(self.decided(of), rate)
        self._known(of)
        if rate.node not in self._rates:
            self._rates[rate.node] = Together(binary_quantity(self._every, rate))
        return self._rates[rate.node].of(self.classes.index(of), rate.info)

    @cached_property
    def _rates(self) -> dict[Node, Together]:
        return {}

    @cached_property
    def _every(self) -> BinaryMeasured:
        """Whether each class is predicted, as yes/no models side by side."""
        parts = (self.confusion.rows, self.confusion.w, self.confusion.q)
        every = range(len(self.classes))
        cells, w, q = (None if p is None else np.stack([_one(p, c) for c in every], axis=1) for p in parts)
        assert cells is not None
        return shares(self, cells, w, q, None, unit=self.unit)

    def _scored(self, metric: ScoreMetric, of: str) -> Quantity:
        self._known(of)
        if metric.whole is not None and metric.whole.base in RATE_OF:
            self.must_give(metric.whole.info)
            rate = replace(RATES[RATE_OF[metric.whole.base]], info=metric.info)
            return binary_quantity(self.top(of, int(metric.whole.at)), rate)
        if of not in self.scored:
            raise ConfigError(
                f"the model {shown(self.model.name)!r} gives no probability of {shown(of)!r}",
                hint="ask for a metric of what it predicts, such as recall or precision",
            )
        assert metric.whole is not None
        return replace(self.scored[of].quantity(metric.whole), info=metric.info)

    def _known(self, name: str) -> None:
        if name not in self.classes:
            raise ConfigError(
                f"there is no class {shown(name)!r}", expected="a class of the label",
                hint=near_miss(name, self.classes),
            )  # fmt: skip


def _one(counts: Floats, c: int) -> Floats:
    """Confusion cells of one class against the rest, (slices, 6), from a table (slices, classes + 1, classes)."""
    column, row, every = counts[:, :-1, c], counts[:, c], counts[:, :-1].sum(axis=(1, 2))
    tp = counts[:, c, c]
    fp, fn = column.sum(axis=1) - tp, row.sum(axis=1) - tp
    missing = counts[:, -1]
    selected = missing[:, c]
    return np.stack([tp, fp, fn, every - tp - fp - fn, selected, missing.sum(axis=1) - selected], axis=1)


def _beside(counts: Floats, common: int) -> Floats:
    """Cells of `against_common`."""
    known = counts[:, :-1]
    won = np.einsum("skk->s", known[:, :, : known.shape[1]]) - known[:, common, common]
    lost = known[:, common].sum(axis=1) - known[:, common, common]
    nobody = np.zeros(len(won))
    return np.stack([won, lost, nobody, known.sum(axis=(1, 2)) - won - lost, nobody, nobody], axis=1)


def _hits(counts: Floats, places: list[int], among: Among) -> Floats:
    """Cells in which everyone who counts has the label yes, and a hit is predicted yes."""
    flat = counts.reshape(len(counts), -1)
    hit, nobody = flat[:, places].sum(axis=1), np.zeros(len(flat))
    return np.stack([hit, nobody, flat[:, among].sum(axis=1) - hit, nobody, nobody, nobody], axis=1)


def _hits_in(hit: Floats, labelled: Floats) -> Floats:
    """Cells in which everyone labelled has the label yes, and `hit` of them are predicted yes."""
    nobody = np.zeros(len(hit))
    return np.stack([hit, nobody, labelled.sum(axis=(1, 2)) - hit, nobody, nobody, nobody], axis=1)


def _last(counts: Floats) -> Floats:
    """Cells in which every label is no, and the last prediction is the answer yes."""
    nobody, labelled, missing = np.zeros(len(counts)), counts[:, :-1].sum(axis=1), counts[:, -1]
    known, unknown = labelled[:, -1], missing[:, -1]
    return np.stack([nobody, known, nobody, labelled[:, :-1].sum(axis=1), unknown, missing[:, :-1].sum(axis=1)], axis=1)
