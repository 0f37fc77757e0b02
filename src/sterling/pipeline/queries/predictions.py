"""The predictions of a run: a Parquet artifact with a row for each, named by keyed hashes and never by values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sterling.core.errors import InputError, LedgerError, near_miss, shown, shown_path
from sterling.core.frozen import dataclass
from sterling.core.plan import Plan
from sterling.core.records import Artifact, Context, Execution, LedgerReader, PredictionBatch
from sterling.pipeline.named import score_column as column_of
from sterling.pipeline.queries.runs import LAST, cut_short, find_run, state_of_run

if TYPE_CHECKING:
    import polars as pl

DIGITS = 16
"""Hex digits of a prediction's id: the beginning of its row's key."""
SHORTEST = 4
"""Fewest digits that a prediction may be named by."""
LOOKED_BACK = 50
_CUT = ("binary", "multilabel")
"""Tasks in which a score and a threshold decide about a row."""
_HEX = re.compile(r"[0-9a-f]+")
_CHECKED = 64 << 20
"""Bytes up to which a list of predictions is checked against its digest before it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One prediction. `row` is the row's place in the run's table, from 0. `selected` None: there is no threshold."""

    id: str
    row: int
    score: float | None
    selected: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Predictions of a run's model; `shown` are the first of `n`, in the order of the table's rows.

    `notes` say that the run did not come to its end, or that a newer one lists none.
    """

    run: str
    model: str
    n: int
    columns: tuple[str, ...]
    threshold: float | None
    decision: str
    shown: tuple[Prediction, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """How scores became decisions in a run: at `threshold` or more a row is selected, which is called `decision`."""

    threshold: float | None
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a name led to. `by`: the prediction's own id, or the id of the user's row. `checked`: the digest of the
    list was computed and is right."""

    rows: tuple[Prediction, ...]
    by: Literal["prediction", "id"]
    checked: bool


def run_with_predictions(
    ledger: LedgerReader, text: str, model: str | None = None, *, at_work: bool = True
) -> tuple[Context, PredictionBatch]:  # fmt: skip
    """The run that `text` names and its predictions; for "last", the newest run that has any.

    Raises InputError when there is no such run, it has none, or it has those of several models and none is named.
    """
    context = find_run(ledger, text)
    tried = [context] if text != LAST else list(reversed(ledger.contexts("run", newest=LOOKED_BACK)))
    for candidate in tried:
        batches = ledger.predictions(candidate.id)
        if batches:
            return candidate, _of_model(batches, model)
    which = f"the run {shown(context.id[:6])} lists" if text != LAST else "the newest runs list"
    raise InputError(
        f"{which} no predictions", where="the ledger", got=cut_short(context, at_work=at_work),
        hint="a run that was stopped names none; sterling history",
    )  # fmt: skip


def _of_model(batches: tuple[PredictionBatch, ...], model: str | None) -> PredictionBatch:
    known = {batch.model: batch for batch in batches}
    if model is None and len(known) == 1:
        return batches[-1]
    if model in known:
        return known[model]
    what = (
        f"the run lists predictions of {len(known)} models" if model is None else f"no model is called {shown(model)!r}"
    )
    raise InputError(
        what, where=f"the run {shown(batches[0].run[:6])}", hint=f"--model; {near_miss(model or '', known)}"
    )


def listing(
    ledger: LedgerReader, text: str, *, limit: int | None, model: str | None = None, at_work: bool = True
) -> Listing:
    """The first `limit` predictions of a run (None: all), by `model` where there are several."""
    import polars as pl

    context, batch = run_with_predictions(ledger, text, model, at_work=at_work)
    operating = operating_of(ledger.executions(run=context.id))
    lazy = _scan(ledger, batch.artifact)
    columns = tuple(lazy.collect_schema().names())
    score = score_column(columns, batch.model)
    frame = lazy.select("prediction", "row", score)
    rows = (frame if limit is None else frame.head(limit)).collect()
    scored = lazy.select(pl.col(score).is_not_null().any()).collect().item()
    return Listing(
        run=context.id, model=batch.model, n=batch.n, columns=columns,
        threshold=operating.threshold if scored else None, decision=operating.decision,
        shown=_predictions(rows, score, operating),
        notes=run_notes(ledger, context, at_work=at_work),
    )  # fmt: skip


def newer_run(ledger: LedgerReader, context: Context) -> Context | None:
    """The newest run, where it is another one that got to no verdicts; None where it did, or is this one."""
    newest = ledger.contexts("run", newest=1)
    return newest[-1] if newest and newest[-1].id != context.id and not newest[-1].properties.get("bundle") else None


def run_notes(ledger: LedgerReader, context: Context, *, at_work: bool) -> tuple[str, ...]:
    """That the run did not come to its end, or that a newer one lists no predictions, in sentences."""
    notes, newer = [cut_short(context, at_work=at_work)], newer_run(ledger, context)
    if newer is not None and not ledger.predictions(newer.id):
        how = shown(state_of_run(newer, at_work=at_work))
        notes.append(f"the newest run, {newer.id[:6]}, lists no predictions ({how}): this is of an earlier one")
    return tuple(filter(None, notes))


def find_prediction(ledger: LedgerReader, batch: PredictionBatch, text: str, operating: Operating) -> Found:
    """The prediction that `text` names: a whole id of either kind, else the beginning of a prediction's id.

    Raises InputError when there is none, or several; what was typed may be a person's id and is not repeated.
    """
    import polars as pl

    checked = _check(ledger, batch.artifact)
    lazy = _scan(ledger, batch.artifact)
    score = score_column(tuple(lazy.collect_schema().names()), batch.model)
    typed, keys = text.strip().lower(), list(ledger.typed_keys(text))
    own, begins = pl.col("id_key").is_in(keys), pl.lit(False)
    if SHORTEST <= len(typed) <= 2 * DIGITS and _HEX.fullmatch(typed):
        begins = pl.col("row_key").str.starts_with(typed)
    wanted = ("prediction", "id_key", "row", score)
    hits = lazy.filter(own | begins).select(*wanted).collect()
    if len(typed) < DIGITS and not (mine := hits.filter(own)).is_empty():
        hits = mine  # a whole id goes before the beginning of another
    ids = hits["id_key"].is_in(keys).fill_null(value=False)  # null without an id
    by: Literal["prediction", "id"] = "id" if not hits.is_empty() and ids.all() else "prediction"
    _one(hits, by, batch)
    return Found(rows=_predictions(hits.select("prediction", "row", score), score, operating), by=by, checked=checked)


def _one(hits: pl.DataFrame, by: str, batch: PredictionBatch) -> None:
    """Rows that are equal in everything share a prediction id; any other two rows are two predictions."""
    ids = hits["prediction"].unique(maintain_order=True).to_list()
    where = f"the {batch.n:,} predictions of the run {batch.run[:6]}"
    if not ids:
        raise InputError(
            "no prediction has this id or begins with it", where=where,
            expected=f"the id of a row, or at least {SHORTEST} hex digits of a prediction's id",
            hint="sterling predictions lists them: those of the rows that were examined, and of no others; "
            "--run names another run",
        )  # fmt: skip
    if len(ids) > 1:
        listed = ", ".join(ids[:5]) + ("…" if len(ids) > 5 else "")
        what = "rows have this id" if by == "id" else "predictions begin with this"
        raise InputError(f"{len(ids)} {what}", where=where, got=listed, hint="name one of them by all its digits")


def operating_of(executions: tuple[Execution, ...]) -> Operating:
    """The threshold and the word for being selected, as the run measured with them."""
    measured = next((e for e in reversed(executions) if e.step == "evaluate"), None)
    asked = _mapping(measured.properties.get("parameters")) if measured is not None else {}
    thresholds, roles = _mapping(asked.get("plan")).get("thresholds"), _mapping(asked.get("roles"))
    given = tuple(float(t) for t in thresholds if isinstance(t, int | float)) if isinstance(thresholds, list) else ()
    cut = measured is not None and roles.get("task", "binary") in _CUT
    threshold = Plan(asks=(), thresholds=given).threshold if cut and (given or not _raw(asked)) else None
    return Operating(threshold=threshold, decision=str(roles.get("decision") or "selected"))


def _raw(asked: Mapping[str, object]) -> bool:
    """Whether scores were given as raw numbers, which have no threshold of their own."""
    columns = asked.get("columns")
    return isinstance(columns, list) and any(isinstance(c, list) and c[-1] == "raw" for c in columns)


def score_column(columns: tuple[str, ...], model: str) -> str:
    """The column that holds the model's scores. Raises LedgerError for a list that has none."""
    named = column_of(model)
    if named not in columns:
        raise LedgerError(
            "this list of predictions has no scores",
            got=", ".join(map(shown, columns)),
            hint="sterling run makes the list anew",
        )
    return named


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _predictions(rows: pl.DataFrame, score: str, operating: Operating) -> tuple[Prediction, ...]:
    cut = operating.threshold
    return tuple(
        Prediction(id=id_, row=row, score=value, selected=None if cut is None or value is None else float(value) >= cut)
        for id_, row, value in rows.select("prediction", "row", score).iter_rows()
    )


def _check(ledger: LedgerReader, digest: str) -> bool:
    """Whether the bytes were compared with their digest: large ones are left to `sterling verify`."""
    known: Artifact | None = ledger.artifact(digest)
    if known is None or known.size > _CHECKED:
        return False
    ledger.read(digest)
    return True


def _scan(ledger: LedgerReader, digest: str) -> pl.LazyFrame:
    import polars as pl

    path: Path = ledger.path(digest)
    if not path.is_file():
        raise LedgerError(
            "the list of predictions is not in the ledger's store", where=shown_path(path),
            hint="put back a copy of the blobs/ folder, or run again",
        )  # fmt: skip
    return pl.scan_parquet(path)
