"""What docs/coverage.md was made of, in coverage.json: figures of many worlds, and what lies behind them in a few.

Many worlds take minutes. They are drawn when the page is written. The tests draw the few again and hold the ends of
their intervals against those that were kept: code that moves a figure moves these ends, if these worlds meet it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

FILE = Path(__file__).with_name("coverage.json")
Figures = dict[str, float]
"""Shares of worlds by name; NaN where too few worlds have a value."""
Behind = dict[str, list[float]]
"""Of each name: means over a few worlds of what the figure is made of, such as both ends of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Some lines of one table: made of all worlds, and of a few."""

    figures: Callable[[], Figures]
    few: Callable[[], Behind]


def means(*parts: ArrayLike) -> list[float]:
    """The mean of each part over the worlds where it is a number, to nine digits; NaN where it is none."""
    found = [np.asarray(part, dtype=np.float64) for part in parts]
    known = [part[np.isfinite(part)] for part in found]
    return [float(f"{part.mean():.9g}") if part.size else float("nan") for part in known]


def write(cells: Mapping[str, Cell], only: Collection[str] = ()) -> None:
    """Every cell whose name holds one of the words `only`, and those that are not kept yet; cells that are gone go."""
    before = load() if FILE.exists() else {}
    after = {}
    for name, cell in cells.items():
        if name in before and only and not any(word in name for word in only):
            after[name] = before[name]
        else:
            after[name] = {"figures": cell.figures(), "few": cell.few()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(_or_null(made))}" for name, made in after.items())
    FILE.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    load.cache_clear()


def _or_null(made: object) -> object:
    """JSON has no NaN: null stands for it."""
    if isinstance(made, dict):
        return {name: _or_null(part) for name, part in made.items()}
    if isinstance(made, list):
        return [_or_null(part) for part in made]
    return None if made != made else made


@cache
def load() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def figures(cell: str) -> Figures:
    return {name: _or_nan(x) for name, x in load()[cell]["figures"].items()}


def few(cell: str) -> Behind:
    return {name: [_or_nan(x) for x in parts] for name, parts in load()[cell]["few"].items()}


def _or_nan(x: float | None) -> float:
    return float("nan") if x is None else x
