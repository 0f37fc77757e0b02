"""Advice in the words of the reader: options to those who type commands, keys to those who write a project file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from sterling.core.errors import SterlingError

KEYS = {
    "label": "[data] label", "sql": "[data] sql =", "label-kind": "[data] label_kind", "task": "[data] task",
    "query": "[data] query", "class-weights": "[data] class_weights", "positive": "[data] positive",
    "favourable": "[data] favourable", "groups": "[data] groups", "weight": "[data] weight", "id": "[data] id",
    "cluster": "[data] entity", "score": "[model] scores", "prediction": "[model] predictions",
    "model": "[model] path", "score-kind": "[model] kind", "allow-pickle": "[model] allow_pickle",
    "thresholds": "[plan] thresholds", "cross": "[plan] cross", "min-n": "[plan] min_n", "level": "[plan] level",
    "compare": "[plan] compare", "metrics": "[plan] metrics", "attributions": "[plan] attributions",
    "attribution-unit": "[plan] attribution_unit", "discover": "[plan] discover",
    "discover-metric": "[plan] discover_metric", "features": "[plan] discover_features",
    "group-probabilities": "[data] group_probabilities", "baseline": "[plan] baseline", "slice": "[[slice]]",
    "seed": "[plan] seed",
    "people": "[project] people", "title": "[project] title",
}  # fmt: skip
"""The key of `sterling.toml` that says what an option of `sterling evaluate` says."""

_POSITIVE = re.compile(r"--positive (?!VALUE\b)(.+?)(?= or --positive |;|$)")
"""One of the values that a hint lists: text that may hold anything."""
_TASK = re.compile(r"--task ([a-z]+)\b")
_BARE = re.compile(r"true|false|[+-]?\d+(\.\d+)?")
"""What TOML writes without quotes."""
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([A-Z]+\b|[a-z_]+=\S+))?")


def in_project_words(text: str) -> str:
    """The text with options of `sterling evaluate` as keys of the project file: `--min-n` becomes `[plan] min_n`."""
    text = _POSITIVE.sub(_as_value, text.replace("a file given with --policy", "sterling.toml"))
    text = _TASK.sub(r'[data] task = "\1"', text)
    return _OPTION.sub(_as_key, text)


def _as_value(found: re.Match[str]) -> str:
    value = found[1] if _BARE.fullmatch(found[1]) else json.dumps(found[1], ensure_ascii=False)
    return f"[data] positive = {value}"


@contextmanager
def to_project_writers() -> Iterator[None]:
    """Within: the hint of an error is put in the words of the project file."""
    try:
        yield
    except SterlingError as error:
        error.hint = in_project_words(error.hint)
        raise


def _as_key(found: re.Match[str]) -> str:
    key, value = KEYS.get(found[1]), found[2]
    if key is None:
        return found[0]
    return key if value is None else f"{key} = {value}"
