"""Models that give each row a set of items, as the engine runs them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.clusters import PATTERNS
from sterling.engine.encode import Batch
from sterling.engine.families import Families, families_in
from sterling.engine.measured import Measured
from sterling.engine.slicing import slicing
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.multilabel.counting import pair_parts, row_parts, weighed
from sterling.quality.multilabel.rows import Rows
from sterling.quality.sets import metrics as _metrics
from sterling.quality.sets.infos import RATE_OF, USUAL
from sterling.quality.sets.measured import CELLS_OF_ITEMS, Clustered, SetsMeasured
from sterling.quality.sets.rows import look_at
from sterling.quality.sets.survey import SetsSurveyed, survey

REGISTERED = _metrics


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """A mergeable summary: sums over rows by how many of the best items count, 0 for all."""

    sums: Mapping[int, Sums]

    def merge(self, other: Counts) -> Counts:
        """The counts of both sets of rows."""
        return Counts(sums={best: mine.merge(other.sums[best]) for best, mine in self.sums.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCounter:
    """Counts one model. `looks`: how many of the best items of a row count, 0 (all) first."""

    index: int
    looks: tuple[int, ...]
    families: Families

    def count(self, batch: Batch) -> Counts:
        """The counts of one batch."""
        rows = {best: self.rows(batch, best) for best in self.looks}
        blocks = self.families.blocks
        return Counts(sums={k: add_up(batch, blocks, _parts(r, batch, whole=k == 0)) for k, r in rows.items()})

    def rows(self, batch: Batch, best: int) -> Rows:
        """What each row says when so many of its best items count."""
        return look_at(batch.label, batch.scores[self.index], best)


def _parts(rows: Rows, batch: Batch, *, whole: bool) -> dict[str, Part]:
    w = batch.weight
    parts = row_parts(rows, w) if whole else pair_parts(rows, w)
    for cell in CELLS_OF_ITEMS:
        parts[f"n{cell}"] = weighed(rows.cells[cell], None, 0)
        if w is not None:
            parts[f"w{cell}"] = weighed(rows.cells[cell], w, 16)
            parts[f"q{cell}"] = weighed(rows.cells[cell], w * w, 16)
    return parts


class SetsTask:
    """The task of models that give each row a set of items."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> SetsSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool) -> Sequence[SetCounter]:
        families = families_in(
            batch, surveyed.roles, cross=request.cross, cells_per_slice=PATTERNS, streaming=streaming
        )
        asked = {int(m.at) for m in request.made if m.base.removesuffix("_at") in RATE_OF}
        looks = (0, *sorted({USUAL, *asked}))
        return [SetCounter(index=i, looks=looks, families=families) for i in range(len(surveyed.roles.models))]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> Measured:
        return _finish(surveyed, request, cast(SetCounter, counter), cast(Counts, summary), kept)


register_task("sets", SetsTask())


def _finish(
    surveyed: Surveyed, request: Request, counter: SetCounter, counts: Counts, kept: Batch | None
) -> SetsMeasured:
    roles, every = surveyed.roles, counts.sums[0]
    found = slicing(counter.families, every.values, roles.groups, [c.sum(axis=-1) for c in every.counts("rows")])
    clustered = None
    if kept is not None and kept.cluster is not None:
        clustered = Clustered(batch=kept, rows={best: counter.rows(kept, best) for best in counter.looks})
    return SetsMeasured(
        model=roles.models[counter.index],
        slices=found.slices,
        n=found.gather(every.counts("rows")).sum(axis=1),
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        sums=counts.sums,
        sliced=found,
        unit=math.ldexp(1.0, surveyed.weight_exponent) if roles.weight is not None else 1.0,
        clustered=clustered,
    )
