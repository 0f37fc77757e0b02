"""How likely limits come out *within* if groups did not differ at all: what can be said of it before a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sterling.core.frozen import dataclass
from sterling.core.policy import Limit
from sterling.core.project import Project
from sterling.pipeline.steps.train import folds_of

DRAWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How likely a limit comes out *within* at these group sizes if there were no gap at all: before a run."""

    limit: str
    column: str
    within: float
    smallest: int
    rate: float


def limit_name(limit: Limit) -> str:
    """A limit as people are told of it: by its name, or by what it says."""
    what = limit.metric.info.name if limit.metric is not None else limit.ask
    return limit.name or f"{what} {limit.statement} {limit.bound:g}"


def chances_of(
    project: Project, groups: Mapping[str, Mapping[str | None, int]], rate: float, rows: int
) -> Iterator[Chance]:  # fmt: skip
    """For limits on gaps between shares of everyone: the only ones whose counts are known before a run.

    Every row is examined where scores are cross-fitted or there already, else those set aside to certify.
    """
    from sterling.stats.power import power_to_decide  # which only a check needs

    share = project.split.certify if project.train is not None and not folds_of(project, rows) else 1.0
    for limit in project.policy.limits:
        if limit.metric is None or limit.statement != "max_gap" or limit.metric.info.name != "selection_rate":
            continue
        for column in limit.groups or project.groups:
            sizes = [int(n * share) for n in groups.get(column, {}).values() if n * share >= project.measuring.min_n]
            if len(sizes) >= 2:
                found = power_to_decide(sizes, rate, limit.bound, level=project.measuring.level, draws=DRAWS)
                yield Chance(
                    limit=limit_name(limit), column=column, within=found.within, smallest=min(sizes), rate=rate
                )
