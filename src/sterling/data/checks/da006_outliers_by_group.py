"""DA006: do some groups lie beyond the usual values of a column more often than others?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.people import GroupGap, People
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer
from sterling.core.registry import check
from sterling.data.people.columnwise import METHOD, Question, ask_all
from sterling.data.people.fences import RULES, USUAL, Fences, Rule, draw, far, far_within, looked, looked_within, masks
from sterling.data.people.looking import clusters_note, families, named_columns, small, without_repeats
from sterling.data.people.tally import tally
from sterling.engine.table import TableAccess

CODE = "DA006"


@check(
    code=CODE,
    name="outliers-by-group",
    title="Outliers by group",
    question="Are some groups beyond a column's usual values more often than others, and beyond those of their own?",
    needs=("table", "groups"),
    when=("profile",),
    pitfalls=(
        "Common fences are drawn by the largest group: others with another centre lie beyond them without being odd.",
        "In a skewed column many values are beyond the fences, and none of them need be wrong.",
        "Coarse numbers (years, ratings, counts) make a group's own fence jump: of these common fences alone are told.",
        "Cutting outliers off cuts off the group that has more of them.",
    ),
    hints=("Compare with the fences of each group by itself before any row is left out as odd.",),
)
def outliers_by_group(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, rule: str = "fences", k: float | None = None,
    cross: int = 1, groups: tuple[str, ...] | None = None,
) -> Answer:  # fmt: skip
    """The share of each group beyond common fences and beyond its own, and the widest differences.

    `rule`: `fences` (k interquartile ranges beyond the quartiles; 1.5) or `mad` (k scaled median deviations from the
    median; 3.5). `columns`: every column of numbers without a role unless given.
    """
    how, far_out = _rule(rule, k)
    wanted = families(access, groups, cross, where=CODE)
    schema = access.schema
    named = named_columns(access, columns, where=CODE)
    odd = [c for c in named if not _number(schema[c])]
    if columns is not None and odd:
        raise ConfigError(
            f"the column {odd[0]!r} holds values of type {schema[odd[0]]}", where=CODE, expected="a column of numbers"
        )
    used = tuple(c for c in named if _number(schema[c]))
    if not used:
        return Answer(outcome="not_applicable", reason="there is no column of numbers without a role")
    singles = tuple(dict.fromkeys(c for f in wanted for c in f))
    sample = access.sample(list(dict.fromkeys([*singles, *used])))
    fences = draw(sample, used, wanted, rule=how, k=far_out, min_n=access.min_n)
    flat = [c for c in used if c not in fences]
    notes = []
    if flat:
        notes.append(f"{len(flat):,} columns have no fences: most of their numbers are equal ({', '.join(flat[:5])}).")
    if sample.height < access.rows:
        notes.append(f"Fences were drawn from {sample.height:,} rows; all {access.rows:,} were held against them.")
    if not fences:
        return Answer(
            outcome="not_applicable", reason="in every column of numbers most values are equal", notes=tuple(notes)
        )
    counts = tally(access, singles, masks=partial(masks, fences=fences, singles=singles), reads=tuple(fences))
    asked = [(counts.groups(f), _questions(fences, f)) for f in wanted]
    out = ask_all(asked, access, code=CODE, method=METHOD)
    notes += [*_centres(out.gaps), *_coarse(fences)]
    few = without_repeats((*out.too_small, *(t for g, _ in asked for t in small(g, access.min_n))))
    return Answer(
        findings=out.findings, too_small=few, about=AboutData(people=People(numbers=out.numbers, gaps=out.gaps)),
        method=f"{_words(how, far_out)}; {METHOD}", notes=(*notes, *clusters_note(access)),
        outcome="measured" if out.findings else "insufficient",
        reason="" if out.findings else "no column of groups has two groups with enough rows",
    )  # fmt: skip


def _rule(rule: str, k: float | None) -> tuple[Rule, float]:
    if rule not in RULES:
        raise ConfigError(f"the rule is {rule!r}", where=CODE, expected=" or ".join(RULES))
    how: Rule = rule
    value = USUAL[how] if k is None else k
    if not 0 < value < float("inf"):
        raise ConfigError(f"k is {value:g}", where=CODE, expected="a number above 0, such as 1.5")
    return how, value


def _number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric()


def _words(rule: Rule, k: float) -> str:
    if rule == "fences":
        return f"beyond {k:g} interquartile ranges from the quartiles"
    return f"beyond {k:g} scaled median absolute deviations from the median"


def _questions(fences: Mapping[str, Fences], family: tuple[str, ...]) -> list[Question]:
    out = []
    for c, held in fences.items():
        if c in family:
            continue
        out.append(Question(metric="outlier_gap", measure="outlier_share", column=c, hit=far(c), eligible=looked(c)))
        out.append(
            Question(
                metric="outlier_gap_within", measure="outlier_share_within", column=c, hit=far_within(c, family),
                eligible=looked_within(c, family),
                design={key: own.design for key, own in held.groups[family].items()},
            )
        )  # fmt: skip
    return out


def _coarse(fences: Mapping[str, Fences]) -> list[str]:
    """Columns in which no group has a fence of its own."""
    found = [c for c, held in fences.items() if not any(held.groups.values())]
    if not found:
        return []
    return [f"No group has a fence of its own where many of its numbers are equal, or few: {', '.join(found[:10])}."]


def _centres(gaps: tuple[GroupGap, ...]) -> list[str]:
    """Columns whose difference goes away when each group is held against its own fences."""
    held = {(g.family, g.column): g for g in gaps if g.measure == "outlier_share_within"}
    out: dict[str, None] = {}
    for gap in gaps:
        own = held.get((gap.family, gap.column))
        if gap.measure == "outlier_share" and own is not None and (gap.low or 0) > 0 and (own.low or 0) <= 0:
            out[str(gap.column)] = None
    if not out:
        return []
    return [f"Other centres or spreads alone explain the difference in: {', '.join(list(out)[:10])}."]
