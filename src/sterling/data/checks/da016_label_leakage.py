"""DA016: is there a feature that gives the label away?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.about import AboutData
from sterling.core.data.copies import LabelLeak, Leaks
from sterling.core.errors import ConfigError, shown
from sterling.core.evidence import Answer, Finding
from sterling.core.frozen import dataclass
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import group_text
from sterling.data.copies.hashing import countable, row_keys
from sterling.data.leaks.alone import folds_of, tells
from sterling.data.leaks.area import Area, estimate, highest, lowest
from sterling.data.leaks.coding import codes, order_of, places, ranges
from sterling.engine.table import TableAccess

ROWS = 200_000
"""Rows that are looked at; of more, a sample."""
CLASSES = 20
"""A label of more different numbers is told by whether it is above its median."""
SUSPICIOUS_ROWS = 10
"""A value that tells the label does so by chance where fewer rows share it."""
Bools = NDArray[np.bool_]


@check(
    code="DA016",
    name="label-leakage",
    title="Features that give the label away",
    question="Which single feature tells the label so well that it may have been written down after it?",
    needs=("table", "label"),
    when=("profile",),
    pitfalls=(
        "A feature may truly be that strong: ask when it becomes known, not only how well it tells.",
        "A leak that needs two features together is not seen by looking at one at a time.",
        "A weak leak (a field filled in later for some people only) stays below any line.",
    ),
    hints=(
        "Leave the feature out of the table, or take the value it had when the decision was made. In a project [data] "
        "drop takes it out of the table, and so out of this question; [train] drop leaves it in.",
    ),
)
def label_leakage(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, beyond: float = 0.98
) -> Answer:  # fmt: skip
    """The AUC of each feature alone on rows held out; suspicious when its low end is above `beyond`.

    `columns`: those to look at; unless given, all but the label, the weight and models' scores. The id is asked by its
    order. Of several classes the one that is told best counts.
    """
    if not 0.5 < beyond < 1:
        raise ConfigError(f"a line of {beyond:g}", where="DA016 beyond", expected="a number between 0.5 and 1")
    roles = access.roles
    assert roles.label is not None
    asked = access.known(columns, where="DA016 columns") if columns else _features(access)
    read = tuple(dict.fromkeys((roles.label, *asked, *([roles.id] if roles.id else []))))
    frame = access.sample(read, most=ROWS).drop_nulls(roles.label)
    kinds = list(_kinds(frame[roles.label], roles.positive))
    if not kinds or frame.height < access.min_n:
        return Answer(outcome="insufficient", reason="the label has one value, or too few rows have one")
    fold = folds_of(row_keys(frame, countable(frame.schema)), access.seed)
    tried = [t for c in asked for t in _of_column(frame, c, kinds, fold)]
    tried += _of_order(frame, roles.id, kinds, fold) if roles.id else []
    if not tried:
        return Answer(outcome="not_applicable", reason="no column holds values that can be compared")
    least = _least(tried, access.level)
    judged = (_record(frame, t, low, beyond, access) for t, low in zip(tried, least, strict=True))
    leaks = sorted(judged, key=lambda r: (-(r.value.value or 0), r.column))
    notes = [
        f"Suspicious: the low end is above {beyond:g}. It holds for all {len(tried)} looked at together; that of a "
        "limit on one named column is for this column alone, and higher."
    ]
    if frame.height < access.rows:
        notes.append(f"{frame.height:,} of {access.rows:,} rows were looked at: those with a label, or a sample.")
    return Answer(
        about=AboutData(leaks=Leaks(labels=tuple(leaks))), findings=tuple(_findings(tried, access.level)),
        notes=tuple(notes), method="share of the label by value or range of one column, from the other folds; DeLong",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """How one column tells the label. `area` is of the class told best; `every` of each: all of them were looked at."""

    column: str
    by: str
    area: Area
    every: tuple[Area, ...]


def _least(tried: list[_Tried], level: float) -> list[float]:
    """The low end of each for its best told class, when all columns and classes hold together."""
    low = lowest([a for t in tried for a in t.every], level=level).tolist()
    ends = np.cumsum([len(t.every) for t in tried]).tolist()
    return [max(low[end - len(t.every) : end]) for t, end in zip(tried, ends, strict=True)]


def _features(access: TableAccess) -> tuple[str, ...]:
    roles = access.roles
    scores = {c for m in roles.models for c in m.columns}
    out = {roles.label, roles.id, roles.weight, *scores}
    return tuple(c for c in countable(access.schema) if c not in out)


def _kinds(label: pl.Series, positive: str | None) -> Iterator[tuple[str, Bools]]:
    """What there is to tell: one class from the rest, or the upper half of numbers. Named, with truth per row."""
    distinct = label.unique()
    if len(distinct) > CLASSES and label.dtype.is_numeric():
        numbers = label.cast(pl.Float64)
        yield "above the median", (numbers > numbers.median()).to_numpy()
        return
    texts = [group_text(v) for v in distinct.to_list()]
    written = label.replace_strict(distinct, pl.Series(texts, dtype=pl.String), return_dtype=pl.String)
    counts = written.value_counts().sort(["count", written.name], descending=[True, False])
    names = counts[written.name].to_list()[:CLASSES]
    if len(names) < 2:
        return
    if len(names) == 2:
        names = [positive if positive in names else max(names)]
    for name in names:
        yield str(name), (written == name).to_numpy()


def _tried(
    column: str, by: str, codes_: NDArray[np.int64], kinds: list[tuple[str, Bools]], fold: NDArray[np.int64],
    place: NDArray[np.int64] | None = None,
) -> _Tried | None:  # fmt: skip
    found = [(tells(codes_, positive, fold, place), name) for name, positive in kinds]
    known = [f for f in found if np.isfinite(f[0].value)]
    if not known:
        return None
    best, _ = max(known, key=lambda f: (f[0].value, f[1]))
    return _Tried(column=column, by=by, area=best, every=tuple(a for a, _ in known))


def _of_column(
    frame: pl.DataFrame, column: str, kinds: list[tuple[str, Bools]], fold: NDArray[np.int64]
) -> Iterator[_Tried]:
    coded = codes(frame[column])
    if coded is None:
        return
    missing = frame[column].is_null().to_numpy()
    for by, these, place in (("value", coded, places(frame[column])), ("missing", missing.astype(np.int64), None)):
        if by == "missing" and (not missing.any() or missing.all()):
            continue
        one = _tried(column, by, these, kinds, fold, place)
        if one is not None:
            yield one


def _of_order(
    frame: pl.DataFrame, column: str, kinds: list[tuple[str, Bools]], fold: NDArray[np.int64]
) -> list[_Tried]:
    place = order_of(frame[column])
    one = _tried(column, "order", ranges(place), kinds, fold, places(place)) if place is not None else None
    return [] if one is None else [one]


def _record(frame: pl.DataFrame, tried: _Tried, low: float, beyond: float, access: TableAccess) -> LabelLeak:
    note, suspicious = "", low > beyond
    value = estimate(tried.area, level=access.level)
    if suspicious and tried.by == "value" and access.roles.label is not None:
        note = _relation(frame, tried.column, access.roles.label)
    elif suspicious:
        note = "whether it is missing tells the label" if tried.by == "missing" else "its order tells the label"
    return LabelLeak(
        column=tried.column, value=value if value.low is None else replace(value, low=low), suspicious=suspicious,
        note=note, by=tried.by, beyond=beyond,  # type: ignore[arg-type]
    )  # fmt: skip


def _relation(frame: pl.DataFrame, column: str, label: str) -> str:
    """Whether column and label determine one another, in the rows looked at."""
    known = pl.DataFrame({"c": row_keys(frame, [column]), "y": row_keys(frame, [label])})
    pairs, values, labels = known.n_unique(), known["c"].n_unique(), known["y"].n_unique()
    if pairs == values == labels:
        return f"the same as {shown(label)}, in other words"
    if pairs == labels:
        return f"a function of {shown(label)}"
    if pairs == values and values * SUSPICIOUS_ROWS <= frame.height:
        return f"each of its {values:,} values goes with one value of {shown(label)}"
    return "it nearly tells the label"


def _findings(tried: list[_Tried], level: float) -> Iterator[Finding]:
    info = DATA_METRICS["label_leak_auc"].info
    every = [(a, t.column) for t in tried for a in t.every]
    worst = highest(info, [a for a, _ in every], level=level, at=[c for _, c in every])
    if worst is not None:
        yield worst
    for column in dict.fromkeys(t.column for t in tried):
        one = highest(info, [a for t in tried if t.column == column for a in t.every], level=level, columns=(column,))
        if one is not None:
            yield one
