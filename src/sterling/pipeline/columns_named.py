"""Every column that a project's file names, and whether the table as it is read has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sterling.core.attributed import MODEL, attribution_columns
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.named_slices import columns_behind
from sterling.core.patterns import is_pattern
from sterling.core.project import Project
from sterling.core.toml import Table
from sterling.pipeline.steps.measure import examined


def columns_found(project: Project, root: Table, columns: tuple[str, ...]) -> Iterator[str]:
    """Every column that the project names is in the table; a step of the project's own may still add it."""
    for table, key, column in _named(project, root):
        if column in columns or is_pattern(column):
            continue
        if not project.steps:
            raise table.fail(
                f"{table.name}: {key} names {shown(column)!r}, which is not a column of the data", key,
                hint=near_miss(column, columns),
            )  # fmt: skip
        yield f"{shown(column)} ({table.name} {key}) is not in the table as it is read; a step of yours must add it"


def attributions_found(project: Project, root: Table, columns: tuple[str, ...]) -> Iterator[str]:
    """Every pattern of [plan] attributions finds columns; what holds several numbers a row is taken apart in a run."""
    for pattern in project.measuring.attributions:
        whole = re.split(r"[.\[]", pattern)[0]
        if whole in columns:
            continue
        for name in (m.name for m in examined(project)):
            try:
                attribution_columns([pattern.replace(MODEL, name)], columns)
            except ConfigError as error:
                if not project.steps:
                    raise root.table("plan").fail(error.what, "attributions", expected=error.expected,
                                                  hint=error.hint) from None  # fmt: skip
                yield f"{error.what} ([plan] attributions) in the table as it is read; a step of yours must add it"


def _named(project: Project, root: Table) -> Iterator[tuple[Table, str, str]]:
    data, train, model, search = project.data, project.train, project.model, project.search
    table = root.table("data")
    for key in ("label", "id", "entity", "time", "weight"):
        if (column := getattr(data, key)) is not None:
            yield table, key, column
    lists = [(table, "groups", columns_behind(data.groups)), (table, "drop", data.drop)]
    lists.append((table, "group_probabilities", tuple(c for m in data.group_probabilities for _, c in m.chances)))
    lists.append((root.table("plan"), "discover_features", project.measuring.discover_features))
    read = {s.name: columns_behind((s.name,), (s,)) for s in project.policy.slices}
    lists += [(entry, "where", read[entry.words("name")]) for entry in root.entries("slice", "slices", "a slice")]
    metrics = zip(root.entries("metric", "metrics", "a metric"), project.metrics, strict=True)
    lists += [(entry, "reads", own.reads) for entry, own in metrics]
    lists.append((root.table("split"), "stratify", project.split.stratify))
    if train is not None:
        table = root.table("train")
        lists += [(table, "features", train.features or ()), (table, "drop", train.drop)]
    if model is not None:
        table = root.table("model")
        lists += [(table, "scores", model.scores), (table, "predictions", model.predictions)]
    if search is not None:
        lists.append((root.table("alternatives"), "drop", tuple(c for names in search.drop for c in names)))
    yield from ((table, key, column) for table, key, names in lists for column in names)
