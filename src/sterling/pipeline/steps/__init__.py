"""The steps of a project, each a thin caller of its shelf, in an order that respects what they read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sterling.core.late import Late, Question
from sterling.core.project import Project
from sterling.core.records import LedgerReader
from sterling.pipeline.seen import late_in
from sterling.pipeline.step import Step
from sterling.pipeline.steps.alternatives import alternatives
from sterling.pipeline.steps.data import MEASURED, examining, joining
from sterling.pipeline.steps.given import given_model
from sterling.pipeline.steps.ingest import ingest
from sterling.pipeline.steps.measure import evaluate, judging
from sterling.pipeline.steps.own import RAW, own_steps
from sterling.pipeline.steps.predictions import given_predictions, given_scores, keys, predictions
from sterling.pipeline.steps.remedies import PREPARED, reworks, table_remedies
from sterling.pipeline.steps.score import score
from sterling.pipeline.steps.split import split
from sterling.pipeline.steps.train import train
from sterling.pipeline.steps.validate import validate


def steps_of(
    project: Project, ledger: LedgerReader, today: dt.date, *, gone: bool = False,
    late: Mapping[Question, Late] | None = None,
) -> tuple[Step, ...]:  # fmt: skip
    """What a run of the project does before people are asked: from reading the data to the verdicts.

    `late`: the limits that came after results had been seen; None: those after any run in the ledger.
    `gone`: the data files are not there, and somebody else has the table. Raises InputError when they must be there and
    are not.
    """
    treated = table_remedies(project)
    steps = [
        ingest(project, makes=RAW if reworks(project) else "table", gone=gone),
        *own_steps(project, makes=PREPARED if treated else "table"),
        *treated,
        validate(project),
    ]
    about = examining(project)
    if about is not None:
        steps.append(about)
    has_model = project.model is not None and project.model.path is not None
    if project.train is not None:
        steps += [split(project), train(project)]
    if has_model:
        steps.append(given_model(project))
    if project.train is not None or has_model:
        steps += [keys(project, ledger), score(project), predictions(project)]
    elif given_scores(project) or given_predictions(project):
        steps += [keys(project, ledger), predictions(project)]
    if about is None:
        steps.append(evaluate(project))
    else:
        steps += [evaluate(project, makes=MEASURED), joining()]
    steps.append(judging(project, today, late_in(project, ledger) if late is None else late))
    if project.train is not None and project.search is not None:
        steps.append(alternatives(project))
    return tuple(steps)
