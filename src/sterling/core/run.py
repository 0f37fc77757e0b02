"""A plan carried out: one record per ask and model, and what is needed to say how it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sterling.core.data.records import broken, records
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass
from sterling.core.plan import Plan
from sterling.core.policy import Policy
from sterling.core.roles import Roles
from sterling.core.slices import GroupValue
from sterling.core.table import EstimateTable

if TYPE_CHECKING:
    import polars as pl

    from sterling.core.data.anomalies import Anomaly
    from sterling.core.discovered import Discovery
    from sterling.core.judge import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """Where rows came from. `sha256` is None for tables handed over in memory."""

    name: str
    sha256: str | None
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """One value of a group column: how many rows have it."""

    column: str
    value: GroupValue
    n: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Per model: what calibration and distribution pictures are drawn from. Arrays are indexed [slice][bin]."""

    model: str
    edges: tuple[float, ...]
    positive: tuple[tuple[int, ...], ...]
    negative: tuple[tuple[int, ...], ...]
    mean_score: tuple[tuple[float, ...], ...]
    observed: tuple[tuple[float, ...], ...]
    low: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What differs between equal runs: times, places, versions. Never part of evidence."""

    created: dt.datetime
    files: tuple[DataFile, ...]
    version: str
    command: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class Wiring(Protocol):
    """What the front door lends a run, so that core need not know who draws, writes or judges."""

    def judge(self, run: Run, policy: Policy) -> Judgement: ...
    def page(self, run: Run, judgement: Judgement) -> str: ...
    def wire(self, run: Run, judgement: Judgement) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False, weakref_slot=True)
class Run:
    """Evidence about a subject's models, and the policy it was measured for (perhaps an empty one)."""

    plan: Plan
    roles: Roles
    n: int
    labels_missing: int
    positive: str | None
    favourable: str | None
    groups: tuple[GroupShare, ...]
    evidence: tuple[Evidence, ...]
    tables: tuple[EstimateTable, ...]
    drawings: tuple[Drawing, ...]
    notices: tuple[str, ...]
    provenance: Provenance
    policy: Policy
    wiring: Wiring
    rows: pl.DataFrame | None = None
    title: str = ""
    measured_for: Policy | None = None
    """The policy that the run was measured for, where another has taken its place since."""
    ignored: tuple[str, ...] = ()
    """Columns that a run about a table was told to leave out of every question."""

    @property
    def judgement(self) -> Judgement:
        """Verdicts by the policy the run was measured for."""
        return self.wiring.judge(self, self.policy)

    def judge(self, policy: Policy) -> Judgement:
        """Verdicts by another policy, without measuring again; limits it sets or loosens are marked as coming late."""
        return self.wiring.judge(self, policy)

    @property
    def frame(self) -> pl.DataFrame:
        """All estimates of all models as tidy Polars rows: value, low, high, n and what they are of.

        Raises ConfigError for a run about a table itself, which has `records`.
        """
        import polars as pl

        if not self.tables:
            raise ConfigError("this run is about a table and has no estimates of models", hint='.records("columns")')
        return pl.concat([t.frame() for t in self.tables])

    def records(self, kind: str = "columns") -> pl.DataFrame:
        """What was found in the table itself as tidy Polars rows; no rows where nothing was found.

        `kind`: `columns`, `anomalies`, `drift`, `skew`, `people`, `proxies`, `duplicates`, `leaks`, `personal_data`,
        `anonymity`, `terms`. Groups and lists stand as text. Raises ConfigError for another kind.
        """
        import polars as pl

        found = [{k: _shown(v) for k, v in r.items()} for r in records(self.evidence, kind)]
        return pl.DataFrame(found, infer_schema_length=None)

    @property
    def discovered(self) -> tuple[Discovery, ...]:
        """What searches for slices where a model is worst came to, one per model and search."""
        return tuple(e.discovered for e in self.evidence if e.discovered is not None)

    @property
    def inferred(self) -> pl.DataFrame:
        """Rates of groups that nobody recorded, as `frame` has them, and beside them `ask` and `known`.

        `value` weights rows by their chance to belong. Where `known` is *bounds*, `low` to `high` hold whatever the
        outcome has to do with the group, and chance beside; where it is *independence assumed*, chance alone. `n` are
        the people expected in the group, `n_eligible` what they are worth. No rows where no such groups were given.
        """
        import polars as pl

        known = {"nothing": "bounds", "independence": "independence assumed"}
        found = [
            e.inferred.frame().with_columns(
                ask=pl.lit(e.ask), known=pl.lit(known[str(e.parameters.get("assume", "nothing"))])
            )
            for e in self.evidence
            if e.inferred is not None
        ]
        return pl.concat(found, how="diagonal") if found else pl.DataFrame()

    @property
    def asked(self) -> pl.DataFrame:
        """As `frame`, at the thresholds that were asked for only."""
        import polars as pl

        if not self.tables:
            return self.frame
        thresholds = self.plan.thresholds or ((self.plan.threshold,) if self.plan.threshold is not None else ())
        return pl.concat([t.frame(thresholds) for t in self.tables])

    @property
    def broken_promises(self) -> tuple[Anomaly, ...]:
        """The promises of a schema, of severity *error*, that the table does not keep."""
        return broken(self.evidence)

    @property
    def exit_code(self) -> int:
        """As the command line ends: 1 over a limit or with a broken promise, 3 undecided or insufficient, else 0."""
        return 1 if self.broken_promises else self.judgement.exit_code

    def to_dict(self) -> dict[str, object]:
        """The documented JSON contract as plain Python values."""
        return self.wiring.wire(self, self.judgement)

    def save(self, path: str | Path, *, policy: Policy | None = None) -> Path:
        """Write the report as one HTML file, atomically; returns its path."""
        from sterling.core.files import write_atomic

        judgement = self.judge(policy) if policy is not None else self.judgement
        return write_atomic(Path(path), self.wiring.page(self, judgement).encode())

    def with_policy(self, policy: Policy) -> Run:
        """The same evidence under another policy."""
        return replace(self, policy=policy, measured_for=self.measured_for or self.policy)

    def __repr__(self) -> str:
        """One line: what was examined and how the limits came out."""
        models = ", ".join(m.column for m in self.roles.models)
        judged = [v for v in self.judgement.verdicts if v.limit is not None]
        words = [w for w in ("over", "undecided", "insufficient", "within") if any(v.verdict == w for v in judged)]
        counts = ", ".join(f"{sum(v.verdict == w for v in judged)} {w}" for w in words) or "no limits"
        if not self.tables:
            return f"<Run about {self.title} on {self.n:,} rows: {counts}; see .records(kind), .judgement, .save(path)>"
        return f"<Run of {models} on {self.n:,} rows: {counts}; see .asked, .judgement, .save(path)>"

    def _repr_html_(self) -> str:
        """The report inside a sandboxed frame, for notebooks."""
        import html

        page = html.escape(self.wiring.page(self, self.judgement), quote=True)
        size = 'width="100%" height="720" title="Sterling report"'
        return f'<iframe sandbox="allow-scripts" srcdoc="{page}" {size}></iframe>'


def _shown(value: object) -> object:
    """Groups and lists as text, so that a column of a frame has one type."""
    if isinstance(value, dict):
        return ", ".join(f"{k}={_shown(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(str(_shown(v)) for v in value)
    return value
