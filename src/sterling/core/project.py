"""A project: one `sterling.toml` and what stands beside it. Reading it is `project_file`'s business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Literal

from sterling.core.class_weights import ClassWeights
from sterling.core.defaults import DEFAULT_LEVEL, DEFAULT_MIN_N
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.membership import Membership
from sterling.core.policy import Policy
from sterling.core.rates import Direction, Scale
from sterling.core.records import Json
from sterling.core.roles import LabelKind, ScoreKind, Task
from sterling.core.scope import Scope

FILE = "sterling.toml"
STATE = ".sterling"
"""The folder beside the project file: ledger, store, cache. Git-ignored."""

MOST_CANDIDATES = 1_000
"""So many candidates a search for alternatives may try."""

SplitBy = Literal["row", "entity", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """`[data]`: the table and what its columns are. `path` is as written: a path seen from the file, or an address.

    `group_probabilities`: groups known by columns of chances only. `sql`: the table is what this query of it gives.
    `schema`: a file of what the table promises, seen from the file;
    `environment`: the one of the schema's environments that the table belongs to.
    """

    path: str
    label: str
    sql: str | None = None
    positive: str | None = None
    favourable: str | None = None
    label_kind: LabelKind = "unstated"
    task: Task = "binary"
    query: str | None = None
    class_weights: ClassWeights = ()
    group_probabilities: tuple[Membership, ...] = ()
    label_words: str | None = None
    groups: tuple[str, ...] = ()
    id: str | None = None
    entity: str | None = None
    time: str | None = None
    weight: str | None = None
    drop: tuple[str, ...] = ()
    not_recorded: tuple[str, ...] = ()
    schema: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`[split]`: shares for training, choosing and certifying. By row (id), entity or time; stratified by columns.

    A file that does not say `by` has its rows split by entity where `[data]` names one.
    """

    by: SplitBy = "row"
    stratify: tuple[str, ...] = ()
    train: float = 0.6
    choose: float = 0.2
    certify: float = 0.2
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """`[train]`: a recipe and its parameters. `features` None: every column that no role takes.

    `folds`: rows are scored by models that did not see them, in so many folds; None: when rows are few; 0: never.
    """

    recipe: str
    features: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    folds: int | None = None
    reweigh: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`[model]`: a model that exists already, as a file that scores rows or as columns of the table."""

    path: str | None = None
    scores: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    kind: ScoreKind = "probability"
    name: str | None = None
    allow_pickle: bool = False
    card: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStep:
    """`[[step]]`: a Python function of the project: `function = "steps.py:clean"`, from a table to a table.

    `files` are what it reads beside its table: when one of them changes, it is carried out again.
    """

    name: str
    function: str
    after: str = "ingest"
    parameters: Mapping[str, Json] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMetric:
    """`[[metric]]`: a Python function of the project, `function = "metrics.py:wait"`, from rows to a number.

    The rest is what `st.metric` takes. `files` are what it reads: a change of them is a change of it.
    """

    name: str
    function: str
    reads: tuple[str, ...] = ()
    label: str | None = None
    plain: str = ""
    formula: str = ""
    direction: Direction = "none"
    scale: Scale = "value"
    low: float | None = None
    high: float | None = None
    needs_label: bool = True
    source: str = ""
    fooled_by: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRemedy:
    """`[[remedy]]`: a remedy that changes the table, by name; in order. One for training changes rows to learn from.

    `at_decision`: it may look at the group of people who are decided about; only some remedies do.
    """

    name: str
    parameters: Mapping[str, Json] = field(default_factory=dict)
    at_decision: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """`[plan]`: how everything is measured.

    `attributions`: columns of what features add to scores, in `attribution_unit`. `discover`: whether slices are
    searched for in which a model is worst, by `discover_metric`, in the columns `discover_features`; None: not said.
    """

    thresholds: tuple[float, ...] = ()
    cross: int = 2
    level: float = DEFAULT_LEVEL
    min_n: int = DEFAULT_MIN_N
    seed: int = 0
    baseline: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    compare: str | None = None
    attributions: tuple[str, ...] = ()
    attribution_unit: str | None = None
    discover: bool | None = None
    discover_metric: str | None = None
    discover_features: tuple[str, ...] = ()

    @property
    def search(self) -> bool | dict[str, object]:
        """Whether to search for weak slices, or how; a metric or columns to search ask for it where nothing is said."""
        if self.discover is False:
            return False
        given: dict[str, object] = {"metric": self.discover_metric} if self.discover_metric else {}
        if self.discover_features:
            given["features"] = list(self.discover_features)
        return given or bool(self.discover)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """`[[waiver]]`: a limit that somebody lifts until a day, and why. `limit` is the name of a limit or of an ask."""

    limit: str
    owner: str
    reason: str
    expires: dt.date
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRules:
    """`[review]`: how many must sign, who may, who is told. `separate`: the author of a run may not sign it.

    `notify` holds apprise URLs, or `env:NAME` for one that is a secret.
    """

    required: int = 0
    reviewers: tuple[str, ...] = ()
    separate: bool = False
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`[alternatives]`: what the search for less discriminatory alternatives may try; candidates never see groups."""

    budget: int = 24
    recipes: tuple[str, ...] = ()
    drop: tuple[tuple[str, ...], ...] = ()
    strengths: tuple[float, ...] = ()
    group: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A whole project, every name in it resolved."""

    name: str
    title: str
    file: Path
    digest: str
    data: Data
    purpose: str = ""
    people: str = "people"
    decision: str = "selected"
    owner: str | None = None
    version: str = "1"
    licence: str | None = None
    split: Split = field(default_factory=Split)
    train: Train | None = None
    model: Given | None = None
    steps: tuple[OwnStep, ...] = ()
    metrics: tuple[OwnMetric, ...] = ()
    remedies: tuple[TableRemedy, ...] = ()
    measuring: Measuring = field(default_factory=Measuring)
    policy: Policy = field(default_factory=Policy)
    waivers: tuple[Waiver, ...] = ()
    review: ReviewRules = field(default_factory=ReviewRules)
    search: Search | None = None
    scope: Scope | None = None
    allowed_folders: tuple[Path, ...] = ()
    tables: frozenset[str] = frozenset()
    """The names of the tables that its file has."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns: those of `[data]`, and the named slices."""
        return tuple(dict.fromkeys((*self.data.groups, *(s.name for s in self.policy.slices))))

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def state(self) -> Path:
        """Where the ledger and its store are."""
        return self.folder / STATE

    def with_budget(self, budget: int | None) -> Project:
        """The project with another budget for its search; None changes nothing.

        Raises ConfigError when it searches for no alternatives, or the budget is out of range.
        """
        if budget is None:
            return self
        if self.search is None:
            raise ConfigError(
                "the project searches for no alternatives", where="--budget", hint=f"add [alternatives] to {FILE}"
            )
        if not 1 <= budget <= MOST_CANDIDATES:
            raise ConfigError(f"a budget of {budget}", where="--budget", expected=f"from 1 to {MOST_CANDIDATES:,}")
        return replace(self, search=replace(self.search, budget=budget))
