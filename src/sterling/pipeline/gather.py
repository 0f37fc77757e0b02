"""Gathers from the ledger all that a report or a card may say of one run."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from sterling.core.codec import made_with, typed
from sterling.core.confine import locate
from sterling.core.dossier import DataFacts, Dossier, Leaked, ModelFacts
from sterling.core.errors import InputError, shown
from sterling.core.judge import Judgement, judge
from sterling.core.late import late_on
from sterling.core.project import Project
from sterling.core.project_file import parse_project
from sterling.core.records import Artifact, Context, Event, Execution, LedgerReader, Lineage, Properties
from sterling.core.remedy import Search
from sterling.core.run import DataFile, Provenance, Run
from sterling.core.scope_file import MAX_PROSE
from sterling.pipeline.made import made_in
from sterling.pipeline.power import more_people
from sterling.pipeline.queries.runs import known_run, known_state
from sterling.pipeline.review import review_of
from sterling.pipeline.risks import of_project
from sterling.pipeline.seen import late_in
from sterling.pipeline.steps.measure import run_of


def dossier(
    project: Project, ledger: LedgerReader, run: str, *, judged: tuple[Run, Judgement] | None = None
) -> Dossier:
    """Everything about a run, by the limits and words its project had then; its review as the project stands now.

    `judged`: what was measured and the verdicts, for who has just made them; otherwise they are read and judged again.
    Raises InputError for a run without evidence.
    """
    context = known_run(ledger, run)
    executions = ledger.executions(run=run)
    events = {x.id: ledger.events(execution=x.id) for x in executions}
    known = {a.digest: a for a in ledger.artifacts(run=run)}
    artifacts = made_in(executions, events, known)
    if "evidence" not in artifacts:
        raise InputError(
            f"the run {shown(run)} has no evidence", where="the ledger", got=f"it is {known_state(context)}",
            hint="sterling run carries on where it stopped",
        )  # fmt: skip
    now, project = project, project_then(project, ledger, context)
    made = _provenance(context, executions, ledger)
    if judged is None:
        evidence = run_of(ledger.read(artifacts["evidence"].digest), project, made)
        judged_on = (context.started or dt.datetime.now(dt.UTC)).date()
        judgement = judge(
            project.policy, evidence.evidence, more_people=more_people, waivers=project.waivers, today=judged_on,
            late=late_on(late_in(project, ledger, before=run), artifacts["table"].digest),
        )  # fmt: skip
    else:
        evidence, judgement = made_with(judged[0], made, hash=_hash(artifacts["evidence"])), judged[1]
    return Dossier(
        project=project,
        context=context,
        run=evidence,
        judgement=judgement,
        data=data_facts(ledger, artifacts, executions),
        model=model_facts(artifacts),
        head=ledger.head(),
        review=review_of(now, ledger, context, today=dt.datetime.now(dt.UTC).date()),
        risks=of_project(ledger.risks(), now, ledger),
        executions=executions,
        lineage=_lineage(executions, events, known),
        artifacts=artifacts,
        openings=tuple(o for o in ledger.openings() if o.run == run),
        alternatives=_alternatives(ledger, artifacts),
        previous=_previous(ledger, context),
        upstream_card=upstream_card(project),
    )


def _hash(artifact: Artifact) -> str:
    return artifact.digest.removeprefix("sha256:")


def project_then(project: Project, ledger: LedgerReader, context: Context) -> Project:
    """The project as it was when the run was made: as its file said, with what the run was told beside it.

    Raises LedgerError when that text is no longer there, ConfigError when it cannot be read any more.
    """
    budget = _whole(context.properties.get("budget"))
    if context.properties["project_digest"] == project.digest:
        return project.with_budget(budget)
    text = ledger.read(str(context.properties["project_digest"])).decode("utf-8")
    return parse_project(text, file=project.file).with_budget(budget)


def upstream_card(project: Project) -> str | None:
    """The text of the card that came with a given model; None without one, and when it cannot be read as text."""
    given = project.model
    if given is None or given.card is None:
        return None
    path = locate(given.card, folder=project.folder, allowed=project.allowed_folders, where=project.file.name)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PROSE + 1)
        return content.decode("utf-8-sig") if len(content) <= MAX_PROSE else None
    except (OSError, UnicodeDecodeError):
        return None


def _provenance(context: Context, executions: tuple[Execution, ...], ledger: LedgerReader) -> Provenance:
    from sterling import __version__

    digest = context.properties.get("environment_digest")
    environment = json.loads(ledger.read(str(digest))) if digest else {}
    words = ("python", "system", "machine")
    started = context.started or dt.datetime.now(dt.UTC)
    return Provenance(
        created=started.replace(microsecond=0),
        files=tuple(DataFile(name=n, sha256=d) for n, d in _files(executions)),
        version=__version__,
        command="sterling run",
        environment={w: str(environment[w]) for w in words if w in environment},
    )


def _files(executions: tuple[Execution, ...]) -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of the data files that the run read."""
    first = next((e for e in executions if e.step == "ingest"), None)
    files = first.properties.get("files") if first is not None else None
    return tuple((str(k), str(v)) for k, v in files.items()) if isinstance(files, Mapping) else ()


def data_facts(ledger: LedgerReader, artifacts: Mapping[str, Artifact], executions: tuple[Execution, ...]) -> DataFacts:
    """What was written down of the table, with how it was split and the files it came from."""
    from dataclasses import replace

    facts: DataFacts = typed(json.loads(ledger.read(artifacts["facts"].digest))["facts"], DataFacts)
    split = artifacts["split"].properties if "split" in artifacts else {}
    parts = split.get("parts")
    counts = {str(k): int(str(v)) for k, v in parts.items()} if isinstance(parts, Mapping) else {}
    return replace(facts, parts=counts, leaks=leaks_in(split), files=_files(executions))


def leaks_in(split: Properties) -> tuple[Leaked, ...]:
    """The rows that parts share, as the step that divides them wrote them down; older ledgers hold none."""
    found = split.get("leaks")
    each = [tuple(map(str, leak)) for leak in found if isinstance(leak, list)] if isinstance(found, list) else []
    return tuple(
        Leaked(kind=kind, first=first, second=second, rows=int(rows), n=int(n)) for kind, first, second, rows, n in each
    )


def model_facts(artifacts: Mapping[str, Artifact]) -> ModelFacts | None:
    """What was written down of the model; None where scores were given as columns."""
    model = artifacts.get("model")
    if model is None:
        return None
    facts = model.properties
    parameters, features = facts.get("parameters"), facts.get("features")
    return ModelFacts(
        name=model.name,
        kind=str(facts.get("kind")),
        recipe=_text(facts.get("recipe")),
        digest=model.digest,
        format=_text(facts.get("format")),
        size=model.size,
        parameters=parameters if isinstance(parameters, Mapping) else {},
        features=tuple(str(f) for f in features) if isinstance(features, list | tuple) else (),
        trained_on=_whole(facts.get("rows")),
        cross_fitted=_whole(facts.get("folds")) or None,
        seed=_whole(facts.get("seed")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _lineage(
    executions: tuple[Execution, ...], events: Mapping[str, tuple[Event, ...]], known: Mapping[str, Artifact]
) -> Lineage:
    every = tuple(e for x in executions for e in events[x.id])
    touched = dict.fromkeys(e.artifact for e in every)
    return Lineage(artifacts=tuple(known[a] for a in touched if a in known), executions=executions, events=every)


def _alternatives(ledger: LedgerReader, artifacts: Mapping[str, Artifact]) -> Search | None:
    if "alternatives" not in artifacts:
        return None
    found: Search | None = typed(json.loads(ledger.read(artifacts["alternatives"].digest))["search"], Search | None)
    return found


def _previous(ledger: LedgerReader, context: Context) -> str | None:
    runs = [c.id for c in ledger.contexts("run") if c.parent == context.parent]
    place = runs.index(context.id)
    return runs[place - 1] if place else None
