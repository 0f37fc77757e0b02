"""What each column of a table is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.membership import Membership
from sterling.core.named_slices import NamedSlice

LabelKind = Literal["outcome", "human_decision", "annotation", "unstated"]
ScoreKind = Literal["probability", "raw", "prediction"]
Task = Literal[
    "binary", "multiclass", "multilabel", "sets", "regression", "ranking", "text", "segmentation", "detection"
]
TASKS: tuple[Task, ...] = (
    "binary", "multiclass", "multilabel", "sets", "regression", "ranking", "text", "segmentation", "detection",
)  # fmt: skip
"""What a model does: yes or no, one of several classes, any of several labels, sets, a number, an order in a query, a
text, a class for every pixel of an image, boxes around the objects of an image."""

NUMBERED: tuple[Task, ...] = ("regression", "ranking")
"""Tasks whose scores are numbers on any scale, which nothing cuts at a threshold."""
PER_CLASS: tuple[Task, ...] = ("multiclass", "multilabel")
"""Tasks whose scores may be a column for each class or label."""
WRITTEN: tuple[Task, ...] = ("text",)
"""Tasks whose predictions are texts."""
VISION: tuple[Task, ...] = ("segmentation", "detection")
"""Tasks whose rows are images."""
ROWS: dict[Task, str] = {**dict.fromkeys(VISION, "images"), **dict.fromkeys(WRITTEN, "texts")}
"""What rows are called where nobody says, if they are not people."""
LISTED: tuple[Task, ...] = ("sets", *VISION)
"""Tasks whose labels and predictions are lists."""
UNSCORED: tuple[Task, ...] = (*WRITTEN, *VISION)
"""Tasks whose predictions are all that there is: boxes bring their scores with them."""
UNCUT: tuple[Task, ...] = ("sets", "segmentation", *WRITTEN, *NUMBERED)
"""Tasks without thresholds."""
LOOKS_AT_NO: dict[str, tuple[Task, ...]] = {
    "positive": ("multiclass", "detection", *UNCUT), "favourable": ("detection", *UNCUT),
}  # fmt: skip
"""The values of a label that models of these tasks do not look at."""
_ONE_CLASS = (
    "leave it out: each class has metrics of its own, such as 'recall of setosa'; --favourable VALUE names the class "
    "that people want"
)

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
    """A model given by a column of its scores or predictions, or by one column per class or label.

    With several columns `column` is their pattern (`p_{class}`), `members` are the columns and `classes` what the
    placeholder stands for in each. A model that gives sets has its `column`, and that of the items' scores, as members.
    """

    column: str
    kind: ScoreKind = "probability"
    members: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that it stands for."""
        return self.members or (self.column,)


def model_columns(
    task: Task, *, scores: Sequence[str], predictions: Sequence[str], kind: ScoreKind
) -> tuple[ModelColumn, ...]:
    """The models that columns stand for. Of the task sets the i-th scores are those of the i-th prediction's items.

    Raises ConfigError for scores of sets without as many predictions.
    """
    if task == "sets":
        if scores and len(scores) != len(predictions):
            raise ConfigError(
                "scores of items belong to predictions, one column to each",
                got=f"{len(scores)} of scores, {len(predictions)} of predictions",
                hint="--prediction COLUMN for the lists of items, --score COLUMN for the lists of their scores",
            )
        beside: list[tuple[str, ...]] = [(s,) for s in scores] or [()] * len(predictions)
        return tuple(
            ModelColumn(column=p, kind="prediction", members=(p, *b)) for p, b in zip(predictions, beside, strict=True)
        )
    said: ScoreKind = "raw" if task in NUMBERED else "prediction"
    if task == "detection":  # boxes bring their scores
        kind = said = "probability"
    scored = (ModelColumn(column=c, kind="raw" if task in NUMBERED else kind) for c in scores)
    return (*scored, *(ModelColumn(column=c, kind=said) for c in predictions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns of a subject and what the label's values mean.

    `task`: what the models do. `query`: the column that names the list a row is ranked in. `label_members`: the label
    columns of a multilabel task, whose pattern (`is_{label}`) is `label`.
    `positive`: the label value that counts as positive. `favourable`: the value the person wants (default: `positive`).
    `memberships`: groups known by columns of probabilities only. `class_weights`: what each class weighs in averages
    that ask for it, see `core.class_weights`.
    `groups` are columns, texts that make them (`core.grouping`) and the names of `slices`.
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
    task: Task = "binary"
    query: str | None = None
    label_members: tuple[str, ...] = ()
    slices: tuple[NamedSlice, ...] = ()
    memberships: tuple[Membership, ...] = ()
    class_weights: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if len({m.column for m in self.models}) != len(self.models):
            raise ConfigError("the same score column is given twice", hint="name each model's column once")
        if self.label_kind not in LABEL_WORDS:
            raise ConfigError(f"unknown label kind {self.label_kind}", expected="outcome, human_decision or annotation")
        names = [s.name for s in self.slices]
        twice = next((n for i, n in enumerate(names) if n in names[:i]), None)
        if twice is not None:
            raise ConfigError(f"two slices are named {shown(twice)!r}", hint="give each a name of its own")
        if self.task not in TASKS:
            raise ConfigError(f"unknown task {self.task}", expected=", ".join(TASKS), hint=near_miss(self.task, TASKS))

    def all_looked_at(self) -> None:
        """Raises ConfigError for a value that the task would not look at: not to be passed over in silence.

        So it does for a label that is the model's own column. Asked of what people ask for now, not of what was
        recorded once.
        """
        if self.label is not None and self.label in (c for m in self.models for c in (m.column, *m.members)):
            raise ConfigError(
                f"the column {shown(self.label)!r} is given as the label and as what the model says",
                expected="two columns: every prediction would be right",
                hint="--label COLUMN says what is known, --prediction COLUMN or --score COLUMN what the model says",
            )
        for name, tasks in LOOKS_AT_NO.items():
            value = getattr(self, name)
            if value is not None and self.task in tasks:
                raise ConfigError(
                    f"models of the task {self.task} have no {name} value",
                    got=f"--{name} {shown(value)}",
                    hint=_ONE_CLASS if self.task == "multiclass" else "leave it out, or check --task",
                )
        if self.class_weights and self.task not in PER_CLASS:
            raise ConfigError(
                f"models of the task {self.task} have no classes to average over", got="class weights",
                expected="--task " + " or ".join(PER_CLASS), hint="leave --class-weights out, or check --task",
            )  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column in use, once, in a fixed order."""
        scores = [column for model in self.models for column in model.columns]
        labels = self.label_members or (self.label,)
        named = [*scores, *labels, *self.groups, self.weight, self.id, self.cluster, self.query]
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def uncrossed(self) -> tuple[int, ...]:
        """The places of the groups that are not crossed with others: slices that do not ask for it."""
        alone = {s.name for s in self.slices if not s.cross}
        return tuple(i for i, group in enumerate(self.groups) if group in alone)

    @property
    def describes_label(self) -> str:
        """The label in words: who made it."""
        return self.label_words or LABEL_WORDS[self.label_kind]
