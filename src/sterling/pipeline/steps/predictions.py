"""Names every prediction, so that one of them can be traced later, without writing down whose it is."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sterling.core.patterns import columns_of
from sterling.core.project import Project
from sterling.core.records import Json, LedgerReader
from sterling.pipeline.named import ID_KEY, PREDICTION, ROW, ROW_KEY, score_column
from sterling.pipeline.step import Inputs, Made, Step, table_bytes
from sterling.pipeline.steps.score import ROW as SCORED

DIGITS = 16


def given_scores(project: Project) -> tuple[str, ...]:
    """The columns of the table that are scores already, when no model makes them here."""
    given = project.model
    return given.scores if project.train is None and given is not None and given.path is None else ()


def predictions(project: Project, ledger: LedgerReader) -> Step:
    """The step that lists predictions under keyed hashes; the key never leaves the project's folder."""
    columns = given_scores(project)
    parameters: dict[str, Json] = {"id": project.data.id, "key": ledger.typed_keys("which key this is")[0]}
    return Step(
        name="predictions",
        title="Naming the predictions",
        stage="inference",
        work=lambda inputs: _work(inputs, ledger),
        reads=("table",) if columns else ("table", "scores"),
        makes=("predictions",),
        parameters=parameters | ({"columns": list(columns)} if columns else {}),
    )


def _work(inputs: Inputs, ledger: LedgerReader) -> Mapping[str, Made]:
    """Columns: `prediction` (16 hex digits of the row's key), `row_key`, `id_key` (null without an id), `row` (place in
    the table artifact) and the score by each model."""
    table = inputs.frame("table")
    models = columns_of(given_scores(inputs.project), table.columns)
    if models:
        scores = table.select(models).with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("\0place"))
        place, rows = scores["\0place"], table
    else:
        scores = inputs.frame("scores")
        place, models = scores[SCORED], tuple(c for c in scores.columns if c != SCORED)
        rows = table[place]
    row_key = ledger.row_keys(rows).alias(ROW_KEY)
    own = inputs.project.data.id
    id_key = pl.Series(ID_KEY, [None] * rows.height, dtype=pl.String)
    if own is not None:
        id_key = ledger.value_keys(rows[own]).alias(ID_KEY)
    named = [row_key.str.head(DIGITS).alias(PREDICTION), row_key, id_key, place.alias(ROW)]
    found = pl.DataFrame([*named, *(scores[m].alias(score_column(m)) for m in models)])
    facts: dict[str, Json] = {"model": models[0], "models": list(models), "rows": found.height}
    return {"predictions": Made(content=table_bytes(found), type="predictions", name="predictions", properties=facts)}
