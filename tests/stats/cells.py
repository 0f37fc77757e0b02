"""The cells of docs/coverage.md that are made of whole evaluations."""

from __future__ import annotations

from functools import partial

from tests.stats import (
    attribution_worlds,
    data_worlds,
    decision_worlds,
    inferred_worlds,
    share_worlds,
    slice_worlds,
    table_worlds,
    task_worlds,
    text_worlds,
)
from tests.stats.coverage_whole import CONTRASTS, FAMILIES, SEARCHES
from tests.stats.kept import Behind, Cell, Figures, means
from tests.stats.object_worlds import KINDS

LOOK = 4
FEW_SEARCHES = {"searched": 8, "believing in noise": 1}
SEARCH = {"searched": slice_worlds.searched, "believing in noise": slice_worlds.believed}


def _of_a_task(name: str, n: int, kind: str) -> Cell:
    return Cell(
        figures=lambda: task_worlds.covered(name, kind, n),
        few=lambda: task_worlds.ends(name, kind, n),
    )


def _of_texts(answers: str, n: int) -> Cell:
    pairs, more = text_worlds.EVERY[answers]
    return Cell(
        figures=lambda: text_worlds.covered(pairs(), n, **more),
        few=lambda: text_worlds.ends(pairs(), n, **more),
    )


def _of_contrasts(loss: slice_worlds.Kind, kind: str) -> Cell:
    def few() -> Behind:
        return {"ends": means(*zip(*slice_worlds.contrasts(loss, kind, LOOK), strict=True))}

    return Cell(figures=lambda: slice_worlds.against_everyone(loss, kind, CONTRASTS), few=few)


def _of_searches(search: str, task: str, kind: str) -> Cell:
    of = SEARCH[search]
    return Cell(
        figures=partial(slice_worlds.false_discoveries, of, task, kind, SEARCHES[search]),
        few=partial(slice_worlds.tried, of, task, kind, FEW_SEARCHES[search]),
    )


def _of_shares(n: int, kind: str) -> Cell:
    def figures() -> Figures:
        return share_worlds.covered(kind, n)

    return Cell(figures=figures, few=lambda: share_worlds.ends(kind, n))


def _of_decisions(scenario: str, kind: str) -> Cell:
    return Cell(
        figures=partial(decision_worlds.figures, kind, scenario), few=partial(decision_worlds.few, kind, scenario)
    )


def _of_attributions(far: bool, n: int, kind: str) -> Cell:
    return Cell(
        figures=partial(attribution_worlds.figures, kind, n, far), few=partial(attribution_worlds.few, kind, n, far)
    )


def _of_inferred(assume: str, n: int, kind: str) -> Cell:
    return Cell(
        figures=partial(inferred_worlds.figures, assume, kind, n), few=partial(inferred_worlds.few, assume, kind, n)
    )


def _of_data(kind: str, n: int, far: bool, weighted: bool) -> Cell:
    return Cell(
        figures=partial(data_worlds.figures, kind, n, far, weighted),
        few=partial(data_worlds.few, kind, n, far, weighted),
    )


def _of_ratios(rates: str, n: int) -> Cell:
    return Cell(
        figures=partial(table_worlds.figures_of_ratios, rates, n),
        few=lambda: table_worlds.few(table_worlds.ratios(rates, n, table_worlds.LOOK)),
    )


def _of_models(n: int) -> Cell:
    return Cell(
        figures=partial(table_worlds.figures_of_models, n),
        few=lambda: table_worlds.few(table_worlds.models(n, table_worlds.LOOK)),
    )


CELLS: dict[str, Cell] = {
    **{
        f"{name}, {n}, {kind}": _of_a_task(name, n, kind)
        for names, _ in FAMILIES.values() for name in names for n in task_worlds.ASKED[name].sizes for kind in KINDS
    },
    **{f"texts, {answers}, {n}": _of_texts(answers, n) for answers in text_worlds.EVERY for n in text_worlds.SIZES},
    **{f"representation, {n}, {kind}": _of_shares(n, kind) for n in share_worlds.SIZES for kind in KINDS},
    **{f"found slices, {loss}, {kind}": _of_contrasts(loss, kind) for loss in slice_worlds.BASE for kind in KINDS},
    **{
        f"{search}, {task}, {kind}": _of_searches(search, task, kind)
        for search in SEARCHES for task in slice_worlds.TASKS for kind in KINDS
    },
    **{f"decisions, {s}, {kind}": _of_decisions(s, kind) for s in decision_worlds.SHIFT for kind in KINDS},
    **{
        f"attributions, {words}, {n}, {kind}": _of_attributions(far, n, kind)
        for words, far in attribution_worlds.GROUPS.items()
        for n in attribution_worlds.SIZES for kind in KINDS
    },
    **{
        f"inferred, {assume}, {n}, {kind}": _of_inferred(assume, n, kind)
        for assume in inferred_worlds.BEYOND for n in inferred_worlds.SIZES for kind in KINDS
    },
    **{
        f"data, {kind}, {n}, {words}": _of_data(kind, n, far, weighted)
        for kind, (_, weights) in data_worlds.KINDS.items() for n in data_worlds.SIZES
        for words, (far, weighted) in data_worlds.WORDS.items() if weights or not weighted
    },
    **{f"rules, {rates} rates, {n}": _of_ratios(rates, n) for rates in table_worlds.RATES for n in table_worlds.SIZES},
    **{f"rules, models, {n}": _of_models(n) for n in table_worlds.SIZES},
}  # fmt: skip
"""By name, in the order of the page."""
