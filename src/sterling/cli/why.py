"""`sterling why`: what a prediction rests on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import LAST, debug_option, json_option, opened, project_option

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.queries.why import Origin, Why

EXAMPLES = """
sterling why 3fa2c1d4
sterling why 10734 --run b1ebfa
sterling why 3fa2c1d4 --json
"""
MODEL, TRAINED = "Model", "Trained"


def run_why(prediction: str, run: str, model: str | None, project: str, as_json: bool, debug: bool) -> int:
    """Tell what led to a prediction, and who signed the run."""
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.lock import at_work
    from sterling.pipeline.queries.why import why as reasons

    found, ledger = opened(project)
    because = reasons(found, ledger, prediction, run=run, model=model, at_work=at_work(found.state))
    if as_json:
        print_json(_record(because))
    else:
        print_lines(_lines(because, Terminal.of(sys.stdout)))
    return 0


def _lines(found: Why, terminal: Terminal) -> list[str]:
    from sterling.cli.facts import fact_lines, foreign

    head = f"{found.prediction.id}: {_decided(found)}"
    facts = [*_score(found), *_model(found.model), *_data(found), *_judged(found)]
    lines = [terminal.style(line, "strong") for line in terminal.wrapped(foreign(head))]
    lines += ["", *fact_lines(facts, terminal)]
    for note in found.limits:
        lines += terminal.wrapped(foreign(note), first="Note: ", rest="      ")
    return [*lines, "", f"Next: sterling trace {found.predictions[:19]}, or --json for whole digests"]


def _decided(found: Why) -> str:
    from sterling.cli.predictions import decided

    if found.prediction.score is None:
        return "predicted, without a score of the row to list"
    if found.prediction.selected is None:
        return "scored, and no threshold makes a decision of it"
    return decided(found.prediction, found.decision)


def _score(found: Why) -> Iterator[tuple[str, str]]:
    score, cut = found.prediction.score, found.threshold
    side = (
        "" if cut is None or score is None else f", {'at or above' if score >= cut else 'below'} the threshold {cut:g}"
    )
    if score is not None:
        yield "Score", f"{score:.6g}{side}"
    how = "the id of the row" if found.found_by == "id" else "the prediction's own id"
    same = f"; {found.equal_rows:,} more rows are equal in every column" if found.equal_rows else ""
    yield "Found by", how + same


def _model(model: Origin | None) -> Iterator[tuple[str, str]]:
    from sterling.cli.facts import SHORT, digest_text
    from sterling.report.parts import value_text

    if model is None:
        return
    yield MODEL, f"{model.recipe or model.name}, {digest_text(model.digest)}"
    set_ = ", ".join(f"{k} = {value_text(v)}" for k, v in model.parameters.items())
    yield "", f"parameters: {set_}" if set_ else ""
    if model.cross_fitted:
        yield (
            "",
            (
                f"cross-fitted in {model.cross_fitted} folds: a row with a label is scored by a model of the same "
                "making that had not seen it"
            ),
        )
    if model.trained_in:
        rows = f", on {model.trained_on:,} rows" if model.trained_on is not None else ""
        seed = f", seed {model.seed}" if model.seed is not None else ""
        yield TRAINED, f"in the run {model.trained_in[:SHORT]}, step {model.trained_by}{rows}{seed}"


def _data(found: Why) -> Iterator[tuple[str, str]]:
    from sterling.cli.facts import digest_text

    of = f" of {found.table_rows:,}" if found.table_rows is not None else ""
    yield "Row", f"{found.prediction.row:,}{of}, counted from 0, of the table {digest_text(found.table)}"
    yield "", "whose rows are put in an order by their values: it is not the file's"
    steps: dict[tuple[str, str], list[str]] = {}
    for file in found.files:
        steps.setdefault((file.name, file.sha256), []).append(file.step)
    for place, ((name, sha256), readers) in enumerate(steps.items()):
        yield ("Files" if not place else ""), f"{name}, {digest_text(f'sha256:{sha256}')} ({', '.join(readers)})"


def _judged(found: Why) -> Iterator[tuple[str, str]]:
    from sterling.cli.facts import counts_text, decision_text, digest_text, run_line
    from sterling.report.chapters.review import STATES

    run = found.run
    yield "Run", run_line(run)
    who = [f"by {run.author}" if run.author else "", f"commit {run.commit[:12]}" if run.commit else "no commit known"]
    yield "", ", ".join(w for w in who if w)
    python = f" (Python {found.python})" if found.python else ""
    yield "Made with", f"environment {digest_text(found.environment)}{python}, project {digest_text(found.project)}"
    yield "Evidence", f"{digest_text(found.evidence)}, verdicts {digest_text(found.verdicts)}" if found.evidence else ""
    yield "", counts_text(run.counts)
    yield "Review", STATES[found.review]
    yield from (("", decision_text(d, of=run.id)) for d in run.decisions)


def _record(found: Why) -> dict[str, object]:
    """Flat: every name says what it is of."""
    from sterling.cli.facts import run_record

    model, p = found.model, found.prediction
    run = run_record(found.run)
    return {
        "format": "sterling.why", "version": 1, "prediction": p.id, "found_by": found.found_by,
        "equal_rows": found.equal_rows, "score": p.score, "threshold": found.threshold, "selected": p.selected,
        "decision": found.decision, "row": p.row, "table": found.table, "table_rows": found.table_rows,
        "files": [{"step": f.step, "name": f.name, "sha256": f.sha256} for f in found.files],
        "model": model.digest if model else None, "model_name": model.name if model else None,
        "recipe": model.recipe if model else None, "parameters": dict(model.parameters) if model else None,
        "features": model.features if model else None, "trained_on": model.trained_on if model else None,
        "seed": model.seed if model else None, "cross_fitted": model.cross_fitted if model else None,
        "trained_by": model.trained_by if model else None, "trained_in": model.trained_in if model else None,
        **{("run_" + k if k in _OF_RUN else k): v for k, v in run.items()}, "newer_run": found.newer_run,
        "environment": found.environment, "python": found.python, "project": found.project,
        "evidence": found.evidence, "verdicts_artifact": found.verdicts, "predictions": found.predictions,
        "predictions_checked": found.checked, "review": found.review, "limits": list(found.limits),
    }  # fmt: skip


_OF_RUN = ("title", "state", "exit_code", "reason", "started", "ended", "seconds", "author")

why = Verb(
    name="why", callback=run_why, examples=EXAMPLES,
    endings={"0": "told", "2": "there is no such prediction, or several"},
    short_help="Tell what a prediction rests on, and who signed it.",
    help="Tell what a prediction rests on: score and decision, the model and where it was trained, the row's place and "
    "the files it came from, commit and environment, evidence and verdicts of the run, and who signed it. No value of "
    "the row is printed.\n\nPREDICTION is an id that `sterling predictions` lists, its beginning (4 digits or more), "
    "or the id of your own row.",
    params=[
        click.Argument(["prediction"], metavar="PREDICTION"),
        Option("--run", default=LAST, metavar="RUN", help="The run, by how its id begins.  [default: last]"),
        Option("--model", metavar="NAME", help="The model, where the run examines several."),
        project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
