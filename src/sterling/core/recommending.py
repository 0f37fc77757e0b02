"""What the needs assessment recommends, as one text that can be added to the project's own file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator

from sterling.core.metrics import Metric, resolve_metric
from sterling.core.policy import STATEMENTS
from sterling.core.project import Project
from sterling.core.scope import NeedFor

_OF_TRAINING = ("train", "split", "alternatives")
"""Tables of a project that trains its model itself."""


def recommended(needs: Iterable[NeedFor], project: Project) -> str:
    """The snippets of all needs, each table once. It can be pasted at the end of `sterling.toml` as it is.

    What the file has already, or a project like this one cannot have, is there as a comment that says so.
    """
    snippets = dict.fromkeys(s.strip() for need in needs for s in need.recommended)
    tables: dict[str, list[str]] = {}
    parts: list[list[str]] = []
    for snippet in snippets:
        head, *body = snippet.splitlines()
        if head.startswith("[["):
            parts.append(_limit(snippet, project))
        else:
            tables.setdefault(head.strip("[]"), []).extend(body)
    parts += [_table(name, body, project) for name, body in tables.items()]
    return "\n\n".join("\n".join(part) for part in sorted(parts, key=_is_comment))


def _is_comment(part: list[str]) -> bool:
    return part[-1].startswith("#")


def _table(name: str, body: list[str], project: Project) -> list[str]:
    lines = list(dict.fromkeys(body))
    if name in _OF_TRAINING and project.train is None:
        return [f"# [{name}] is for a project that trains its model:", *_commented(lines)]
    if name in project.tables:
        return [f"# [{name}] is in the file; consider there:", *_commented(lines)]
    if name == "split" and project.data.time is None:
        return ['# [split] by time needs time = "COLUMN" under [data]:', *_commented([f"[{name}]", *lines])]
    if name == "alternatives" and not project.groups:
        return ["# [alternatives] needs group columns under [data]:", *_commented([f"[{name}]", *lines])]
    return [f"[{name}]", *lines]


def _limit(snippet: str, project: Project) -> list[str]:
    lines = snippet.splitlines()
    (wanted,) = tomllib.loads(snippet)["limit"]
    metric = resolve_metric(wanted["metric"])
    statement = next(s for s in STATEMENTS if s in wanted)
    for limit in project.policy.limits:
        if limit.metric is not None and limit.metric.name == metric.name and limit.statement == statement:
            there = f"# {statement} of {metric.name} has a limit in the file, {limit.bound:g}; recommended:"
            return [there, *_commented(lines)]
    names = {limit.name for limit in project.policy.limits}
    why = "; ".join(_lacks(metric, statement, project))
    if why:
        return [f"# {why}:", *_commented(lines)]
    if wanted["name"] in names:
        lines = [line for line in lines if not line.startswith("name")]
    return lines


def _lacks(metric: Metric, statement: str, project: Project) -> Iterator[str]:
    """What the project would need for this limit to be answered."""
    info, given = metric.info, project.model
    if statement in ("max_gap", "min_ratio") and not project.groups:
        yield f"{metric.name} {statement} needs group columns under [data]"
    if given is not None and given.predictions and not given.scores and info.needs_score:
        yield f"{metric.name} needs a score, and the model gives decisions"
    if project.data.task not in info.tasks:
        yield f"{metric.name} is no metric of a {project.data.task} model"
    if given is not None and given.kind == "raw" and info.by_threshold and not project.measuring.thresholds:
        yield f"{metric.name} of raw scores needs thresholds under [plan]"
    if given is not None and given.kind == "raw" and info.needs_probability:
        yield f"{metric.name} needs probabilities, and the model gives raw scores"


def _commented(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for line in lines]
