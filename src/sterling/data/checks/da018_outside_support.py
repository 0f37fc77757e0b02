"""DA018: who lies outside what a model has seen?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Leaks, Outside
from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.evidence import Answer, Finding
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import Slice, group_order, group_text
from sterling.data.copies.shares import Counted, estimate, highest, share_of_sets
from sterling.data.leaks.parts import NONE, Parts, parts_of, sample_of_each
from sterling.data.leaks.support import Placed, place, support_of
from sterling.engine.table import TableAccess

FEW = 10
"""Reasons that fewer rows share are not counted out."""
METHOD = "Clopper-Pearson, given the threshold"


@check(
    code="DA018",
    name="outside-support",
    title="Rows outside the support",
    question="Which rows are unlike those that a model learned from, and of which groups are they?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "A row may be usual in all columns while what they mean for the label has changed: nothing is seen of that.",
        "A row may be strange in a column that no model reads.",
        "In many columns everybody is far from everybody, and the joint distance says less.",
    ),
    hints=("Do not decide about these rows by the model alone; collect more like them and train again.",),
)
def outside_support(
    access: TableAccess, *, split: str | None = None, train: str | None = None,
    columns: tuple[str, ...] | None = None, alpha: float = 0.01, most: int = 20_000,
) -> Answer:  # fmt: skip
    """The share of rows of each later part that lies outside the support of the first, overall and by group.

    Parts as in DA015. Of rows that come from where the first part comes from at most `alpha` fall outside on average.
    `columns`: unless given, all that the parts share but label, id, weight and scores of models. `most`: rows of each.
    """
    if not 0 < alpha < 1:
        raise ConfigError(f"a share of {alpha:g}", where="DA018 alpha", expected="a number between 0 and 1")
    parts = parts_of(access, split=split, train=train, code="DA018")
    if parts is None:
        return Answer(outcome="not_applicable", reason=NONE)
    roles = access.roles
    out = {roles.label, roles.id, roles.weight, *(c for m in roles.models for c in m.columns)}
    asked = columns if columns is not None else tuple(c for c in parts.shared if c not in out)
    groups = tuple(g for g in roles.groups if all(g in t.columns for t in access.others))
    for table in (access, *access.others):
        table.known(asked, where="DA018 columns")
    rows, sampled = sample_of_each(access, parts, tuple(dict.fromkeys((*asked, *groups))), most=max(most, 2))
    first = parts.names[0]
    try:
        support = support_of(rows[first], asked, alpha=alpha, seed=access.seed)
    except InputError as error:
        return Answer(outcome="insufficient", reason=error.what)
    if np.isinf(support.in_column) and np.isinf(support.together):
        return Answer(outcome="insufficient", reason=f"{support.calibrated_on:,} rows are too few for {alpha:g}")
    notes = [
        f"Of rows that come from where {shown(first)} comes from, at most {100 * alpha:g} in 100 fall outside on "
        f"average (split conformal, set on {support.calibrated_on:,} rows); intervals take this threshold as given."
    ]
    notes += [f"At most about {most:,} rows of each part were looked at, drawn by content."] if sampled else []
    if support.left_out:
        notes.append("Not looked at, for holding nothing comparable or naming rows: "
                     + ", ".join(shown(c) for c in support.left_out[:20]) + ".")  # fmt: skip
    records: list[Outside] = []
    shares: dict[str, list[Counted]] = {"": []}
    for second in parts.names[1:]:
        placed = place(support, rows[second])
        for record, share in _by_group(access, parts, first, second, rows[second], placed, groups, alpha):
            records.append(record)
            shares.setdefault(record.group and share.slice.family[-1], []).append(share)
    return Answer(
        about=AboutData(leaks=Leaks(outside=tuple(records))), findings=tuple(_findings(access, shares)),
        notes=tuple(notes), method=f"distance to the 5th nearest row, and the strangest column; {METHOD}",
    )  # fmt: skip


def _by_group(
    access: TableAccess, parts: Parts, first: str, second: str, frame: pl.DataFrame, placed: Placed,
    groups: tuple[str, ...], alpha: float,
) -> Iterator[tuple[Outside, Counted]]:  # fmt: skip
    """Everyone, then each value of each group column: what lies outside, as a record and as it was counted."""
    hit = placed.outside.astype(np.int64)
    whole = share_of_sets(hit, np.ones(len(hit)), slice=parts.slice(second))
    reasons = tuple((r, n) for r, n in placed.reasons if n >= FEW)
    yield _record(access, first, second, "", whole, alpha, reasons), whole
    for group in groups:
        text = pl.Series([group_text(v) for v in frame[group].to_list()], dtype=pl.String)
        for value in sorted(set(text.to_list()), key=group_order):
            mine = hit[(text.is_null() if value is None else (text == value).fill_null(False)).to_numpy()]
            share = share_of_sets(mine, np.ones(len(mine)), slice=Slice(((group, value),)))
            yield _record(access, first, second, str(share.slice), share, alpha, ()), share


def _record(
    access: TableAccess, first: str, second: str, group: str, share: Counted, alpha: float,
    reasons: tuple[tuple[str, int], ...],
) -> Outside:  # fmt: skip
    least = access.min_n if group else 1
    return Outside(
        first=first, second=second, group=group, expected=alpha, reasons=reasons,
        share=estimate(share, level=access.level, min_n=least, method=METHOD),
    )  # fmt: skip


def _findings(access: TableAccess, shares: dict[str, list[Counted]]) -> Iterator[Finding]:
    """The highest share of any later part, and of any group of each kind."""
    info = DATA_METRICS["outside_share"].info
    for group, some in shares.items():
        worst = highest(
            info, some, level=access.level, min_n=access.min_n if group else 1, family=(group,) if group else (),
            method=METHOD,
        )  # fmt: skip
        if worst is not None:
            yield worst
