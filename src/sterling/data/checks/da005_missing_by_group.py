"""DA005: is what is missing missing for some groups more than for others?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.people import People
from sterling.core.evidence import Answer
from sterling.core.registry import check
from sterling.data.people.columnwise import METHOD, Question, ask_all
from sterling.data.people.looking import (
    FEW,
    MOST_LABELS,
    clusters_note,
    distinct_labels,
    families,
    named_columns,
    small,
    without_repeats,
)
from sterling.data.people.tally import ROWS, Bools, tally
from sterling.engine.encode import Codes
from sterling.engine.table import TableAccess

CODE = "DA005"


@check(
    code=CODE,
    name="missing-by-group",
    title="Missing values by group",
    question="For which columns does it depend on the group, or on the label, whether there is a value?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "A value that stands for missing (0, 999, an empty text) counts as a value here.",
        "Filling gaps with the mean of everyone moves the group with more gaps towards the others.",
        "That a gap is small on the whole does not show that it is small where groups cross.",
    ),
    hints=("Ask how the column is collected for the group with more gaps, before anything is filled in.",),
)
def missing_by_group(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, cross: int = 1,
    groups: tuple[str, ...] | None = None, label: bool = True,
) -> Answer:  # fmt: skip
    """The share of each group in which a column is empty, and the widest difference of each column and of all.

    `columns`: every one without a role unless given. `label`: between values of the label as well.
    """
    wanted = list(families(access, groups, cross, where=CODE))
    name = access.roles.label
    by_label = label and name is not None and distinct_labels(access) <= MOST_LABELS
    if by_label and name is not None and (name,) not in wanted:
        wanted.append((name,))
    if not wanted:
        return Answer(outcome="not_applicable", reason="no group columns were given, and no label with few values")
    looked = named_columns(access, columns, where=CODE)
    looked = tuple(c for c in looked if c != name)
    if not looked:
        return Answer(outcome="not_applicable", reason="there is no column without a role")
    singles = tuple(dict.fromkeys(c for f in wanted for c in f))
    counts = tally(access, singles, masks=partial(masks, columns=looked), reads=looked)
    everyone = counts.groups(())
    gappy = [c for c in looked if int(everyone.n[c].sum()) > 0] if everyone.slices else []
    asked = []
    for family in wanted:
        found = counts.groups(family)
        if family == (name,):  # a label that few rows have could be one person's own
            found = found.only(found.n[ROWS] >= FEW)
        questions = [
            Question(metric="missing_gap", measure="missing_share", column=c, hit=c, eligible=ROWS)
            for c in looked
            if c not in family
        ]
        asked.append((found, questions))
    out = ask_all(asked, access, code=CODE, method=METHOD)
    few = without_repeats((*out.too_small, *(t for g, _ in asked for t in small(g, access.min_n))))
    full = len(looked) - len(gappy)
    notes = (f"{full:,} of {len(looked):,} columns have a value in every row.",) if full else ()
    held = {*gappy}
    people = People(
        numbers=tuple(n for n in out.numbers if n.column in held), gaps=tuple(g for g in out.gaps if g.column in held)
    )
    return Answer(
        findings=out.findings, too_small=few, about=AboutData(people=people), method=METHOD,
        notes=(*notes, *clusters_note(access)), outcome="measured" if out.findings else "insufficient",
        reason="" if out.findings else "no column of groups has two groups with enough rows",
    )  # fmt: skip


def masks(frame: pl.DataFrame, coded: tuple[Codes, ...], *, columns: tuple[str, ...]) -> Mapping[str, Bools]:
    """Whether each column is empty; NaN counts as empty."""
    del coded
    out = {}
    for name in columns:
        column = frame[name]
        empty = column.is_null() | column.is_nan().fill_null(False) if column.dtype.is_float() else column.is_null()
        out[name] = empty.to_numpy()
    return out
