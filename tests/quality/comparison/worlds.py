"""Two models of numbers and two of classes on the same made rows, with groups, weights, clusters and missing labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

import sterling as st
from sterling.core.comparison import Comparison

CLASSES = ("a", "b", "ü")
NUMBERS: dict[str, Any] = {"task": "regression", "score": ["old", "new"], "compare": "old"}
NAMED: dict[str, Any] = {"task": "multiclass", "score": ["old_{class}", "new_{class}"], "compare": "old_{class}"}


def _rows(rng: np.random.Generator, n: int) -> dict[str, Any]:
    g = np.array(["m", "日", "none"])[rng.integers(0, 3, n)]
    return {"g": pl.Series(g).replace("none", None), "w": rng.integers(1, 5, n) / 2, "c": np.arange(n) // 3}


def numbers(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Predictions of equal skill; `harm` is added to the second one's error in the group 日."""
    rng = np.random.default_rng(seed)
    rows, y = _rows(rng, n), rng.gamma(4, 5, n)
    shared = rng.normal(0, 2, n)
    old, new = (np.abs(y + shared + rng.normal(0, 3, n)) for _ in range(2))
    new = new + harm * (rows["g"] == "日").fill_null(False).to_numpy() * np.sign(new - y)
    return pl.DataFrame({"y": y, "old": old, "new": new, **rows})


def classes(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Probabilities of equal skill; `harm` lowers the true class's second one in the group 日."""
    rng = np.random.default_rng(seed)
    rows, y = _rows(rng, n), rng.choice(3, n, p=[0.5, 0.3, 0.2])
    shared = rng.normal(size=(n, 3))
    columns = {}
    for name in ("old", "new"):
        raw = shared + rng.normal(0, 0.7, (n, 3))
        raw[np.arange(n), y] += 1.5 - harm * (name == "new") * (rows["g"] == "日").fill_null(False).to_numpy()
        chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
        columns |= {f"{name}_{c}": chances[:, i] for i, c in enumerate(CLASSES)}
    return pl.DataFrame({"y": np.array(CLASSES)[y], **columns, **rows})


def found(run: st.Run) -> Comparison:
    return next(e.comparison for e in run.evidence if e.comparison is not None)


def evaluate(frame: Any, given: dict[str, Any], **options: Any) -> st.Run:
    return st.evaluate(frame, **{"label": "y", "groups": "g", "metrics": "all", **given, **options})


def whole(run: st.Run) -> dict[str, tuple[float, float, float]]:
    """Value and ends of the interval of every change, for everyone."""
    rows = found(run).frame().filter(slice="everyone").iter_rows(named=True)
    return {r["metric"]: (r["value"], r["low"], r["high"]) for r in rows}
