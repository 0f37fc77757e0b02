"""Examines the table itself: the usual questions of a run, those that the policy asks, and those its limits need."""

from __future__ import annotations

import datetime as dt
import glob
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sterling.core.addresses import is_url
from sterling.core.codec import Written, plain, written
from sterling.core.confine import locate
from sterling.core.data.reference import Reference
from sterling.core.data.terms_file import FILE as DATASHEET
from sterling.core.errors import InputError
from sterling.core.evidence import Answer, Evidence
from sterling.core.plan import Ask, Plan, ask
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.core.registry import every_check, find_check
from sterling.core.roles import Roles
from sterling.core.run import Provenance, Run
from sterling.core.subject import Subject
from sterling.data.checks.da011_anomalies import answer_of
from sterling.engine.table import TableAccess
from sterling.pipeline.own_metrics import known
from sterling.pipeline.runner import ask_of_table
from sterling.pipeline.step import Inputs, Made, Step
from sterling.pipeline.steps.groups import conditions, grouped
from sterling.pipeline.steps.labels import roles_of
from sterling.pipeline.steps.measure import evidence_made, run_in
from sterling.pipeline.steps.own import RAW
from sterling.pipeline.steps.remedies import reworks
from sterling.pipeline.steps.split import PARTS, assign
from sterling.pipeline.steps.validate import SchemaAnswer, schema_digests
from sterling.pipeline.tables import asks_about_tables, from_policy, table_access
from sterling.pipeline.wiring import WIRING
from sterling.sources.paths import find_files

if TYPE_CHECKING:
    import polars as pl

_NOTHING = Provenance(created=dt.datetime.fromtimestamp(0, dt.UTC), files=(), version="")
"""Of what a run was made is the ledger's business; evidence holds no time and no place."""
SCHEMA = "DA011"
"""Its promises are about the table as it was read: before steps of the project change it."""
TERMS = "DA021"
ABOUT_PARTS = ("DA015", "DA017", "DA018")
PART = "(part)"
"""The column that says in which part of the project's split a row is, while questions about parts are asked."""
MEASURED, ABOUT = "measured", "about_data"
"""Roles of what was found of the model, and of the table. `evidence` is both together."""


def examining(project: Project) -> Step | None:
    """The step that asks about the table; None when a run of the project asks nothing of it."""
    plan = table_questions(project)
    if not plan.asks:
        return None
    m, data = project.measuring, project.data
    return Step(
        name="data",
        title="Examining the data",
        stage="data",
        work=_work,
        reads=("table", "facts", RAW) if reworks(project) else ("table", "facts"),
        makes=(ABOUT,),
        files=tuple(_files(project, plan)),
        away=_elsewhere(plan),
        parameters={
            "plan": _json(plan.canonical()),
            "roles": _json(roles_of(project)),
            "measuring": [m.level, m.min_n, m.seed],
            "drop": list(data.drop),
            "split": [_json(project.split), data.id, data.entity, data.time] if _of_split(plan) else None,
            **conditions(project),
        },
    )


def joining() -> Step:
    """The step that puts what was found of the model and of the table together, as one piece of evidence."""
    return Step(
        name="evidence",
        title="Putting the evidence together",
        stage="inference",
        work=_join,
        reads=(MEASURED, ABOUT),
        makes=("evidence",),
    )


def _json(value: object) -> Json:
    found: Json = plain(value)
    return found


def table_questions(project: Project) -> Plan:
    """What a run asks about the table. Raises ConfigError for a policy that asks what cannot be asked."""
    data, m = project.data, project.measuring
    given: dict[str, Any] = {}
    if data.schema is not None:
        given = {"schema": data.schema, "environment": data.environment, "ignore": data.drop}
    files: dict[str, dict[str, Any]] = {SCHEMA: given} if given else {}
    if (project.folder / DATASHEET).is_file():
        files[TERMS] = {"terms": DATASHEET}
    with known(project):  # the policy's asks, of which those about the table are taken, may name its metrics
        own = asks_about_tables(project.policy, files)
    held = {item.check.code for item in own}
    usual = [code for code, c in every_check().items() if {"table"} <= set(c.needs) and "run" in c.when]
    asked = [_usual(code, files) for code in dict.fromkeys([*usual, *files]) if code not in held]
    asks = (*asked, *(_of_parts(project, _with_file(item, files)) for item in own))
    return Plan(asks=asks, level=m.level, min_n=m.min_n, seed=m.seed)


def _usual(code: str, files: Mapping[str, Mapping[str, Any]]) -> Ask:
    return ask(code, name=find_check(code).name, **files.get(code, {}))


def _with_file(item: Ask, files: Mapping[str, Mapping[str, Any]]) -> Ask:
    """The project's own ask about its schema or its datasheet: what it does not say itself is as the project says."""
    given = files.get(item.check.code)
    if given is None:
        return item
    said = {key: value for key, value in item.parameters.items() if value not in (None, ())}
    return ask(item.check.code, name=item.name, **{**given, **said})


def _of_parts(project: Project, item: Ask) -> Ask:
    """A question about parts, of the project's own split; one that names parts itself stays as it is."""
    if project.train is None or item.check.code not in ABOUT_PARTS or item.parameters.get("split") is not None:
        return item
    given: dict[str, Any] = {k: v for k, v in item.parameters.items() if v is not None}
    given |= {"split": PART, "train": PARTS[0]}
    if item.check.code == "DA015":
        if project.data.entity is not None:
            given.setdefault("entity", project.data.entity)
        if project.split.by == "time" and project.data.time is not None:
            given.setdefault("time", project.data.time)
    return ask(item.check.code, name=item.name, **given)


def asked_of_no_rows(project: Project, subject: Subject) -> None:
    """Raises ConfigError for a question of the project's own that names what is not there: no row is needed to say it.

    What no rows cannot answer is no fault.
    """
    import polars as pl

    with known(project):
        own = {item.name for item in from_policy(project.policy)}
    plan = table_questions(project)
    asked = replace(plan, asks=tuple(i for i in plan.asks if i.name in own or i.check.code == TERMS))
    access = _access(project, subject.table, subject.roles, asked)
    for item in asked.asks:
        parted = item.parameters.get("split") == PART
        rows = subject.table.with_columns(pl.lit(PARTS[0]).alias(PART)) if parted else subject.table
        with suppress(InputError):
            ask_of_table(_only(asked, item), replace(access, table=rows.head(0)))


def _of_split(plan: Plan) -> bool:
    """Whether a question is about the parts of the project's own split."""
    return any(item.parameters.get("split") == PART for item in plan.asks)


def _with_parts(inputs: Inputs, table: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """The table, with the part of each row where a question is about the project's parts."""
    import polars as pl

    if not _of_split(plan):
        return table
    project, data = inputs.project, inputs.project.data
    parts = assign(inputs.frame("table"), project.split, id=data.id, entity=data.entity, time=data.time)
    return table.with_columns(pl.Series(PART, PARTS)[parts])


def _files(project: Project, plan: Plan) -> Iterator[Path]:
    """Files that parameters name, such as the schema and a reference table. Raises ConfigError for one elsewhere."""
    seen: set[Path] = set()
    for item in plan.asks:
        for key, value in item.parameters.items():
            found = _named(project, value, f"{item.name}: {key}")
            yield from (path for path in found if path not in seen)
            seen.update(found)


def _named(project: Project, value: object, where: str) -> tuple[Path, ...]:
    """The files that a parameter names: one, or those of the folder or pattern of a reference table."""
    if isinstance(value, Reference):
        if value.table is None or is_url(value.table):
            return ()
        there = locate(value.table, folder=project.folder, allowed=project.allowed_folders, where=where)
        many = there.is_dir() or (glob.has_magic(str(there)) and not there.exists())
        return tuple(find_files(str(there))[0]) if many else (there,)
    path = _file(project, value, where) if isinstance(value, str) else None
    return () if path is None else (path,)


def _elsewhere(plan: Plan) -> bool:
    """Whether a question reads a reference table at an address, which may change without anybody knowing."""
    given = (value for item in plan.asks for value in item.parameters.values() if isinstance(value, Reference))
    return any(value.table is not None and is_url(value.table) for value in given)


def _file(project: Project, text: str, where: str) -> Path | None:
    try:
        there = (project.folder / text).is_file()
    except (OSError, ValueError):
        return None
    if not there and text != project.data.schema:
        return None
    return locate(text, folder=project.folder, allowed=project.allowed_folders, where=where)


def _work(inputs: Inputs) -> Mapping[str, Made]:
    project = inputs.project
    plan = table_questions(project)
    subject = grouped(project, inputs.frame("table"))
    table = _access(project, subject.table, subject.roles, plan)
    parted = _access(project, _with_parts(inputs, subject.table, plan), subject.roles, plan)
    raw = _access(project, inputs.frame(RAW).lazy(), Roles(), plan) if reworks(project) else table
    held = inputs.made("facts", SchemaAnswer) if reworks(project) or not subject.made else None
    if held is not None and held.files != schema_digests(project):
        held = None  # somebody has written to the schema since: this step is recorded with what it says now
    evidence: list[Evidence] = []
    for done, item in enumerate(plan.asks):
        inputs.progress(done, len(plan.asks))
        of = raw if item.check.code == SCHEMA else parted if item.parameters.get("split") == PART else table
        evidence += ask_of_table(_only(plan, _with_answer(project, item, held)), of)
    run = Run(
        plan=plan, roles=table.roles, n=table.rows, labels_missing=0, positive=project.data.positive, favourable=None,
        groups=(), evidence=tuple(evidence), tables=(), drawings=(), notices=(), provenance=_NOTHING,
        policy=project.policy, wiring=WIRING, title=project.title,
    )  # fmt: skip
    facts: dict[str, Json] = {"rows": run.n, "plan": plan.hash, "asks": [e.check for e in evidence]}
    return {ABOUT: evidence_made(written(run), name="about the data", properties=facts)}


def _with_answer(project: Project, item: Ask, held: SchemaAnswer | None) -> Ask:
    """The question about the project's schema, whose answer is known where this run has just checked the columns."""
    data = project.data
    given = {"schema": data.schema, "environment": data.environment, "ignore": tuple(data.drop)}
    if held is None or item.check.code != SCHEMA or dict(item.parameters) != given:
        return item

    def answer(access: TableAccess, **_: object) -> Answer:
        return answer_of(held.anomalies, access)

    return replace(item, check=replace(item.check, function=answer))


def _only(plan: Plan, item: Ask) -> Plan:
    return replace(plan, asks=(item,))


def _access(project: Project, table: pl.LazyFrame, roles: Roles, plan: Plan) -> TableAccess:
    name = Path(project.data.path).name
    access = table_access(table, roles, name=name, level=plan.level, min_n=plan.min_n, seed=plan.seed)
    return replace(access, folder=project.folder)


def _join(inputs: Inputs) -> Mapping[str, Made]:
    run, about = (run_in(inputs, role) for role in (MEASURED, ABOUT))
    asks = (*run.plan.asks, *about.plan.asks)
    whole = replace(run, plan=replace(run.plan, asks=asks), evidence=(*run.evidence, *about.evidence))
    facts: dict[str, Json] = {**inputs.artifacts[MEASURED].properties, "plan": whole.plan.hash}
    found = written(whole, like=inputs.made(MEASURED, Written))
    return {"evidence": evidence_made(found, name="evidence", properties=facts)}
