"""Metrics that a project brings itself: `[[metric]]`, functions of its files, loaded for the step that measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sterling.core.errors import shown
from sterling.core.own_metrics import Declared, loaded
from sterling.core.project import Project
from sterling.core.project_metrics import known_in, stand_in
from sterling.pipeline.own_code import file_of, files_of, function_in, module_of, quiet

TABLE = "[[metric]]"


def known(project: Project) -> AbstractContextManager[None]:
    """Within it names mean the project's metrics: while its run is planned, measured, and its evidence is read."""
    return known_in(project.folder, project.metrics)


@contextmanager
def measuring(project: Project) -> Iterator[None]:
    """Within it the functions of the project's metrics can be called, and what they print goes to stderr.

    Raises ConfigError for one that cannot be loaded.
    """
    if not project.metrics:
        yield
        return
    with known(project), loaded(_functions(project)), quiet():
        yield


def metric_files(project: Project) -> tuple[Path, ...]:
    """The files of the functions and those that each says it reads, each once: part of the cache key."""
    return tuple(dict.fromkeys(file for own in project.metrics for file in files_of(project, own)))


def _functions(project: Project) -> dict[Declared, Callable[[Any], float | None]]:
    """Every function that a `[[metric]]` names. A file that holds several is run once."""
    modules: dict[Path, ModuleType] = {}
    found: dict[Declared, Callable[[Any], float | None]] = {}
    for own in project.metrics:
        file = file_of(project, own)
        if file not in modules:
            modules[file] = module_of(file, table=TABLE, what=f"the metric {shown(own.name)!r}")
        at = stand_in(project.folder, own)
        found[at] = function_in(modules[file], at.function, table=TABLE)
    return found
