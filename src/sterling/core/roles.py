"""What each column of a table is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sterling.core.errors import ConfigError

LabelKind = Literal["outcome", "human_decision", "annotation", "unstated"]
ScoreKind = Literal["probability", "raw", "prediction"]

LABEL_WORDS: dict[LabelKind, str] = {
    "outcome": "what happened later",
    "human_decision": "a past human decision",
    "annotation": "a human annotation",
    "unstated": "not stated",
}
AGREEMENT: dict[LabelKind, str | None] = {
    "outcome": None,
    "human_decision": "agreement with past decisions",
    "annotation": "agreement with annotators",
    "unstated": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelColumn:
    """A model given by a column of its scores or predictions."""

    column: str
    kind: ScoreKind = "probability"

    @property
    def name(self) -> str:
        return self.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns of a subject and what the label's values mean.

    `positive`: the label value that counts as positive. `favourable`: the value the person wants (default: `positive`).
    `people` and `decision` are the words of the project: "applicants" who are "approved".
    """

    models: tuple[ModelColumn, ...] = ()
    label: str | None = None
    positive: str | None = None
    favourable: str | None = None
    label_kind: LabelKind = "unstated"
    groups: tuple[str, ...] = ()
    weight: str | None = None
    id: str | None = None
    cluster: str | None = None
    people: str = "people"
    decision: str = "selected"
    label_words: str | None = None
    not_recorded: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len({m.column for m in self.models}) != len(self.models):
            raise ConfigError("the same score column is given twice", hint="name each model's column once")
        if self.label_kind not in LABEL_WORDS:
            raise ConfigError(f"unknown label kind {self.label_kind}", expected="outcome, human_decision or annotation")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column in use, once, in a fixed order."""
        named = [m.column for m in self.models] + [self.label, *self.groups, self.weight, self.id, self.cluster]
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def describes_label(self) -> str:
        """The label in words: who made it."""
        return self.label_words or LABEL_WORDS[self.label_kind]
