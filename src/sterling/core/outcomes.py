"""Tables of outcomes that people hand to counsel: what a rule asks to be shown, and what was counted for it.

A rule is data with a version and a date. What it asks of people (a date, a name, a reason) is kept apart from what is
measured, and stays a question until they answer it. Nothing here is a legal verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.roles import LabelKind
from sterling.core.slices import Slice

RuleName = Literal["ll144", "four-fifths", "model-risk"]
RULES: tuple[RuleName, ...] = ("ll144", "four-fifths", "model-risk")
Measure = Literal["selection", "scoring"]
"""The share selected, or the share whose score lies above the median of the whole sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something a rule wants to be stated that only people know."""

    key: str
    question: str
    kind: Literal["text", "date"] = "text"
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as data: which text, its state on the day `as_of`, and what it asks to be shown.

    `version` names this reading of it. `numbers` are the rule's own: a ratio to flag, a share below which a group may
    be left out.
    """

    name: RuleName
    title: str
    version: str
    as_of: dt.date
    about: str
    status: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    asked: tuple[Asked, ...]
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalFinding:
    """A finding that people wrote down: its severity, who owns it and by when it is to be settled are theirs."""

    text: str
    severity: str = ""
    owner: str = ""
    due: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What people stated: answers by the key of the question, findings, and the name of the file they stand in."""

    given: Mapping[str, str | dt.date]
    findings: tuple[PersonalFinding, ...] = ()
    file: str = "facts.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One category against the most selected one, as the four-fifths screen looks at it.

    `below`: the ratio lies below the rule's, compared in whole numbers. `fisher` is the two-sided exact p-value,
    `z` the pooled two-proportion statistic (negative: selected less often) with its two-sided p-value, `holm` the
    Fisher p-value adjusted for all comparisons of the table. `short`: selections that would have to be added to reach
    the ratio. `flips`: one different person selected would put this category ahead.
    """

    below: bool
    fisher: float
    z: float | None
    z_p: float | None
    holm: float
    short: int
    flips: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of a table. `ratio` is None for the most selected one and for one left out."""

    slice: Slice
    n: int
    selected: int
    share: float
    rate: Estimate
    ratio: Estimate | None
    reference: bool
    excluded: bool
    small: bool
    screen: Screen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTable:
    """The categories of some columns. `unknown`: people who are in none because a value is not recorded."""

    columns: tuple[str, ...]
    categories: tuple[Category, ...]
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a table was made from: data, model, words."""

    data: str
    files: tuple[tuple[str, str | None], ...]
    model: str
    people: str
    n: int
    label: str | None
    label_words: str
    label_kind: LabelKind
    level: float
    made: dt.datetime
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactTable:
    """Selection or scoring rates by category, with ratios to the highest."""

    rule: Rule
    about: About
    measure: Measure
    threshold: float | None
    tables: tuple[CategoryTable, ...]
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """Predicted against observed of some people with a label.

    `expected` is the sum of their probabilities; were the probabilities right, the observed count would lie in
    `expected_low` to `expected_high` with the level of the table. `outside`: it does not.
    """

    n: int
    predicted: float
    observed: Estimate
    count: int
    expected: float
    expected_low: int
    expected_high: int
    outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Outcomes analysis of one segment. `test` is None where nobody has a label."""

    slice: Slice
    n: int
    test: BackTest | None
    difference: Estimate
    auc: Estimate
    brier: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """People whose score lies from `low` to below `high`."""

    low: float
    high: float
    test: BackTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure of two models on the same people. `difference`: challenger less champion, its interval paired."""

    metric: str
    better: Literal["higher", "lower"]
    champion: float | None
    challenger: float | None
    difference: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenger:
    """A second model beside the first."""

    model: str
    n: int
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRiskTable:
    """Outcomes analysis of a model: segments, score bands, and a challenger when one was given.

    `inversions`: neighbouring bands whose observed shares fall where the score rises; `sure_inversions`: those whose
    interval of the difference lies below 0.
    """

    rule: Rule
    about: About
    segments: tuple[Segment, ...]
    bands: tuple[Band, ...]
    inversions: int
    sure_inversions: int
    challenger: Challenger | None
    answers: Answers
