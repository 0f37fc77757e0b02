"""The tables. `records` is the ledger; the others find records by what they say and can be rebuilt from it.

Each of the others has one row per record, under the same `seq`. Things that change state (artifacts, executions,
contexts, risks) have a row per state: `first` is the seq of the oldest, `newer` of the next one, empty on the newest.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = 2
"""Of the tables, not of the records; `migrations` leads from older ones."""

METADATA = MetaData()

versions = Table(
    "versions", METADATA, Column("version", Integer, primary_key=True, autoincrement=False), Column("at", String)
)

records = Table(
    "records",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# Hashes lie anywhere in an index: with all of them in one, a put would touch a page per record. Heads that anybody may
# have noted are ends of puts, so only those are indexed.
heads = Table(
    "heads",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, index=True),
)


def _table(name: str, *columns: Column[object]) -> Table:
    seq: Column[int] = Column("seq", ForeignKey("records.seq"), primary_key=True, autoincrement=False)
    return Table(name, METADATA, seq, *columns)


def _states() -> tuple[Column[object], ...]:
    return (
        Column("id", String, nullable=False),
        Column("first", Integer, nullable=False),
        Column("newer", Integer),
    )


def _text(name: str) -> Column[object]:
    return Column(name, String)


artifacts = _table("artifacts", *_states(), _text("type"), _text("name"), _text("state"))
executions = _table("executions", *_states(), _text("run"), _text("step"), _text("key"), _text("state"))
contexts = _table("contexts", *_states(), _text("type"))
risks = _table("risks", *_states(), Column("resolved", Boolean))
events = _table("events", _text("execution"), _text("artifact"), _text("direction"), _text("role"))
memberships = _table("memberships", _text("context"), _text("member"))
evidence = _table("evidence", _text("run"))
predictions = _table("predictions", _text("run"))
openings = _table("openings", _text("run"))
decisions = _table("decisions", _text("id"), _text("run"), _text("about"))

for _stateful in (artifacts, executions, contexts, risks):
    Index(f"{_stateful.name}_by_id", _stateful.c.id, _stateful.c.newer)
# `newer` comes second and `first` third: the newest states of a kind, in order, are one stretch of the index
Index("artifacts_by_type", artifacts.c.type, artifacts.c.newer, artifacts.c.first)
Index("artifacts_by_name", artifacts.c.name, artifacts.c.newer, artifacts.c.first)
Index("executions_by_run", executions.c.run, executions.c.newer, executions.c.first)
Index("executions_by_key", executions.c.key, executions.c.newer, executions.c.first)
Index("executions_by_step", executions.c.step, executions.c.newer, executions.c.first)
Index("executions_by_state", executions.c.state, executions.c.newer, executions.c.first)
Index("contexts_by_type", contexts.c.type, contexts.c.newer, contexts.c.first)
Index("risks_by_resolved", risks.c.resolved, risks.c.newer, risks.c.first)
Index("events_by_execution", events.c.execution)
Index("events_by_artifact", events.c.artifact, events.c.direction)
Index("memberships_by_context", memberships.c.context)
Index("evidence_by_run", evidence.c.run)
Index("predictions_by_run", predictions.c.run)
Index("decisions_by_id", decisions.c.id)
Index("decisions_by_run", decisions.c.run)
Index("decisions_by_about", decisions.c.about)
