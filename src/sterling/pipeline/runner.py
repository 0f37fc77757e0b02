"""Carries a plan out: measures once, then asks every check of every model. One record per ask, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError, InputError, SterlingError, near_miss, shown
from sterling.core.evidence import Answer, Evidence
from sterling.core.frozen import dataclass
from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric, resolve_metric
from sterling.core.place import Place
from sterling.core.plan import Ask, Plan
from sterling.core.predicate import columns_of, to_polars, write_predicate
from sterling.core.rates import Rate
from sterling.core.registry import canonical
from sterling.core.roles import Roles, Task
from sterling.engine.local import measure
from sterling.engine.measured import Measured
from sterling.engine.rows import RowAccess
from sterling.engine.single_values import check_condition
from sterling.engine.survey import Surveyed
from sterling.engine.task import Request
from sterling.quality.checks.qu001_performance import ALL

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess

Progress = Callable[[int], None]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What was measured of each model, over all rows and over the rows of each where-clause."""

    whole: tuple[Measured, ...]
    filtered: dict[str, tuple[Measured, ...]]
    surveyed: Surveyed

    def of(self, model: int, metric: object) -> Measured:
        if isinstance(metric, Rate) and metric.where is not None:
            return self.filtered[write_predicate(metric.where)][model]
        return self.whole[model]


def columns_read(plan: Plan, known: Sequence[str], roles: Roles, *, made: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that where-clauses and checks of rows read. Raises ConfigError naming the one that does not exist.

    `made`: those of the `known` columns that were made from others, which checks of rows do not read.
    """
    own = [c for c in known if c not in made]
    read: dict[str, None] = {}
    for item in plan.asks:
        metric = item.parameters.get("metric")
        if isinstance(metric, Rate) and metric.where is not None:
            to_polars(metric.where, tuple(known))
            read |= dict.fromkeys(columns_of(metric.where))
        if item.check.reads is not None and "sums" not in item.check.needs:
            read |= dict.fromkeys(item.check.reads(item.parameters, own, roles))
    for function in functions_of(plan):
        assert function.own is not None
        for column in function.own.reads:
            if column not in known:
                raise InputError(
                    f"the metric {function.name} reads {shown(column)!r}, which is not a column",
                    hint=near_miss(column, known),
                )
            read[column] = None
    return tuple(read)


def columns_summed(plan: Plan, known: Sequence[str], roles: Roles) -> tuple[tuple[str, ...], ...]:
    """The sets of columns that are added up by slice. Raises ConfigError or InputError for one that does not exist."""
    asked = [item for item in plan.asks if item.check.reads is not None and "sums" in item.check.needs]
    sets = [item.check.reads(item.parameters, known, roles) for item in asked if item.check.reads is not None]
    for metric in _named(plan):
        if metric.column is not None:
            if metric.column not in known:
                raise InputError(
                    f"there is no column {shown(metric.column)!r}, which {shown(metric.name)} is of",
                    hint=near_miss(metric.column, known),
                )
            sets.append((metric.column,))
    return tuple(dict.fromkeys(sets))


def parts_named(plan: Plan) -> tuple[str, ...]:
    """Columns of metrics such as mean(`shap.age`), which may be parts of one that holds several numbers a row."""
    return tuple(m.column for m in _named(plan) if m.column is not None and ("." in m.column or "[" in m.column))


def functions_of(plan: Plan) -> tuple[ScoreMetric, ...]:
    """The metrics that the plan names and that are functions of rows."""
    return tuple({m.name: m for m in _named(plan) if m.own is not None}.values())


def _named(plan: Plan) -> Iterator[ScoreMetric]:
    """The metrics that the plan names and that are no rates."""
    for item in plan.asks:
        named = [item.parameters.get("metric")]
        for key in ("metrics", "also"):
            texts = item.parameters.get(key)
            named += [_known(str(t)) for t in texts if t != ALL] if isinstance(texts, tuple) else []
            if isinstance(texts, tuple) and ALL in texts:
                named += [m for m in SCORE_METRICS.values() if m.base]
        yield from (m for m in named if isinstance(m, ScoreMetric))


def _known(name: str) -> Metric | None:
    """None for a project's own metric outside of its run: the ask about it holds the metric itself."""
    try:
        return resolve_metric(name)
    except ConfigError:
        return None


def measure_plan(
    surveyed: Surveyed, plan: Plan, *, place: Place | None = None, progress: Progress | None = None
) -> Measurements:
    """One pass over all rows, and one more for each where-clause among the plan's metrics."""
    request = Request(
        thresholds=tuple(sorted({*plan.thresholds, *plan.extra})), operating=plan.threshold, cross=plan.cross,
        level=plan.level, min_n=plan.min_n, grid=plan.grid, seed=plan.seed,
        made=tuple({m.name: m for m in (n.whole or n for n in _named(plan)) if m.base}.values()),
    )  # fmt: skip
    whole = measure(surveyed, request, place=place, progress=progress)
    functions = functions_of(plan)
    if functions:
        from sterling.engine.own import OfRows

        read = tuple(dict.fromkeys(c for f in functions if f.own is not None for c in f.own.reads))
        access = (RowAccess(surveyed=surveyed, model=i, seed=plan.seed, columns=read) for i in range(len(whole)))
        whole = tuple(replace(m, of_rows=OfRows(access=a)) for m, a in zip(whole, access, strict=True))
    filtered: dict[str, tuple[Measured, ...]] = {}
    for item in plan.asks:
        metric = item.parameters.get("metric")
        if isinstance(metric, Rate) and metric.where is not None:
            key = write_predicate(metric.where)
            if key not in filtered:
                schema = surveyed.table.collect_schema()
                check_condition(metric.where, schema, who="the where-clause", where=surveyed.name)
                rows = to_polars(metric.where, tuple(schema.names()))
                filtered[key] = measure(surveyed.narrowed(rows), request, place=place)
    return Measurements(whole, filtered, surveyed)


def carry_out(plan: Plan, measurements: Measurements, known: Sequence[str]) -> tuple[Evidence, ...]:
    """Evidence for every ask and model, each exactly once; a check that crashes is one `error` record.

    `known`: the table's own columns, without those made from others.
    """
    surveyed = measurements.surveyed
    out: list[Evidence] = []
    for item in plan.asks:
        if "table" in item.check.needs:
            continue
        for index, measured in enumerate(measurements.whole):
            if item.model is None or item.model == measured.model.name:
                reads = item.check.reads
                by_rows = reads is not None and "sums" not in item.check.needs
                columns = reads(item.parameters, known, surveyed.roles) if by_rows and reads is not None else ()
                rows = RowAccess(
                    surveyed=surveyed, model=index, seed=plan.seed, columns=columns, measured=measurements.whole
                )
                out.append(_answer(item, measurements.of(index, item.parameters.get("metric")), rows))
    return tuple(out)


def ask_of_table(plan: Plan, access: TableAccess, *, told: Callable[[str], None] | None = None) -> tuple[Evidence, ...]:
    """Evidence for every ask about the table itself, each exactly once. `told` hears each question as it is asked."""
    out: list[Evidence] = []
    for item in plan.asks:
        if "table" in item.check.needs:
            if told is not None:
                told(f"Asking: {item.check.title}")
            reason = _not_applicable_to_table(item, access)
            answer = Answer(outcome="not_applicable", reason=reason) if reason else _asked(item, (access,))
            out.append(_record(item, answer, task=access.roles.task))
    return tuple(out)


def _not_applicable_to_table(item: Ask, access: TableAccess) -> str:
    needs = set(item.check.needs)
    if "groups" in needs and not access.roles.groups:
        return "no group columns were given"
    if "label" in needs and access.roles.label is None:
        return "there is no label"
    return "there is no other table to compare with" if "others" in needs and not access.others else ""


def _answer(item: Ask, measured: Measured, rows: RowAccess) -> Evidence:
    reason = _not_applicable(item, measured)
    if reason:
        answer = Answer(outcome="not_applicable", reason=reason)
    else:
        answer = _asked(item, (measured, rows) if "rows" in item.check.needs else (measured,))
    return _record(item, answer, task=measured.task, model=measured.model.name)


def _asked(item: Ask, given: tuple[object, ...]) -> Answer:
    try:
        answer: Answer = item.check.function(*given, **item.parameters)
    except SterlingError:
        raise
    except Exception as error:  # noqa: BLE001  the one place where a check's crash becomes a record
        _LOG.debug("%s stopped with an error", item.check.code, exc_info=error)
        answer = Answer(outcome="error", reason=f"{item.check.code} failed with {type(error).__name__}")
    return answer


def _not_applicable(item: Ask, measured: Measured) -> str:
    """Why the question cannot be asked of this model, or nothing."""
    metric = item.parameters.get("metric")
    info = metric.info if isinstance(metric, Metric) else None
    needs = set(item.check.needs)
    if measured.task not in item.check.tasks:
        return f"{item.check.code} is not asked of {measured.task} models"
    if "groups" in needs and not measured.groups:
        return "no group columns were given"
    if not measured.has_label and ("label" in needs or (info is not None and info.needs_label)):
        return "there is no label"
    lacking = measured.lacks(info) if info is not None else ""
    if lacking:
        return lacking
    decides = "decision" in needs or (info is not None and info.by_threshold)
    if decides and measured.operating < 0 and item.parameters.get("threshold") is None:
        return "raw scores have no natural threshold: give one with --thresholds"
    return ""


def _record(item: Ask, answer: Answer, *, task: Task, model: str | None = None) -> Evidence:
    written = canonical(item.parameters)
    assert isinstance(written, dict)
    check, metric = item.check, item.parameters.get("metric")
    info = metric.info if isinstance(metric, Metric) else None
    return Evidence(
        ask=item.name, check=check.code, title=check.title, question=check.question,
        outcome=answer.outcome, model=model, parameters=written, findings=answer.findings,
        too_small=answer.too_small, table=answer.table, method=answer.method, notes=answer.notes,
        pitfalls=check.fitting(check.pitfalls, task, info),
        hints=answer.hints or check.fitting(check.hints, task, info), view=answer.view, reason=answer.reason,
        discovered=answer.discovered, comparison=answer.comparison, confusion=answer.confusion,
        about=answer.about, attributed=answer.attributed, inferred=answer.inferred,
    )  # fmt: skip
