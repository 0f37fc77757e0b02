"""Models that predict a number, as the engine runs them: exact sums of powers of label and error, by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.encode import Batch
from sterling.engine.families import Families, families_in
from sterling.engine.scales import FIRST
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Part, Sums, add_up, in_pieces
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.engine.totals import cluster_products, totals_of
from sterling.quality.regression import metrics as _metrics
from sterling.quality.regression.measured import RegressionMeasured
from sterling.quality.regression.quantiles import BINS, BinnedErrors, Errors, bin_of, sorted_errors
from sterling.quality.regression.rows import PRODUCTS, SUMMED, basis_values, product_values
from sterling.quality.regression.survey import RegressionSurveyed, Scale, survey

Floats = NDArray[np.float64]
REGISTERED = _metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionCounter:
    """Counts one model. `held`: the rows are in memory, so that quantiles of errors need no bins."""

    model: int
    scale: Scale
    families: Families
    held: bool

    def count(self, batch: Batch) -> Sums:
        return in_pieces(self._piece, batch, self.families.blocks)

    def _piece(self, batch: Batch) -> Sums:
        values = basis_values(batch.label, batch.scores[self.model], self.scale)
        parts = SUMMED.parts({**values, **product_values(values)}, batch.weight)
        if not self.held:
            parts["bins"] = _bins(batch, values)
        return add_up(batch, self.families.blocks, parts)


def _bins(batch: Batch, values: Mapping[str, Floats]) -> Part:
    places = bin_of(values["abs"], values["one"])
    if batch.weight is None:
        return Part(shape=(BINS + 1,), places=places)
    return Part(shape=(BINS + 1,), places=places, values=batch.weight, limbs=2, first=FIRST)


class RegressionTask:
    """The task of models that predict a number."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> RegressionSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[RegressionCounter]:
        known = cast(RegressionSurveyed, surveyed)
        cells = BINS if streaming else 3 * len(PRODUCTS)
        families = families_in(batch, known.roles, cross=request.cross, cells_per_slice=cells, streaming=streaming)
        return [
            RegressionCounter(model=i, scale=known.scales[i], families=families, held=not streaming)
            for i in range(len(known.roles.models))
        ]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> RegressionMeasured:
        return _finish(cast(RegressionSurveyed, surveyed), request, cast(RegressionCounter, counter), summary, kept)


register_task("regression", RegressionTask())


def _finish(
    surveyed: RegressionSurveyed, request: Request, counter: RegressionCounter, sums: Sums, kept: Batch | None
) -> RegressionMeasured:
    roles = surveyed.roles
    sliced = slicing(counter.families, sums.values, roles.groups, sums.counts("n all"))
    totals = totals_of(SUMMED, sums, sliced, weighted=roles.weight is not None)
    if kept is not None and kept.cluster is not None:
        values = basis_values(kept.label, kept.scores[counter.model], counter.scale)
        products, clusters = cluster_products(SUMMED, values, kept, counter.families, sliced)
        totals = replace(totals, products=products, clusters=clusters)
    return RegressionMeasured(
        model=roles.models[counter.model],
        slices=sliced.slices,
        n=totals.counts["all"],
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        of=totals,
        scale=counter.scale,
        errors=_errors(sums, sliced, counter, kept),
    )


def _errors(sums: Sums, sliced: Slicing, counter: RegressionCounter, kept: Batch | None) -> Errors:
    if kept is not None:
        return sorted_errors(kept, counter.families, sliced, counter.model)
    weighted = len(sums.totals[0]["bins"].limbs) > 1
    bins = sliced.values(sums.of("bins")) if weighted else sliced.gather(sums.counts("bins")).astype(np.float64)
    return BinnedErrors(np.cumsum(bins[:, :BINS], axis=1), counter.scale.error)
