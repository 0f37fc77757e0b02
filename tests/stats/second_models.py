"""Second models of the worlds: each is the first one, disturbed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

import sterling as st
from sterling.core.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models of the same rows: their columns, what makes the second, and where scores are cut."""

    models: tuple[str, str]
    beside: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    by: str = "score"
    thresholds: tuple[float, ...] = ()

    def compared(self, frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> Comparison:
        """The change from the first model to the second. Flips are told anyway and are no metric of the check."""
        first, second = self.models
        named = [m for m in metrics if m != "flip_rate"]
        ask = st.ask("QU004", against=first, model=second, metrics=named)
        plan = st.Plan(asks=(ask,), thresholds=self.thresholds, grid=False, min_n=1, cross=1)
        given = {self.by: list(self.models), **roles}
        run = st.evaluate(self.beside(frame) if self.beside else frame, plan=plan, **given)  # type: ignore[arg-type]
        return next(e.comparison for e in run.evidence if e.comparison is not None)


def beside(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with a second model of numbers and of classes: each the first one, disturbed."""
    rng = np.random.default_rng(frame.height)
    raw = np.log(frame.select("p_a", "p_b", "p_c").to_numpy()) + rng.normal(0, 0.6, (frame.height, 3))
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return frame.with_columns(
        other=frame["guess"] + 2 + pl.Series(rng.normal(0, 4, frame.height)),
        **{f"q_{c}": chances[:, i] for i, c in enumerate("abc")},
    )


def other_labels(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns `q_l0`, …: probabilities of several labels, moved."""
    rng = np.random.default_rng(frame.height)
    p = frame.select("p_l0", "p_l1", "p_l2").to_numpy()
    odds = np.log(p / (1 - p)) + rng.normal(0.2, 0.7, p.shape)
    return frame.with_columns(**{f"q_l{k}": 1 / (1 + np.exp(-odds[:, k])) for k in range(3)})


def other_sets(frame: pl.DataFrame) -> pl.DataFrame:
    """A column `other`: of the items that were said four in five, and in one row of five a wrong one more."""
    rng = np.random.default_rng(frame.height)
    said = frame["said"].to_list()
    kept = np.split(rng.random(sum(map(len, said))) < 0.8, np.cumsum([len(s) for s in said])[:-1])
    more = rng.random(frame.height) < 0.2
    other = [
        [*(item for item, keep in zip(items, some, strict=True) if keep), *(["y"] if one else [])]
        for items, some, one in zip(said, kept, more, strict=True)
    ]
    return frame.with_columns(other=pl.Series(other, dtype=pl.List(pl.String)))


def other_masks(frame: pl.DataFrame) -> pl.DataFrame:
    """A column `other`: one pixel in ten turned over, more in some images."""
    rng = np.random.default_rng(frame.height)
    turned = rng.beta(1, 9, frame.height)
    found = (np.asarray(x, dtype=np.int8) for x in frame["found"].to_list())
    other = [np.where(rng.random(len(x)) < p, 1 - x, x).tolist() for x, p in zip(found, turned, strict=True)]
    return frame.with_columns(other=pl.Series(other))


def other_boxes(frame: pl.DataFrame) -> pl.DataFrame:
    """A column `other`: four boxes in five, a little off, with other scores."""
    rng = np.random.default_rng(frame.height)
    every = frame.select(pl.int_range(pl.len()).alias("image"), "found").explode("found").drop_nulls("found")
    every = every.unnest("found")
    n = every.height
    moved = every.with_columns(
        x=pl.col("x") + pl.col("width") * rng.normal(0, 0.05, n),
        score=(pl.col("score") + rng.normal(0, 0.1, n)).clip(0.01, 0.99),
    ).filter(rng.random(n) < 0.8)
    lists = moved.group_by("image", maintain_order=True).agg(pl.struct(pl.exclude("image")).alias("other"))
    indexed = frame.with_columns(image=pl.int_range(pl.len()))
    out = indexed.join(lists, on="image", how="left", maintain_order="left").drop("image")
    return out.with_columns(pl.col("other").fill_null([]))


PAIRS = {
    "yes/no": Pair(models=("p", "q"), thresholds=(0.5,)),
    "number": Pair(models=("guess", "other"), beside=beside),
    "classes": Pair(models=("p_{class}", "q_{class}"), beside=beside),
    "ranking": Pair(models=("p", "q")),
    "labels": Pair(models=("p_{label}", "q_{label}"), beside=other_labels, thresholds=(0.5,)),
    "sets": Pair(models=("said", "other"), beside=other_sets, by="prediction"),
    "masks": Pair(models=("found", "other"), beside=other_masks, by="prediction"),
    "boxes": Pair(models=("found", "other"), beside=other_boxes, thresholds=(0.5,)),
}
"""By kind of model."""
