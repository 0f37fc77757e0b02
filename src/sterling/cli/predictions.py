"""`sterling predictions`: the predictions of a run, by their ids."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import LAST, debug_option, json_option, opened_ledger, project_option
from sterling.core.errors import ConfigError

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.records import LedgerReader
    from sterling.pipeline.queries.predictions import Listing, Prediction

EXAMPLES = """
sterling predictions
sterling predictions b1ebfa --limit 50
sterling predictions --csv predictions.csv
"""
LIMIT = 10


def run_predictions(
    run: str, limit: int, csv: str | None, own_ids: bool, model: str | None, project: str, as_json: bool, debug: bool
) -> int:
    """List the first predictions of a run, or write all of them as CSV."""
    from sterling.cli.facts import at_least
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.lock import at_work
    from sterling.pipeline.queries.predictions import listing

    _, ledger = opened_ledger(project)
    most = None if csv else at_least(limit, 0, "--limit")
    found = listing(ledger, run, limit=most, model=model, at_work=at_work(ledger.folder))
    if own_ids and not csv:
        raise ConfigError("--own-ids goes with --csv", where="sterling predictions", hint="add --csv FILE")
    if csv:
        _write(found, csv, _own_ids(project, ledger, found) if own_ids else None)
    shown = found.shown[: max(limit, 0)]
    if as_json:
        print_json(_record(found, shown))
    elif csv != "-":
        print_lines(_lines(found, shown, csv, Terminal.of(sys.stdout)))
    else:
        errors = Terminal.of(sys.stderr)
        errors.write(_notes(found, errors))
    return 0


def _own_ids(project: str, ledger: LedgerReader, found: Listing) -> list[str]:
    """The id of each row in the user's own table. Raises ConfigError when the project names no id."""
    from sterling.core.project_file import find_project, read_project
    from sterling.core.slices import group_text
    from sterling.pipeline.made import made_by
    from sterling.pipeline.step import table_of

    column = read_project(find_project(project)).data.id
    if column is None:
        raise ConfigError("the project names no id", where="--own-ids", hint='id = "COLUMN" below [data]')
    table = made_by(ledger, ledger.executions(run=found.run))["table"]
    own = table_of(ledger.read(table.digest))[column]
    return [group_text(own[p.row]) or "" for p in found.shown]


def _write(found: Listing, csv: str, own: list[str] | None) -> None:
    """Ids, scores and whether they were selected: nothing of the rows themselves, but for ids that were asked for."""
    import csv as commas
    import io

    from sterling.cli.interrupt import writing
    from sterling.core.files import write_atomic

    words = {True: "1", False: "0", None: ""}
    text = io.StringIO()
    writer = commas.writer(text, lineterminator="\n")
    writer.writerow(["prediction", "score", "selected", *(["id"] if own is not None else [])])
    for i, p in enumerate(found.shown):
        score = "" if p.score is None else repr(p.score)
        writer.writerow([p.id, score, words[p.selected], *([own[i]] if own is not None else [])])
    content = text.getvalue().encode()
    if csv == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with writing():
        write_atomic(Path(csv), content)


def _lines(found: Listing, shown: tuple[Prediction, ...], csv: str | None, terminal: Terminal) -> list[str]:
    from sterling.cli.facts import SHORT, foreign

    head = f"{found.n:,} predictions of {found.model} in the run {found.run[:SHORT]}"
    cut = "" if found.threshold is None else f"; {found.decision} at {found.threshold:g} or more"
    lines = terminal.wrapped(foreign(head + cut))
    lines += _notes(found, terminal)
    if csv:
        return [*lines, "", f"CSV: {foreign(csv)}"]
    lines += [*terminal.wrapped(foreign(f"Columns kept: {', '.join(found.columns)}")), ""]
    if all(p.score is None for p in shown):
        return [*lines, *_ids(found, shown)]
    lines.append("prediction        score   decision")
    for p in shown:
        score = "none" if p.score is None else f"{p.score:.4g}"
        lines.append(foreign_line(p.id, score, decided(p, found.decision), terminal))
    return [*lines, *_more(found, shown)]


def _ids(found: Listing, shown: tuple[Prediction, ...]) -> list[str]:
    """Predictions without scores: what was predicted is in the table alone."""
    if not shown:
        return _more(found, shown)
    return ["prediction (no scores)", *(p.id for p in shown), *_more(found, shown)]


def _more(found: Listing, shown: tuple[Prediction, ...]) -> list[str]:
    left = found.n - len(shown)
    more = [f"and {left:,} more: --limit N, or --csv FILE for all"] if left else []
    return [*more, "", "Next: sterling why PREDICTION"]


def _notes(found: Listing, terminal: Terminal) -> list[str]:
    return [line for note in found.notes for line in terminal.wrapped(note, first="Note: ", rest="      ")]


def foreign_line(id_: str, score: str, decision: str, terminal: Terminal) -> str:
    """One row of the listing, cut at the width of the terminal."""
    from sterling.cli.facts import foreign
    from sterling.cli.terminal import cut

    return cut(f"{id_}  {score:<6}  {foreign(decision)}", terminal.width)


def decided(prediction: Prediction, word: str) -> str:
    """`approved`, `not approved`, or that there is no threshold to decide by."""
    if prediction.selected is None:
        return "no decision"
    return word if prediction.selected else f"not {word}"


def _record(found: Listing, shown: tuple[Prediction, ...]) -> dict[str, object]:
    return {
        "format": "sterling.predictions", "version": 1, "run": found.run, "model": found.model, "n": found.n,
        "columns": list(found.columns), "threshold": found.threshold, "decision": found.decision,
        "predictions": [
            {"prediction": p.id, "row": p.row, "score": p.score, "selected": p.selected} for p in shown
        ],
        "notes": list(found.notes),
    }  # fmt: skip


predictions = Verb(
    name="predictions", callback=run_predictions, examples=EXAMPLES,
    endings={"0": "listed", "2": "there is no such run, or it lists no predictions"},
    short_help="List the predictions of a run by their ids.",
    help="List the predictions of a run. A prediction is named by a hash that only this project's key can make, so the "
    "list holds no value of anybody's row.\n\nRUN is the beginning of a run's id, or last.",
    params=[
        click.Argument(["run"], default=LAST, metavar="[RUN]"),
        Option("--limit", type=int, default=LIMIT, metavar="N", help=f"How many to show.  [default: {LIMIT}]"),
        Option("--csv", metavar="FILE", help="Write all ids, scores and decisions; - for standard output."),
        Option("--own-ids", is_flag=True, help="Put your own row ids into the CSV; it then names people."),
        Option("--model", metavar="NAME", help="The model, where the run examines several."),
        project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
