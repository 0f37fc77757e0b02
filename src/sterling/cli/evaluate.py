"""`sterling evaluate`: examine a model's predictions, group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sterling.cli.carry_out import carry_out, named
from sterling.cli.command import Verb
from sterling.cli.examining import names_in
from sterling.cli.options import OPTIONS
from sterling.cli.request import Request, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from sterling.cli.progress import Teller
    from sterling.cli.terminal import Terminal
    from sterling.core.judge import Judgement
    from sterling.core.model import Model
    from sterling.core.run import Run

    Written = tuple[tuple[str, Path], ...]

EXAMPLES = """
sterling evaluate scores.csv --label approve --score p --groups race,sex

sterling evaluate 'scores/*.parquet' --label approve --score p \\
    --label-kind human_decision --groups race --groups sex \\
    --baseline race=white --policy policy.toml --junit lending.xml

sterling evaluate bank.duckdb --label approved --score p --groups race \\
    --sql 'select * from loans join scores using (id)'
"""
ENDINGS = {
    "0": "within your limits, or no limits given",
    "1": "over a limit, or a promise of a schema is broken",
    "2": "the data or an option cannot be used",
    "3": "undecided: too few people to say",
    "4": "a mistake of Sterling's own",
    "130": "interrupted",
}


def run_evaluate(**options: Any) -> int:
    """Measure, write what was asked for, and say it in sentences. Returns the exit code."""
    request = Request(**options)
    return carry_out(request, lambda teller, command: _measure(request, teller, command), _lines)


def _measure(request: Request, teller: Teller, command: tuple[str, ...]) -> Run:
    """Open, score and count. Loading the libraries is part of what takes time."""
    from sterling.core.policy import Policy

    policy = Policy.load(request.policy) if request.policy else None
    teller.say("Loading")
    import sterling as st

    models = _models(request, teller)
    teller.say(f"Examining {named(next(iter(request.files), None))}")
    return st.evaluate(
        _data(request), sql=request.sql, label=request.label, score=list(request.score) or None,
        prediction=list(request.prediction) or None, model=models or None, groups=request.group_columns,
        slices=request.named_slices, memberships=request.given_memberships, positive=request.positive,
        favourable=request.favourable, label_kind=request.label_kind, task=request.task, query=request.query,
        class_weights=request.given_class_weights, score_kind=request.score_kind, cross=request.cross,
        weight=request.weight, id=request.id, cluster=request.cluster, thresholds=request.thresholds,
        baseline=list(request.baseline) or None, metrics=request.metric_names or None, compare=request.compare,
        policy=policy, discover=request.search, attributions=list(names_in(request.attributions)) or None,
        attribution_unit=request.attribution_unit, min_n=request.min_n, level=request.level, seed=request.seed,
        engine=request.engine, embed_rows=request.embed == "rows",
        people=request.people, title=request.title, command=spoken(command), progress=teller.rows,
    )  # fmt: skip


def _data(request: Request) -> str | list[str] | None:
    """One path, several, or None when a query names what is read."""
    return (request.files[0] if len(request.files) == 1 else list(request.files)) or None


def _models(request: Request, teller: Teller) -> list[Model]:
    if not request.model:
        return []
    from sterling.adapters import load_model

    teller.say("Loading the model")
    return [load_model(path, positive=request.positive, allow_pickle=request.allow_pickle) for path in request.model]


def _lines(run: Run, judgement: Judgement, written: Written, terminal: Terminal) -> list[str]:
    from sterling.cli.summary import closing, summary

    return [*summary(run, judgement, terminal), *closing(run, judgement, written, terminal)]


evaluate = Verb(
    name="evaluate", params=OPTIONS, callback=run_evaluate, examples=EXAMPLES, endings=ENDINGS,
    short_help="Examine a model's predictions, group by group.",
    help="Examine a model's predictions, group by group: rates with intervals, gaps between groups held against your "
    "limits, and a report in one file.\n\nFILE is a CSV, TSV, Parquet or Arrow file, a folder of them, a quoted "
    "glob, an address such as s3://bucket/scores.parquet, or a database with --sql. One row is one person or case.",
)  # fmt: skip
