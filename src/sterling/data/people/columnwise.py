"""A yes/no question about every column, answered group by group: shares, widest differences, and one test of each.

What is said of one column holds for all groups together. What is said of the worst of all columns holds for all of them
as well (Bonferroni), and p-values are adjusted over columns and families (Holm).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sterling.core.data.people import GroupGap, GroupNumber
from sterling.core.evidence import Finding, TooSmall
from sterling.data.people.balance import enough, gap_of, test_of
from sterling.data.people.looking import share_estimates, shares
from sterling.data.people.tally import Groups
from sterling.engine.table import TableAccess
from sterling.stats.adjust import holm
from sterling.stats.draws import stream

METHOD = (
    "exact (Clopper-Pearson) limits of each share, squared and added; the end that can exceed a limit holds for all "
    "pairs of groups together (Tukey's studentised range), of the worst column for all columns too (Bonferroni)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a column: `metric` for limits, `measure` for records, and the answers that were counted."""

    metric: str
    measure: str
    column: str
    hit: str
    eligible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of all columns and families. `worst` and `findings` are for limits."""

    numbers: tuple[GroupNumber, ...]
    gaps: tuple[GroupGap, ...]
    findings: tuple[Finding, ...]
    too_small: tuple[TooSmall, ...]


def ask_all(
    asked: Sequence[tuple[Groups, Sequence[Question]]], access: TableAccess, *, code: str, method: str
) -> Found:
    """Every question of every family; the widest difference of each, and the worst column of each family.

    The order of columns and of families does not matter.
    """
    numbers: list[GroupNumber] = []
    held: list[tuple[GroupGap, Finding]] = []
    few: list[TooSmall] = []
    for groups, questions in asked:
        each = Counter(q.metric for q in questions)
        worst: list[Finding] = []
        for question in questions:
            numbers += _numbers(groups, question, access)
            kept, small = enough(groups, access.min_n, question.eligible)
            few += small
            if len(kept.slices) < 2:
                continue
            share = shares(kept, question.hit, question.eligible)
            rng = stream(access.seed, f"{code} {groups.family} {question.column} {question.measure}")
            p = test_of(kept, share, rng=rng, weighted=access.roles.weight is not None)
            one = {"measure": question.measure, "level": access.level, "method": method, "p": p}
            gap, told = gap_of(
                kept,
                share,
                question.metric,
                column=question.column,
                columns=(question.column,),
                too_small=small,
                **one,  # type: ignore[arg-type]
            )
            held.append((gap, told))
            together = 1 - (1 - access.level) / each[question.metric]
            worst.append(gap_of(kept, share, question.metric, over=together, too_small=small, **one)[1])  # type: ignore[arg-type]
        held += _worst(worst)
    records = [gap for gap, _ in held if gap.column is not None]
    adjusted = holm([np.nan if g.p is None else g.p for g in records])
    gaps = tuple(replace(g, p=float(p)) for g, p in zip(records, adjusted, strict=True))
    return Found(numbers=tuple(numbers), gaps=gaps, findings=tuple(f for _, f in held), too_small=tuple(few))


def _numbers(groups: Groups, question: Question, access: TableAccess) -> list[GroupNumber]:
    estimates = share_estimates(
        shares(groups, question.hit, question.eligible), level=access.level, min_n=access.min_n,
        weighted=access.roles.weight is not None,
    )  # fmt: skip
    return [
        GroupNumber(slice=s, measure=question.measure, estimate=e, column=question.column)
        for s, e in zip(groups.slices, estimates, strict=True)
    ]


def _worst(findings: Sequence[Finding]) -> list[tuple[GroupGap, Finding]]:
    """The finding of the column that differs most, with the bounds of all of them, for each metric."""
    out: list[tuple[GroupGap, Finding]] = []
    for metric in dict.fromkeys(f.metric.name for f in findings):
        mine = [f for f in findings if f.metric.name == metric]
        top = max(mine, key=lambda f: f.value)
        loosest = max(mine, key=lambda f: f.high)
        told = replace(
            top, low=max(f.low for f in mine), high=loosest.high, columns=(), outermost=loosest.outermost,
            groups_compared=top.groups_compared,
        )  # fmt: skip
        second = told.second or told.first
        out.append(
            (
                GroupGap(
                    measure=metric, column=None, family=told.family, first=told.first.slice, second=second.slice,
                    value=told.value, low=told.low, high=told.high, level=told.level,
                ),
                told,
            )
        )  # fmt: skip
    return out
