"""What every verb that examines rows is asked: the rows, whom they are of, how to measure, where results go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from sterling.cli.wanted import Wanted
from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import split_groups
from sterling.core.named_slices import NamedSlice, slice_option
from sterling.core.roles import LabelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Examining(ABC):
    """The options that `sterling evaluate`, `data profile` and `data compare` share, each as it was typed."""

    files: tuple[str, ...]
    sql: str | None
    label: str | None
    positive: str | None
    label_kind: LabelKind
    groups: tuple[str, ...]
    slices: tuple[str, ...]
    people: str | None
    weight: str | None
    id: str | None
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

    @property
    @abstractmethod
    def where(self) -> str:
        """The command, as errors name it."""

    @property
    @abstractmethod
    def page(self) -> str:
        """What the HTML file is called: the report, or the page."""

    @property
    @abstractmethod
    def default_report(self) -> str:
        """The file it goes to when none is named."""

    @property
    def group_columns(self) -> tuple[str, ...]:
        """The group columns, commas taken apart; a name with a comma is written in double quotes."""
        return names_in(self.groups)

    @property
    def named_slices(self) -> tuple[NamedSlice, ...]:
        """The slices with a condition."""
        return tuple(map(slice_option, self.slices))

    @property
    def report_path(self) -> Path | None:
        """Where the page goes, if one is wanted."""
        return None if self.no_report else Path(self.report or self.default_report)

    @property
    def wanted(self) -> Wanted:
        """The outputs that were asked for."""
        return Wanted(
            report=self.report_path, json=self.json, junit=self.junit, sarif=self.sarif, github=self.github,
            quiet=self.quiet, policy=Path(self.policy) if self.policy else None,
        )  # fmt: skip

    def outputs_fit(self, inputs: Mapping[str, str]) -> None:
        """Raise ConfigError when two outputs contradict each other, or one would overwrite an input (file to name)."""
        if self.no_report and self.report is not None:
            raise ConfigError(
                "--report and --no-report exclude each other", where=self.where, hint="leave one of them out"
            )
        if self.embed and self.report_path is None:
            raise ConfigError(
                f"--embed rows needs a {self.page} to put them in", where=self.where, hint="leave out --no-report"
            )
        policy = {Path(self.policy): "--policy"} if self.policy else {}
        given = {Path(file): "the data" for file in self.files} | {Path(file): name for file, name in inputs.items()}
        outputs_apart(self.wanted.files, given | policy)


def names_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The columns that repeated options name, commas taken apart, each once."""
    return tuple(dict.fromkeys(name for text in texts for name in split_groups(text)))


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


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
