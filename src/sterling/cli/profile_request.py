"""What was asked about a table on the command line: typed, contradictions found before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sterling.cli.examining import Examining, names_in
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass

NAMED = ("reference", "schema", "environment", "split", "entity", "time", "terms", "key")
"""Options that are one parameter, under the same name in every check that has it."""
LISTED = ("quasi", "sensitive")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRequest(Examining):
    """The options of `sterling data profile` and `compare`, each as it was typed. `verb`: which of them."""

    verb: Literal["profile", "compare"]
    reference: str | None
    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]
    schema: str | None
    environment: str | None
    split: str | None
    entity: str | None
    time: str | None
    terms: str | None
    checks: tuple[str, ...]
    skip: tuple[str, ...]
    settings: tuple[str, ...]
    key: str | None = None
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._files_fit()
        if self.positive is not None and self.label is None:
            raise ConfigError("--positive is a value of the label", where=self.where, hint="--label COLUMN")
        if self.reference is not None and not (self.groups or self.slices or self.settings):
            raise ConfigError(
                "--reference is a population to compare groups with, and no group is named", where=self.where,
                hint="--groups COLUMN",
            )  # fmt: skip
        self.outputs_fit({self.schema: "--schema"} if self.schema else {})

    @property
    def where(self) -> str:
        return f"sterling data {self.verb}"

    @property
    def page(self) -> str:
        return "page"

    @property
    def default_report(self) -> str:
        return f"{self.verb}.html"

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are left out, commas taken apart."""
        return names_in(self.ignore)

    def _files_fit(self) -> None:
        compares = self.verb == "compare"
        if compares and len(self.files) < 2:
            raise ConfigError(
                "two tables are needed", where=self.where, got=f"{len(self.files)}",
                hint="sterling data compare old.csv new.csv; the last is examined, those before it are its past",
            )  # fmt: skip
        if not compares and not self.files and self.sql is None:
            raise ConfigError(
                "FILE is missing", where=self.where,
                hint="sterling data profile table.csv; sterling data profile --help lists what there is",
            )  # fmt: skip
        if compares and self.sql is not None:
            raise ConfigError("--sql is of one table", where=self.where, hint="sterling data profile --sql")

    def parameters(self) -> dict[str, object]:
        """The options that are parameters of checks, by name."""
        named: dict[str, object] = {name: getattr(self, name) for name in NAMED if getattr(self, name) is not None}
        if self.quasi:
            named["quasi"] = self.quasi
        if self.sensitive:
            named["sensitive"] = names_in(self.sensitive)
        return named

    def set_parameters(self) -> Iterator[tuple[str, str, object]]:
        """`--set CODE.NAME=VALUE` as code (or name), parameter and value. Raises ConfigError."""
        import tomllib

        for text in self.settings:
            left, equals, right = text.partition("=")
            check, dot, name = left.strip().rpartition(".")
            if not (equals and dot and check and name):
                raise ConfigError(
                    f"{shown(text)} names no parameter", where="--set", expected="CODE.NAME=VALUE",
                    hint="--set DA014.similarity=0.9",
                )  # fmt: skip
            try:
                value: object = tomllib.loads(f"v = {right.strip()}")["v"]
            except tomllib.TOMLDecodeError:
                value = right.strip()
            yield check, name, value


def settings_of(request: ProfileRequest) -> dict[str, dict[str, object]]:
    """Parameters by the code of each check that has them, of those that will be asked.

    Raises ConfigError for an option that no question asked here has, and for an unknown check or parameter.
    """
    from sterling.core.registry import find_check
    from sterling.pipeline.tables import known_codes, table_checks

    only, skip = known_codes(request.checks), known_codes(request.skip)
    asked = [c for c in table_checks() if c.code not in skip] if not only else [find_check(c) for c in only]
    settings: dict[str, dict[str, object]] = {}
    for name, value in request.parameters().items():
        having = [c.code for c in asked if name in c.parameters]
        if not having:
            known = sorted({p for c in asked for p in c.parameters})
            raise ConfigError(
                f"none of the questions that are asked takes --{name}", where=request.where,
                hint="leave it out, or ask the question that needs it" if name in NAMED else near_miss(name, known),
            )  # fmt: skip
        for code in having:
            settings.setdefault(code, {})[name] = value
    for check, name, value in request.set_parameters():
        settings.setdefault(find_check(check, where="--set").code, {})[name] = value
    return settings
