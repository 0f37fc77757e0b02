"""A subject with scores, a policy and a plan become a run: survey, measure, ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.patterns import with_members
from sterling.core.plan import Plan, parse_thresholds
from sterling.core.policy import Limit, Policy, parse_slice
from sterling.core.registry import find_check
from sterling.core.roles import NUMBERED, TASKS, UNCUT, VISION, Roles, ScoreKind
from sterling.core.run import GroupShare, Run
from sterling.core.slices import Slice
from sterling.core.subject import Subject
from sterling.data import checks as _data
from sterling.engine.binary import task as _binary
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.grouping import with_groups
from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.task import register_later, task_of
from sterling.explain import checks as _explain
from sterling.fairness import checks as _fairness
from sterling.pipeline import catalogue as _catalogue
from sterling.pipeline.asked_of import asked_of
from sterling.pipeline.default_plan import attributed_in, build_plan
from sterling.pipeline.discover import Discover, with_search
from sterling.pipeline.drawing import drawing
from sterling.pipeline.named_metrics import unmeasured
from sterling.pipeline.notices import notices
from sterling.pipeline.progress import Progress, adding_up
from sterling.pipeline.provenance import provenance
from sterling.pipeline.runner import carry_out, columns_read, columns_summed, measure_plan, parts_named
from sterling.pipeline.wiring import WIRING
from sterling.quality import checks as _quality
from sterling.quality import metrics as _metrics
from sterling.sources.open import reading
from sterling.sources.paths import told_copies

if TYPE_CHECKING:
    import polars as pl

    from sterling.engine.survey import Surveyed

REGISTERED = (_binary, _catalogue, _data, _explain, _fairness, _quality, _metrics)
"""Importing them registers metrics, checks and the task of yes/no models."""
for _task in TASKS[1:]:
    register_later(_task, f"sterling.quality.{_task}.task")


def asks_of_the_table(policy: Policy) -> bool:
    """Whether a limit or an ask of the policy is about the table itself."""
    limited = any(limit.metric is not None and limit.metric.info.name in ANSWERED_BY for limit in policy.limits)
    return limited or any("table" in find_check(str(item["check"])).needs for item in policy.asks)


def examine(
    subject: Subject,
    *,
    policy: Policy,
    plan: Plan | None,
    thresholds: tuple[float, ...],
    baseline: tuple[str, ...],
    cross: int,
    min_n: int,
    level: float,
    seed: int,
    embed_rows: bool,
    title: str,
    command: str | None,
    progress: Progress | None,
    discover: Discover = False,
    metrics: tuple[str, ...] = (),
    compare: str | None = None,
    attributions: tuple[str, ...] = (),
    attribution_unit: str = "",
) -> Run:
    """Survey, measure, ask: what `evaluate` does once the subject is clear."""
    if subject.place is None:
        prepare(subject.rows or 0)  # loops are loaded while the columns are looked at
    for text in baseline:
        parse_slice(text)
    with reading(subject.name):
        subject = with_members(subject)
    roles = subject.roles
    reachable(roles, thresholds, policy)
    for option, wanted in (("discover", discover), ("attributions", attributions)):
        if wanted:
            asked_of(option, roles.task)
    asked = plan or build_plan(
        roles,
        policy,
        thresholds=thresholds,
        cross=cross,
        level=level,
        min_n=min_n,
        seed=seed,
        baseline=baseline,
        metrics=metrics,
        compare=compare,
        attributions=attributions,
        attribution_unit=attribution_unit,
    )
    asked = with_search(asked, discover, roles.task)
    subject, surveyed, names = looked_at(subject, asked)
    measurements = measure_plan(surveyed, asked, place=subject.place, progress=adding_up(progress, surveyed.rows))
    first = measurements.whole[0]
    lacking = unmeasured(metrics, measurements.whole)
    _known_slices([(parse_slice(text), "the baseline", "") for text in baseline], first)
    _known_slices([(s, "the limit", limit.origin) for limit in policy.limits for s in _named_by(limit)], first)
    evidence = carry_out(asked, measurements, [n for n in names if n not in subject.made])
    files = subject.files
    meaning = surveyed.meaning
    return Run(
        plan=asked,
        roles=roles,
        n=surveyed.rows,
        labels_missing=surveyed.unlabelled,
        positive=meaning.positive if meaning is not None else None,
        favourable=meaning.favourable if meaning is not None else roles.favourable,
        groups=_shares(first),
        evidence=evidence,
        tables=tuple(e.table for e in evidence if e.table is not None),
        drawings=tuple(drawing(m) for m in measurements.whole if _drawn(m)),
        notices=(
            *subject.notices,
            *told_copies(files),
            *lacking,
            *notices(surveyed, first, roles, cross=asked.cross, kinds=subject.table.collect_schema()),
            *_repeated_ids(subject, surveyed),
            *_unread(policy),
        ),
        provenance=provenance(files, command=command),
        policy=policy,
        wiring=WIRING,
        rows=_rows(subject) if embed_rows else None,
        title=title,
    )


def looked_at(subject: Subject, plan: Plan) -> tuple[Subject, Surveyed, list[str]]:
    """The subject with its groups, its columns as the plan reads them, and the names of all: nothing is counted yet.

    Raises ConfigError or InputError for columns that are not there, or not what they were declared to be.
    """
    if patterns := (*attributed_in(plan), *parts_named(plan)):
        from sterling.engine.amounts.fields import with_fields

        subject = with_fields(subject, patterns, guard=reading)
    subject = with_groups(subject, guard=reading)
    with reading(subject.name):
        names = subject.table.collect_schema().names()
    subject = replace(subject, summed=columns_summed(plan, names, subject.roles))
    also = columns_read(plan, names, subject.roles, made=subject.made)
    with reading(subject.name):
        surveyed = task_of(subject.roles.task).survey(subject, guard=reading, also=also)
    return subject, surveyed, names


def _drawn(measured: Measured) -> TypeGuard[BinaryMeasured]:
    return isinstance(measured, BinaryMeasured) and measured.model.kind != "prediction"


def text_of(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def thresholds_of(value: str | float | Sequence[float] | None) -> tuple[float, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return parse_thresholds(value)
    numbers = [float(v) for v in ([value] if isinstance(value, int | float) else value)]
    if any(n != n or n in (float("inf"), float("-inf")) for n in numbers):
        raise ConfigError("a threshold is not a finite number", expected="numbers such as 0.5")
    return tuple(sorted(set(numbers)))


def scored(subject: Subject, model: object, positive: object) -> Subject:
    """The subject with the scores of a live model, or of several."""
    from sterling.pipeline.models import as_models

    kind: ScoreKind | None = "raw" if subject.roles.task in NUMBERED else None
    return with_groups(subject, guard=reading).checked().scored_by(as_models(model, positive=positive, kind=kind))


def reachable(roles: Roles, thresholds: tuple[float, ...], policy: Policy) -> None:
    """A probability never reaches a threshold above 1, and always one below 0. Raises ConfigError for these."""
    if roles.task in UNCUT and thresholds:
        raise ConfigError(f"models of the task {roles.task} have no thresholds", hint="leave out --thresholds")
    if any(m.kind != "probability" for m in roles.models):
        return
    given = [(t, "") for t in thresholds] + [(t.threshold, t.origin) for t in policy.limits if t.threshold is not None]
    for threshold, where in given:
        if not 0 <= threshold <= 1:
            raise ConfigError(
                f"the threshold {threshold:g} lies outside the probabilities",
                where=where,
                expected="a number from 0 to 1",
                hint="write 0.5 for 50 percent; for scores on another scale say --score-kind raw",
            )


def _named_by(limit: Limit) -> list[Slice]:
    return [s for s in (limit.slice, limit.baseline) if s is not None]


def _known_slices(slices: list[tuple[Slice, str, str]], measured: Measured) -> None:
    """A slice that no row is in is a slip of the pen. Each comes with who names it and where."""
    for slice_, who, where in slices:
        for column, value in slice_.items:
            known = [s.items[0][1] for s in measured.slices if s.family == (column,)]
            if not known:
                raise ConfigError(
                    f"{who} names {shown(column)!r}, which is not a group column",
                    where=where,
                    expected="a group column: " + (", ".join(map(shown, measured.groups)) or "none is named"),
                    hint=f"--groups {shown(column)} compares its groups",
                )
            if value not in known:
                listed = ", ".join(shown(str(k)) for k in known[:8])
                pair = shown(f"{column}={value}")
                raise ConfigError(
                    f"no row has {pair}, which {who} names",
                    where=where,
                    expected=f"one of {listed}",
                    hint=near_miss(str(value), [str(k) for k in known]),
                )


def _repeated_ids(subject: Subject, surveyed: Surveyed) -> tuple[str, ...]:
    if surveyed.roles.id is None:
        return ()
    from sterling.pipeline.repeated_ids import repeated_ids

    return tuple(repeated_ids(subject, surveyed))


def _unread(policy: Policy) -> tuple[str, ...]:
    if not policy.unread:
        return ()
    if "data" in policy.unread:
        return ("of the project's file, the limits and the words were read: sterling run carries the whole of it out",)
    return (
        f"of the policy file, {', '.join(f'[{t}]' for t in policy.unread)} was not read: it does not bear on this run",
    )


def _shares(measured: Measured) -> tuple[GroupShare, ...]:
    total = max(int(measured.n[0]), 1)
    return tuple(
        GroupShare(column=s.items[0][0], value=s.items[0][1], n=int(n), share=int(n) / total)
        for s, n in zip(measured.slices, measured.n, strict=True)
        if len(s.items) == 1
    )


def _rows(subject: Subject) -> pl.DataFrame:
    """Role columns for the page, without identifiers, and without what is large: masks of images."""
    roles = subject.roles
    large = (roles.label, *(m.column for m in roles.models)) if roles.task in VISION else ()
    keep = [c for c in roles.columns if c not in (roles.id, roles.cluster, *large)]
    with reading(subject.name):
        return subject.table.select(keep).collect()
