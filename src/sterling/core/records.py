"""What a ledger holds: artifacts, executions, events, contexts, decisions. The data model is that of ML Metadata.

Records are facts and are never changed: an execution that ends is a second record with the same id. A ledger keeps
every record in the order it was told and answers with the newest state of each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    import polars as pl

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Properties = Mapping[str, Json]

ArtifactState = Literal["pending", "live", "reference", "abandoned", "marked_for_deletion", "deleted"]
"""`reference`: only its digest and where it was are known; its bytes are not in the ledger's store."""
ExecutionState = Literal["running", "complete", "failed", "cached", "canceled"]
Direction = Literal["input", "output"]
DecisionKind = Literal["approve", "reject", "accept_risk", "override"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """Bytes that a step read or made. `digest` is `sha256:` and 64 hex digits: the identity. `type`: table, model, …"""

    digest: str
    type: str
    name: str
    size: int
    uri: str | None = None
    state: ArtifactState = "live"
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One carrying out of one step in one run. `key` is what it depended on, hashed; equal keys mean equal outputs."""

    id: str
    step: str
    run: str
    state: ExecutionState
    key: str
    started: dt.datetime
    ended: dt.datetime | None = None
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An execution read (`input`) or made (`output`) an artifact, under a name of the step's own (`role`)."""

    execution: str
    artifact: str
    direction: Direction
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What executions and artifacts belong together: a run (`type` "run"), the project it is of, anything else.

    A run's properties hold `exit_code`, `state` (running, complete, stopped, failed, awaiting_review), `bundle` (the
    digest that a decision is about), `commit`, `author`, `project_digest`; times are in `started` and `ended`.
    """

    id: str
    type: str
    name: str
    parent: str | None = None
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An artifact or an execution belongs to a context."""

    context: str
    member: str
    kind: Literal["artifact", "execution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNote:
    """That a run has this evidence: one check's answer about one model, as a part of an evidence artifact."""

    run: str
    artifact: str
    check: str
    ask: str
    model: str | None
    outcome: str
    verdict: str | None = None
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionBatch:
    """Predictions of one model in one run: an artifact that holds a row per prediction, named by keyed hashes."""

    run: str
    artifact: str
    model: str
    n: int
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That the rows set aside for certifying were looked at, by which step and why. Looks are counted."""

    run: str
    step: str
    part: str
    n: int
    why: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided. `about` is the digest of what was before them (a run's bundle) or the id of a risk."""

    id: str
    run: str
    kind: DecisionKind
    by: str
    reason: str
    about: str
    at: dt.datetime
    properties: Properties = field(default_factory=dict)


Stage = Literal["scope", "data", "preprocessing", "training", "inference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """An entry of the risk register. It closes by evidence or by a signed decision, never by itself with time.

    `id` is stable over runs: the same issue of the same limit keeps its id. `proceed`: whether the next stage may
    begin.
    """

    id: str
    run: str
    stage: Stage
    issue: str
    step_taken: str = ""
    resolved: bool = False
    owner: str | None = None
    proceed: bool = False
    closed_by: str | None = None
    opened: dt.datetime
    properties: Properties = field(default_factory=dict)


Record = (
    Artifact | Execution | Event | Context | Membership | EvidenceNote | PredictionBatch | Opening | Decision | Risk
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: how many records there are, and the hash that all of them led to."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A part of the graph: artifacts, the executions between them, and the events that join them."""

    artifacts: tuple[Artifact, ...]
    executions: tuple[Execution, ...]
    events: tuple[Event, ...]


class LedgerReader(Protocol):
    """Questions to a ledger. Every list is oldest first unless it says otherwise."""

    def head(self) -> Head: ...
    def contains(self, hash: str) -> bool:
        """Whether some record of the chain has this hash: a head printed long ago is found again."""
        ...

    def artifact(self, digest: str) -> Artifact | None: ...
    def artifacts(
        self, *, type: str | None = None, name: str | None = None, run: str | None = None
    ) -> tuple[Artifact, ...]: ...
    def execution(self, id: str) -> Execution | None: ...
    def executions(
        self, *, run: str | None = None, step: str | None = None, key: str | None = None,
        state: ExecutionState | None = None, newest: int | None = None,
    ) -> tuple[Execution, ...]: ...  # fmt: skip
    def events(self, *, execution: str | None = None, artifact: str | None = None) -> tuple[Event, ...]: ...
    def context(self, id: str) -> Context | None: ...
    def contexts(self, type: str, *, newest: int | None = None) -> tuple[Context, ...]:
        """All contexts of a type; with `newest`, the last so many, still oldest first."""
        ...

    def evidence(self, run: str) -> tuple[EvidenceNote, ...]: ...
    def predictions(self, run: str | None = None) -> tuple[PredictionBatch, ...]: ...
    def openings(self) -> tuple[Opening, ...]: ...
    def decisions(self, run: str | None = None, *, about: str | None = None) -> tuple[Decision, ...]:
        """Decisions of a run, or about one bundle or risk."""
        ...

    def risks(self, *, open_only: bool = False) -> tuple[Risk, ...]: ...
    def select(self, kind: str, where: Properties) -> tuple[Record, ...]:
        """The newest state of every record of a kind ("artifact", "execution", …) whose properties have these values.

        Scans the records of that kind.
        """
        ...

    def lineage(
        self, start: str, *, direction: Literal["up", "down", "both"] = "both", hops: int = 20, run: str | None = None
    ) -> Lineage:
        """What led to an artifact or execution, and what came of it.

        A hop leads from an artifact over an execution to other artifacts. `run`: over executions of that run only,
        since equal bytes may have been made in many.
        """
        ...

    def resolve(self, prefix: str) -> tuple[str, ...]:
        """Ids of runs, executions, artifacts, decisions and risks that begin with `prefix` (at most 20)."""
        ...

    def read(self, digest: str) -> bytes:
        """The bytes of an artifact, checked against its digest."""
        ...

    def path(self, digest: str) -> Path:
        """Where the bytes lie, for readers that take a file; unchecked."""
        ...

    def row_keys(self, frame: pl.DataFrame) -> pl.Series:
        """A keyed hash of each row, 32 hex digits: rows can be found again and never read off."""
        ...

    def value_keys(self, column: pl.Series) -> pl.Series:
        """A keyed hash of each value, such as an id."""
        ...

    def typed_keys(self, text: str) -> tuple[str, ...]:
        """The keyed hashes of all values that a person may mean by typing `text`."""
        ...


class Ledger(LedgerReader, Protocol):
    """A ledger that can be written to."""

    def put(self, *records: Record) -> Head:
        """Append records in one transaction: all of them or none."""
        ...

    def keep(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """Store bytes by their digest, and say how to refer to them. The artifact is not yet a record: `put` it."""
        ...

    def artifact_of(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """What `keep` says, with nothing stored yet: `store` does that."""
        ...

    def store(self, artifact: Artifact, content: bytes) -> None:
        """Store the bytes that an artifact was made of."""
        ...
