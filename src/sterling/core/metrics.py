"""Every metric by name: rates of the confusion cells, and metrics of the score itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sterling.core.algebra import CELLS
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.of_class import accept_class, of_class
from sterling.core.rates import RATES, SHORT, MetricInfo, Rate, parse_rate
from sterling.core.roles import TASKS
from sterling.core.tokens import Cursor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Own:
    """A function from the rows of a slice to a number, and the columns without a role that it reads."""

    function: Callable[[Any], float | None]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreMetric:
    """A metric that is no algebra of confusion cells; `engine.computing` knows who computes it for which task.

    `whole`: the registered metric that this one takes of a single class (`info.of`); None for the registered ones.
    `base` and `at`: of `recall_at_precision(0.9)` the name before the bracket and the number in it. `own`: the user's
    function that computes it of rows. `column`: of `mean(age)` the column of the table whose numbers are added up.
    """

    info: MetricInfo
    whole: ScoreMetric | None = None
    base: str = ""
    at: float = 0.0
    own: Own | None = None
    column: str | None = None

    @property
    def name(self) -> str:
        return self.info.name

    def canonical(self) -> str:
        return self.info.name


Metric = Rate | ScoreMetric

SCORE_METRICS: dict[str, ScoreMetric] = {}
DATA_METRICS: dict[str, ScoreMetric] = {}
"""Numbers of the table itself, which `core.data.metrics` registers: they need no model."""

OF_CLASS: set[str] = set()
"""Metrics of one class, `iou of road`, that yes/no models do not have."""

ALSO = {
    "roc_auc": "auc",
    "brier_score": "brier",
    "logloss": "log_loss",
    "calibration": "calibration_in_the_large",
    "share": "representation",
}
"""Short names of registered metrics."""


WORDS = frozenset({"all", "of", "where", "and", "or", "not", "in", "is", "missing", "sqrt", *CELLS})
"""What means something beside the names of metrics wherever one is written."""

_OF_PROJECT: ContextVar[Mapping[str, ScoreMetric]] = ContextVar("metrics of the project at work")


@contextmanager
def also_known(metrics: Mapping[str, ScoreMetric]) -> Iterator[None]:
    """Within it, in this thread alone, names mean these metrics before those that are registered."""
    before = _OF_PROJECT.set(metrics)
    try:
        yield
    finally:
        _OF_PROJECT.reset(before)


def score_metric(name: str) -> ScoreMetric | None:
    """The metric of the project at work, or the registered one, that is no rate and no number of tables."""
    return _OF_PROJECT.get({}).get(name) or SCORE_METRICS.get(name)


def is_taken(name: str) -> bool:
    """Whether a name means something already, other than a metric of one's own."""
    known = score_metric(name)
    if known is not None and known.own is not None:
        return False
    return name in WORDS or name in MADE or column_metrics.is_measure(name) or name in known_metrics()


def register_metric(info: MetricInfo, *, also: tuple[str, ...] = (), of_class: bool = False) -> ScoreMetric:
    """Add a metric; every check, limit and report can then name it, by its short names `also` too.

    `of_class`: it can be asked of one class though yes/no models do not have it. Raises ConfigError when a name is
    taken.
    """
    for name in (info.name, *also):
        if name in SCORE_METRICS or name in RATES or name in SHORT or name in ALSO:
            raise ConfigError(f"a metric named {name} exists already", hint="choose another name")
    SCORE_METRICS[info.name] = ScoreMetric(info=info)
    ALSO.update(dict.fromkeys(also, info.name))
    OF_CLASS.update({info.name} if of_class else ())
    return SCORE_METRICS[info.name]


Made = Callable[[float], MetricInfo]
"""The facts of a metric for the number in its brackets."""
MADE: dict[str, tuple[Made, tuple[float, float] | range]] = {}
"""By name: what makes the metric, and the open range of its number."""


def register_made(
    name: str, made: Made, *, within: tuple[float, float] | range, usual: tuple[float, ...], of_class: bool = False
) -> None:
    """Add a metric with a number in brackets, such as `recall_at_precision(0.9)`, and those numbers that are usual.

    `within`: between which two numbers it lies, or which whole numbers it may be. `of_class`: they can be asked of one
    class though yes/no models do not have them. Raises ConfigError when the name is taken.
    """
    if name in MADE:
        raise ConfigError(f"a metric named {name} exists already", hint="choose another name")
    MADE[name] = (made, within)
    OF_CLASS.update({name} if of_class else ())
    for at in usual:
        metric = _made(name, at)
        SCORE_METRICS[metric.name] = metric
        OF_CLASS.update({metric.name} if of_class else ())


def _made(name: str, at: float) -> ScoreMetric:
    made, within = MADE[name]
    at = float(f"{at:g}")  # as the name says it: equal names are equal metrics
    if isinstance(within, range):
        fits, expected = at in within, f"a whole number from {within[0]:,} to {within[-1]:,}"
    else:
        fits, expected = within[0] < at < within[1], f"a number between {within[0]:g} and {within[1]:g}"
    if not fits:
        raise ConfigError(f"{name}({at:g}) is out of range", expected=expected)
    return ScoreMetric(info=made(at), base=name, at=at)


def _score_metric(name: str, **facts: object) -> None:
    register_metric(MetricInfo(name=name, by_threshold=False, needs_score=True, **facts))  # type: ignore[arg-type]


_score_metric(
    "auc",
    label="AUC",
    direction="higher",
    scale="value",
    eligible="labelled",
    formula="P(score+ > score-) + P(tie)/2",
    plain="the chance that a person with a positive label scores above one with a negative label",
    source="DeLong, DeLong, Clarke-Pearson 1988",
    fooled_by="few people of one label; among people alike in all that matters it is lower than among a mixed crowd",
)
_score_metric(
    "brier",
    label="Brier score",
    direction="lower",
    scale="value",
    eligible="labelled",
    formula="mean((p - y)^2)",
    plain="the mean squared distance between probability and label; 0 is best",
    source="Brier 1950",
    fooled_by="how common the positive label is: a rare one makes it small without skill",
    needs_probability=True,
    tasks=("binary", "multiclass"),
)
_score_metric(
    "log_loss",
    label="Log loss",
    direction="lower",
    scale="value",
    high=None,
    eligible="labelled",
    formula="mean(-log p(label))",
    plain="how surprised the model is by the labels; 0 is best",
    source="Good 1952",
    fooled_by="a few sure and wrong scores, which weigh without bound; scores of exactly 0 or 1 are moved by 2e-16",
    needs_probability=True,
    tasks=("binary", "multiclass"),
)
_score_metric(
    "calibration_in_the_large",
    label="Calibration in the large",
    scale="share",
    low=-1.0,
    eligible="labelled",
    formula="mean(p) - mean(y)",
    plain="the mean predicted probability less the share whose label is positive",
    source="Cox 1958; Van Calster et al. 2019",
    fooled_by="errors that cancel: too high for some and too low for others is 0 on the whole",
    needs_probability=True,
)
_score_metric(
    "mean_score",
    label="Mean score",
    scale="value",
    eligible="everyone",
    formula="mean(p)",
    needs_label=False,
    low=None,
    high=None,
    plain="the mean of the scores",
    fooled_by="a few extreme scores",
)

register_metric(
    MetricInfo(
        name="representation",
        label="Representation",
        plain="of all people in the data, the share in the group",
        eligible="everyone",
        formula="n / N",
        needs_label=False,
        needs_score=False,
        by_threshold=False,
        tasks=TASKS,
        divided=True,
        fooled_by="who is in the table at all: it says nothing of people who never got there",
    )
)

_MADE = re.compile(r"(\w+)\(\s*(\d*\.?\d+(?:e[+-]?\d+)?)\s*\)")
_OF = re.compile(r"\s*(\w+(?:\([^)]*\))?)\s+of\b", re.IGNORECASE)


def resolve_metric(text: str) -> Metric:
    """The metric named or written in `text`.

    Raises ConfigError, with the nearest known names, when it is neither a name nor a readable expression.
    """
    name = text.strip().lower()
    name = ALSO.get(name, name)
    known = score_metric(name)
    if known is not None:
        return known
    if name in DATA_METRICS:
        return DATA_METRICS[name]
    made = _MADE.fullmatch(name)
    if made is not None and made[1] in MADE:
        return _made(made[1], float(made[2]))
    if made is not None and score_metric(ALSO.get(made[1], made[1])) is not None:
        raise ConfigError(f"{made[1]} takes no number in brackets", hint=f"write {made[1]}")
    if name in MADE:
        _, within = MADE[name]
        number = min(5, within[-1]) if isinstance(within, range) else 0.9
        raise ConfigError(f"{shown(name)} misses its number", hint=f"{name}({number})")
    if column_metrics.is_measure(text):
        return column_metrics.read_measure(text)
    of_one = _score_of_class(text)
    if of_one is not None:
        return of_one
    if name in RATES or name in SHORT or not name.isidentifier():
        return parse_rate(text)
    raise ConfigError(f"unknown metric {text!r}", hint=near_miss(name, known_metrics()))


def _score_of_class(text: str) -> ScoreMetric | None:
    """`auc of setosa`: a metric of scores, of one class. None when the text is no such thing."""
    named = _OF.match(text)
    name = named[1].lower() if named else ""
    made = _MADE.fullmatch(name)
    whole = _made(made[1], float(made[2])) if made and made[1] in MADE else score_metric(ALSO.get(name, name))
    if named is None or whole is None:
        return None
    cursor = Cursor(text[named.end(1) :])
    of = accept_class(cursor)
    if of is None or cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {cursor.current.text!r} left over")
    takes_class = not OF_CLASS.isdisjoint((whole.name, whole.base))
    if ("binary" not in whole.info.tasks or whole.name == "representation") and not takes_class:
        raise ConfigError(f"{whole.name} is of all classes together: it takes no class", hint=f"write {whole.name}")
    return ScoreMetric(info=of_class(whole.info, of), whole=whole)


def known_metrics() -> list[str]:
    """Every name `resolve_metric` accepts, other than expressions."""
    return sorted({*RATES, *SHORT, *SCORE_METRICS, *_OF_PROJECT.get({}), *DATA_METRICS, *ALSO})


from sterling.core import column_metrics  # noqa: E402  both need what is above
from sterling.core import score_metrics as _score_metrics  # noqa: E402, F401  fills the catalogue
