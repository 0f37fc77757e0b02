"""Models that rank, as the engine runs them: all rows are held and put in order once; numbers are made when asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.encode import Batch
from sterling.engine.families import Families, plan_families
from sterling.engine.slicing import slicing
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.ranking import metrics as _metrics
from sterling.quality.ranking.lists import order_by
from sterling.quality.ranking.measured import Ordered, RankingMeasured
from sterling.quality.ranking.survey import RankingSurveyed, survey

REGISTERED = _metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingCounter:
    """Counts the rows of every slice; the rest is read from the rows themselves."""

    model: int
    families: Families

    def count(self, batch: Batch) -> Sums:
        return add_up(batch, self.families.blocks, {"rows": Part()})


class RankingTask:
    """The task of models that put the rows of each query in order."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> RankingSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[RankingCounter]:
        sizes = [len(g.values) for g in batch.groups]
        alone = surveyed.roles.uncrossed
        families = plan_families(sizes, cross=request.cross, cells_per_slice=1, alone=alone)
        return [RankingCounter(model=i, families=families) for i in range(len(surveyed.roles.models))]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> RankingMeasured:
        assert kept is not None
        roles = surveyed.roles
        mine = cast(RankingCounter, counter)
        sliced = slicing(mine.families, summary.values, roles.groups, summary.counts("rows"))
        return RankingMeasured(
            model=roles.models[mine.model],
            slices=sliced.slices,
            n=sliced.gather(summary.counts("rows")),
            has_label=roles.label is not None,
            level=request.level,
            min_n=request.min_n,
            groups=roles.groups,
            rows=_ordered(kept, mine.model),
            sliced=sliced,
            sizes=tuple(len(g.values) for g in kept.groups),
            clustered=kept.cluster is not None,
            weighted=kept.weight is not None,
        )


register_task("ranking", RankingTask())


def _ordered(kept: Batch, model: int) -> Ordered:
    relevance, query = kept.label[:, 0], kept.label[:, 1].astype(np.int64)
    score = kept.scores[model]
    relevance = np.where(np.isnan(relevance), 0.0, relevance)
    order = order_by(query, -score, relevance)
    query = query[order]
    first = np.flatnonzero(np.diff(query, prepend=-1))
    return Ordered(
        query=query,
        score=score[order],
        relevance=relevance[order],
        codes=tuple(g.codes[order] for g in kept.groups),
        weight=np.ones(len(first)) if kept.weight is None else kept.weight[order][first],
        unit=_units(kept, order, first),
    )


def _units(kept: Batch, order: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    if kept.cluster is None:
        return np.arange(len(first))
    return np.unique(kept.cluster[order][first], return_inverse=True)[1].astype(np.int64)
