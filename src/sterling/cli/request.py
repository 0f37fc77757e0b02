"""What was asked on the command line: typed, with its contradictions found before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sterling.cli.examining import Examining, names_in
from sterling.core.addresses import bare, is_url, leaving
from sterling.core.class_weights import class_weights_option
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.membership import membership_option
from sterling.core.roles import LISTED, UNCUT, WRITTEN, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Examining):
    """The options of `sterling evaluate`, each as it was typed."""

    favourable: str | None
    task: Task
    query: str | None
    class_weights: tuple[str, ...]
    memberships: tuple[str, ...]
    cluster: str | None
    score: tuple[str, ...]
    prediction: tuple[str, ...]
    model: tuple[str, ...]
    score_kind: Literal["probability", "raw"]
    allow_pickle: bool
    cross: int
    thresholds: str | None
    baseline: tuple[str, ...]
    metrics: tuple[str, ...]
    compare: str | None
    discover: bool
    discover_metric: str | None
    features: tuple[str, ...]
    attributions: tuple[str, ...]
    attribution_unit: str | None

    def __post_init__(self) -> None:
        if not self.files and self.sql is None:
            raise ConfigError(
                "FILE is missing", where=self.where,
                hint="sterling evaluate scores.csv; sterling evaluate --help lists what there is",
            )  # fmt: skip
        if not (self.score or self.prediction or self.model):
            raise ConfigError(
                "there is nothing to examine", where=self.where, expected="--score, --prediction or --model",
                hint="name the column with what the model says: --prediction COLUMN" if self.task in LISTED + WRITTEN
                else "name the column with the model's scores: --score COLUMN",
            )  # fmt: skip
        scored = self.score or self.model or self.task == "detection" or self.task in UNCUT  # that is said elsewhere
        if not scored and self.thresholds:
            raise ConfigError(
                "--thresholds has nothing to cut: predictions are decisions already", where=self.where,
                hint="name scores with --score instead of, or beside, --prediction",
            )  # fmt: skip
        if self.attribution_unit and not self.attributions:
            raise ConfigError(
                "--attribution-unit says what attributions are in, and none are given", where=self.where,
                hint="name their columns: --attributions 'shap_*'",
            )  # fmt: skip
        self.outputs_fit(dict.fromkeys(self.model, "the model"))

    @property
    def where(self) -> str:
        return "sterling evaluate"

    @property
    def page(self) -> str:
        return "report"

    @property
    def default_report(self) -> str:
        return "report.html"

    @property
    def search(self) -> bool | Mapping[str, object]:
        """Whether to search for weak slices, or how; a metric or features to search ask for it as well."""
        features = list(names_in(self.features))
        given = {"metric": self.discover_metric} if self.discover_metric else {}
        return given | ({"features": features} if features else {}) or self.discover

    @property
    def given_class_weights(self) -> dict[str, float]:
        """What each class weighs."""
        return class_weights_option(self.class_weights)

    @property
    def given_memberships(self) -> dict[str, dict[str, str]]:
        """The groups known by probabilities: value and column of each."""
        read = map(membership_option, self.memberships)
        return {member.group: dict(member.chances) for member in read}

    @property
    def metric_names(self) -> list[str]:
        """The metrics asked for, commas taken apart."""
        return list(dict.fromkeys(name.strip() for text in self.metrics for name in text.split(",") if name.strip()))


def spoken(command: Sequence[str]) -> str:
    """The command as it would be typed again here, without what must not leave the machine.

    Addresses lose the passwords and signatures that they may hold, paths the folders above the working one.
    """
    import shlex

    return shlex.join(["sterling", *map(_spoken, command)])


def _spoken(word: str) -> str:
    if is_url(word):
        return bare(word)
    option, equals, value = word.partition("=")
    return f"{option}={leaving(value)}" if equals and option.startswith("--") else leaving(word)
