"""QU003: in which slices, that nobody named, does the model do worst?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Answer
from sterling.core.metrics import Metric, resolve_metric
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.engine.measured import Measured
from sterling.engine.rows import RowAccess
from sterling.quality.discovery.discover import Settings, discover
from sterling.quality.discovery.features import code_features
from sterling.quality.discovery.tasks import SEARCHED, losses_of

if TYPE_CHECKING:
    import polars as pl


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The features to search: those named, else every column without a role, and the group columns.

    Raises ConfigError for a named feature that is no column, or whose role gives the answer away.
    """
    told = {*roles.columns} - {*roles.groups}
    named = cast("tuple[str, ...] | None", parameters.get("features"))
    if named is None:
        return tuple(c for c in known if c not in told)
    for column in named:
        if column not in known:
            raise ConfigError(
                f"there is no column {shown(column)!r} to search", expected="columns of the table",
                hint=near_miss(column, known),
            )  # fmt: skip
        if column in told:
            raise ConfigError(
                f"{shown(column)!r} has a role of its own and cannot be searched as a feature",
                expected="features: columns other than label, score, weight, id and cluster",
                hint="leave it out of features",
            )
    return tuple(dict.fromkeys(named))


@check(
    code="QU003",
    name="weak-slices",
    title="Where the model does worst",
    question="In which slices, searched for over all features, does the model do worse than elsewhere?",
    finds=(),
    needs=("label", "rows"),
    tasks=tuple(SEARCHED),
    pitfalls=(
        "These rows found the slices: only fresh data can hold a limit on them.",
        "A slice tells where errors are, not why; its features need not be their cause.",
        "Slices smaller than the least share searched, or of more than three conditions, are not found.",
    ),
    hints=(
        "Look at rows of the first slice: wrong labels, missing features or a kind of case the model never learnt?",
        "Put the limit that stands with a slice into your project before the next data come.",
    ),
    reads=reads,
)
def weak_slices(
    measured: Measured, rows: RowAccess, *, metric: Metric | None = None, features: tuple[str, ...] | None = None,
    threshold: float | None = None, smallest: float = 0.01, conditions: int = 3, most: int = 10,
) -> Answer:  # fmt: skip
    """Slices searched for on one half of the rows and measured on the other; see `quality.discovery`.

    `metric`: a share of rows with a better end, `log_loss`, `brier`, `mean_absolute_error` or `mean_squared_error`; the
    error rate, or the mean absolute error, when None. `smallest`: the least share of the eligible rows. `conditions`:
    at most 3. `most`: candidates to confirm. `features` is read by `reads`.
    """
    _in_range(smallest, conditions, most)
    asked = metric or resolve_metric(SEARCHED[measured.task])
    lacking = measured.lacks(asked.info)
    column = measured.column(threshold)
    if not lacking and asked.info.by_threshold and column < 0:
        lacking = "raw scores have no natural threshold: give one with --thresholds"
    if lacking:
        return Answer(outcome="not_applicable", reason=lacking)
    decided = measured.thresholds[column] if measured.thresholds and asked.info.by_threshold else None
    frame = rows.frame()
    coded, skipped = code_features(frame, rows.columns, groups=rows.surveyed.roles.groups, rare=measured.min_n)
    if not coded:
        return Answer(outcome="not_applicable", reason="there is no feature to search")
    batch = rows.batch(frame)
    found = discover(
        coded, losses_of(asked, rows, batch, decided), info=asked.info, weight=batch.weight, cluster=batch.cluster,
        threshold=decided, skipped=skipped, dealt=_given(frame, rows.surveyed.roles),
        model=measured.model.name if len(rows.surveyed.roles.models) > 1 else None,
        settings=Settings(smallest=smallest, depth=conditions, most=most, min_n=measured.min_n, level=measured.level,
                          seed=rows.seed),
    )  # fmt: skip
    if found.overall.value is None:
        return Answer(outcome="insufficient", reason="too few eligible rows to search", discovered=found)
    return Answer(method=found.method, discovered=found)


def _given(frame: pl.DataFrame, roles: Roles) -> list[NDArray[np.generic]]:
    """All that is known of a row before a model sees it, as numbers that tell values apart."""
    import polars as pl

    models = {column for model in roles.models for column in model.columns}
    out: list[NDArray[np.generic]] = []
    for column in (frame[name] for name in sorted(frame.columns) if name not in models):
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            out.append(column.cast(pl.Float64).fill_nan(None).to_numpy())
        elif column.dtype == pl.String or column.dtype in (pl.Categorical, pl.Enum):
            out.append(column.cast(pl.String).rank("dense").fill_null(0).to_numpy().astype(np.uint64))
    return out


def _in_range(smallest: float, conditions: int, most: int) -> None:
    if not 0 < smallest < 0.5:
        raise ConfigError(f"smallest is {smallest:g}", expected="a share above 0 and below 0.5")
    if conditions not in (1, 2, 3):
        raise ConfigError(f"conditions is {conditions}", expected="1, 2 or 3")
    if not 1 <= most <= 100:
        raise ConfigError(f"most is {most}", expected="1 to 100")
