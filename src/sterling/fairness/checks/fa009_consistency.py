"""FA009: are people who are alike decided alike?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import numpy as np
import polars as pl

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Answer, TooSmall
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.encode import Batch
from sterling.engine.rows import RowAccess, slice_codes
from sterling.fairness.compare import Family
from sterling.fairness.extreme import extreme_finding
from sterling.fairness.individual import Bools, Edges, agreement, chosen, coordinates, nearest
from sterling.fairness.rowwise import quantity_of

MOST_VALUES = 100
"""A text column with more values than this names rows rather than describing them."""
METHOD = (
    "Clopper-Pearson interval at the effective number of people, from the dyadic-robust variance of the edges of the "
    "neighbour graph; the end that can exceed a limit is simultaneous over all groups looked at (Sidak)"
)
CONSISTENCY = MetricInfo(
    name="consistency", label="Consistency", direction="higher", eligible="people looked at", needs_label=False,
    plain="the mean share of a person's nearest neighbours who are decided as the person is",
    formula="1 - mean |decision - mean(decision of the k nearest)|",
    source="Zemel, Wu, Swersky, Pitassi, Dwork 2013, ICML",
)  # fmt: skip


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The features that say who is alike: those named, else every column without a role. Raises ConfigError."""
    named = cast("tuple[str, ...] | None", parameters.get("features"))
    if named is None:
        return tuple(c for c in known if c not in roles.columns)
    told = {*roles.columns} - {*roles.groups}
    for column in named:
        if column not in known:
            raise ConfigError(f"there is no column {shown(column)!r}", where="FA009", hint=near_miss(column, known))
        if column in told:
            raise ConfigError(
                f"{shown(column)!r} is no feature: it is the label, a score, a weight or an id",
                where="FA009",
                hint="leave it out of features",
            )
    return tuple(dict.fromkeys(named))


@check(
    code="FA009",
    name="consistency",
    title="Alike people, alike decisions",
    question="How often is a person decided as the people nearest to them are?",
    finds=("lowest",),
    needs=("decision", "rows"),
    tasks=("binary",),
    pitfalls=(
        "Who is near whom follows from the features and their scale: another choice, another number.",
        "A model that says the same to nearly everyone is consistent.",
        "People who are near in these features may differ in what matters and is not recorded.",
    ),
    hints=("Name the features that ought to count under `features`: those that are legitimate reasons to differ.",),
    reads=reads,
)
def consistency(
    measured: BinaryMeasured, rows: RowAccess, *, features: tuple[str, ...] | None = None, neighbours: int = 5,
    threshold: float | None = None, most: int = 2000, groups: tuple[str, ...] | None = None,
) -> Answer:  # fmt: skip
    """The share of the `neighbours` nearest people who are decided alike, of everyone and the lowest group.

    At most `most` people are looked at, drawn at random; all rows can be their neighbours. `features` is read by
    `reads`.
    """
    if not 1 <= neighbours <= 100 or not 100 <= most <= 20_000:
        raise ConfigError(
            f"neighbours is {neighbours}, most is {most}", where="FA009", expected="1 to 100, and 100 to 20,000"
        )
    if measured.weighted or measured.gram is not None:
        return Answer(
            outcome="not_applicable", reason="neighbours are counted as people: rows are weighted or clustered"
        )
    frame = rows.frame()
    used, left_out = _features(frame, rows.columns, named=features is not None)
    if not used:
        return Answer(outcome="not_applicable", reason="there is no feature to say who is alike")
    if frame.height <= neighbours:
        return Answer(outcome="insufficient", reason="there are no more rows than neighbours asked for")
    batch = rows.batch(frame)
    column = measured.column(threshold)
    decision = batch.scores[rows.model] >= (measured.thresholds[column] if measured.thresholds else 0.5)
    places = coordinates(frame.select(used))
    anchors = chosen(places, [decision, *(g.codes for g in batch.groups)], most=most, seed=rows.seed)
    edges = nearest(places, anchors, neighbours)
    found = list(_families(measured, batch, edges, decision, groups))
    notes = [f"Alike in: {', '.join(used)}."]
    if left_out:
        notes.append(f"Left out, as they have more than {MOST_VALUES} values: {', '.join(left_out)}.")
    if len(anchors) < frame.height:
        notes.append(f"{len(anchors):,} people were drawn at random; all {frame.height:,} could be their neighbours.")
    return Answer(
        findings=tuple(extreme_finding(measured, CONSISTENCY, f, threshold, "lowest") for f in found),
        too_small=tuple(t for f in found for t in f.too_small), method=METHOD, notes=tuple(notes),
    )  # fmt: skip


def _features(frame: pl.DataFrame, columns: Sequence[str], *, named: bool) -> tuple[list[str], list[str]]:
    """The columns to use, and those with too many values. Raises ConfigError when one of these was named."""
    texts = [c for c in columns if not frame[c].dtype.is_numeric()]
    many = [c for c in texts if frame[c].n_unique() > MOST_VALUES]
    if named and many:
        raise ConfigError(
            f"{shown(many[0])!r} has more than {MOST_VALUES} values: no two rows are alike in it", where="FA009",
            hint="name a coarser column",
        )  # fmt: skip
    return [c for c in columns if c not in many], many


def _families(
    measured: BinaryMeasured, batch: Batch, edges: Edges, decision: Bools, groups: tuple[str, ...] | None
) -> Iterator[Family]:
    wanted = [f for f in measured.families if groups is None or set(f) <= set(groups)]
    for family in [*([()] if groups is None else []), *wanted]:
        codes, rows = slice_codes(measured, batch, family)
        value, worth, anchors = agreement(edges, decision, codes, len(rows))
        enough = (anchors >= measured.min_n) & ~np.isnan(value)
        small = tuple(
            TooSmall(slice=measured.slices[r], n=int(measured.n[r]), n_eligible=int(a), n_needed=measured.min_n)
            for r, a in zip(rows[~enough], anchors[~enough], strict=True)
        )
        yield Family(
            columns=family, rows=rows[enough], measured=measured, too_small=small,
            quantity=quantity_of(CONSISTENCY, value[enough], worth[enough], anchors[enough]),
        )  # fmt: skip
