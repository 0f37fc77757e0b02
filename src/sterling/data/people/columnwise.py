"""A yes/no question about every column, answered group by group: shares, widest differences, and one test of each.

What is said of one column holds for all groups together. What is said of the worst of all columns holds for all of them
as well (Bonferroni), and p-values are adjusted over columns and families (Holm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import partial

import numpy as np

from sterling.core.data.people import GroupGap, GroupNumber
from sterling.core.evidence import Finding, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue
from sterling.data.people.balance import interval_of, test_of, told
from sterling.data.people.looking import Shares, share_estimates, shares
from sterling.data.people.looking import small as small_groups
from sterling.data.people.tally import Groups
from sterling.engine.table import TableAccess
from sterling.stats.adjust import holm
from sterling.stats.draws import stream
from sterling.stats.multiple import Widest, widest_gap_from

METHOD = (
    "exact (Clopper-Pearson) limits of each share, squared and added; the end that can exceed a limit holds for all "
    "pairs of groups together (Tukey's studentised range), of the worst column for all columns too (Bonferroni)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a column: `metric` for limits, `measure` for records, and the answers that were counted.

    `design`: by group, how many times its share varies as much as a plain share; 1 unless given.
    """

    metric: str
    measure: str
    column: str
    hit: str
    eligible: str
    design: Mapping[tuple[GroupValue, ...], float] = field(default_factory=dict)

    def share(self, groups: Groups) -> Shares:
        """The share of each group, and what it is worth."""
        plain = shares(groups, self.hit, self.eligible)
        if not self.design:
            return plain
        times = [self.design.get(tuple(v for _, v in s.items), 1.0) for s in groups.slices]
        return replace(plain, size=plain.size / np.array(times))


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
        for question in questions:
            numbers += _numbers(groups, question, access)
        for metric in dict.fromkeys(q.metric for q in questions):
            mine = [q for q in questions if q.metric == metric]
            found, small = _widest(groups, mine, access, code=code, method=method)
            held += found
            few += small
    records = [gap for gap, _ in held if gap.column is not None]
    adjusted = holm([np.nan if g.p is None else g.p for g in records])
    gaps = tuple(replace(g, p=float(p)) for g, p in zip(records, adjusted, strict=True))
    return Found(numbers=tuple(numbers), gaps=gaps, findings=tuple(f for _, f in held), too_small=tuple(few))


def _widest(
    groups: Groups, questions: Sequence[Question], access: TableAccess, *, code: str, method: str
) -> tuple[list[tuple[GroupGap, Finding]], list[TooSmall]]:
    """The widest difference of each column, all columns at once, and that of the worst one."""
    if not groups.slices:
        return [], []
    each = [q.share(groups) for q in questions]
    enough = np.stack([s.eligible >= access.min_n for s in each])
    value = np.where(enough, np.stack([s.value for s in each]), np.nan)
    everything = Shares(value=value, size=np.stack([s.size for s in each]), n=each[0].n, eligible=each[0].eligible)
    level, at = access.level, partial(interval_of, everything)
    wide = widest_gap_from(value, at, level=level)
    sure = widest_gap_from(value, at, level=1 - (1 - level) / len(questions))
    few = [t for q in dict.fromkeys(q.eligible for q in questions) for t in small_groups(groups, access.min_n, q)]
    out, worst = [], []
    for i, question in enumerate(questions):
        if wide.pair[i, 0] < 0:
            continue
        kept = groups.only(enough[i])
        rng = stream(access.seed, f"{code} {groups.family} {question.column} {question.measure}")
        worth = access.roles.weight is not None or bool(question.design)
        p = test_of(kept, question.share(kept), rng=rng, weighted=worth)
        one = Widest(*(part[i] for part in wide))
        pair = told(
            groups, each[i], one, question.metric, measure=question.measure, level=level, method=method, p=p,
            column=question.column, columns=(question.column,), compared=int(enough[i].sum()),
            too_small=small_groups(groups, access.min_n, question.eligible),
        )  # fmt: skip
        out.append(pair)
        worst.append(replace(pair[1], low=float(sure.at_least[i])))
    return [*out, *_worst(worst)], few


def _numbers(groups: Groups, question: Question, access: TableAccess) -> list[GroupNumber]:
    estimates = share_estimates(
        question.share(groups), level=access.level, min_n=access.min_n,
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
