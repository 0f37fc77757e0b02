"""What a check found: typed, free of verdicts and of drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice
from sterling.core.table import EstimateTable

if TYPE_CHECKING:  # the records of questions that few runs ask: their many types take a while to load
    from sterling.core.attributed import Attributed
    from sterling.core.comparison import Comparison
    from sterling.core.confusion import Confusion
    from sterling.core.data.about import AboutData
    from sterling.core.discovered import Discovery

Outcome = Literal["measured", "insufficient", "not_applicable", "error"]
Kind = Literal["gap", "ratio", "lowest", "highest", "drop", "rise"]
"""The widest difference, the smallest ratio, the lowest or highest group; the largest drop or rise from a model."""
View = Literal["groups", "performance", "representation", "comparison", "none"]
"""How evidence asks to be drawn; the report knows these and no others."""
P_OF_SHUFFLES = "permutation_p("
"""How the name of the p-value of a permutation test begins; the metric it is about follows. Limits name its ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the groups that a finding compares: its own value and how much stands behind it."""

    slice: Slice
    value: float
    n: int
    n_eligible: int
    n_effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TooSmall:
    """A slice that was looked at and has too few eligible rows to say anything."""

    slice: Slice
    n: int
    n_eligible: int
    n_needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number that can be held against a limit.

    `low` is what the data show at least, `high` what they show at most: the end that a limit must
    lie beyond to be *over* holds for all groups looked at together; the end that a limit must lie beyond to be
    *within* is the one-sided bound of an intersection-union test. Neither depends on the limit. `outermost` are the
    groups that set this second end; empty when they are `first` and `second`. `against`: the model whose value a drop
    or rise is from, as a part of that value if `relative`. `shared`: how much of what they count both sides of a pair
    have, as queries that hold candidates of both groups. `columns`: the columns of the table that a number of the
    table itself is about; empty for one of all of them, such as the worst of any, of which `at` may say whose it is.
    """

    metric: MetricInfo
    kind: Kind
    family: tuple[str, ...]
    threshold: float | None
    first: Side
    second: Side | None
    value: float
    low: float
    high: float
    level: float
    groups_compared: int
    baseline: Slice | None = None
    only: Slice | None = None
    operating: bool = True
    too_small: tuple[TooSmall, ...] = ()
    others: tuple[Side, ...] = ()
    method: str = ""
    outermost: tuple[Side, ...] = ()
    against: str | None = None
    relative: bool = False
    shared: int = 0
    columns: tuple[str, ...] = ()
    at: tuple[str, ...] = ()

    def undecided_by(self, limit: float) -> tuple[Side, ...]:
        """The groups whose uncertainty keeps the limit open: the ones to know more of."""
        beyond = self.value < limit if self.kind in ("ratio", "lowest") else self.value > limit
        if self.outermost and not beyond:
            return self.outermost
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def n(self) -> int:
        return self.first.n + (self.second.n if self.second else 0)

    @property
    def n_eligible(self) -> int:
        """All that count, each once."""
        return self.first.n_eligible + (self.second.n_eligible - self.shared if self.second else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The answer to one ask about one model.

    `table` holds estimates; `findings` the few numbers that limits speak of; `too_small` what could not be said;
    `discovered` slices that were searched for, which no limit can judge on the same rows; `confusion` which of several
    classes is taken for which; `about` what a question about the table itself found; `attributed` what features add to
    scores; `inferred` a rate of each group that is known by chances or shares only, and how far it may reach.
    """

    ask: str
    check: str
    title: str
    question: str
    outcome: Outcome
    model: str | None
    parameters: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    too_small: tuple[TooSmall, ...] = ()
    table: EstimateTable | None = None
    method: str = ""
    notes: tuple[str, ...] = ()
    pitfalls: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    view: View = "none"
    reason: str = ""
    discovered: Discovery | None = None
    comparison: Comparison | None = None
    confusion: Confusion | None = None
    about: AboutData | None = None
    attributed: Attributed | None = None
    inferred: EstimateTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a check's function returns; the runner adds who asked what of which model.

    `hints`: what to try, where it depends on what was asked; none for those that the check has for every answer.
    """

    findings: tuple[Finding, ...] = ()
    too_small: tuple[TooSmall, ...] = ()
    table: EstimateTable | None = None
    method: str = ""
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    view: View = "none"
    outcome: Outcome = "measured"
    reason: str = ""
    discovered: Discovery | None = None
    comparison: Comparison | None = None
    confusion: Confusion | None = None
    about: AboutData | None = None
    attributed: Attributed | None = None
    inferred: EstimateTable | None = None
