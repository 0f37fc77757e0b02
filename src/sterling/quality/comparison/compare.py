"""A model beside another one on the same rows, by what the models do."""

from __future__ import annotations

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.metrics import Metric
from sterling.core.roles import Task
from sterling.engine.measured import Measured
from sterling.engine.rows import RowAccess
from sterling.quality.comparison.pair import Pair, RowPair
from sterling.quality.comparison.yes_no import YesNoPair


def pair_of(measured: Measured, access: RowAccess, against: str, *, at: float | None = None) -> Pair:
    """The model that was measured beside the one named `against`. Raises ConfigError when there is none.

    `at`: the threshold that was asked for.
    """
    models = access.surveyed.roles.models
    names = [m.name for m in models]
    if against not in names:
        raise ConfigError(
            f"no model is called {shown(against)!r} to compare with", expected=", ".join(map(shown, names)),
            hint=near_miss(against, names),
        )  # fmt: skip
    kind, baseline = _kind(measured.task), names.index(against)
    before = access.measured[baseline]
    if not issubclass(kind, RowPair):
        return kind(before=before, measured=measured)
    return kind(
        before=before, measured=measured, batch=access.batch(access.frame()), baseline=baseline,
        candidate=access.model, at=at,
    )  # fmt: skip


def unknown_change(task: Task, metric: Metric) -> str:
    """Why the change of a metric is worked out for no models of a task, or nothing."""
    return _kind(task).unknown(metric)


def _kind(task: Task) -> type[Pair]:
    """Tasks other than yes/no are imported when they are compared."""
    match task:
        case "regression":
            from sterling.quality.comparison.numbers import NumberPair

            return NumberPair
        case "multiclass":
            from sterling.quality.comparison.classes import ClassPair

            return ClassPair
        case "multilabel":
            from sterling.quality.comparison.labels import LabelPair

            return LabelPair
        case "sets":
            from sterling.quality.comparison.sets import SetPair

            return SetPair
        case "text":
            from sterling.quality.comparison.texts import TextPair

            return TextPair
        case "segmentation":
            from sterling.quality.comparison.masks import MaskPair

            return MaskPair
        case "detection":
            from sterling.quality.comparison.boxes import BoxPair

            return BoxPair
        case "ranking":
            from sterling.quality.comparison.lists import ListPair

            return ListPair
        case _:
            return YesNoPair
