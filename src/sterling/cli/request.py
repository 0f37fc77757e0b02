"""What was asked on the command line: typed, with its contradictions found before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sterling.cli.wanted import Wanted
from sterling.core.addresses import bare, is_url
from sterling.core.errors import ConfigError, shown
from sterling.core.grouping import split_groups
from sterling.core.membership import membership_option
from sterling.core.named_slices import NamedSlice, slice_option
from sterling.core.roles import LabelKind, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `sterling evaluate`, each as it was typed."""

    files: tuple[str, ...]
    sql: str | None
    label: str | None
    positive: str | None
    favourable: str | None
    label_kind: LabelKind
    task: Task
    query: str | None
    groups: tuple[str, ...]
    slices: tuple[str, ...]
    memberships: tuple[str, ...]
    people: str | None
    weight: str | None
    id: str | None
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
    min_n: int
    engine: Literal["local", "spark", "ray"] | None
    level: float
    seed: int
    policy: str | None
    report: str | None
    no_report: bool
    title: str | None
    embed: str | None
    json: str | None
    junit: str | None
    sarif: str | None
    github: bool
    quiet: bool
    debug: bool

    def __post_init__(self) -> None:
        if not self.files and self.sql is None:
            raise ConfigError(
                "FILE is missing", where="sterling evaluate",
                hint="sterling evaluate scores.csv; sterling evaluate --help lists what there is",
            )  # fmt: skip
        if not (self.score or self.prediction or self.model):
            raise ConfigError(
                "there is nothing to examine", where="sterling evaluate", expected="--score, --prediction or --model",
                hint="name the column with the model's scores: --score COLUMN",
            )  # fmt: skip
        if self.no_report and self.report is not None:
            raise ConfigError(
                "--report and --no-report exclude each other", where="sterling evaluate", hint="leave one of them out"
            )
        if self.embed and self.report_path is None:
            raise ConfigError(
                "--embed rows needs a report to put them in", where="sterling evaluate", hint="leave out --no-report"
            )
        if not (self.score or self.model) and self.thresholds:
            raise ConfigError(
                "--thresholds has nothing to cut: predictions are decisions already", where="sterling evaluate",
                hint="name scores with --score instead of, or beside, --prediction",
            )  # fmt: skip
        self._outputs_apart()

    @property
    def group_columns(self) -> tuple[str, ...]:
        """The group columns, commas taken apart; a name with a comma is written in double quotes."""
        return tuple(dict.fromkeys(name for text in self.groups for name in split_groups(text)))

    @property
    def search(self) -> bool | Mapping[str, object]:
        """Whether to search for weak slices, or how; a metric or features to search ask for it as well."""
        features = list(dict.fromkeys(name for text in self.features for name in split_groups(text)))
        given = {"metric": self.discover_metric} if self.discover_metric else {}
        return given | ({"features": features} if features else {}) or self.discover

    @property
    def given_memberships(self) -> dict[str, dict[str, str]]:
        """The groups known by probabilities: value and column of each."""
        read = map(membership_option, self.memberships)
        return {member.group: dict(member.chances) for member in read}

    @property
    def named_slices(self) -> tuple[NamedSlice, ...]:
        """The slices with a condition."""
        return tuple(map(slice_option, self.slices))

    @property
    def metric_names(self) -> list[str]:
        """The metrics asked for, commas taken apart."""
        return list(dict.fromkeys(name.strip() for text in self.metrics for name in text.split(",") if name.strip()))

    @property
    def report_path(self) -> Path | None:
        return None if self.no_report else Path(self.report or "report.html")

    @property
    def wanted(self) -> Wanted:
        """The outputs that were asked for."""
        return Wanted(
            report=self.report_path, json=self.json, junit=self.junit, sarif=self.sarif, github=self.github,
            quiet=self.quiet, policy=Path(self.policy) if self.policy else None,
        )  # fmt: skip

    def _outputs_apart(self) -> None:
        """Two outputs in one file, or an output over an input, would lose something."""
        inputs = {Path(f): "the data" for f in self.files} | {Path(f): "the model" for f in self.model}
        outputs_apart(self.wanted.files, inputs | ({Path(self.policy): "--policy"} if self.policy else {}))


def outputs_apart(files: Sequence[tuple[str, Path]], inputs: Mapping[Path, str]) -> None:
    """Raise ConfigError when an output has no folder, is one, or would overwrite another output or an input."""
    taken = {_real(path): name for path, name in inputs.items()}
    for option, path in files:
        if path.is_dir():
            raise ConfigError(f"{shown(str(path))} is a folder", where=option, expected="a file")
        if not path.parent.is_dir():
            raise ConfigError(
                f"the folder of {shown(str(path))} does not exist", where=option,
                hint=f"mkdir -p {shown(str(path.parent))}",
            )  # fmt: skip
        other = taken.setdefault(_real(path), option)
        if other != option:
            raise ConfigError(f"{option} would overwrite {other}", where=shown(str(path)), hint="give it another name")


def spoken(command: Sequence[str]) -> str:
    """The command as it would be typed again, addresses without the passwords and signatures that they may hold."""
    import shlex

    return shlex.join(["sterling", *(bare(word) if is_url(word) else word for word in command)])


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
