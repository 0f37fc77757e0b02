"""From one prediction back to everything it rests on, and forward to who signed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sterling.core.errors import SterlingError
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Context, Execution, LedgerReader, Properties
from sterling.core.review import ReviewState
from sterling.pipeline.made import ENDED, made_by
from sterling.pipeline.queries.predictions import (
    Prediction,
    find_prediction,
    newer_run,
    operating_of,
    run_notes,
    run_with_predictions,
)
from sterling.pipeline.queries.runs import LAST, RunFacts, run_facts
from sterling.pipeline.review import policy_changed, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that a step of the run read: data, a model, the project's own code. `sha256` has 64 hex digits."""

    step: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The model behind a prediction. `trained_by` and `trained_in` are the execution and the run that made its bytes.

    `cross_fitted`: in so many folds, so that the score of a row with a label comes from a model of the same making that
    did not see the row; the artifact is the one that saw all of them. None: by the artifact itself.
    """

    name: str
    digest: str
    recipe: str | None
    parameters: Properties
    features: int | None
    trained_on: int | None
    seed: int | None
    cross_fitted: int | None
    trained_by: str | None
    trained_in: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a prediction is as it is. Digests are `sha256:` and 64 hex digits; None where the ledger does not say.

    `equal_rows` counts further rows that are equal in every column and therefore share the prediction's id;
    `newer_run` is a run after this one that lists no predictions. `review` is where the run stands by the project's
    rules; `checked` whether the list of predictions was compared with its digest.
    """

    prediction: Prediction
    found_by: Literal["prediction", "id"]
    equal_rows: int
    checked: bool
    run: RunFacts
    newer_run: str | None
    threshold: float | None
    decision: str
    model: Origin | None
    table: str | None
    table_rows: int | None
    files: tuple[SourceFile, ...]
    environment: str | None
    python: str | None
    project: str | None
    evidence: str | None
    verdicts: str | None
    predictions: str
    review: ReviewState
    limits: tuple[str, ...] = field(default=())
    """What this answer cannot say, in sentences."""


def why(
    project: Project, ledger: LedgerReader, text: str, *, run: str = LAST, model: str | None = None,
    at_work: bool = True,
) -> Why:  # fmt: skip
    """What led to a prediction. `text`: its id or the beginning of it, or the id of the user's own row.

    `model` is needed where the run examines several. `at_work` as in `run_facts`.

    Raises InputError when nothing is found, or more than one.
    """
    context, batch = run_with_predictions(ledger, run, model, at_work=at_work)
    executions = ledger.executions(run=context.id)
    operating = operating_of(executions)
    found = find_prediction(ledger, batch, text, operating)
    artifacts = made_by(ledger, executions)
    table = artifacts.get("table")
    scores = artifacts.get("scores")
    folds = scores.properties.get("cross_fitted") if scores is not None else None
    made_here = artifacts.get("model")
    origin = _origin(ledger, executions, made_here, folds if isinstance(folds, int) else None) if made_here else None
    facts = run_facts(ledger, context, at_work=at_work)
    rows = table.properties.get("rows") if table is not None else None
    newer = newer_run(ledger, context)
    notes = run_notes(ledger, context, at_work=at_work)
    return Why(
        prediction=found.rows[0], found_by=found.by, equal_rows=len(found.rows) - 1, checked=found.checked, run=facts,
        newer_run=newer.id if newer else None, threshold=operating.threshold, decision=operating.decision, model=origin,
        table=_digest(table), table_rows=rows if isinstance(rows, int) else None, files=_files(executions),
        environment=_text(context.properties.get("environment_digest")), python=_python(ledger, context),
        project=_text(context.properties.get("project_digest")), evidence=_digest(artifacts.get("evidence")),
        verdicts=_digest(artifacts.get("verdicts")), predictions=batch.artifact,
        review=_review(project, context, facts), limits=(*notes, *_limits(found.rows, found.checked, origin)),
    )  # fmt: skip


def _origin(ledger: LedgerReader, executions: tuple[Execution, ...], model: Artifact, folds: int | None) -> Origin:
    here = next((e for e in executions if e.step in ("train", "load") and e.state in ENDED), None)
    first = next(iter(ledger.executions(key=here.key, state="complete", newest=1)), here) if here else None
    if here is not None and here.state == "complete":
        first = here
    facts = model.properties
    parameters, features = facts.get("parameters"), facts.get("features")
    return Origin(
        name=model.name, digest=model.digest, recipe=_text(facts.get("recipe")),
        parameters=parameters if isinstance(parameters, Mapping) else {},
        features=len(features) if isinstance(features, list) else None, trained_on=_whole(facts.get("rows")),
        seed=_whole(facts.get("seed")), cross_fitted=folds, trained_by=first.id if first else None,
        trained_in=first.run if first else None,
    )  # fmt: skip


def _files(executions: tuple[Execution, ...]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(step=e.step, name=str(name), sha256=str(digest))
        for e in executions
        if e.state in ENDED and isinstance(files := e.properties.get("files"), Mapping)
        for name, digest in files.items()
    )


def _python(ledger: LedgerReader, context: Context) -> str | None:
    digest = _text(context.properties.get("environment_digest"))
    try:
        return _text(json.loads(ledger.read(digest)).get("python")) if digest else None
    except (SterlingError, ValueError):
        return None


def _review(project: Project, context: Context, facts: RunFacts) -> ReviewState:
    state = state_of(facts.decisions, project.review, facts.author)
    return "stale" if state == "approved" and policy_changed(project, context) else state


def _limits(rows: tuple[Prediction, ...], checked: bool, origin: Origin | None) -> list[str]:
    said = []
    if len({r.score for r in rows}) > 1:
        said.append(
            "rows that are equal in every column were scored by models of different folds, and their scores differ"
        )
    if not checked:
        said.append("the list of predictions is large and was not compared with its digest: sterling verify does")
    if origin is None:
        what = "prediction" if rows[0].score is None else "score"
        said.append(f"the {what} is a column of the table: the model that made it is not in the ledger")
    return said


def _digest(artifact: Artifact | None) -> str | None:
    return artifact.digest if artifact is not None else None


def _text(value: object) -> str | None:
    return str(value) if value else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
