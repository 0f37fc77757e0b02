"""Which limits of a project were set or loosened after a run of it had shown results: read from its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sterling.core.errors import ConfigError, LedgerError
from sterling.core.late import Late, Question, Seen, late_limits
from sterling.core.policy import Limit
from sterling.core.project import Project
from sterling.core.project_file import parse_project
from sterling.core.records import LedgerReader


def late_in(project: Project, ledger: LedgerReader, *, before: str | None = None) -> dict[Question, Late]:
    """The limits of the project that came after results of its runs; `before`: of those that began before this one."""
    return late_limits(project.policy.limits, tuple(_shown(project, ledger, before)))


def _shown(project: Project, ledger: LedgerReader, before: str | None) -> Iterator[Seen]:
    """What runs of this project showed, oldest first: those that came as far as verdicts."""
    known: dict[str, tuple[Limit, ...] | None] = {project.digest: project.policy.limits}
    for context in ledger.contexts("run"):
        if context.id == before:
            return
        parts = context.properties.get("bundle_parts")
        if context.parent != f"project:{project.name}" or not isinstance(parts, Mapping):
            continue
        digest = str(context.properties.get("project_digest"))
        if digest not in known:
            known[digest] = _limits(project, ledger, digest)
        limits = known[digest]
        if limits is not None:
            yield Seen(table=str(parts.get("data")), limits=limits)


def _limits(project: Project, ledger: LedgerReader, digest: str) -> tuple[Limit, ...] | None:
    """The limits in a project's text as it was then; None where that cannot be read any more."""
    try:
        return parse_project(ledger.read(digest).decode("utf-8"), file=project.file).policy.limits
    except (ConfigError, LedgerError, UnicodeDecodeError):
        return None
