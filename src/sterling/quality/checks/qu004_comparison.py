"""QU004: is the model better or worse than another one, for whom, and who is decided otherwise?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.advice import Advice
from sterling.core.comparison import Comparison
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding, Kind, Side, TooSmall
from sterling.core.metrics import SCORE_METRICS, Metric, resolve_metric
from sterling.core.rates import RATES
from sterling.core.registry import check
from sterling.core.roles import NUMBERED, TASKS, VISION, WRITTEN
from sterling.core.slices import Slice
from sterling.core.table import Block, EstimateTable
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.rows import RowAccess
from sterling.quality.comparison.compare import pair_of
from sterling.quality.comparison.pair import Pair, compared
from sterling.stats.arrays import Interval
from sterling.stats.multiple import largest_from
from sterling.stats.normal import z

METHOD = (
    "{interval}; the end that can exceed a limit is simultaneous over all groups looked at (Sidak), the other "
    "one-sided (intersection-union)"
)
ALL = "all"
ENDS: tuple[Kind, ...] = ("drop", "rise")
_DECIDING = tuple(task for task in TASKS if task not in (*WRITTEN, *VISION, *NUMBERED))
ITSELF = "it is the model that others are compared with"


@check(
    code="QU004",
    name="comparison",
    title="Change from another model",
    question="What changes from one model to another on the same rows, and for whom?",
    finds=lambda p: tuple(e for e in ENDS if e == p["end"]),
    needs=("rows",),
    tasks=TASKS,
    pitfalls=(
        "Both models are measured on the same rows: rows that one of them learnt from favour it.",
        Advice(
            text="No change on the whole can hide people newly selected and others no longer selected: read the flips.",
            tasks=_DECIDING,
        ),
        "The largest of many drops is large by chance: the bound that can exceed a limit is corrected for that.",
    ),
    hints=(
        Advice(text="Look at the people who are decided otherwise before looking at averages.", tasks=_DECIDING),
        Advice(text="Look at the texts that come out otherwise before looking at averages.", tasks=WRITTEN),
        Advice(text="Look at the images that come out otherwise before looking at averages.", tasks=VISION),
        Advice(
            text="Look at every group before looking at everyone: a gain on the whole can hide a group that loses.",
            tasks=NUMBERED,
        ),
    ),
)
def comparison(
    measured: Measured,
    rows: RowAccess,
    *,
    against: str,
    metric: Metric | None = None,
    metrics: tuple[str, ...] | None = None,
    also: tuple[str, ...] | None = None,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    slice: Slice | None = None,
    end: str | None = None,
    relative: bool = False,
) -> Answer:
    """Candidate less `against` for every metric; or, with `metric` and `end`, its largest drop or rise of any group.

    `metrics` names those of the table, ("all",) all that the task has, None the common ones; `also` are others beside
    them.
    """
    if end not in (None, *ENDS) or (metric is None) != (end is None):
        raise ConfigError("a change is a drop or a rise of a metric", expected='metric, and end = "drop" or "rise"')
    if measured.model.name == against:
        return Answer(outcome="not_applicable", reason=ITSELF)
    pair = pair_of(measured, rows, against, at=threshold)
    if metric is None or end is None:
        return _whole(pair, against, metrics, also or ())
    lacking = pair.lacks(metric)
    if lacking:
        return Answer(outcome="not_applicable", reason=lacking)
    q = pair.change(metric, relative=relative)
    signed = _signed(q, -1.0 if end == "drop" else 1.0)
    found = [
        _finding(pair, signed, family, kept, small, end=end, against=against, threshold=threshold, only=slice,
                 relative=relative)
        for family, kept, small in _families(pair, signed, threshold, groups, slice)
    ]  # fmt: skip
    return Answer(
        findings=tuple(found), too_small=tuple(t for f in found for t in f.too_small),
        method=_joined(METHOD.format(interval=q.method), pair.told), view="comparison",
    )  # fmt: skip


def _whole(pair: Pair, against: str, metrics: tuple[str, ...] | None, also: tuple[str, ...]) -> Answer:
    """Every metric, at every threshold."""
    known: list[Metric] = [*RATES.values(), *SCORE_METRICS.values()]
    every = [m for m in known if pair.measured.task in m.info.tasks]
    named = [resolve_metric(m) for m in (*(metrics or ()), *also) if m != ALL]
    if metrics is None:
        listed = [*(m for m in every if m.info.common), *pair.listed()]
    else:
        listed = [*every, *pair.measured.listed()] if ALL in metrics else []
    changes = [q for _, q in compared(pair, list({m.name: m for m in [*listed, *named]}.values()))]
    found = Comparison(
        baseline=against, candidate=pair.measured.model.name, changes=_table(pair, changes),
        flips=_table(pair, pair.apart()),
    )  # fmt: skip
    method = _joined(*(b.method for t in (found.changes, found.flips) for b in t.blocks), pair.told)
    return Answer(comparison=found, method=method, view="comparison")


def _joined(*said: str) -> str:
    """Each once, without what is empty."""
    return "; ".join(dict.fromkeys(filter(None, said)))


def _table(pair: Pair, quantities: list[Quantity]) -> EstimateTable:
    m = pair.measured
    return EstimateTable(
        model=m.model.name, slices=m.slices, n=m.n, thresholds=pair.thresholds,
        blocks=tuple(_block(pair, q) for q in quantities), level=m.level, min_n=m.min_n,
    )  # fmt: skip


def _block(pair: Pair, q: Quantity) -> Block:
    low, high = q.interval_at(np.full((1, 1), z(pair.measured.level)))
    flat = not pair.thresholds or not q.info.by_threshold
    keep = np.s_[:, :1] if flat else np.s_[:, :]
    return Block(
        info=replace(q.info, by_threshold=not flat), value=q.value[keep], low=low[keep], high=high[keep],
        n_eligible=q.n_eligible[keep], method=q.method,
    )  # fmt: skip


def _signed(q: Quantity, sign: float) -> Quantity:
    """The quantity with its sign turned, so that a drop is above 0."""
    if sign > 0:
        return q

    def turned(critical: NDArray[np.float64]) -> Interval:
        low, high = q.decide_at(critical)
        return Interval(-high, -low)

    return replace(q, value=-q.value, interval_at=turned, decide_at=turned)


Group = tuple[tuple[str, ...], NDArray[np.int64], tuple[TooSmall, ...]]


def _families(
    pair: Pair, q: Quantity, threshold: float | None, groups: tuple[str, ...] | None, only: Slice | None
) -> list[Group]:
    """Everyone, and each family of groups; those large enough and those that are not."""
    m = pair.measured
    unknown = set(groups or ()) - set(m.groups)
    if unknown:
        raise ConfigError("groups names what is no group column", expected=", ".join(m.groups))
    if only is not None:
        mine = [i for i, s in enumerate(m.slices) if s.as_dict() == only.as_dict()]
        chosen = [(only.family, np.array(mine, dtype=np.int64))]
    else:
        kept = [f for f in m.families if groups is None or set(f) <= set(groups)]
        everyone = [((), np.array([0], dtype=np.int64))] if groups is None else []
        chosen = [*everyone, *((f, m.family_rows(f)) for f in kept)]
    out: list[Group] = []
    for family, rows in chosen:
        part = q.part(rows, m.column(threshold))
        enough = (part.n_eligible >= m.min_n) & ~np.isnan(part.value)
        small = tuple(
            TooSmall(slice=m.slices[r], n=int(m.n[r]), n_eligible=int(n), n_needed=m.min_n)
            for r, n in zip(rows[~enough], part.n_eligible[~enough], strict=True)
        )
        out.append((family, rows[enough], small))
    return out


def _finding(
    pair: Pair, q: Quantity, family: tuple[str, ...], rows: NDArray[np.int64], small: tuple[TooSmall, ...], *,
    end: str, against: str, threshold: float | None, only: Slice | None, relative: bool,
) -> Finding:  # fmt: skip
    m = pair.measured
    part = q.part(rows, m.column(threshold))
    value = low = high = float("nan")
    first = Side(slice=m.slices[0] if only is None else only, value=value, n=0, n_eligible=0, n_effective=0.0)
    outermost: tuple[Side, ...] = ()
    if len(rows):
        worst = largest_from(part.value, part.decide_at, level=m.level)
        value, low, high = float(worst.value), float(worst.at_least), float(worst.at_most)
        first, outermost = _side(m, rows, part, int(worst.group)), (_side(m, rows, part, int(worst.at_most_group)),)
    by_threshold = m.thresholds and q.info.by_threshold
    return Finding(
        metric=q.info, kind="drop" if end == "drop" else "rise", family=family, first=first, second=None, value=value,
        threshold=m.thresholds[m.column(threshold)] if by_threshold else None, low=low, high=high, level=m.level,
        groups_compared=len(rows), only=only, operating=threshold is None, too_small=small, method=q.method,
        outermost=outermost, against=against, relative=relative,
    )  # fmt: skip


def _side(m: Measured, rows: NDArray[np.int64], part: Quantity, index: int) -> Side:
    row = int(rows[index])
    return Side(
        slice=m.slices[row], value=float(part.value[index]), n=int(m.n[row]), n_eligible=int(part.n_eligible[index]),
        n_effective=float(part.n_effective[index]),
    )  # fmt: skip


__all__ = ["comparison"]
