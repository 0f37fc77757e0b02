"""What a step is: a function from artifacts to artifacts, and everything that decides what comes out of it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from sterling.core.codec import dump
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Json, LedgerReader, Properties, Stage

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")
Progress = Callable[[int, int | None], None]
"""How many of how many (None: not known) units of work are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a step made under one role: bytes, what they are, and facts about them that hold no rows."""

    content: bytes
    type: str
    name: str
    properties: Properties = field(default_factory=dict)
    in_hand: object = None
    """What `content` was written from, when reading it gives the very same: later steps need not read it then."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What a step may look at: the project, and the artifacts that it said it reads, by role."""

    project: Project
    ledger: LedgerReader
    settle: Callable[[], None]
    """Waits until what earlier steps of this run made is in the ledger."""
    artifacts: Mapping[str, Artifact]
    progress: Progress
    in_hand: Mapping[str, object] = field(default_factory=dict)
    """By digest, what this run made itself and still has. Nothing of what the ledger remembers is there."""

    def read(self, role: str) -> bytes:
        """The bytes of an artifact, checked against its digest."""
        self.settle()
        return self.ledger.read(self.artifacts[role].digest)

    def made(self, role: str, kind: type[T]) -> T | None:
        """The object that an artifact was written from, where this run made it; None where it has to be read."""
        return made_here(self.in_hand, self.artifacts[role], kind)

    def frame(self, role: str) -> pl.DataFrame:
        """A table artifact."""
        import polars as pl

        found = self.made(role, pl.DataFrame)
        return table_of(self.read(role)) if found is None else found.clone()  # a project's own step may change its copy

    def document(self, role: str) -> dict[str, Json]:
        """A JSON artifact."""
        found: dict[str, Json] = json.loads(self.read(role))
        return found


class Work(Protocol):
    """Makes artifacts by role. Depends on its inputs alone: no clock, no environment, no chance without a seed."""

    def __call__(self, inputs: Inputs) -> Mapping[str, Made]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That a step looks at rows set aside, and what for."""

    part: str
    why: str


Openings = Callable[[Mapping[str, Artifact]], tuple[Opening, ...]]
"""From the artifacts that there are, by role, to what a step looks at of the rows set aside: it may turn on how many
rows there are, which nobody knows before."""


def always(*openings: Opening) -> Openings:
    """These, whatever the step reads."""
    return lambda known: openings


NOTHING = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the pipeline. `parameters` are all settings that bear on what it makes.

    `files` are what it reads beside artifacts; their digests are part of the cache key. A step whose key was seen
    before is not carried out again. `away`: what it reads lies elsewhere and nobody can tell whether it has changed, so
    it is carried out every time; the steps after it go by what it made. `own_code`: it runs code of the project's own,
    which may do more than make something.
    """

    name: str
    title: str
    stage: Stage
    work: Work
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    opens: Openings = NOTHING
    away: bool = False
    own_code: bool = False


def rows_in(known: Mapping[str, Artifact], part: str) -> int:
    """How many rows a part of the split has."""
    parts = known["split"].properties.get("parts") if "split" in known else None
    return int(str(parts.get(part, 0))) if isinstance(parts, Mapping) else 0


def cache_key(step: Step, artifacts: Mapping[str, Artifact], files: Mapping[str, str], code: str, lock: str) -> str:
    """SHA-256 of all that decides what the step makes: inputs, files, parameters, Sterling's code, the environment."""
    body = {
        "step": step.name,
        "parameters": dict(step.parameters),
        "inputs": {role: _known_as(artifacts[role]) for role in step.reads},
        "files": dict(files),
        "code": code,
        "lock": lock,
    }
    return hashlib.sha256(dump(body)).hexdigest()


def _known_as(artifact: Artifact) -> list[Json]:
    """All that a step can see of an input: its bytes, and the name and facts it was given."""
    return [artifact.digest, artifact.name, dict(artifact.properties)]


def made_here(in_hand: Mapping[str, object], artifact: Artifact, kind: type[T]) -> T | None:
    """The object that an artifact was written from, when it is of `kind` and still in hand."""
    found = in_hand.get(artifact.digest)
    return found if isinstance(found, kind) else None


def made_table(frame: pl.DataFrame, *, type: str, name: str, properties: Properties) -> Made:
    """A table as an artifact. It stays in hand when Parquet gives all of its types back as they are."""
    import polars as pl

    kept = all(kind.is_integer() or kind.is_float() or kind in (pl.String, pl.Boolean) for kind in frame.dtypes)
    return Made(
        content=table_bytes(frame), type=type, name=name, properties=properties, in_hand=frame if kept else None
    )


def table_bytes(frame: pl.DataFrame) -> bytes:
    """A table as Parquet; equal tables give equal bytes on one version of Polars.

    LZ4: it takes half of the time of Zstandard, and a third more room.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4", statistics=False, row_group_size=1 << 20)
    return buffer.getvalue()


def table_of(content: bytes) -> pl.DataFrame:
    """The table that `table_bytes` wrote."""
    import polars as pl

    return pl.read_parquet(io.BytesIO(content))
