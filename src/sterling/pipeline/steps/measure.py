"""Examines the scored rows by the project's plan; then holds what was found against its limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.codec import Written, dump, plain, read_run, written
from sterling.core.errors import ConfigError
from sterling.core.judge import judge
from sterling.core.late import Late, Question, late_on
from sterling.core.metrics import resolve_metric
from sterling.core.patterns import with_members
from sterling.core.plan import Plan
from sterling.core.policy import Limit
from sterling.core.project import OwnMetric, Project
from sterling.core.project_keys import KEYS
from sterling.core.records import Json, Properties
from sterling.core.registry import canonical
from sterling.core.roles import ModelColumn, model_columns
from sterling.core.run import Provenance, Run
from sterling.core.spoken import in_project_words
from sterling.core.toml import Document
from sterling.pipeline.answerable import models_there
from sterling.pipeline.asked_of import asked_of
from sterling.pipeline.default_plan import build_plan
from sterling.pipeline.discover import with_search
from sterling.pipeline.examine import examine
from sterling.pipeline.own_metrics import known, measuring, metric_files
from sterling.pipeline.power import more_people
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.beside import said_in_key, said_of_them
from sterling.pipeline.steps.groups import grouped
from sterling.pipeline.steps.labels import roles_of
from sterling.pipeline.steps.score import ROW
from sterling.pipeline.wiring import WIRING, verdicts

if TYPE_CHECKING:
    import polars as pl


def evaluate(project: Project, *, makes: str = "evidence") -> Step:
    """The step that measures, under the role that whoever reads it expects.

    Its key holds the plan, so a limit that asks nothing new costs no second measurement.
    """
    plan = plan_of(project, examined(project))
    roles = roles_of(project)
    return Step(
        name="evaluate",
        title="Measuring",
        stage="inference",
        work=partial(_evaluate, makes=makes),
        reads=("table", "scores") if _has_scores(project) else ("table",),
        makes=(makes,),
        parameters={
            "plan": _json(plan.canonical()),
            "baseline": list(project.measuring.baseline),
            "columns": [[c.column, c.kind] for c in columns_given(project)],
            "roles": {name: _json(getattr(roles, name)) for name in _ROLES},
            **({"metrics": {m.name: _stated(m) for m in project.metrics}} if project.metrics else {}),
            **said_in_key(project),
        },
        files=metric_files(project),
    )


def plan_of(project: Project, models: tuple[ModelColumn, ...]) -> Plan:
    """What is asked of these models. Raises ConfigError naming file and line."""
    m = project.measuring
    roles = roles_of(project, models)
    models_there(project.policy, roles)
    with known(project), placed(project):
        named = [("metrics", n) for n in m.metrics if n != "all"]
        for key, name in [*named, *([("discover_metric", m.discover_metric)] if m.discover_metric else [])]:
            _known_metric(key, name)
        for option, wanted in (("discover", m.search), ("attributions", m.attributions)):
            if wanted:
                asked_of(option, roles.task)
        plan = build_plan(
            roles, project.policy, thresholds=m.thresholds, cross=m.cross, level=m.level,
            min_n=m.min_n, seed=m.seed, baseline=m.baseline, metrics=m.metrics, compare=m.compare,
            attributions=m.attributions, attribution_unit=m.attribution_unit or "",
        )  # fmt: skip
        return with_search(plan, m.search, roles.task)


def _known_metric(key: str, name: str) -> None:
    """Raises ConfigError that names the key of [plan] for a metric that is not known."""
    try:
        resolve_metric(name)
    except ConfigError as error:
        what = f"{error.what} ({error.where})" if error.where else error.what
        raise ConfigError(what, where=key, expected=error.expected, hint=error.hint) from None


@contextmanager
def placed(project: Project) -> Iterator[None]:
    """Within: an error about an option that [plan] holds names its line in the project's file."""
    try:
        yield
    except ConfigError as error:
        if error.where in KEYS["plan"]:
            error.where = _line_of(project, error.where)
            error.hint = in_project_words(error.hint)
        raise


def _line_of(project: Project, key: str) -> str:
    """The line of a key of [plan], as far as its file says."""
    with suppress(ConfigError):  # of an earlier text of the file
        table = Document.load(project.file, what="the project", hint="").root.table("plan")
        written = next((k for k in table.values if k == key or k.startswith(f"{key}_")), None)
        return f"{project.file.name}:{table.line(written)}" if written is not None else key
    return f"{project.file.name}: [plan] {key}"


_ROLES = (
    "label", "positive", "favourable", "label_kind", "groups", "weight", "id", "cluster", "people", "decision",
    "label_words", "not_recorded", "task", "query", "label_members", "slices", "class_weights", "memberships",
)  # fmt: skip


def _json(value: object) -> Json:
    found: Json = plain(value)
    return found


def _stated(metric: OwnMetric) -> Json:
    """What a `[[metric]]` says of itself: what it leaves out is as it always is."""
    said = {f.name: getattr(metric, f.name) for f in fields(metric) if getattr(metric, f.name) != f.default}
    return _json({key: value for key, value in said.items() if key != "name"})


def _has_scores(project: Project) -> bool:
    return project.train is not None or (project.model is not None and project.model.path is not None)


def columns_given(project: Project) -> tuple[ModelColumn, ...]:
    """Models that are columns of the table already."""
    given = project.model
    if given is None or given.path is not None:
        return ()
    return model_columns(project.data.task, scores=given.scores, predictions=given.predictions, kind=given.kind)


def examined(project: Project) -> tuple[ModelColumn, ...]:
    """The models that are examined, by the names that they have or will have once they are trained or loaded."""
    given = project.model
    if project.train is not None:
        return (ModelColumn(column=project.train.recipe),)
    if given is not None and given.path is not None:
        return (ModelColumn(column=given.name or Path(given.path).stem),)
    return columns_given(project)


def _evaluate(inputs: Inputs, *, makes: str) -> Mapping[str, Made]:
    project, m = inputs.project, inputs.project.measuring
    whole = grouped(project, inputs.frame("table"))
    frame, models = _scored(inputs, whole.table.collect())
    subject = replace(whole, table=frame.lazy(), roles=roles_of(project, models))
    with measuring(project):
        run = examine(
            with_members(subject).checked(), policy=project.policy, plan=None, thresholds=m.thresholds,
            baseline=m.baseline, cross=m.cross, min_n=m.min_n, level=m.level, seed=m.seed, embed_rows=False,
            title=project.title, command=None, progress=inputs.progress, metrics=m.metrics, compare=m.compare,
            discover=m.search, attributions=m.attributions, attribution_unit=m.attribution_unit or "",
        )  # fmt: skip
    left = said_of_them(project, inputs.frame("table").columns)
    run = replace(run, notices=(*map(in_project_words, run.notices), *left))
    facts: dict[str, Json] = {"rows": run.n, "models": [c.column for c in models], "plan": run.plan.hash}
    return {makes: evidence_made(written(run), name="evidence", properties=facts)}


def _scored(inputs: Inputs, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[ModelColumn, ...]]:
    """The rows of the table to examine, with the columns of their scores."""
    if not _has_scores(inputs.project):
        return frame, columns_given(inputs.project)
    scores = inputs.frame("scores")
    name = next(c for c in scores.columns if c != ROW)
    kind = str(inputs.artifacts["scores"].properties["kind"])
    column = ModelColumn(column=name, kind=kind)  # type: ignore[arg-type]
    return frame[scores[ROW]].with_columns(scores[name]), (column,)


def judging(project: Project, today: dt.date, late: Mapping[Question, Late]) -> Step:
    """The step that judges. It depends on the limits, which of them came after results, and which waivers hold today.

    The day itself is no part of it.
    """
    holding = [w for w in project.waivers if w.expires >= today]
    return Step(
        name="judge",
        title="Judging",
        stage="inference",
        work=lambda inputs: _judge(inputs, today, late),
        reads=("evidence", "table") if any(v.tables for v in late.values()) else ("evidence",),
        makes=("verdicts",),
        parameters={
            "limits": [written_limit(limit) for limit in project.policy.limits],
            "waivers": [[w.limit, w.owner, w.reason, w.expires.isoformat()] for w in holding],
            "words": _json(dict(project.policy.project)),
            **({"late": [[list(k), v.loosened_from, list(v.tables)] for k, v in late.items()]} if late else {}),
        },
    )


def written_limit(limit: Limit) -> Json:
    """A limit as JSON, without its line: moving it in the file changes nothing."""
    return _json({f.name: canonical(getattr(limit, f.name)) for f in fields(limit) if f.name != "origin"})


def run_in(inputs: Inputs, role: str) -> Run:
    """The run in an evidence artifact, as its bytes give it."""
    found = inputs.made(role, Written)
    return run_of(inputs.read(role), inputs.project) if found is None else found.run


def evidence_made(found: Written, *, name: str, properties: Properties) -> Made:
    """A run as an artifact. Read back it would be the same, so that the steps after it take it as it is."""
    return Made(content=found.content, type="evidence", name=name, properties=properties, in_hand=found)


def run_of(content: bytes, project: Project, provenance: Provenance | None = None) -> Run:
    """The run in evidence bytes, under the project's limits."""
    made = provenance or Provenance(created=dt.datetime.fromtimestamp(0, dt.UTC), files=(), version="")
    with known(project):
        return read_run(content, provenance=made, policy=project.policy, wiring=WIRING, title=project.title)


def _judge(inputs: Inputs, today: dt.date, late: Mapping[Question, Late]) -> Mapping[str, Made]:
    project = inputs.project
    run = run_in(inputs, "evidence")
    judgement = judge(
        project.policy, run.evidence, more_people=more_people, waivers=project.waivers, today=today,
        late=late_on(late, inputs.artifacts["table"].digest if "table" in inputs.artifacts else ""),
    )  # fmt: skip
    wired = verdicts(run, judgement)
    content = dump({"format": "sterling.verdicts", "version": 1, **wired})
    waived = sum(v.waiver is not None for v in judgement.verdicts)
    facts = {
        "exit_code": judgement.exit_code, "counts": _json(wired["counts"]), "late": len(judgement.late),
        "waived": waived,
    }  # fmt: skip
    return {"verdicts": Made(content=content, type="verdicts", name="verdicts", properties=facts, in_hand=judgement)}
