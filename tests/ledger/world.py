"""A small project's history, told to real ledgers: runs of three steps that hand a table on."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sterling.core.records import (
    Artifact,
    Context,
    Decision,
    Event,
    EvidenceNote,
    Execution,
    ExecutionState,
    Membership,
    Opening,
    PredictionBatch,
    Record,
    Risk,
)
from sterling.ledger.sqlite import FILE

NOW = dt.datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=dt.UTC)
STEPS = ("ingest", "train", "evaluate")


def digest(*parts: object) -> str:
    return "sha256:" + hashlib.sha256(repr(parts).encode()).hexdigest()


def artifact(name: str, *, type: str = "table", **properties: int | str | bool | float | None) -> Artifact:
    return Artifact(digest=digest(name), type=type, name=name, size=7, state="reference", properties=properties)


def execution(run: str, step: str, state: ExecutionState = "complete", **properties: int) -> Execution:
    ended = None if state == "running" else NOW + dt.timedelta(seconds=2)
    return Execution(
        id=f"{run}/{step}", step=step, run=run, state=state, key=digest(run, step), started=NOW, ended=ended,
        properties=properties,
    )  # fmt: skip


def run_of(run: str, *, source: str = "raw") -> list[Record]:
    """All records of one run: raw → ingest → train → evaluate, with evidence, a risk and a decision."""
    told: list[Record] = [Context(id=run, type="run", name=run, started=NOW), artifact(source)]
    read = source
    for step in STEPS:
        made = f"{run}-{step}"
        told += [
            execution(run, step, "running"),
            artifact(made, type="model" if step == "train" else "table"),
            Event(execution=f"{run}/{step}", artifact=digest(read), direction="input", role="table"),
            Event(execution=f"{run}/{step}", artifact=digest(made), direction="output", role="result"),
            Membership(context=run, member=digest(made), kind="artifact"),
            execution(run, step, "complete"),
        ]
        read = made
    return [
        *told,
        EvidenceNote(run=run, artifact=digest(read), check="FA001", ask="gap", model="score", outcome="measured"),
        PredictionBatch(run=run, artifact=digest(read), model="score", n=12),
        Opening(run=run, step="evaluate", part="certify", n=40, why="release", at=NOW),
        Risk(id=f"{run}-risk", run=run, stage="inference", issue="over limit", opened=NOW),
        Decision(id=f"{run}-yes", run=run, kind="approve", by="Ada", reason="seen", about=digest(run), at=NOW),
        Context(id=run, type="run", name=run, started=NOW, ended=NOW, properties={"state": "complete", "exit_code": 0}),
    ]


def edit(folder: Path, *statements: str, parameters: Iterable[object] = ()) -> None:
    """Change the database behind the ledger's back."""
    connection = sqlite3.connect(folder / FILE)
    try:
        for statement in statements:
            connection.execute(statement, tuple(parameters))
        connection.commit()
    finally:
        connection.close()
