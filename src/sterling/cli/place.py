"""Finds the project and its ledger for the verbs that speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sterling.cli.command import Option

if TYPE_CHECKING:
    from pathlib import Path

    from sterling.core.project import Project
    from sterling.core.records import Ledger, LedgerReader
    from sterling.ledger.store import SqlLedger

PROJECT = "Project"
LAST = "last"
"""The word for the newest run, wherever a run is asked for."""


def project_option() -> Option:
    """`--project`: where the project is, when it is not here."""
    return Option(
        "--project", default=".", metavar="PATH", section=PROJECT,
        help="The project file or a folder in it.  [default: here]",
    )  # fmt: skip


def json_option() -> Option:
    return Option("--json", "as_json", is_flag=True, section="Output", help="Write JSON instead of text.")


def debug_option() -> Option:
    return Option("--debug", is_flag=True, section="Output", help="Show the traceback of an error.")


def opened(place: str, *, create: bool = False) -> tuple[Project, Ledger]:
    """The project at a place, and its ledger. Raises ConfigError or LedgerError when either cannot be read."""
    from sterling.core.project_file import find_project, read_project
    from sterling.ledger import open_ledger

    project = read_project(find_project(place))
    return project, open_ledger(project.state, create=create)


def opened_if_begun(place: str) -> tuple[Project, LedgerReader | None]:
    """As `opened`; before the first run there is no ledger, and that is no error."""
    from sterling.core.project_file import find_project, read_project
    from sterling.ledger import begun

    project = read_project(find_project(place))
    return opened(place) if begun(project.state) else (project, None)


def opened_ledger(place: str) -> tuple[Path, SqlLedger]:
    """The project's folder and its ledger, whatever the project file says today. Raises as `opened` does."""
    from sterling.core.project import STATE
    from sterling.core.project_file import find_project
    from sterling.ledger import open_ledger

    folder = find_project(place).parent
    return folder, open_ledger(folder / STATE)


def named_run(ledger: LedgerReader, text: str) -> str:
    """The id of the run that `text` begins, or of the newest for "last". Raises InputError."""
    from sterling.pipeline.queries.runs import find_run

    return find_run(ledger, text).id
