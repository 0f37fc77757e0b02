"""Checks: registered questions with a permanent code, and the binding of an ask's parameters to them."""

from __future__ import annotations

import importlib
import inspect
import re
import threading
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeVar

from sterling.core.advice import Advice, texts
from sterling.core.errors import ConfigError, near_miss
from sterling.core.evidence import Kind
from sterling.core.frozen import dataclass
from sterling.core.grouping import group_name
from sterling.core.metrics import Metric, resolve_metric
from sterling.core.rates import MetricInfo
from sterling.core.roles import TASKS, Roles, Task
from sterling.core.slices import Slice, group_text

Need = Literal["label", "score", "probability", "groups", "decision", "rows", "sums", "table", "others"]
"""What a check needs to be applicable: a label, an ordering score, a probability, group columns, a yes/no decision.

`rows`: counts do not suffice. Its function then takes `engine.rows.RowAccess` as its second argument, and `reads` says
which columns without a role it reads. `sums`: columns of numbers, those that `reads` names, are added up by slice in
the same pass (`Measured.amounts`). `table`: the question is about the table itself, with or without a model. Its
function takes `engine.table.TableAccess` alone, and it is asked once. `others`: and about other tables beside it.
"""
Reads = Callable[[Mapping[str, object], Sequence[str], Roles], tuple[str, ...]]
"""From a check's parameters, the table's columns and the roles to the columns it reads. Raises ConfigError."""
Finds = tuple[Kind, ...] | Callable[[Mapping[str, object]], tuple[Kind, ...]]
"""The kinds of findings that a check has, or what tells them from its parameters: what a limit on an ask can bound."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A question about a subject. `function` takes what the engine measured and the resolved parameters.

    `conditions`: of those `pitfalls` and `hints` that do not hold for every model and metric, for which they do.
    """

    code: str
    name: str
    title: str
    question: str
    needs: tuple[Need, ...]
    pitfalls: tuple[str, ...]
    hints: tuple[str, ...]
    conditions: Mapping[str, Advice]
    when: tuple[str, ...]
    since: str
    tasks: tuple[Task, ...]
    function: Callable[..., Any]
    reads: Reads | None = None
    finds: Finds | None = None

    def kinds(self, parameters: Mapping[str, object]) -> tuple[Kind, ...] | None:
        """The kinds of findings that it has with these parameters; None where it does not say."""
        return self.finds(parameters) if callable(self.finds) else self.finds

    def fitting(self, sentences: Iterable[str], task: Task, metric: MetricInfo | None) -> tuple[str, ...]:
        """Those of its pitfalls or hints that hold for a model of this task, asked about this metric or about none."""
        known = self.conditions
        return tuple(s for s in sentences if s not in known or known[s].holds(task, metric))

    @property
    def docs(self) -> str:
        return f"checks/{self.code}.md"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(parameters_of(self.function))

    def bind(self, given: Mapping[str, object], *, where: str = "") -> dict[str, object]:
        """Parameters resolved from the annotated signature: names, types and metric names are all checked here.

        Raises ConfigError naming the unknown parameter, wrong type or unknown metric.
        """
        known = parameters_of(self.function)
        for key in given:
            if key not in known:
                raise ConfigError(f"{self.code} has no parameter {key!r}", where=where, hint=near_miss(key, known))
        bound: dict[str, object] = {}
        for key, (kind, default) in known.items():
            if key in given:
                bound[key] = coerced(given[key], kind, key=key, code=self.code, where=where)
            elif default is inspect.Parameter.empty:
                raise ConfigError(f"{self.code} needs the parameter {key!r}", where=where, hint=f"{key} = …")
            else:
                bound[key] = default
        return bound


CHECKS: dict[str, Check] = {}
_CODE = re.compile(r"[A-Z]{2}\d{3}")


def check(
    *, code: str, name: str, title: str, question: str, needs: tuple[Need, ...] = (),
    pitfalls: tuple[str | Advice, ...] = (), hints: tuple[str | Advice, ...] = (),
    when: tuple[str, ...] = ("evaluate",), since: str = "0.1", tasks: tuple[Task, ...] = TASKS,
    reads: Reads | None = None, finds: Finds | None = None,
) -> Callable[[F], F]:  # fmt: skip
    """Register the decorated function as a check. Raises ConfigError for a bad or taken code."""

    def register(function: F) -> F:
        if not _CODE.fullmatch(code):
            raise ConfigError(f"{code!r} is not a check code", expected="two capitals and three digits")
        if code in CHECKS and CHECKS[code].function is not function:
            raise ConfigError(f"the check code {code} is taken by {CHECKS[code].name}", hint="choose another code")
        CHECKS[code] = Check(
            code=code, name=name, title=title, question=question, needs=needs, pitfalls=texts(pitfalls),
            hints=texts(hints), when=when, since=since, tasks=tasks, function=function, reads=reads,
            finds=finds, conditions={a.text: a for a in (*pitfalls, *hints) if isinstance(a, Advice)},
        )  # fmt: skip
        return function

    return register


_LATER: dict[str, tuple[str, ...]] = {}
"""Modules that register checks which few runs ask, and their codes: imported when somebody names one of them."""
_LOADING = threading.RLock()
"""Steps of a pipeline are threads, and each may be the first to name a check: one imports, the others wait."""


def later(module: str, *codes: str) -> None:
    """Import `module`, which registers the checks of these codes, only once one of them is named."""
    _LATER[module] = codes


def every_check() -> dict[str, Check]:
    """All checks by code, in order."""
    _load([*_LATER])
    return dict(sorted(CHECKS.items()))


def find_check(text: str, *, where: str = "") -> Check:
    """A check by code or by name. Raises ConfigError with the nearest names."""
    found = _known(text)
    if found is None:
        _load([module for module, codes in [*_LATER.items()] if text in codes])
        found = _known(text)
    if found is None:  # a name: only the module itself knows it
        every_check()
        found = _known(text)
    if found is not None:
        return found
    names = [name for c in [*CHECKS.values()] for name in (c.code, c.name)]
    raise ConfigError(f"unknown check {text!r}", where=where, hint=near_miss(text, names))


def _load(modules: Sequence[str]) -> None:
    if not modules:
        return
    with _LOADING:
        for module in modules:
            importlib.import_module(module)
            _LATER.pop(module, None)


def _known(text: str) -> Check | None:
    return next((item for item in [*CHECKS.values()] if text in (item.code, item.name)), None)


@cache
def parameters_of(function: Callable[..., Any]) -> dict[str, tuple[Any, object]]:
    """By name: the annotated type and the default of a function's keyword parameters."""
    hints = typing.get_type_hints(function)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return {
        name: (hints[name], parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is keyword
    }


def coerced(value: object, kind: Any, *, key: str, code: str, where: str) -> object:
    """A given value as the annotated type. Raises ConfigError for one of another type."""
    options = typing.get_args(kind)
    if value is None and type(None) in options:
        return None
    own = next((k for k in (*options, kind) if hasattr(k, "from_parameter")), None)
    if own is not None:
        return value if isinstance(value, own) else own.from_parameter(value, where=where or code)
    if set(typing.get_args(Metric)) <= set(options):
        if isinstance(value, str):
            return resolve_metric(value)
        if isinstance(value, Metric):
            return value
    kinds = [k for k in (options or (kind,)) if k is not type(None)]
    if (float in kinds or kind is float) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if bool in (kind, *kinds) and isinstance(value, bool):
        return value
    if int in (kind, *kinds) and isinstance(value, int) and not isinstance(value, bool):
        return value
    if any(typing.get_origin(k) is tuple for k in (*kinds, kind)) and isinstance(value, list | tuple):
        return tuple(_group(str(v), where) if key == "groups" else str(v) for v in value)
    if any(typing.get_origin(k) is tuple for k in (*kinds, kind)) and isinstance(value, str):  # one, or none
        return coerced([value] if value else [], kind, key=key, code=code, where=where)
    if Slice in kinds and isinstance(value, Slice):
        return value
    if Slice in kinds and isinstance(value, Mapping):
        return Slice.of({_group(str(k), where): group_text(v) for k, v in value.items()})
    if str in kinds and isinstance(value, str):
        return value
    raise ConfigError(
        f"{code}: the parameter {key!r} has the wrong type", where=where,
        expected=str(kind).replace("typing.", ""), got=type(value).__name__,
    )  # fmt: skip


def _group(text: str, where: str) -> str:
    """A group column by the name that stands for it everywhere."""
    try:
        return group_name(text)
    except ConfigError as error:
        raise ConfigError(error.what, where=where or error.where, expected=error.expected, hint=error.hint) from None


def canonical(value: object) -> object:
    """A parameter as plain JSON: registered things by name, never by `repr`."""
    if hasattr(value, "canonical"):
        return value.canonical()
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [canonical(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ConfigError(
        f"a parameter of type {type(value).__name__} has no written form", expected="text, numbers, lists or tables"
    )
