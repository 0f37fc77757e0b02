"""Metrics of your own: a Python function from a table of rows to a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import SCORE_METRICS, WORDS, Own, ScoreMetric, is_taken
from sterling.core.rates import Direction, MetricInfo, Scale
from sterling.core.roles import Task

if TYPE_CHECKING:
    import polars as pl

    Function = Callable[[pl.DataFrame], float | None]
    F = TypeVar("F", bound=Function)

GIVEN = ("label", "score", "prediction", "weight")
"""Columns that the function's table has by these names, whatever they are called in the data."""
OWN_TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")


def metric(
    name: str, *, reads: Sequence[str] = (), label: str | None = None, plain: str = "", formula: str = "",
    direction: Direction = "none", scale: Scale = "value", low: float | None = None, high: float | None = None,
    needs_label: bool = True, tasks: Sequence[Task] = OWN_TASKS, source: str = "", fooled_by: str = "",
) -> Callable[[F], F]:  # fmt: skip
    """Register the decorated function as a metric that asks, limits and `metrics=` can name.

    The function takes the rows of one slice as a Polars frame and returns a number, or None where there is nothing to
    say. The frame has `label` (1 and 0 of a yes/no label, the class, or the number), `score` (of yes/no models),
    `prediction` (1 and 0 at the threshold in force; the class, null where none is named at that threshold; or the
    number), `weight` (1 without weights) and the columns it `reads`. With `needs_label` rows without a label are left
    out. It is called some 200 times a slice, on rows drawn at random: that gives the interval. So its value must not
    depend on the number of rows as such, nor on their order. `low` and `high` are the ends of its range; with both, the
    interval stays inside and never collapses.

    A metric of one's own may be registered again, as a notebook does. Raises ConfigError when the name is that of
    another metric, a word of expressions or no name, or a column it reads has a name that the frame uses.
    """
    info = own_info(
        name, reads=reads, label=label, plain=plain, formula=formula, direction=direction, scale=scale, low=low,
        high=high, needs_label=needs_label, tasks=tasks, source=source, fooled_by=fooled_by,
    )  # fmt: skip

    def register(function: F) -> F:
        SCORE_METRICS[name] = ScoreMetric(info=info, own=Own(function=function, reads=tuple(reads)))
        return function

    return register


def own_info(
    name: str, *, reads: Sequence[str], label: str | None, plain: str, formula: str, needs_label: bool,
    tasks: Sequence[Task] = OWN_TASKS, **facts: Any,
) -> MetricInfo:  # fmt: skip
    """What a reader needs to know of a metric of one's own. Raises ConfigError as `metric` does."""
    if not name.isidentifier() or name != name.lower():
        raise ConfigError(f"{name!r} is no name of a metric", expected="small letters, digits and underscores")
    if is_taken(name):
        what = "is a word of expressions" if name in WORDS else "exists already"
        raise ConfigError(f"a metric named {name} {what}", hint=f"choose another name, such as own_{name}")
    if set(reads) & set(GIVEN):
        twice = next(c for c in reads if c in GIVEN)
        raise ConfigError(
            f"the metric {name} reads a column called {twice!r}, which its table has in that role",
            hint=f"leave it out of reads, or give the column another name where it is not the {twice}",
        )
    if set(tasks) - set(OWN_TASKS) or not tasks:
        raise ConfigError(f"the metric {name} is of no task that it can be of", expected=" or ".join(OWN_TASKS))
    return MetricInfo(
        name=name, label=label or name.replace("_", " ").capitalize(), plain=plain or f"what {name} gives",
        eligible="labelled" if needs_label else "everyone", formula=formula or f"{name}(rows)",
        needs_label=needs_label, by_threshold=False, tasks=tuple(tasks), common=False, **facts,
    )  # fmt: skip


class NotLoaded(ConfigError):
    """A function that a project names was called outside of the project's run."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A function that a project's `[[metric]]` names. Reading the project does not load it: only its run does."""

    file: Path
    function: str

    def __call__(self, rows: pl.DataFrame) -> float | None:
        """What the function gives. Raises ConfigError outside of the run of its project."""
        function = _LOADED.get({}).get(self)
        if function is None:
            raise NotLoaded(
                f"the metric is the function {shown(self.function)} of a project's file {shown(self.file.name)}, which "
                "only a run of that project loads",
                hint="sterling run; or register the function with st.metric in your own code",
            )  # fmt: skip
        return function(rows)


_LOADED: ContextVar[Mapping[Declared, Function]] = ContextVar("functions of the project at work")


@contextmanager
def loaded(functions: Mapping[Declared, Function]) -> Iterator[None]:
    """Within it, in this thread alone, functions that are declared can be called."""
    before = _LOADED.set(functions)
    try:
        yield
    finally:
        _LOADED.reset(before)
