"""What a table promises: a schema, as frozen records. Reading and writing its file is the business of `schema_file`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sterling.core.data.anomalies import Severity
from sterling.core.data.kinds import KINDS
from sterling.core.data.profile import ColumnKind
from sterling.core.frozen import dataclass
from sterling.core.predicate import Predicate

SCHEMA_VERSION = 1
"""Of the format of the file."""

Sensitivity = Literal["unknown", "none", "identifier", "contact", "financial", "special", "quasi", "secret"]
"""What a column says of people. `unknown`: nobody has looked. `special`: race, health, religion and their like."""
SENSITIVITIES: tuple[Sensitivity, ...] = (
    "unknown", "none", "identifier", "contact", "financial", "special", "quasi", "secret",
)  # fmt: skip
TYPES: tuple[ColumnKind, ...] = (
    "number", "integer", "boolean", "text", "date", "datetime", "time", "list", "image", "other",
)  # fmt: skip
Setting = Severity | Literal["off"]
SETTINGS: tuple[Setting, ...] = ("error", "warning", "note", "off")
"""How an anomaly of a kind is taken; `off`: it is not looked for."""

Ordered = int | float | str
"""A bound: a number, or a day or moment as ISO text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """`required`: the column is there. `min_share`, `min_count`: so many of the rows have a value."""

    required: bool = True
    min_share: float | None = None
    min_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The values that are known, as texts. How many others may come, and in which share of the rows."""

    values: tuple[str, ...] = ()
    max_new_values: int | None = None
    max_unseen_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Ends, both inclusive; `max_outside_share` of the rows may lie beyond."""

    min: Ordered | None = None
    max: Ordered | None = None
    max_outside_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How many characters a text or members a list may have; `max_outside_share` of the rows may have others."""

    min: int | None = None
    max: int | None = None
    max_outside_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A regular expression that the whole of each text matches; `max_unmatched_share` of the rows may not."""

    regex: str
    max_unmatched_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Limits on how the values are spread. Shares are of the rows with a value."""

    min_distinct: int | None = None
    max_distinct: int | None = None
    max_value_share: float | None = None
    max_zero_share: float | None = None
    max_numeric_share: float | None = None
    """Of a text column: the share of texts that read as numbers."""
    min_mean: float | None = None
    max_mean: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSchema:
    """What one column promises.

    `environments`: the column belongs in these alone; `not_environments`: in all but these. `severity` overrides that
    of kinds. `origin`: its line of the file.
    """

    name: str
    type: ColumnKind | None = None
    presence: Presence = field(default_factory=Presence)
    domain: Domain | None = None
    range: Range | None = None
    unique: bool = False
    length: Between | None = None
    valency: Between | None = None
    pattern: Pattern | None = None
    limits: Distribution = field(default_factory=Distribution)
    allow_nan: bool = False
    allow_infinite: bool = False
    units: str = ""
    sensitivity: Sensitivity = "unknown"
    description: str = ""
    environments: tuple[str, ...] = ()
    not_environments: tuple[str, ...] = ()
    severity: Mapping[str, Setting] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each of its keys, `""` for its table."""

    def belongs(self, environment: str | None) -> bool:
        """Whether the column is expected in an environment; in none in particular every column is."""
        if environment is None:
            return True
        return environment not in self.not_environments and (not self.environments or environment in self.environments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition that rows keep; `max_share` of those on which it says anything may break it.

    A row on which the condition is unknown, since a value is missing, does not break it.
    """

    name: str
    holds: Predicate
    text: str
    severity: Severity = "error"
    max_share: float = 0.0
    description: str = ""
    environments: tuple[str, ...] = ()
    line: int = 0

    def belongs(self, environment: str | None) -> bool:
        return environment is None or not self.environments or environment in self.environments


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A table's promises. `version` is the people's own count of its editions; `origin` its file."""

    columns: tuple[ColumnSchema, ...]
    name: str = ""
    version: int = 1
    description: str = ""
    environments: tuple[str, ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
    rules: tuple[Rule, ...] = ()
    severity: Mapping[str, Setting] = field(default_factory=dict)
    inferred: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By column and key: a digest of the value that inference wrote, so that what people wrote is told apart."""
    origin: str = "schema.toml"
    lines: Mapping[str, int] = field(default_factory=dict)

    def column(self, name: str) -> ColumnSchema | None:
        return next((c for c in self.columns if c.name == name), None)

    def taken(self, kind: str, column: ColumnSchema | None = None) -> Setting:
        """How an anomaly of this kind is taken: as the column says, or the table, or as it usually is."""
        own = column.severity.get(kind) if column is not None else None
        return own or self.severity.get(kind) or KINDS[kind].severity
