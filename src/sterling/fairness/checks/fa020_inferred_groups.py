"""FA020: what can be said of groups that nobody recorded?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding, Kind
from sterling.core.membership import INFERRED
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.core.table import Block, EstimateTable
from sterling.engine.measured import Measured
from sterling.engine.rows import RowAccess
from sterling.fairness.inferred.bounds import InferredRates, group_rates
from sterling.fairness.inferred.finding import finding
from sterling.fairness.inferred.reading import (
    cells_counted,
    chances_of,
    columns_of,
    people_of,
    shares_of,
)
from sterling.stats.identified import imbens_manski
from sterling.stats.normal import z

ASSUMPTIONS = ("nothing", "independence")
ENDS: tuple[Kind, ...] = ("gap", "lowest", "highest")
METHOD = {
    "nothing": "value: rows weighted by the chance to belong; ends: bounds that hold whatever the outcome has to do "
    "with the group beyond the probabilities (Fréchet, Hoeffding), and chance beside; low end of a gap simultaneous "
    "over all pairs (Bonferroni), high end one-sided",
    "independence": "rows weighted by the chance to belong, taking the outcome to be independent of the group given "
    "the probabilities; linearised; low end of a gap simultaneous over all pairs (Bonferroni), high end one-sided",
}
_BIAS = {
    "nothing": "the values weight rows by their chance to belong; they are biased unless the outcome has nothing to do "
    "with the group beyond the probabilities, and these data cannot show whether it has",
    "independence": "it is assumed, and cannot be checked here, that the outcome has nothing to do with the group "
    "beyond the probabilities; where it has, the values are biased and the intervals too narrow",
}


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The columns of probabilities. Raises ConfigError naming one that does not exist."""
    written = parameters.get("probabilities")
    return columns_of(written, known) if isinstance(written, tuple) else ()


@check(
    code="FA020",
    name="inferred-groups",
    title="Groups that were not recorded",
    question="How far apart can groups be that are known by probabilities, or by their shares, only?",
    finds=lambda p: tuple(e for e in ENDS if e == p["end"]),
    needs=("rows",),
    tasks=("binary",),
    pitfalls=(
        "Weighting by probabilities is biased wherever the outcome has to do with the group beyond what they know.",
        "Bounds hold only if the probabilities are right for these people: made on others, they may not be.",
        "Nobody's own group is known: the numbers say nothing of single people and must not be used to decide on them.",
    ),
    hints=(
        "Ask a sample of people, with their consent, what group they belong to: a few hundred narrow the bounds more "
        "than any number of further probabilities.",
        "Use probabilities that say more (name and place together): the surer they are, the closer the bounds.",
    ),
    reads=reads,
)
def inferred_groups(
    measured: Measured, rows: RowAccess, *, group: str, metric: Metric, probabilities: tuple[str, ...] | None = None,
    shares: tuple[str, ...] | None = None, assume: str = "nothing", end: str = "gap", threshold: float | None = None,
) -> Answer:  # fmt: skip
    """The widest gap (or, with `end`, the lowest or highest group) of a rate between values of an inferred group.

    `probabilities` are texts `value=column`; `shares`, `value=share` of all people, where nothing more is known.
    `assume`: "nothing", or "independence" of outcome and group given the probabilities.
    """
    if assume not in ASSUMPTIONS or end not in ENDS:
        raise ConfigError(
            f"assume is {assume!r} and end is {end!r}", where="FA020",
            expected=f"assume {' or '.join(ASSUMPTIONS)}, end {', '.join(ENDS)}",
        )  # fmt: skip
    if (probabilities is None) == (shares is None):
        raise ConfigError("give probabilities or shares, and one of them only", where="FA020",
                          hint='probabilities = ["white=p_white", "black=p_black"]')  # fmt: skip
    if shares is not None and assume == "independence":
        raise ConfigError("shares alone tell no person from another", where="FA020", hint='assume = "nothing"')
    counted = cells_counted(metric)
    if counted is None:
        return Answer(
            outcome="not_applicable",
            reason=f"{metric.info.label} is no share of rows without a where-clause: only such can be bounded here",
        )
    frame = rows.frame()
    if probabilities is not None:
        values, columns = zip(*(text.split("=", 1) for text in probabilities), strict=True)
        chance, known = chances_of(frame, [c.strip() for c in columns])
    else:
        held = shares_of(shares or ())
        values, known = tuple(held), np.ones(frame.height, dtype=bool)
        chance = np.tile(np.array(list(held.values())), (frame.height, 1))
    column = measured.column(threshold)
    cut = measured.thresholds[column] if measured.thresholds else 0.5
    people = people_of(rows.batch(frame), rows.model, cut, counted, chance, known)
    eligible = int((people.hit | people.miss).sum())
    if eligible < measured.min_n:
        return Answer(outcome="insufficient", reason="too few people to say")
    found = group_rates(people)
    names = tuple(str(v).strip() for v in values)
    made = finding(
        measured, metric, INFERRED + group, names, found, end=end, independent=assume == "independence",  # type: ignore[arg-type]
        threshold=threshold, method=METHOD[assume],
    )  # fmt: skip
    missing = len(known) - int(known.sum())
    left_out = (f"{missing:,} rows lack a probability and are left out",) if missing else ()
    ends = [_ends(found, g, assume, measured.level) for g in range(len(names))]
    said = tuple(f"{metric.info.label}, {_said(v, found, g, assume, ends[g])}" for g, v in enumerate(names))
    return Answer(
        findings=(made,), method=METHOD[assume], notes=(*said, _BIAS[assume], *left_out),
        inferred=_rates(measured, made, [Slice.of({INFERRED + group: v}) for v in names], found, ends),
    )  # fmt: skip


def _ends(found: InferredRates, g: int, assume: str, level: float) -> tuple[float, float]:
    """How far one group's rate may reach: by chance alone, or by its bounds and chance beside."""
    k, share, reach = len(found.estimate), found.estimate[g], z(level) * found.error(g)
    if assume == "independence":
        return max(float(share - reach), 0.0), min(float(share + reach), 1.0)
    ends = imbens_manski(found.low[g], found.high[g], found.error(k + g), found.error(2 * k + g), level=level)
    return max(float(ends.low), 0.0), min(float(ends.high), 1.0)


def _said(value: str, found: InferredRates, g: int, assume: str, ends: tuple[float, float]) -> str:
    """One group's figures in a line."""
    low, high = ends
    about, people = f"{value}: {found.estimate[g]:.1%} by weighting", f"of about {found.n[g]:,.0f} people"
    if assume == "independence":
        return f"{about} [{low:.1%}, {high:.1%}], {people}"
    return f"{about}, bounds {found.low[g]:.1%} to {found.high[g]:.1%} (with chance, {low:.1%} to {high:.1%}), {people}"


def _rates(
    measured: Measured, made: Finding, slices: list[Slice], found: InferredRates, ends: list[tuple[float, float]]
) -> EstimateTable:
    """The rate of each group as estimates; what it is eligible for counts people by what they are worth."""
    n = np.round(np.nan_to_num(found.n)).astype(np.int64)
    worth = np.floor(np.nan_to_num(found.n_effective)).astype(np.int64)
    low, high = np.array(ends).T
    block = Block(
        info=replace(made.metric, by_threshold=made.threshold is not None), value=found.estimate[:, None],
        low=low[:, None], high=high[:, None], n_eligible=np.minimum(n, worth)[:, None], method=made.method,
    )  # fmt: skip
    return EstimateTable(
        model=measured.model.name, slices=tuple(slices), n=n, blocks=(block,), level=measured.level,
        thresholds=() if made.threshold is None else (made.threshold,), min_n=measured.min_n,
    )  # fmt: skip
