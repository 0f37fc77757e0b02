"""Rows that hold many things each: sets, several labels, masks, boxes. What is in one row goes together.

As in `task_worlds`: rows are independent, weighed by a number that has nothing to do with them, or in clusters of five
that share a part of how hard they are.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

KINDS = ("independent", "weighted", "clustered")
PER_CLUSTER = 5
Floats = NDArray[np.float64]
SIDES = np.array([12.0, 56.0, 140.0])
"""Of boxes, in pixels: one of each of COCO's sizes, give or take a fifth."""


def _rows(kind: str, rows: int, rng: np.random.Generator) -> tuple[Floats, dict[str, Floats]]:
    """How easy each row is, from 0 to 1, and the columns of weights and clusters."""
    shared = np.repeat(rng.normal(size=-(-rows // PER_CLUSTER)), PER_CLUSTER)[:rows]
    own = rng.normal(size=rows)
    merit = 0.6 * shared + 0.8 * own if kind == "clustered" else own
    weight = rng.lognormal(0.0, 0.6, rows) if kind == "weighted" else np.ones(rows)
    return 1 / (1 + np.exp(-0.8 - 0.8 * merit)), {"weight": weight, "cluster": np.arange(rows) // PER_CLUSTER}


def sets(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Columns `tags` and `said`, with scores `how`: rows differ in how many tags they have and how many are found."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    ease, more = _rows(kind, rows, rng)
    size, false = rng.integers(0, 8, rows), rng.poisson(3 * (1 - ease))
    seen = (rng.random((rows, 8)) < ease[:, None]) & (np.arange(8) < size[:, None])
    said, how = [], []
    for some, wrong in zip(seen, false, strict=True):
        right = np.flatnonzero(some)
        said.append([*(f"t{k}" for k in right), *(f"x{k}" for k in range(wrong))])
        how.append([*(0.4 + rng.random(len(right))), *rng.random(wrong)])
    tags = [[f"t{k}" for k in range(n)] for n in size]
    kinds = {"tags": pl.List(pl.String), "said": pl.List(pl.String), "how": pl.List(pl.Float64)}
    return pl.DataFrame({"tags": tags, "said": said, "how": how, **more}, schema_overrides=kinds)


def labels(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Columns `is_…` and `p_…` of three labels that go together."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    ease, more = _rows(kind, rows, rng)
    truth = rng.normal(size=(rows, 3)) + 2 * ease[:, None] > np.array([1.0, 1.6, 2.2])
    scores = 1 / (1 + np.exp(-(rng.normal(size=(rows, 3)) + 2.0 * truth - 1.0 + ease[:, None] - 0.7)))
    columns = {f"is_l{k}": truth[:, k].astype(int) for k in range(3)} | {f"p_l{k}": scores[:, k] for k in range(3)}
    return pl.DataFrame({**columns, **more})


def masks(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Columns `mask` and `found`: images of 20 to 200 pixels of two classes, of which 0 to 100 % are right."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    ease, more = _rows(kind, rows, rng)
    size = rng.integers(20, 200, rows)
    label = [(rng.random(n) < p).astype(np.int8) for n, p in zip(size, rng.beta(2, 4, rows), strict=True)]
    found = [np.where(rng.random(len(x)) < p, x, 1 - x) for x, p in zip(label, 0.5 + ease / 2, strict=True)]
    return pl.DataFrame({"mask": [x.tolist() for x in label], "found": [x.tolist() for x in found], **more})


def boxes(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Columns `boxes` and `found`: images with 0 to 8 objects of two classes and three sizes, far from each other."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    ease, more = _rows(kind, rows, rng)
    many = rng.integers(0, 9, rows)
    image, ease = np.repeat(np.arange(rows), many), np.repeat(ease, many)
    side = SIDES[rng.integers(0, 3, len(image))] * rng.uniform(0.8, 1.2, len(image))
    x = rng.integers(0, 40, len(image)) * 500.0
    there = pl.DataFrame({
        "image": image, "x": x, "y": np.zeros(len(x)), "width": side, "height": side,
        "class": rng.choice(["a", "b"], len(x), p=[0.6, 0.4]),
    })  # fmt: skip
    seen = rng.random(len(x)) < 0.3 + 0.6 * ease
    off = side * np.abs(rng.normal(0, 0.3 - 0.25 * ease))
    right = there.with_columns(x=x + off, score=rng.beta(2 + 4 * ease, 2)).filter(seen)
    wrong = np.repeat(np.arange(rows), rng.integers(0, 3, rows))
    side = SIDES[rng.integers(0, 3, len(wrong))]
    false = pl.DataFrame({
        "image": wrong, "x": np.full(len(wrong), -5000.0), "y": np.zeros(len(wrong)), "width": side, "height": side,
        "class": rng.choice(["a", "b"], len(wrong)), "score": rng.beta(2, 3, len(wrong)),
    })  # fmt: skip
    every = pl.DataFrame({"image": np.arange(rows), **more})
    for name, part in (("boxes", there), ("found", pl.concat([right, false]))):
        lists = part.group_by("image", maintain_order=True).agg(pl.struct(pl.exclude("image")).alias(name))
        every = every.join(lists, on="image", how="left", maintain_order="left")
    return every.with_columns(pl.col("boxes", "found").fill_null([]))
