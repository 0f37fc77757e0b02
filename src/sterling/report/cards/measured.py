"""The numbers of a card: estimates at the threshold in force, for everyone and for each group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sterling.core.document import Block, Cell, Prose
from sterling.core.estimate import Estimate
from sterling.core.rates import MetricInfo
from sterling.core.roles import ModelColumn
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from sterling.report.parts import cell, count_cell, estimate_cell, grid
from sterling.report.payload import operating_threshold
from sterling.report.people import family, group, noun
from sterling.report.sentences import meaning, term
from sterling.report.small_cells import NOT_SHOWN, withheld_groups
from sterling.report.text import capital, count

BY_GROUP = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy", "auc")
"""What a card says of every group, beside whatever a limit speaks of."""
REPRESENTATION = "representation"
"""Left out of the numbers of a card: the counts of the data say it."""
MOST_GROUPS = 60
"""A card names so many groups; a report has them all."""


class Measured(NamedTuple):
    """One estimate and what it is of."""

    model: str
    slice: Slice
    info: MetricInfo
    estimate: Estimate


def overall(run: Run) -> list[Measured]:
    """Every metric of everyone."""
    return [m for table in run.tables for m in _of(run, table, (EVERYONE,), None)]


def by_group(run: Run) -> list[Measured]:
    """The metrics that matter to groups, of every group; crosses after single columns."""
    return [m for table in run.tables for m in _of(run, table, groups(table), wanted(run))]


def groups(table: EstimateTable) -> tuple[Slice, ...]:
    """The groups that a card names, single columns first."""
    found = [s for s in table.slices if s.items]
    return tuple(sorted(found, key=lambda s: len(s.items))[:MOST_GROUPS])


def wanted(run: Run) -> tuple[str, ...]:
    """Names of the metrics that are told of each group."""
    judged = (limit.metric.info.name for limit in run.policy.limits if limit.metric is not None)
    measured = {b.info.name for t in run.tables for b in t.blocks}
    return tuple(name for name in dict.fromkeys((*BY_GROUP, *judged)) if name in measured)


def blocks(run: Run, evidence: str | None) -> tuple[Block, ...]:
    """One table of everyone and one of each family of groups, a model at a time."""
    out: list[Block] = []
    for table in run.tables:
        of_model = f", model {table.model}" if len(run.tables) > 1 else ""
        out += _everyone(run, _of(run, table, (EVERYONE,), None), of_model)
        shown = groups(table)
        for columns in dict.fromkeys(s.family for s in shown):
            out += _family(run, table, [s for s in shown if s.family == columns], of_model)
        left = sum(bool(s.items) for s in table.slices) - len(shown)
        if left:
            out.append(Prose(text=f"{count(left)} more groups are in the report."))
    behind = f" Evidence: {evidence}." if evidence else ""
    out.append(Prose(text=f"In brackets the {run.plan.level * 100:g}% interval of each number by itself.{behind}"))
    return tuple(out)


def _everyone(run: Run, found: list[Measured], of_model: str) -> tuple[Block, ...]:
    rows = (
        (
            cell(capital(term(m.info))),
            estimate_cell(m.estimate, m.info),
            count_cell(m.estimate.n_eligible, people=True),
            cell(capital(meaning(m.info, run.roles.people))),
        )
        for m in found
    )
    caption = f"All {count(run.n)} {noun(run.roles.people)}{of_model}{_at(run, found)}"
    return grid(caption, ("Metric", "Value", "Counted", "Meaning"), rows)


def _family(run: Run, table: EstimateTable, slices: list[Slice], of_model: str) -> tuple[Block, ...]:
    known = _of(run, table, slices, wanted(run))
    infos = list(dict.fromkeys(m.info for m in known))
    sizes = dict(zip(table.slices, table.n.tolist(), strict=True))
    held = withheld_groups(run)
    rows: list[tuple[Cell, ...]] = []
    for one in slices:
        mine = {m.info: m.estimate for m in known if m.slice == one}
        cells = (estimate_cell(mine[i], i) for i in infos)
        n = cell(NOT_SHOWN) if one in held else count_cell(sizes[one], people=True)
        rows.append((cell(capital(group(one, run.roles.people).text)), n, *cells))
    heads = ("Group", "n", *(capital(term(i)) for i in infos))
    return grid(f"By {family(slices[0].family)}{of_model}{_at(run, known)}", heads, rows)


def _at(run: Run, found: list[Measured]) -> str:
    used = {operating_threshold(run, m) for m in run.roles.models if any(f.model == m.name for f in found)} - {None}
    return f", at a threshold of {used.pop():g}" if len(used) == 1 else ""


def _of(
    run: Run, table: EstimateTable, slices: Iterable[Slice], names: tuple[str, ...] | None
) -> list[Measured]:  # fmt: skip
    """Estimates of `slices`, in the order of `names` or of the table; rates with no threshold to be at are left out."""
    model = next((m for m in run.roles.models if m.name == table.model), ModelColumn(column=table.model))
    threshold = operating_threshold(run, model)
    known = {b.info.name: b.info for b in table.blocks if b.info.name != REPRESENTATION}
    out: list[Measured] = []
    for one in slices:
        for name in names or known:
            info = known.get(name)
            if info is None or (info.by_threshold and table.thresholds and threshold not in table.thresholds):
                continue
            out.append(
                Measured(table.model, one, info, table.estimate(name, one, threshold if table.thresholds else None))
            )
    return out
