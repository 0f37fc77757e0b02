"""Metrics of a column of numbers, named in brackets: `mean(age)`, `mean_absolute(shap_age)`, `total(loss)`.

They are of the table and the same for every model: any feature's mean, or what an explainer wrote beside the rows.
"""

from __future__ import annotations

from typing import Literal, get_args

from sterling.core.errors import ConfigError
from sterling.core.grouping import write_column
from sterling.core.metrics import ScoreMetric
from sterling.core.rates import MetricInfo
from sterling.core.roles import TASKS, VISION, Task
from sterling.core.tokens import Cursor

Measure = Literal["mean", "mean_absolute", "total", "total_absolute"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
_MARKS = "write columns with spaces or other signs in `backticks`"
EXPECTED = "a metric of a column, such as mean(age)"
_WORDS: dict[Measure, tuple[str, str, str]] = {
    "mean": ("Mean of {0}", "the mean of the numbers in {0}", "mean(x)"),
    "mean_absolute": ("Mean size of {0}", "the mean of the numbers in {0}, whatever their sign", "mean(|x|)"),
    "total": ("Total of {0}", "the sum of the numbers in {0}", "sum(x)"),
    "total_absolute": ("Total size of {0}", "the sum of the numbers in {0}, whatever their sign", "sum(|x|)"),
}
"""Label, meaning and formula of each."""
_FOOLED: dict[Measure, str] = {
    "mean": "a few very large numbers; rows without a number, when those who lack it differ from the others",
    "mean_absolute": "a few very large numbers; rows without a number, when those who lack it differ from the others",
    "total": "how many rows the slice has: totals of groups of different sizes are not compared",
    "total_absolute": "how many rows the slice has: totals of groups of different sizes are not compared",
}


COLUMN_TASKS: tuple[Task, ...] = tuple(task for task in TASKS if task not in VISION)
"""Tasks beside which columns are added up: images are condensed before they are counted, and take no numbers along."""


def of_column(measure: Measure, column: str) -> ScoreMetric:
    """The metric of one column, whatever stands in its name."""
    label, plain, formula = _WORDS[measure]
    info = MetricInfo(
        name=f"{measure}({write_column(column)})", label=label.format(column), plain=plain.format(column),
        eligible="a number in the column", formula=formula, scale="value",
        low=0.0 if measure.endswith("absolute") else None, high=None, needs_label=False, by_threshold=False,
        tasks=COLUMN_TASKS, common=False, fooled_by=_FOOLED[measure],
        source="Särndal, Swensson, Wretman 1992, 5.6",
    )  # fmt: skip
    return ScoreMetric(info=info, base=measure, column=column)


def is_measure(text: str) -> bool:
    """Whether a text begins as a metric of a column does: `mean(`."""
    return text.partition("(")[0].strip().lower() in MEASURES


def read_measure(text: str) -> ScoreMetric:
    """`mean(age)`: the metric of a column. Raises ConfigError saying what cannot be read."""
    try:
        cursor = Cursor(text, expected=EXPECTED)
    except ConfigError as error:  # a sign that no expression has
        raise ConfigError(error.what, where=error.where, expected=error.expected, hint=_MARKS) from None
    named = cursor.take().text.lower()
    measure = next(m for m in MEASURES if m == named)
    if cursor.accept("(") is None:
        raise ConfigError(f"{measure} misses its column", expected=EXPECTED, hint=f"{measure}(age)")
    token = cursor.take()
    if token.kind not in ("name", "text") or not token.text:
        cursor.fail(token.at, "needs a column here", _MARKS)
    if cursor.accept(")") is None:
        cursor.fail(cursor.current.at, "misses ')'", _MARKS)
    if cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {cursor.current.text!r} left over")
    return of_column(measure, token.text)
