"""Two models of every task but yes/no on the same made rows, with groups, weights, clusters and missing labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

import sterling as st
from sterling.core.comparison import Comparison

CLASSES = ("a", "b", "ü")
LABELS = tuple(f"is_{c}" for c in CLASSES)
ITEMS = np.array(list("abcdefgü"))
WORDS = np.array(["the", "a", "cat", "dog", "sat", "ran", "on", "under", "mat", "hill", "red", "big", "small", "house"])
PER_QUERY = 8
NUMBERS: dict[str, Any] = {"task": "regression", "label": "y", "score": ["old", "new"], "compare": "old"}
NAMED: dict[str, Any] = {
    "task": "multiclass", "label": "y", "score": ["old_{class}", "new_{class}"], "compare": "old_{class}"
}  # fmt: skip
LABELLED: dict[str, Any] = {
    "task": "multilabel", "label": "is_{label}", "score": ["old_{label}", "new_{label}"], "compare": "old_{label}"
}  # fmt: skip
SETS: dict[str, Any] = {"task": "sets", "label": "y", "prediction": ["old", "new"], "compare": "old"}
WRITTEN: dict[str, Any] = {"task": "text", "label": "y", "prediction": ["old", "new"], "compare": "old"}
RANKED: dict[str, Any] = {
    "task": "ranking", "label": "y", "score": ["old", "new"], "query": "q", "compare": "old"
}  # fmt: skip
PAINTED: dict[str, Any] = {"task": "segmentation", "label": "y", "prediction": ["old", "new"], "compare": "old"}
BOXED: dict[str, Any] = {
    "task": "detection", "label": "y", "score": ["old", "new"], "compare": "old",
    "metrics": ["box_ap", "box_ap(0.5)", "box_ap of a", "box_ap_small", "box_ar(10)", "box_ar(1) of b", "box_ar_small",
                "box_recall", "box_precision", "box_f1", "box_recall of a", "boxes_per_image", "objects_per_image"],
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class World:
    """`made(seed, n, harm=…)` makes n units (rows, queries), compared as `how` says.

    `metrics`: how many have a change. `labels`: columns that may lack labels. `limit`: a metric that harm moves, and
    which way. `alone`: metrics that rows without a label count for. `numbered`: the column that numbers the units,
    where a unit is no row.
    """

    made: Callable[..., pl.DataFrame]
    how: dict[str, Any]
    metrics: int
    limit: tuple[str, str]
    labels: tuple[str, ...] = ("y",)
    alone: tuple[str, ...] = ()
    numbered: str = ""

    @property
    def models(self) -> list[str]:
        return list(self.how.get("score") or self.how["prediction"])

    def partly(self, seed: int, n: int = 400, *, every: int = 9) -> pl.DataFrame:
        """Some labels are missing."""
        missing = (pl.int_range(pl.len()) + i for i in range(len(self.labels)))
        holes = zip(self.labels, missing, strict=True)
        return self.made(seed, n).with_columns(
            pl.when(at % every == 0).then(None).otherwise(pl.col(c)).alias(c) for c, at in holes
        )

    def times(self, frame: pl.DataFrame, k: int) -> pl.DataFrame:
        """The same units k times over, as units of their own; `c` and `draw` say of which, and which time."""
        own = pl.col(self.numbered) if self.numbered else pl.int_range(pl.len())
        copies = [frame.with_columns(c=own, draw=pl.lit(i)) for i in range(k)]
        if not self.numbered:
            return pl.concat(copies)
        return pl.concat([f.with_columns(pl.col(self.numbered) + i * 10_000) for i, f in enumerate(copies)])

    def weighed(self, frame: pl.DataFrame, rng: np.random.Generator, draws: int) -> pl.DataFrame:
        """Units weighed by chance, many times over."""
        of = frame[self.numbered].to_numpy() if self.numbered else np.arange(frame.height)
        chance = rng.exponential(1.0, (draws, int(of.max()) + 1))[:, of]
        return self.times(frame, draws).with_columns(w=pl.Series(chance.ravel()))


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


def labels(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Probabilities of three labels; `harm` lowers the second model's of those that are there in the group 日."""
    rng = np.random.default_rng(seed)
    rows, merit = _rows(rng, n), rng.normal(0, 0.6, n)
    hurt, columns = harm * (rows["g"] == "日").fill_null(False).to_numpy(), {}
    for c, cut in zip(CLASSES, (0.2, 0.8, 1.3), strict=True):
        true = merit + rng.normal(0, 1, n)
        shared = true - cut + rng.normal(0, 0.7, n)
        columns[f"is_{c}"] = (true > cut).astype(int)
        for name in ("old", "new"):
            raw = shared + rng.normal(0, 0.5, n) - hurt * (name == "new") * (true > cut)
            columns[f"{name}_{c}"] = 1 / (1 + np.exp(-2 * raw))
    return pl.DataFrame({**columns, **rows})


def sets(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Sets of up to eight items; with `harm` the second model leaves some of the true ones out in the group 日."""
    rng = np.random.default_rng(seed)
    rows, true = _rows(rng, n), rng.random((n, len(ITEMS))) < 0.25
    hurt = (rows["g"] == "日").fill_null(False).to_numpy()[:, None] & (rng.random(true.shape) < harm / 2)
    wrong = true ^ (rng.random(true.shape) < 0.1)
    said = {name: wrong ^ (rng.random(true.shape) < 0.05) for name in ("old", "new")}
    said["new"] = said["new"] & ~(hurt & true)
    for one in (true, *said.values()):
        one[0, 0] = True  # some row has an item
    lists = {name: [ITEMS[rng.permutation(np.flatnonzero(row))].tolist() for row in one] for name, one in said.items()}
    kind = pl.List(pl.String)
    columns = {name: pl.Series(values, dtype=kind) for name, values in lists.items()}
    return pl.DataFrame({"y": pl.Series([ITEMS[row].tolist() for row in true], dtype=kind), **columns, **rows})


def texts(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Sentences with words that both answers miss, and others that one misses; `harm`: more of them in group 日."""
    rng = np.random.default_rng(seed)
    rows = _rows(rng, n)
    hurt = harm * (rows["g"] == "日").fill_null(False).to_numpy()
    columns: dict[str, list[str]] = {"y": [], "old": [], "new": []}
    for i in range(n):
        words = WORDS[rng.integers(0, len(WORDS), rng.integers(5, 14))]
        shared = np.where(rng.random(len(words)) < rng.choice([0, 0.12]), "x", words)
        columns["y"].append(" ".join(words))
        for name in ("old", "new"):
            rate = rng.choice([0, 0.12]) + hurt[i] * (name == "new") / 4
            own = np.where(rng.random(len(words)) < rate, "z", shared)
            columns[name].append(" ".join(own[: len(words) - rng.integers(0, 2)]))
    return pl.DataFrame({**columns, **rows})


def lists(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """n queries of eight candidates, with ties; `harm` lowers the second one's scores in the group 日."""
    rng = np.random.default_rng(seed)
    query = np.repeat(np.arange(n), PER_QUERY)
    rows = _rows(rng, len(query))
    relevance = rng.choice(4, len(query), p=[0.6, 0.2, 0.15, 0.05]).astype(float)
    shared = rng.normal(size=len(query))
    old, new = (np.round(relevance + shared + rng.normal(0, 0.7, len(query)), 1) for _ in range(2))
    new = new - harm * (rows["g"] == "日").fill_null(False).to_numpy()
    own = {"q": query, "w": (rng.integers(1, 5, n) / 2)[query], "c": query // 3}
    return pl.DataFrame({"y": relevance, "old": old, "new": new, **rows, **own})


def masks(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Images of 10 to 60 pixels; `harm`: more of the second model's are wrong in the group 日."""
    rng = np.random.default_rng(seed)
    rows, names = _rows(rng, n), np.array(["sky", "road", "ü"])
    hurt = harm / 4 * (rows["g"] == "日").fill_null(False).to_numpy()
    columns: dict[str, list[list[str]]] = {"y": [], "old": [], "new": []}
    for i in range(n):
        size = int(rng.integers(10, 60))
        true = rng.choice(3, size, p=rng.dirichlet([6, 3, 1]))
        shared = np.where(rng.random(size) < rng.beta(2, 8), rng.integers(0, 3, size), true)
        columns["y"].append(names[true].tolist())
        for name in ("old", "new"):
            rate = rng.beta(1, 12) + hurt[i] * (name == "new")
            columns[name].append(names[np.where(rng.random(size) < rate, (true + 1) % 3, shared)].tolist())
    return pl.DataFrame({**columns, **rows})


def boxes(seed: int, n: int = 400, *, harm: float = 0.0) -> pl.DataFrame:
    """Images of up to 6 objects of two classes, and boxes of nothing; `harm`: more are missed in the group 日."""
    rng = np.random.default_rng(seed)
    rows = _rows(rng, n)
    hurt = harm / 5 * (rows["g"] == "日").fill_null(False).to_numpy()
    columns: dict[str, list[list[dict[str, Any]]]] = {"y": [], "old": [], "new": []}
    for i in range(n):
        many, ease = int(rng.integers(1 if i == 0 else 0, 7)), rng.beta(4, 2)
        there = [_box(rng, 20.0 * k, height=10.0 * rng.integers(1, 6)) for k in range(many)]
        hard, away = rng.random(many), rng.normal(0, 1, many)
        columns["y"].append(there)
        for name in ("old", "new"):
            seen = hard * 0.8 + rng.random(many) * 0.2 <= 0.4 + 0.6 * ease - hurt[i] * (name == "new")
            moved = (away + 0.3 * rng.normal(size=many)) * (2 - 1.5 * ease)
            found = [
                {**box, "x": box["x"] + moved[k], "score": float(rng.beta(2 + 4 * ease, 2))}
                for k, box in enumerate(there) if seen[k] or i == 0
            ]  # fmt: skip
            wrong = [{**_box(rng, -500.0), "score": float(rng.beta(2, 3))} for _ in range(rng.integers(0, 2))]
            columns[name].append(found + wrong)
    return pl.DataFrame({**columns, **rows})


def _box(rng: np.random.Generator, x: float, height: float = 10.0) -> dict[str, Any]:
    return {"x": x, "y": 0.0, "width": 10.0, "height": height, "class": str(rng.choice(["a", "b"]))}


WORLDS = {
    "numbers": World(
        made=numbers, how=NUMBERS, metrics=9, limit=("root_mean_squared_error", "rise"), alone=("average_prediction",)
    ),
    "classes": World(
        made=classes, how=NAMED, metrics=30, limit=("accuracy", "drop"),
        alone=("mean_confidence", "flip_rate", "selection_rate"),
    ),
    "labels": World(
        made=labels, how=LABELLED, metrics=30, limit=("micro_recall", "drop"), labels=LABELS,
        alone=("flip_rate", "selection_rate"),
    ),
    "sets": World(made=sets, how=SETS, metrics=10, limit=("set_recall", "drop")),
    "texts": World(made=texts, how=WRITTEN, metrics=7, limit=("rouge_1", "drop"), alone=("answered",)),
    "masks": World(made=masks, how=PAINTED, metrics=20, limit=("mean_iou", "drop")),
    "boxes": World(made=boxes, how=BOXED, metrics=11, limit=("box_recall", "drop"), alone=("boxes_per_image",)),
    "lists": World(
        made=lists, how=RANKED, metrics=13, limit=("relative_exposure", "drop"), labels=(), numbered="q"
    ),
}  # fmt: skip


def found(run: st.Run) -> Comparison:
    return next(e.comparison for e in run.evidence if e.comparison is not None)


def evaluate(frame: Any, given: dict[str, Any], **options: Any) -> st.Run:
    return st.evaluate(frame, **{"groups": "g", "metrics": "all", **given, **options})


def whole(run: st.Run) -> dict[str, tuple[float, float, float]]:
    """Value and ends of the interval of every change, for everyone."""
    rows = found(run).frame().filter(slice="everyone").iter_rows(named=True)
    return {r["metric"]: (r["value"], r["low"], r["high"]) for r in rows}
