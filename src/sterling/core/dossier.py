"""All that a report or a card may say of a project's run beyond its evidence: pipeline gathers it, report draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass
from sterling.core.judge import Judgement
from sterling.core.project import Project
from sterling.core.records import Artifact, Context, Execution, Head, Lineage, Opening, Properties, Risk
from sterling.core.remedy import Search
from sterling.core.review import Review
from sterling.core.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """One column of the table: aggregates only. `low` and `high` are never one row's own value.

    Each is an end that at least ten rows share, or a percentile with the word for it; None where neither can be said.
    """

    name: str
    type: str
    role: str
    missing: int
    distinct: int
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaked:
    """Of the `n` rows of the part `second`, those that have their like in the part `first`.

    `kind`: `exact`, the same values in all columns but the id; `entity`, the same entity; `time`, a moment before
    the last of `first`.
    """

    kind: str
    first: str
    second: str
    rows: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """The table as it was read, and how it was split."""

    name: str
    digest: str
    rows: int
    columns: tuple[ColumnFacts, ...]
    parts: Mapping[str, int] = field(default_factory=dict)
    leaks: tuple[Leaked, ...] = ()
    """Between the parts, every pair that was looked at."""
    duplicates: int | None = None
    problems: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    """Name and digest of each file it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The model that was examined. `cross_fitted`: in how many folds models scored rows they did not see."""

    name: str
    kind: str
    recipe: str | None
    digest: str | None
    format: str | None
    size: int | None
    parameters: Properties
    features: tuple[str, ...]
    trained_on: int | None
    cross_fitted: int | None
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A run of a project, whole."""

    project: Project
    context: Context
    run: Run
    judgement: Judgement
    data: DataFacts
    model: ModelFacts | None
    head: Head
    review: Review
    risks: tuple[Risk, ...]
    executions: tuple[Execution, ...]
    lineage: Lineage
    artifacts: Mapping[str, Artifact]
    """By role: `table`, `split`, `model`, `scores`, `about_data`, `evidence`, `verdicts`, `alternatives`."""
    openings: tuple[Opening, ...]
    alternatives: Search | None = None
    previous: str | None = None
    """The run before this one, when there is one."""
    upstream_card: str | None = None
    """The text of the card that came with a given model (`[model] card`), when there is one."""

    @property
    def about_data(self) -> tuple[Evidence, ...]:
        """What the run found out about the table itself; empty when it asked nothing of it."""
        return tuple(e for e in self.run.evidence if e.model is None)
