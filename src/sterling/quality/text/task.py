"""Models that write text, as the engine runs them: exact sums of what answers share with references, by slice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.binary.against import asked, shares
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.task import gram_of
from sterling.engine.encode import Batch
from sterling.engine.families import Families, families_in
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Sums, add_up, in_pieces
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.engine.totals import cluster_products, totals_of
from sterling.quality.text import metrics as _metrics
from sterling.quality.text.measured import TextMeasured
from sterling.quality.text.rows import FIELDS, SHARES, SUMMED, basis_values, product_values
from sterling.quality.text.slopes import among as among_of
from sterling.quality.text.survey import TextSurveyed, survey

Floats = NDArray[np.float64]
REGISTERED = _metrics
_CELLS_PER_SLICE = 3 * len(SUMMED.products)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCounter:
    """Counts one model."""

    model: int
    families: Families

    def count(self, batch: Batch) -> Sums:
        return in_pieces(self._piece, batch, self.families.blocks)

    def _piece(self, batch: Batch) -> Sums:
        values = basis_values(batch.scores[self.model])
        return add_up(batch, self.families.blocks, SUMMED.parts({**values, **product_values(values)}, batch.weight))


class TextTask:
    """The task of models that write text."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> TextSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool) -> Sequence[TextCounter]:
        families = families_in(
            batch, surveyed.roles, cross=request.cross, cells_per_slice=_CELLS_PER_SLICE, streaming=streaming
        )
        return [TextCounter(model=i, families=families) for i in range(len(surveyed.roles.models))]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> TextMeasured:
        return _finish(cast(TextSurveyed, surveyed), request, cast(TextCounter, counter), summary, kept)


register_task("text", TextTask())


def _finish(
    surveyed: TextSurveyed, request: Request, counter: TextCounter, sums: Sums, kept: Batch | None
) -> TextMeasured:
    roles = surveyed.roles
    sliced = slicing(counter.families, sums.values, roles.groups, sums.counts("n all"))
    totals = totals_of(SUMMED, sums, sliced, weighted=roles.weight is not None)
    clustered = kept if kept is not None and kept.cluster is not None else None
    if clustered is not None:
        values = basis_values(clustered.scores[counter.model])
        products, clusters = cluster_products(SUMMED, values, clustered, counter.families, sliced)
        totals = replace(totals, products=products, clusters=clusters)
    unit = math.ldexp(1.0, surveyed.weight_exponent) if roles.weight is not None else 1.0
    found = TextMeasured(
        model=roles.models[counter.model],
        slices=sliced.slices,
        n=totals.counts["all"],
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        of=totals,
        shares={},
    )
    squares = {name: sliced.values(sums.of(f"q {name}")) for name in SUMMED.counts} if totals.weighted else {}
    asked_of = {
        name: _shares(found, name, squares, _gram(counter, sliced, clustered, name, unit), unit) for name in SHARES
    }
    return replace(found, shares=asked_of)


def _shares(of: TextMeasured, name: str, squares: dict[str, Floats], gram: Any, unit: float) -> BinaryMeasured:
    """A question about rows as a yes/no model that is right or wrong of the rows that it is asked of."""
    among = among_of(name)

    def cells(yes: Floats, every: Floats, whole: Floats) -> Floats:
        out = np.zeros((len(yes), len(CELLS)))
        out[:, 0], out[:, 2], out[:, 5] = yes, every - yes, whole - every
        return out

    of_rows = cells(*(of.of.counts[key].astype(np.float64) for key in (name, among, "all")))
    w = cells(*(of.of.total(key) * unit for key in (name, among, "all"))) if squares else None
    q = cells(*(squares[key] * unit**2 for key in (name, among, "all"))) if squares else None
    return shares(of, of_rows, w, q, gram, unit=unit)


def _gram(counter: TextCounter, sliced: Slicing, kept: Batch | None, name: str, unit: float) -> Any:
    if kept is None:
        return None
    fields = dict(zip(FIELDS, kept.scores[counter.model].columns, strict=True))
    known = np.ones(kept.height) if among_of(name) == "all" else fields["one"]
    view = asked(kept, np.where(known > 0, 1, 2).astype(np.uint8), fields[name])
    return gram_of(sliced, counter.families, view, 0, np.array([0.5]), unit)
