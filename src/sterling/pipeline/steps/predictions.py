"""Names every prediction, so that one of them can be traced later, without writing down whose it is.

The names are keyed hashes of rows. They need no model, so they are made while one is trained or loaded.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sterling.core.patterns import columns_of
from sterling.core.project import Project
from sterling.core.records import Json, LedgerReader
from sterling.core.roles import NUMBERED
from sterling.pipeline.named import ID_KEY, PREDICTION, ROW, ROW_KEY, score_column
from sterling.pipeline.step import Inputs, Made, Step, made_table
from sterling.pipeline.steps.score import ROW as SCORED
from sterling.pipeline.steps.score import examined

DIGITS = 16


def given_scores(project: Project) -> tuple[str, ...]:
    """The columns of the table that are numbers for rows already, when no model makes them here.

    Scores; and predictions, where these are numbers too.
    """
    given, task = project.model, project.data.task
    if project.train is not None or given is None or given.path is not None or task == "sets":
        return ()
    return (*given.scores, *given.predictions) if task in NUMBERED else given.scores


def given_predictions(project: Project) -> tuple[str, ...]:
    """The columns of the table that are predictions without a score of the row: decisions, texts, sets, masks, boxes.

    They are named in the list of predictions; what was predicted stays in the table.
    """
    given = project.model
    if given is None or given.path is not None or project.data.task in NUMBERED:
        return ()
    return given.predictions


def keys(project: Project, ledger: LedgerReader) -> Step:
    """The step that hashes the rows to be examined; the key never leaves the project's folder."""
    train = project.train
    return Step(
        name="keys",
        title="Naming the rows",
        stage="preprocessing",
        work=lambda inputs: _keyed(inputs, ledger),
        reads=("table", "split") if train is not None else ("table",),
        makes=("row_keys",),
        parameters={
            "id": project.data.id,
            "key": ledger.typed_keys("which key this is")[0],
            "folds": None if train is None else train.folds,
        },
    )


def predictions(project: Project) -> Step:
    """The step that lists predictions under the keys of their rows."""
    scored, unscored = given_scores(project), given_predictions(project)
    given = bool(scored or unscored)
    return Step(
        name="predictions",
        title="Naming the predictions",
        stage="inference",
        work=_named,
        reads=("row_keys", "table") if given else ("row_keys", "scores"),
        makes=("predictions",),
        parameters={"scores": list(scored), "predictions": list(unscored)} if given else {},
    )


def _keyed(inputs: Inputs, ledger: LedgerReader) -> Mapping[str, Made]:
    """Columns: `row_key`, `id_key` (null without an id) and `row` (place in the table artifact)."""
    table = inputs.frame("table")
    place = pl.Series(ROW, examined(inputs, table), dtype=pl.UInt32)
    rows = table[place]
    own = inputs.project.data.id
    id_key = pl.Series(ID_KEY, [None] * rows.height, dtype=pl.String)
    if own is not None:
        id_key = ledger.value_keys(rows[own]).alias(ID_KEY)
    found = pl.DataFrame([ledger.row_keys(rows).alias(ROW_KEY), id_key, place])
    return {"row_keys": made_table(found, type="row_keys", name="row keys", properties={"rows": found.height})}


def _named(inputs: Inputs) -> Mapping[str, Made]:
    """Columns: `prediction` (16 hex digits of the row's key), those of the keys, and the score by each model, null
    where it gives rows none."""
    found = inputs.frame("row_keys")
    scored, unscored = given_scores(inputs.project), given_predictions(inputs.project)
    scores = inputs.frame("table" if scored or unscored else "scores")
    scores = scores.with_columns(pl.lit(None, pl.Float64).alias(c) for c in unscored)
    models = (*columns_of(scored, scores.columns), *unscored) or tuple(c for c in scores.columns if c != SCORED)
    named = found.select(pl.col(ROW_KEY).str.head(DIGITS).alias(PREDICTION), ROW_KEY, ID_KEY, ROW)
    listed = named.with_columns(scores[m].alias(score_column(m)) for m in models)
    facts: dict[str, Json] = {"model": models[0], "models": list(models), "rows": listed.height}
    made = made_table(listed, type="predictions", name="predictions", properties=facts)
    return {"predictions": made}
