"""Projects from Python: what `sterling run` does, in one call."""

from __future__ import annotations

from pathlib import Path

from sterling.core.project import Project
from sterling.core.project_file import find_project, read_project
from sterling.ledger import open_ledger
from sterling.pipeline.conduct import run_project as conduct
from sterling.pipeline.finish import Outcome


def run_project(project: Project | str | Path = ".", *, fresh: bool = False, budget: int | None = None) -> Outcome:
    """Carry a project out, from its data to verdicts, review and cards; every step is remembered in its ledger.

    `project`: a project, its file, or a folder in it. `fresh`: nothing is taken from earlier runs. `budget`:
    candidates that the search for alternatives tries, instead of what the file says. The outcome has the exit code, the
    files written, and `outcome.dossier.run` with all estimates (None when a broken promise about the data stopped the
    run).

    Raises ConfigError, InputError or LedgerError for what cannot be read.
    """
    found = project if isinstance(project, Project) else read_project(find_project(project))
    return conduct(found, open_ledger(found.state, create=True), fresh=fresh, budget=budget)
