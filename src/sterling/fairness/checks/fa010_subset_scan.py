"""FA010: in which subgroup, of all that can be made of these columns, are the probabilities most wrong?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import polars as pl

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Answer
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.encode import MAX_GROUPS, encode_group
from sterling.engine.rows import RowAccess
from sterling.fairness.inequality import Bounded
from sterling.fairness.scan import Direction, Found, Table, chance, scan, tabulate
from sterling.fairness.single import single

BINS, MOST_VALUES, STARTS = 4, 20, 4
METHOD = (
    "log likelihood ratio of the best subset; low end: less what the best subset reaches in 95 % of tables drawn from "
    "the predictions; no high end"
)
SCORE = MetricInfo(
    name="subset_scan_score", label="Subset scan score", scale="value", direction="lower", high=None,
    plain="how much better the labels of the worst subgroup are explained by other odds than the predicted ones",
    eligible="labelled", formula="max over subsets and q of sum(y log q - log(1 - p + q p)) - penalty",
    needs_score=True, by_threshold=False, source="Zhang and Neill 2016, arXiv:1611.08292",
)  # fmt: skip


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The group columns, and the features that were named. Raises ConfigError."""
    named = cast("tuple[str, ...] | None", parameters.get("features")) or ()
    told = {*roles.columns} - {*roles.groups}
    for column in named:
        if column not in known:
            raise ConfigError(f"there is no column {shown(column)!r}", where="FA010", hint=near_miss(column, known))
        if column in told:
            raise ConfigError(
                f"{shown(column)!r} is no feature: it is the label, a score, a weight or an id",
                where="FA010",
                hint="leave it out of features",
            )
    return tuple(dict.fromkeys((*roles.groups, *named)))


@check(
    code="FA010",
    name="subset-scan",
    title="Most miscalibrated subgroup",
    question="Is there a subgroup in which labels depart from the predicted probabilities more than chance explains?",
    finds=("highest",),
    needs=("label", "rows"),
    tasks=("binary",),
    pitfalls=(
        "The subgroup was found on these rows: the p-value knows that, its counts do not. Hold it on fresh data.",
        "A score that is wrong for everyone finds everyone: look at the calibration first.",
        "That nothing was found does not show that there is nothing: the search is greedy, and small subgroups hide.",
    ),
    hints=("Make a named slice of the subgroup (--slice) and set a limit on its calibration for the next data.",),
    reads=reads,
)
def subset_scan(
    measured: BinaryMeasured, rows: RowAccess, *, features: tuple[str, ...] | None = None,
    direction: str = "either", shuffles: int = 99, penalty: float = 1.0,
) -> Answer:  # fmt: skip
    """The subgroup over group columns and `features` whose labels depart most from the probabilities.

    `direction`: labels higher or lower than predicted, or either. `penalty`: what each column costs that is restricted.
    `features` is read by `reads`; numbers are cut into quarters.
    """
    _in_range(direction, shuffles, penalty)
    if measured.model.kind != "probability":
        return Answer(outcome="not_applicable", reason="a subset scan needs probabilities")
    if measured.weighted or measured.gram is not None:
        return Answer(outcome="not_applicable", reason="rows are counted as people: they are weighted or clustered")
    if not rows.columns:
        return Answer(outcome="not_applicable", reason="there are no columns to make subgroups of")
    frame = rows.frame()
    batch = rows.batch(frame)
    known = batch.label < 2
    columns = [_coded(frame[name].filter(pl.Series(known))) for name in rows.columns]
    n = int(known.sum())
    if n < measured.min_n:
        return Answer(outcome="insufficient", reason="too few people with a label to search")
    codes = np.column_stack([c for c, _ in columns])
    label, probability = batch.label[known] == 1, batch.scores[rows.model][known]
    table = tabulate(codes, [len(v) for _, v in columns], label, probability, cast("Direction", direction))
    found = scan(table, table.positive, penalty=penalty, starts=STARTS, seed=rows.seed)
    null = np.sort(chance(table, shuffles=shuffles, penalty=penalty, starts=STARTS, seed=rows.seed))
    p_value = (1 + int((null >= found.score - 1e-9).sum())) / (shuffles + 1)
    # Of shuffles + 1 tables alike in law, this one is among the highest 5 % at most as often as that.
    reach = float(null[min(math.ceil(measured.level * (shuffles + 1)), shuffles) - 1])
    bounds = Bounded(found.score, max(found.score - reach, 0.0), math.inf)
    return Answer(
        findings=(single(measured, SCORE, "highest", bounds, n=n, method=METHOD),), method=METHOD,
        notes=_notes(found, table, rows.columns, [v for _, v in columns], p_value, shuffles, measured.min_n),
    )  # fmt: skip


def _in_range(direction: str, shuffles: int, penalty: float) -> None:
    if direction not in ("higher", "lower", "either"):
        raise ConfigError(f"direction is {direction!r}", where="FA010", expected="higher, lower or either")
    if not 19 <= shuffles <= 9999:
        raise ConfigError(f"shuffles is {shuffles}", where="FA010", expected="19 to 9999")
    if not 0 <= penalty < math.inf:
        raise ConfigError(f"penalty is {penalty:g}", where="FA010", expected="a number of at least 0")


def _coded(column: pl.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Codes and words of a column: numbers with many values in quarters, their ends to two digits."""
    if column.dtype.is_numeric() and column.n_unique() > MOST_VALUES:
        return _quarters(column.cast(pl.Float64).fill_nan(None))
    many = column.n_unique()
    if many > min(MOST_VALUES, MAX_GROUPS):
        raise ConfigError(
            f"{shown(column.name)!r} has {many:,} values", where="FA010", expected=f"at most {MOST_VALUES}",
            hint="name a coarser column",
        )  # fmt: skip
    coded = encode_group(column)
    return coded.codes.astype(np.int64), tuple("not recorded" if v is None else v for v in coded.values)


def _quarters(column: pl.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    marks = [cast("float", column.quantile(k / BINS, "lower")) for k in range(1, BINS)]
    edges = sorted({float(f"{m:.2g}") for m in marks})
    missing = column.is_null().to_numpy()
    codes = np.searchsorted(edges, column.fill_null(0.0).to_numpy(), side="right").astype(np.int64)
    words = [f"under {edges[0]:g}", *(f"{a:g} to under {b:g}" for a, b in pairwise(edges)),
             f"{edges[-1]:g} and over"]  # fmt: skip
    codes[missing] = len(words)
    return codes, (*words, "not recorded")


def _notes(
    found: Found, table: Table, names: Sequence[str], words: Sequence[tuple[str, ...]], p_value: float, shuffles: int,
    min_n: int,
) -> tuple[str, ...]:  # fmt: skip
    owner, mean, rows = table.parts
    belongs = np.stack([v[table.codes[:, a]] for a, v in enumerate(found.values)])
    inside = np.asarray(belongs.all(axis=0))
    n = int(rows[inside[owner]].sum())
    chance_says = f"p = {p_value:.3g}: as high a score in that share of {shuffles} tables drawn from the predictions."
    if found.score <= 0:
        return ("No subgroup is explained better by other odds.", chance_says)
    if n < min_n:
        return (f"The subgroup that was found holds fewer than {min_n} people.", chance_says)
    expected = float((rows * mean)[inside[owner]].sum())
    present = [np.isin(np.arange(len(v)), table.codes[:, a]) for a, v in enumerate(found.values)]
    of = "; ".join(
        f"{name}: {', '.join(w for w, k in zip(values, chosen & there, strict=True) if k)}"
        for name, values, chosen, there in zip(names, words, found.values, present, strict=True)
        if not chosen[there].all()
    )
    return (
        f"The subgroup: {of or 'everyone'}. {n:,} people, {int(table.positive[inside].sum()):,} positive labels where "
        f"{expected:,.1f} were predicted; the odds are about {found.factor:.2g} times the predicted ones.",
        chance_says,
    )
