"""Metrics that a project brings itself: `[[metric]]`, functions of its files, loaded for the step that measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sterling.core.confine import locate
from sterling.core.errors import shown
from sterling.core.own_metrics import Declared
from sterling.core.project import OwnMetric, Project
from sterling.pipeline.own_code import function_of, quiet


def declared(project: Project) -> dict[Declared, Callable[[Any], float | None]]:
    """Every function that a `[[metric]]` names, loaded. Raises ConfigError for one that cannot be."""
    return {declaration(project, own): _function(project, own) for own in project.metrics}


def declaration(project: Project, own: OwnMetric) -> Declared:
    """What stands for the function while it is not loaded."""
    file, _, name = own.function.rpartition(":")
    return Declared(project.folder / file, name)


def _function(project: Project, own: OwnMetric) -> Callable[[Any], float | None]:
    at = declaration(project, own)
    return quiet(function_of(at.file, at.function, table="[[metric]]", what=f"the metric {shown(own.name)!r}"))


def metric_files(project: Project) -> tuple[Path, ...]:
    """The files of the functions and those that each says it reads, each once: part of the cache key."""
    texts = (text for own in project.metrics for text in (own.function.rpartition(":")[0], *own.files))
    return tuple(dict.fromkeys(locate(t, folder=project.folder, allowed=project.allowed_folders) for t in texts))
