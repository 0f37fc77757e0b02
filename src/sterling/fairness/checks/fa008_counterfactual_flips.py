"""FA008: whose decision changes when only the protected characteristic does?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, counted, near_miss, shown
from sterling.core.evidence import Answer
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.engine.labels import prediction_scores
from sterling.engine.measured import Measured
from sterling.engine.rows import RowAccess
from sterling.fairness.extreme import extreme_finding
from sterling.fairness.rowwise import families_of

METHOD = (
    "{interval} of a share of rows; the end that can exceed a limit is simultaneous over all groups looked at (Sidak), "
    "the other one-sided"
)
_SOURCE = "Kusner et al. 2017 (counterfactual fairness); Garg et al. 2019 (counterfactual token fairness)"
FLIPS = {
    "any": MetricInfo(
        name="flip_rate", label="Counterfactual flip rate", direction="lower", eligible="everyone", needs_label=False,
        plain="of all people, the share whose decision differs on the counterfactual row", source=_SOURCE,
        formula="share(decision != counterfactual decision)",
    ),
    "positive_to_negative": MetricInfo(
        name="positive_to_negative_flip_rate", label="Flip rate from selected to not selected", direction="lower",
        plain="of the people selected, the share not selected on the counterfactual row", eligible="selected",
        needs_label=False, formula="share(not counterfactual decision | decision)", source=_SOURCE,
    ),
    "negative_to_positive": MetricInfo(
        name="negative_to_positive_flip_rate", label="Flip rate from not selected to selected", direction="lower",
        plain="of the people not selected, the share selected on the counterfactual row", eligible="not selected",
        needs_label=False, formula="share(counterfactual decision | not decision)", source=_SOURCE,
    ),
}  # fmt: skip


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The column with the scores of the counterfactual rows. Raises ConfigError where there is none of that name."""
    column = str(parameters["counterfactual"])
    if column not in known:
        raise ConfigError(f"there is no column {shown(column)!r}", where="FA008", hint=near_miss(column, known))
    return (column,)


@check(
    code="FA008",
    name="counterfactual-flips",
    title="Counterfactual flips",
    question="How often does the decision change when the row is scored again with another group?",
    finds=("highest",),
    needs=("decision", "rows"),
    tasks=("binary",),
    pitfalls=(
        "Only what was changed in the counterfactual row is tested: proxies that stayed as they were stay untested.",
        "A row with another group and all else equal may describe nobody who exists.",
        "A rate of 0 only says that the model ignores the column, which leaving the column out would ensure too.",
    ),
    hints=("Compare both directions: one alone, and the model favours a group; both alike, and it is unstable.",),
    reads=reads,
)
def counterfactual_flips(
    measured: Measured, rows: RowAccess, *, counterfactual: str, flips: str = "any", threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
) -> Answer:  # fmt: skip
    """The share of decisions that differ between a row and its counterfactual row, of everyone and the worst group.

    `counterfactual` is the column with the model's score (or decision) on the counterfactual rows. `flips` is any,
    positive_to_negative or negative_to_positive.
    """
    if flips not in FLIPS:
        raise ConfigError(f"flips is {flips!r}", where="FA008", expected=", ".join(FLIPS))
    unknown = [c for c in groups or () if c not in measured.groups]
    if unknown:
        raise ConfigError(
            f"{shown(unknown[0])!r} is no group column", where="FA008", hint=near_miss(unknown[0], measured.groups)
        )
    frame = rows.frame()
    batch = rows.batch(frame)
    column = measured.column(threshold)
    cut = measured.thresholds[column] if measured.thresholds else 0.5
    before = batch.scores[rows.model] >= cut
    after = _scores(rows, frame[counterfactual]) >= cut
    eligible = {"any": np.ones(len(before), dtype=bool), "positive_to_negative": before}.get(flips, ~before)
    found = list(families_of(measured, batch, FLIPS[flips], before != after, eligible, groups=groups))
    findings = tuple(extreme_finding(measured, FLIPS[flips], f, threshold, "highest") for f in found)
    return Answer(
        findings=findings, too_small=tuple(t for f in found for t in f.too_small),
        method=METHOD.format(interval="Clopper-Pearson interval"),
    )  # fmt: skip


def _scores(rows: RowAccess, column: pl.Series) -> NDArray[np.float64]:
    """The counterfactual scores, read as the model's own are. Raises InputError for a missing or unreadable one."""
    missing = column.null_count()
    if missing:
        raise InputError(
            f"{counted(missing, 'row has', 'rows have')} no score in column {shown(column.name)!r}",
            where="FA008",
            hint="score the changed copy of every row, or leave these rows out of the table",
        )
    if rows.surveyed.roles.models[rows.model].kind == "prediction":
        return prediction_scores(column, rows.surveyed.meaning)
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise InputError(
            f"the column {shown(column.name)!r} holds no numbers",
            where="FA008",
            expected="scores on the model's scale",
            hint="name the column with the scores of the rows as they would be in the other group",
        )
    scores = column.cast(pl.Float64).to_numpy()
    if not np.isfinite(scores).all():
        raise InputError(f"scores in column {shown(column.name)!r} are NaN or infinite", where="FA008",
                         hint="drop those rows, or find out why the model gave none")  # fmt: skip
    return scores
