"""Names every prediction, so that one of them can be traced later, without writing down whose it is."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sterling.core.project import Project
from sterling.core.records import Json, LedgerReader
from sterling.pipeline.step import Inputs, Made, Step, table_bytes
from sterling.pipeline.steps.score import ROW


def predictions(project: Project, ledger: LedgerReader) -> Step:
    """The step that lists predictions under keyed hashes; the key never leaves the project's folder."""
    return Step(
        name="predictions",
        title="Naming the predictions",
        stage="inference",
        work=lambda inputs: _work(inputs, ledger),
        reads=("table", "scores"),
        makes=("predictions",),
        parameters={"id": project.data.id, "key": ledger.typed_keys("which key this is")[0]},
    )


def _work(inputs: Inputs, ledger: LedgerReader) -> Mapping[str, Made]:
    """Columns: `prediction` (16 hex digits of the row's key and the model), `row_key`, `id_key` (null without an id),
    `row` (place in the table artifact) and the score."""
    table, scores = inputs.frame("table"), inputs.frame("scores")
    name = next(c for c in scores.columns if c != ROW)
    rows = table[scores[ROW]]
    row_key = ledger.row_keys(rows).alias("row_key")
    own = inputs.project.data.id
    id_key = pl.Series("id_key", [None] * rows.height, dtype=pl.String)
    if own is not None:
        id_key = ledger.value_keys(rows[own]).alias("id_key")
    found = pl.DataFrame([row_key.str.head(16).alias("prediction"), row_key, id_key, scores[ROW], scores[name]])
    facts: dict[str, Json] = {"model": name, "rows": found.height}
    return {"predictions": Made(content=table_bytes(found), type="predictions", name="predictions", properties=facts)}
