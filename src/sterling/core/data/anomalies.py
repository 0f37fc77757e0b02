"""Where a table does not keep what its schema promises."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One broken promise. `kind` is a word of a closed list (`kinds.KINDS`); `column` None: the table as a whole.

    `rows`: how many rows break it, of `n`; None where rows are not what breaks it. `expected` and `got` are words,
    never a row's value. `hint`: what to do. `where`: the line of the schema that promises it.
    """

    kind: str
    severity: Severity
    column: str | None
    what: str
    expected: str = ""
    got: str = ""
    rows: int | None = None
    n: int | None = None
    hint: str = ""
    where: str = ""
    rule: str | None = None
    """The name of the rule that is broken, for a rule that the schema's authors wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies:
    """What a schema found in a table. `environment`: training has a label, serving has not."""

    schema: str
    version: int
    environment: str | None
    found: tuple[Anomaly, ...]
    checked: int
    """How many promises were held against the table."""
    unchecked: tuple[str, ...] = ()
    """Promises that could not be held, and why, in words."""

    @property
    def errors(self) -> tuple[Anomaly, ...]:
        return self.of("error")

    def of(self, severity: Severity) -> tuple[Anomaly, ...]:
        return tuple(a for a in self.found if a.severity == severity)
