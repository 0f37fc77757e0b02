"""What a verb that measures is to write, and where."""

from __future__ import annotations

from pathlib import Path

from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The outputs that were asked for. `policy`: the file that the limits are in, which annotations point to."""

    report: Path | None = None
    json: str | None = None
    junit: str | None = None
    sarif: str | None = None
    github: bool = False
    quiet: bool = False
    policy: Path | None = None

    @property
    def only_data(self) -> bool:
        """Whether standard output is for JSON alone."""
        return self.json == "-"

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every file that will be written, with the option that names it."""
        named = (
            ("--report", self.report),
            ("--json", Path(self.json) if self.json and not self.only_data else None),
            ("--junit", Path(self.junit) if self.junit else None),
            ("--sarif", Path(self.sarif) if self.sarif else None),
        )
        return tuple((option, path) for option, path in named if path is not None)
